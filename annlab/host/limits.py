"""Cores and memory that this process may use: of the machine, or of its control group.

Containers and systemd limit a process by control groups of the Linux kernel. Without them, as on
Windows and macOS, the limits are those of the machine.

References
----------
https://docs.kernel.org/admin-guide/cgroup-v2.html
https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
"""

import os
from collections.abc import Iterator
from pathlib import Path

_MEMBERSHIP = Path("/proc/self/cgroup")
_MOUNT = Path("/sys/fs/cgroup")


def memory_bytes() -> int:
    """Bytes of memory that this process and its children may use together."""
    import psutil

    machine: int = psutil.virtual_memory().total
    return min(machine, memory_limit(_MEMBERSHIP, _MOUNT) or machine)


def n_cores() -> float:
    """Processor cores that this process and its children may use together; may be a fraction."""
    # Not on Windows and macOS.
    usable = getattr(os, "sched_getaffinity", None)
    cores = len(usable(0)) if usable else os.cpu_count() or 1
    return min(cores, core_limit(_MEMBERSHIP, _MOUNT) or cores)


def memory_limit(membership: Path, mount: Path) -> int | None:
    """Smallest memory limit of a process's control groups.

    Parameters
    ----------
    membership : Path
        The file ``/proc/self/cgroup``, or one like it.
    mount : Path
        The folder ``/sys/fs/cgroup``, or one like it.

    Returns
    -------
    int or None
        Bytes; version 1 says "no limit" by more bytes than any machine has. None: no limit.
    """
    names = ("memory.max", "memory.limit_in_bytes")  # version 2, version 1
    found = [
        int(number)
        for folder in _groups(membership, mount, "memory")
        for name in names
        for number in _words(folder / name)
        if number.isdecimal()
    ]
    return min(found, default=None)


def core_limit(membership: Path, mount: Path) -> float | None:
    """Smallest limit of processor time of a process's control groups, with parameters as above.

    Returns
    -------
    float or None
        Seconds of processor time per second. None: no limit.
    """
    found = []
    for folder in _groups(membership, mount, "cpu"):
        pairs = (
            _words(folder / "cpu.max"),  # version 2
            _words(folder / "cpu.cfs_quota_us") + _words(folder / "cpu.cfs_period_us"),
        )
        # The quota is "max" or -1 where there is no limit.
        found += [
            int(pair[0]) / int(pair[1])
            for pair in pairs
            if len(pair) == 2 and pair[0].isdecimal() and int(pair[1])
        ]
    return min(found, default=None)


def _groups(membership: Path, mount: Path, controller: str) -> Iterator[Path]:
    """Folders of the control groups that limit a process, and of those above them."""
    try:
        lines = membership.read_text().splitlines()
    except OSError:  # not on Linux
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:  # version 2; "unified" where both versions are mounted
            tops = [mount, mount / "unified"]
        elif controller in controllers.split(","):
            tops = [mount / controller, mount / controllers]
        else:
            continue
        for top in tops:
            # In a container the path may be the host's, and then only the top exists.
            group = top / path.lstrip("/")
            yield from (folder for folder in (group, *group.parents) if folder.is_relative_to(top))


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []

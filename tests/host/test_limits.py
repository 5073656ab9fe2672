"""Limits of control groups, read from folders like those of the kernel."""

import os
from pathlib import Path

import psutil
import pytest

from annlab.host.limits import core_limit, memory_bytes, memory_limit, n_cores

# What version 1 says where there is no limit.
NO_LIMIT_1 = "9223372036854771712"


def _host(folder: Path, membership: str, files: dict[str, str]) -> tuple[Path, Path]:
    """Make /proc/self/cgroup and /sys/fs/cgroup below a folder."""
    for name, text in {"proc": membership, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    return folder / "proc", folder / "sys"


def test_version_2_in_a_container(tmp_path: Path) -> None:
    host = _host(tmp_path, "0::/", {"sys/memory.max": "1000000000", "sys/cpu.max": "150000 100000"})
    assert memory_limit(*host) == 1_000_000_000
    assert core_limit(*host) == 1.5


def test_version_2_without_limits(tmp_path: Path) -> None:
    files = {"sys/a/memory.max": "max", "sys/a/cpu.max": "max 100000"}
    host = _host(tmp_path, "0::/a", files)
    assert memory_limit(*host) is None
    assert core_limit(*host) is None


def test_a_group_above_may_be_the_tighter_one(tmp_path: Path) -> None:
    files = {
        "sys/system.slice/memory.max": "2000000000",
        "sys/system.slice/cpu.max": "50000 100000",
        "sys/system.slice/annlab.service/memory.max": "max",
        "sys/system.slice/annlab.service/cpu.max": "400000 100000",
        "sys/other.slice/memory.max": "5",
    }
    host = _host(tmp_path, "0::/system.slice/annlab.service", files)
    assert memory_limit(*host) == 2_000_000_000
    assert core_limit(*host) == 0.5


def test_version_1_with_joint_controllers(tmp_path: Path) -> None:
    files = {
        "sys/memory/app/memory.limit_in_bytes": "690000000",
        "sys/memory/memory.limit_in_bytes": NO_LIMIT_1,
        "sys/cpu,cpuacct/app/cpu.cfs_quota_us": "200000",
        "sys/cpu,cpuacct/app/cpu.cfs_period_us": "100000",
        "sys/cpu,cpuacct/cpu.cfs_quota_us": "-1",
        "sys/cpu,cpuacct/cpu.cfs_period_us": "100000",
    }
    host = _host(tmp_path, "9:cpu,cpuacct:/app\n4:memory:/app\n0::/", files)
    assert memory_limit(*host) == 690_000_000
    assert core_limit(*host) == 2.0


def test_a_path_of_the_host_inside_a_container(tmp_path: Path) -> None:
    host = _host(
        tmp_path, "4:memory:/docker/0a1b", {"sys/memory/memory.limit_in_bytes": "800000000"}
    )
    assert memory_limit(*host) == 800_000_000


def test_both_versions_mounted(tmp_path: Path) -> None:
    host = _host(tmp_path, "0::/a", {"sys/unified/a/memory.max": "700000000"})
    assert memory_limit(*host) == 700_000_000


def test_a_system_without_control_groups(tmp_path: Path) -> None:
    assert memory_limit(tmp_path / "none", tmp_path / "none") is None
    assert core_limit(tmp_path / "none", tmp_path / "none") is None


def test_this_machine() -> None:
    assert 1e8 < memory_bytes() <= psutil.virtual_memory().total
    assert 0 < n_cores() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs affinities: Linux")
def test_cores_follow_the_affinity() -> None:
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert n_cores() <= 1
    finally:
        os.sched_setaffinity(0, before)

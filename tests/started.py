"""``python -m annlab`` in a process of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT_SECONDS = 60
_STOP_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Started:
    """A server that answers.

    Attributes
    ----------
    port : int
        Its port on the loopback.
    url : str
        Address of the home page, without a slash at the end.
    process : subprocess.Popen
        The web process.
    log : Path
        Its output.
    """

    port: int
    url: str
    process: subprocess.Popen[bytes]
    log: Path


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(packages: Path, folder: Path, **variables: str) -> dict[str, str]:
    """Variables of a process that finds annlab in `packages` and keeps its files in `folder`."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("STREAMLIT_") and name != "ANNLAB_SCHEDULER"
    }
    return {
        **ours,
        "PYTHONPATH": str(packages),
        "HOME": str(folder),  # a home folder without Streamlit settings
        "ANNLAB_DATABASE_URL": f"sqlite:///{folder / 'runs.sqlite'}",
        "ANNLAB_WORKERS": "0",
        "ANNLAB_SHIPPED_RUNS": "0",
        **variables,
    }


@contextmanager
def started(
    packages: Path, folder: Path, base_path: str = "", **variables: str
) -> Iterator[Started]:
    """Start the app in a folder, wait until it is healthy, and end it.

    Parameters
    ----------
    packages : Path
        Folder with the package annlab.
    folder : Path
        Current folder, home and place of the log.
    base_path : str
        Subpath of all pages, such as "/annlab".
    **variables : str
        Further environment variables.
    """
    port = free_port()
    log = folder / f"server-{port}.log"
    options = {"port": str(port), "headless": "true", "baseUrlPath": base_path}
    arguments = [text for name, value in options.items() for text in (f"--server.{name}", value)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "annlab", *arguments],
            cwd=folder,
            env=environment(packages, folder, **variables),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Started(port, f"http://127.0.0.1:{port}{base_path}", process, log)
    try:
        _wait(server)
        yield server
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_TIMEOUT_SECONDS)
        process.kill()
        process.wait()


def _wait(server: Started) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        assert server.process.poll() is None, server.log.read_text()
        assert time.monotonic() < deadline, server.log.read_text()
        with (
            suppress(OSError),
            urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=1) as answer,
        ):
            assert answer.read() == b"ok"
            return
        time.sleep(0.1)

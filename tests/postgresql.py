"""A PostgreSQL server of a test's own, to stop, restart and freeze."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest


@dataclass(frozen=True)
class PostgreSQL:
    """A PostgreSQL server of a test."""

    url: str
    stop: Callable[[], None]
    start: Callable[[], None]
    restart: Callable[[], None]
    _folder: Path

    def freeze(self, number: signal.Signals = signal.SIGSTOP) -> None:
        """Stop all its processes, whose connections stay open."""
        postmaster = psutil.Process(int((self._folder / "postmaster.pid").read_text().split()[0]))
        for process in (postmaster, *postmaster.children()):
            with suppress(psutil.NoSuchProcess):  # PostgreSQL ends some of them at any time
                process.send_signal(number)

    def thaw(self) -> None:
        """Let the processes go on."""
        self.freeze(signal.SIGCONT)


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """Start a server of its own in a temporary folder; skip without its programs."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="annlab-postgresql-"))
    # PostgreSQL refuses to run as root, and Debian's package has a user for it.
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(program: str, *options: str) -> None:
        command = [str(programs[-1].with_name(program)), "--pgdata", str(data), *options]
        subprocess.run(command, user=user, cwd="/", check=True, stdout=subprocess.DEVNULL)

    settings = (
        f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c fsync=off"
    )
    start = ("start", "--wait", "--log", str(folder / "log"), "--options", settings)
    run("initdb", "--username=annlab", "--auth=trust", "--encoding=UTF8", "--no-sync")
    run("pg_ctl", *start)
    server = PostgreSQL(
        f"postgresql://annlab@127.0.0.1:{port}/postgres",
        lambda: run("pg_ctl", "stop", "--mode=immediate"),
        lambda: run("pg_ctl", *start),
        lambda: run("pg_ctl", "restart", "--mode=fast", *start[1:]),
        data,
    )
    try:
        yield server
    finally:
        if (data / "postmaster.pid").exists():
            server.thaw()
            server.stop()
        shutil.rmtree(folder)

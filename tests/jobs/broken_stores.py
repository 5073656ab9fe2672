"""Databases that fail in the ways of real ones: SQLite, and PostgreSQL to stop and freeze."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa

import annlab.store.database


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process writes, and does not end."""
    with pytest.MonkeyPatch.context() as patch:  # SQLite waits five seconds for other writers
        options = annlab.store.database._ENGINE_OPTIONS["sqlite"]
        patch.setitem(options["connect_args"], "timeout", 0.05)
        patch.setattr(annlab.store.database, "PATIENCE_SECONDS", 0.05)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.close()


@contextmanager
def _with_pragma(statement: str) -> Iterator[None]:
    def apply(connection: Any, record: object) -> None:
        connection.execute(statement).close()

    sa.event.listen(sa.Pool, "connect", apply)
    yield
    sa.event.remove(sa.Pool, "connect", apply)


@contextmanager
def full(path: Path) -> Iterator[None]:
    """No room is left for another page of the file."""
    with _with_pragma("PRAGMA max_page_count = 1"):  # SQLite takes the pages that there are
        yield


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """Nothing can be written."""
    with _with_pragma("PRAGMA query_only = 1"):
        yield


@contextmanager
def away(path: Path) -> Iterator[None]:
    """The folder of the file is not there."""
    hidden = path.parent.with_name("hidden")
    path.parent.rename(hidden)
    path.parent.write_text("a file stands in the way")
    yield
    path.parent.unlink()
    hidden.rename(path.parent)


FAILURES = {"locked": locked, "full": full, "read-only": read_only, "away": away}


@dataclass(frozen=True)
class PostgreSQL:
    """A PostgreSQL server of a test."""

    url: str
    stop: Callable[[], None]
    start: Callable[[], None]
    _folder: Path

    def freeze(self, number: signal.Signals = signal.SIGSTOP) -> None:
        """Stop all its processes, whose connections stay open."""
        postmaster = psutil.Process(int((self._folder / "postmaster.pid").read_text().split()[0]))
        for process in (postmaster, *postmaster.children()):
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
        data,
    )
    try:
        yield server
    finally:
        if (data / "postmaster.pid").exists():
            server.thaw()
            server.stop()
        shutil.rmtree(folder)

"""SQLite files with annlab's tables, for the commands that back them up and restore them."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from annlab.store.database import PATIENCE_SECONDS, StoreError, configured_url
from annlab.store.migrations import MIGRATIONS
from annlab.store.schema import is_ready, read_versions
from annlab.store.tables import RUNS


def configured_file(for_postgresql: str) -> Path:
    """Path of the SQLite file that servers with the same variables use.

    Parameters
    ----------
    for_postgresql : str
        Command that does for PostgreSQL what the caller does for SQLite.

    Raises
    ------
    StoreError
        If the database is not an SQLite file.
    ValueError
        If an ``ANNLAB_*`` variable has a wrong value.
    """
    url = configured_url()
    if url.get_backend_name() != "sqlite":
        raise StoreError(
            "ANNLAB_DATABASE_URL names a PostgreSQL database. PostgreSQL's own program does this, "
            f"with the same address in the place of URL: {for_postgresql}"
        )
    if not url.database or url.query:
        raise StoreError("ANNLAB_DATABASE_URL must be the path of an SQLite file, without options.")
    return Path(url.database)


def count_runs(path: Path) -> int:
    """Check a whole file, without changing it, and count its runs.

    Raises
    ------
    StoreError
        If the file is missing, damaged, not from annlab, or needs a newer version of it.
    """
    if not path.is_file():
        raise StoreError(f"There is no file {path}.")
    read_only = {"mode": "ro", "uri": "true"}
    url = sa.URL.create("sqlite", database=path.absolute().as_uri(), query=read_only)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with sentences(f"{path} cannot be used"), engine.connect() as connection:
        problem = connection.scalar(sa.text("PRAGMA integrity_check(1)"))
        if problem != "ok":
            raise StoreError(f"{path} is damaged: {str(problem).splitlines()[-1]}.")
        if read_versions(connection) is None:
            raise StoreError(f"{path} was not written by annlab.")
        is_ready(connection, MIGRATIONS)
        return int(connection.scalar(sa.select(sa.func.count()).select_from(RUNS)) or 0)


def copy(source: Path, target: Path) -> None:
    """Copy a database, as it is at one moment, while others may use both files.

    Parameters
    ----------
    source : Path
        Its writers do not wait for the copy.
    target : Path
        Is overwritten in one transaction; it is created if it is missing.

    Raises
    ------
    StoreError
        If the source is missing, or a file cannot be read or written. The target is then as before.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS

    def give_up(status: int, remaining: int, total: int) -> None:
        # Without it, Python tries again for ever.
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            raise StoreError(f"{target} is in use by a server that does not finish.")

    with (
        sentences(f"{source} cannot be copied to {target}"),
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as reader,
        closing(sqlite3.connect(target, timeout=0)) as writer,
    ):
        reader.backup(writer, progress=give_up, sleep=0.05)


@contextmanager
def sentences(beginning: str) -> Iterator[None]:
    """Turn errors of SQLite and of the system into a `StoreError` that begins with some words."""
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error, OSError) as error:
        cause = getattr(error, "orig", None) or getattr(error, "strerror", None) or error
        raise StoreError(f"{beginning}: {cause}.") from None

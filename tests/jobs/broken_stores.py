"""SQLite databases that fail in the ways of real ones."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

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
        try:
            yield
        finally:
            other.close()


@contextmanager
def _with_pragma(statement: str) -> Iterator[None]:
    def apply(connection: Any, record: object) -> None:
        connection.execute(statement).close()

    sa.event.listen(sa.Pool, "connect", apply)
    try:
        yield
    finally:
        sa.event.remove(sa.Pool, "connect", apply)


@contextmanager
def full(path: Path) -> Iterator[None]:
    """No room is left for another page of the file, and no page is free."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("VACUUM")
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
    try:
        yield
    finally:
        path.parent.unlink()
        hidden.rename(path.parent)


FAILURES = {"locked": locked, "full": full, "read-only": read_only, "away": away}

"""SQL database with lazy connection, migrations, retries and readable errors.

Uses SQLAlchemy Core, with SQLite for one machine or PostgreSQL for several.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from annlab.environment import Environment
from annlab.store.errors import StoreError, public, sentence
from annlab.store.migrations import MIGRATIONS, Migration
from annlab.store.schema import prepare

__all__ = ["Database", "StoreError"]

T = TypeVar("T")

# Seconds to wait for other writers.
PATIENCE_SECONDS = 5.0
# Errors of SQLite and PostgreSQL caused by concurrent writers.
_PASSING = ("database is locked", "deadlock detected", "could not serialize")
# SQLite gets a new connection for every use, which costs a fraction of a millisecond, so that no
# connection outlives the database file. Transactions lock at the first statement ("immediate"),
# because a transaction that reads before it writes can fail without waiting.
_ENGINE_OPTIONS: dict[str, dict[str, Any]] = {
    "sqlite": {
        "poolclass": sa.NullPool,
        "connect_args": {"timeout": PATIENCE_SECONDS, "isolation_level": "IMMEDIATE"},
    },
    "postgresql": {"pool_pre_ping": True},
}


class Database:
    """Tables in a SQL database, safe for concurrent threads and processes.

    Parameters
    ----------
    url : str or sqlalchemy.URL
        Database URL. A missing folder of an SQLite file is created.
    migrations : sequence of Migration
        All versions of the tables, from the first; applied to an earlier database.
    """

    def __init__(self, url: str | sa.URL, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        self._url = url
        self._migrations = migrations
        self._lock = threading.Lock()
        self._opened: sa.Engine | None = None

    def transact(self, work: Callable[[sa.Connection], T]) -> T:
        """Run a function in one transaction, with retries on conflicts.

        Parameters
        ----------
        work : callable
            Function of the connection; may be called several times.

        Returns
        -------
        object
            Result of `work`.

        Raises
        ------
        StoreError
            If the database cannot be opened, read or written, or needs a newer version
            of annlab.
        """
        try:
            return self._persist(work)
        except StoreError as error:
            # The original error may contain a password.
            error.__context__ = None
            raise

    def _persist(self, work: Callable[[sa.Connection], T]) -> T:
        engine = self._engine()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._attempt(engine, work)
            except (SQLAlchemyError, OSError) as error:
                if not _is_passing(error) or time.monotonic() > deadline:
                    # The database may have changed, so check the tables again.
                    engine.dispose()
                    raise StoreError(sentence(engine.url, error)) from None
            time.sleep(random.uniform(0, 0.1))

    def _attempt(self, engine: sa.Engine, work: Callable[[sa.Connection], T]) -> T:
        with _connect(engine) as connection:
            # Once per database connection, also if the pool reuses the connection.
            if "annlab" not in connection.info:
                prepare(connection, self._migrations)
                connection.info["annlab"] = True
            with connection.begin():
                return work(connection)

    def _engine(self) -> sa.Engine:
        with self._lock:
            if self._opened is None:
                self._opened = _open(self._url)
            return self._opened


def configured_url() -> sa.URL:
    """Address of the database that ``ANNLAB_DATABASE_URL`` names, or that is used without it.

    Raises
    ------
    ValueError
        If an ``ANNLAB_*`` variable has a wrong value; the message is a sentence for people.
    """
    default = sa.URL.create("sqlite", database=os.path.abspath(".annlab/runs.sqlite"))
    return sa.make_url(Environment.read().database_url or default)


def _open(url: str | sa.URL) -> sa.Engine:
    # Omit the URL: in a malformed URL the password could be anywhere.
    malformed = StoreError("The address of the database is malformed, or its driver is unknown.")
    try:
        url = sa.make_url(url)
        if url.drivername == "postgres":  # as some hosts spell it
            url = url.set(drivername="postgresql")
        kind = url.get_backend_name()
        if kind not in _ENGINE_OPTIONS:
            raise StoreError(f"The database must be SQLite or PostgreSQL; got {kind!r}.")
        if kind == "sqlite" and url.database in (None, "", ":memory:"):
            raise StoreError("The database must be a file, because a database in memory is lost.")
        engine = sa.create_engine(url, hide_parameters=True, **_ENGINE_OPTIONS[kind])
    except ImportError as error:
        if not error.name:  # the driver exists, but lacks a library
            raise StoreError(sentence(sa.make_url(url), error)) from None
        raise StoreError(
            f"The database {public(sa.make_url(url))} needs the Python package {error.name}, "
            "which is not installed."
        ) from None
    except (SQLAlchemyError, TypeError, ValueError):
        raise malformed from None
    if kind == "sqlite":
        sa.event.listen(engine, "do_connect", _make_folder)
        sa.event.listen(engine, "connect", _set_pragmas)
    return engine


def _make_folder(dialect: Any, record: Any, cargs: list[Any], cparams: dict[str, Any]) -> None:
    if not cparams.get("uri"):
        Path(cargs[0]).parent.mkdir(parents=True, exist_ok=True)


def _set_pragmas(connection: Any, record: Any) -> None:
    with closing(connection.cursor()) as cursor:
        # Write-ahead log: readers do not wait for a writer, and a crash leaves whole transactions.
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")


def _connect(engine: sa.Engine) -> sa.Connection:
    try:
        return engine.connect()
    except (TypeError, ValueError):  # the driver does not know an option
        raise StoreError(f"The database {public(engine.url)} has a malformed address.") from None


def _is_passing(error: Exception) -> bool:
    """Whether the error is transient (lock, deadlock, lost connection) and worth retrying."""
    if not isinstance(error, DBAPIError):
        return False
    text = str(error.orig)
    return (
        isinstance(error, IntegrityError)
        or error.connection_invalidated
        or any(words in text for words in _PASSING)
    )

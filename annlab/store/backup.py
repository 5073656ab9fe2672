"""Back up the database of runs: ``python -m annlab.store.backup TARGET``.

Servers may go on writing meanwhile. `annlab.store.restore` brings a backup back.
"""

import argparse
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from annlab.store.database import PATIENCE_SECONDS, configured_url
from annlab.store.errors import StoreError, sentence
from annlab.store.migrations import MIGRATIONS
from annlab.store.schema import is_ready, read_versions
from annlab.store.tables import RUNS


def backup(target: Path, *, force: bool = False) -> int:
    """Copy the database of the settings, as it is at one moment, to one file.

    Parameters
    ----------
    target : Path
        The file appears whole or not at all.
    force : bool
        Replace an existing file.

    Returns
    -------
    int
        Number of runs in the copy.

    Raises
    ------
    StoreError
        If the database cannot be read, is damaged or is not SQLite, or if the file exists.
    """
    source = sqlite_file("pg_dump --format=custom --file=TARGET URL")
    refuse_existing(target, force)
    with checked_copy(source, target) as (copy, n_runs):
        os.replace(copy, target)
    return n_runs


def sqlite_file(command: str) -> Path:
    """Path of the database of the settings.

    Parameters
    ----------
    command : str
        What does the same for PostgreSQL.

    Raises
    ------
    StoreError
        If it is not an SQLite file.
    """
    try:
        url = sa.make_url(configured_url())
    except sa.exc.ArgumentError:
        raise StoreError("The address of the database is malformed.") from None
    if url.get_backend_name() != "sqlite":
        raise StoreError(
            f"ANNLAB_DATABASE_URL does not name an SQLite file. For PostgreSQL, use: {command}"
        )
    if not url.database or url.query:
        raise StoreError("The address of the database must be the path of a file, without options.")
    return Path(url.database)


def refuse_existing(target: Path, force: bool) -> None:
    """Raise `StoreError` if a file exists that must not be replaced."""
    if target.exists() and not force:
        raise StoreError(f"{target} exists already. To replace it, add --force.")


@contextmanager
def checked_copy(source: Path, target: Path) -> Iterator[tuple[Path, int]]:
    """Copy a database to a temporary file beside a target, and check the copy.

    Parameters
    ----------
    source : Path
        SQLite file, which others may write to.
    target : Path
        Place of the copy later; a missing folder is created.

    Yields
    ------
    copy : Path
        A single file, which is deleted at the end if it is still there.
    n_runs : int
        Number of runs in it.

    Raises
    ------
    StoreError
        If the source is missing or damaged, or its tables need a newer version of annlab.
    """
    if not source.is_file():  # SQLite would create it
        raise StoreError(f"There is no file {source}.")
    url = sa.URL.create("sqlite", database=str(source))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(".part", f"{target.name}.", target.parent)
        os.close(handle)
        copy = Path(name)
        try:
            _copy(source, copy)
            yield copy, _check(copy, source)
        finally:
            copy.unlink(missing_ok=True)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        raise StoreError(sentence(url, error)) from None
    except sqlite3.Error as error:
        wrapped = sa.exc.DatabaseError("", {}, error)
        raise StoreError(sentence(url, wrapped)) from None


def _copy(source: Path, copy: Path) -> None:
    with (
        closing(sqlite3.connect(source, timeout=PATIENCE_SECONDS)) as reader,
        closing(sqlite3.connect(copy)) as writer,
    ):
        # All pages at once are of one moment; with a write-ahead log, no writer waits.
        reader.backup(writer)
        # A copied write-ahead log would be a second file.
        writer.execute("PRAGMA journal_mode=DELETE")


def _check(copy: Path, source: Path) -> int:
    """Number of runs in a copy; StoreError if it is damaged or not ours."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(copy)), poolclass=sa.NullPool)
    with engine.connect() as connection:
        problem = connection.scalar(sa.text("PRAGMA integrity_check(1)"))
        if problem != "ok":
            # The first line names the database.
            reason = str(problem).splitlines()[-1]
            raise StoreError(f"The database {source.name} is damaged ({reason}).")
        if read_versions(connection) is None:
            raise StoreError(f"The database {source.name} was not written by annlab.")
        is_ready(connection, MIGRATIONS)
        return int(connection.scalar(sa.select(sa.func.count()).select_from(RUNS)) or 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0, or 1 after an error."""
    parser = argparse.ArgumentParser("python -m annlab.store.backup")
    parser.description = "Copy the database of runs to one file, while servers go on working."
    parser.add_argument("target", type=Path, help="file to write")
    parser.add_argument("--force", action="store_true", help="replace an existing file")
    options = parser.parse_args(arguments)
    try:
        n_runs = backup(options.target, force=options.force)
    except (StoreError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Saved {n_runs:,} runs to {options.target}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Bring back a backup of the database of runs: ``python -m annlab.store.restore FILE``."""

import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from annlab.store.command import counted, run_command
from annlab.store.errors import StoreError
from annlab.store.sqlite_file import configured_file, copy, count_runs, sentences

# The database, and the logs of a server that was killed: SQLite would apply them to the next
# database of that name.
_FILES = ("", "-wal", "-shm", "-journal")


def restore(file: Path, force: bool = False) -> str:
    """Replace the content of the database of the variables by that of a backup.

    Parameters
    ----------
    file : Path
        File that `annlab.store.backup` wrote.
    force : bool
        Replace a database that holds runs or is damaged.

    Returns
    -------
    str
        What was done.

    Raises
    ------
    StoreError
        If the backup is missing or damaged or needs a newer version of annlab, or if the database
        holds runs, is locked or is not SQLite. The database is then as before.
    """
    target = configured_file(
        "pg_restore --clean --if-exists --no-owner --single-transaction --dbname=URL FILE"
    )
    n_runs = count_runs(file)
    if target.exists():
        if target.samefile(file):
            raise StoreError(f"{file} is the database itself. Name its backup.")
        if not force:
            _refuse_filled(target)
    with sentences(f"{target} cannot be written"):
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and _is_damaged(target):
            for suffix in _FILES:
                Path(f"{target}{suffix}").unlink(missing_ok=True)
    copy(file, target)
    return f"Restored {counted(n_runs)} from {file} to {target}."


def _refuse_filled(target: Path) -> None:
    force = "To replace it, add --force."
    try:
        n_runs = count_runs(target)
    except StoreError as error:
        raise StoreError(f"{error} {force}") from None
    if n_runs:
        raise StoreError(f"{target} holds {counted(n_runs)}. {force}")


def _is_damaged(target: Path) -> bool:
    """Whether SQLite cannot even overwrite a file."""
    with closing(sqlite3.connect(target)) as connection:
        try:
            connection.execute("SELECT count(*) FROM sqlite_schema")
        except sqlite3.OperationalError:  # such as a lock
            return False
        except sqlite3.DatabaseError:
            return True
    return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return run_command(
        restore,
        arguments,
        name="annlab.store.restore",
        does="Replace the content of the database of runs by that of a backup.",
        file="file that annlab.store.backup wrote",
        force="replace a database that holds runs or is damaged",
    )


if __name__ == "__main__":
    sys.exit(main())

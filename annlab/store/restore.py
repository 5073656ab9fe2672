"""Bring back a backup of the database of runs: ``python -m annlab.store.restore SOURCE``.

Stop all servers first.
"""

import argparse
import os
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from annlab.store.backup import checked_copy, refuse_existing, sqlite_file
from annlab.store.errors import StoreError


def restore(source: Path, *, force: bool = False) -> int:
    """Put a backup in the place of the database of the settings.

    Parameters
    ----------
    source : Path
        File that `annlab.store.backup` wrote.
    force : bool
        Replace an existing database.

    Returns
    -------
    int
        Number of runs in the backup.

    Raises
    ------
    StoreError
        If the backup is missing or damaged or needs a newer version of annlab, or if the database
        exists, is in use or is not SQLite. The database is then as before.
    """
    target = sqlite_file("pg_restore --clean --if-exists --no-owner --dbname=URL SOURCE")
    refuse_existing(target, force)
    with checked_copy(source, target) as (copy, n_runs):
        _close(target)
        os.replace(copy, target)
    return n_runs


def _close(target: Path) -> None:
    """Leave no write-ahead log beside a database, which SQLite would apply to the next one."""
    if target.is_file():
        try:
            with closing(sqlite3.connect(target, timeout=0)) as connection:
                # SQLite refuses while another connection is open, or removes its log.
                connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StoreError(f"{target} is in use. Stop all servers first.") from None
            raise
        except sqlite3.DatabaseError:
            pass  # the damage for which somebody restores a backup
    for suffix in ("-wal", "-shm"):
        Path(f"{target}{suffix}").unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0, or 1 after an error."""
    parser = argparse.ArgumentParser("python -m annlab.store.restore")
    parser.description = (
        "Put a backup in the place of the database of runs. Stop all servers first."
    )
    parser.add_argument("source", type=Path, help="file that annlab.store.backup wrote")
    parser.add_argument("--force", action="store_true", help="replace an existing database")
    options = parser.parse_args(arguments)
    try:
        n_runs = restore(options.source, force=options.force)
    except (StoreError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Restored {n_runs:,} runs from {options.source}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

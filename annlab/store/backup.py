"""Back up the database of runs to one file: ``python -m annlab.store.backup FILE``.

Servers may go on writing meanwhile. `annlab.store.restore` brings a backup back.
"""

import os
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from annlab.store.command import counted, run_command
from annlab.store.errors import StoreError
from annlab.store.sqlite_file import configured_file, copy, count_runs, sentences


def backup(file: Path, force: bool = False) -> str:
    """Copy the database of the variables, as it is at one moment, to a file.

    Parameters
    ----------
    file : Path
        Appears whole or not at all; only its owner can read it.
    force : bool
        Replace an existing file.

    Returns
    -------
    str
        What was done.

    Raises
    ------
    StoreError
        If the database cannot be read, is damaged or is not SQLite, or if the file exists or
        cannot be written.
    """
    source = configured_file("pg_dump --format=custom --file=FILE URL")
    if not source.is_file():
        raise StoreError(f"There is no database {source}.")
    if file.exists():
        if file.samefile(source):
            raise StoreError(f"{file} is the database itself. Name another file.")
        if not force:
            raise StoreError(f"{file} exists already. To replace it, add --force.")
    with sentences(f"{file} cannot be written"):
        handle, name = tempfile.mkstemp(".part", f"{file.name}.", file.parent)
        os.close(handle)
        part = Path(name)
        try:
            copy(source, part)
            _make_single(part)
            n_runs = count_runs(part)
            os.replace(part, file)
        finally:
            part.unlink(missing_ok=True)
    return f"Saved {counted(n_runs)} from {source} to {file}."


def _make_single(file: Path) -> None:
    """Let a copy of a database with a write-ahead log be read without one."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return run_command(
        backup,
        arguments,
        name="annlab.store.backup",
        does="Copy the database of runs to one file, while servers go on working.",
        file="file to write",
        force="replace an existing file",
    )


if __name__ == "__main__":
    sys.exit(main())

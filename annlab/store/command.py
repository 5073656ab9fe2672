"""What the commands of the store have in common: one file, ``--force`` and one line of text."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from annlab.store.errors import StoreError


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{message[:1].upper()}{message[1:]}; --help explains the command.\n")


def run_command(
    work: Callable[[Path, bool], str],
    arguments: Sequence[str] | None,
    *,
    name: str,
    does: str,
    file: str,
    force: str,
) -> int:
    """Do the work of a command and print what it did.

    Parameters
    ----------
    work : callable
        Function of the file and of ``--force``, which returns a sentence.
    arguments : sequence of str, optional
        None: those of the process.
    name, does, file, force : str
        Module of the command, what it does, and what its two arguments mean, for ``--help``.

    Returns
    -------
    int
        Exit code: 0, or 1 after a sentence on the standard error that says what is wrong.
    """
    parser = _Parser(f"python -m {name}", description=does)
    parser.add_argument("file", type=Path, help=file)
    parser.add_argument("--force", action="store_true", help=force)
    options = parser.parse_args(arguments)
    try:
        sys.stdout.write(f"{work(options.file, options.force)}\n")
    except (StoreError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def counted(n_runs: int) -> str:
    """Return a number of runs with its noun."""
    return f"{n_runs:,} run{'' if n_runs == 1 else 's'}"

"""The table of the README: written there by whoever measures all."""

import re
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN = "<!-- measured: python -m tests.benchmarks --readme -->"
END = "<!-- end of what was measured -->"


def measured(text: str) -> str:
    """What stands between the two marks of a README.

    Raises
    ------
    ValueError
        If it does not have each of them once, in their order.
    """
    parts = re.split(f"{re.escape(BEGIN)}|{re.escape(END)}", text)
    if len(parts) != 3 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"There must be one {BEGIN!r} and after it one {END!r}.")
    return parts[1].strip("\n")


def with_measured(text: str, table: str) -> str:
    """A README with another table between its marks; raises as `measured` does."""
    before = measured(text)
    return text.replace(f"{BEGIN}\n\n{before}\n\n{END}", f"{BEGIN}\n\n{table}\n\n{END}")

"""The table of the README: written there by whoever measures all."""

from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN = "<!-- measured: python -m tests.benchmarks --readme -->"
END = "<!-- end of what was measured -->"


def _parts(text: str) -> tuple[str, str, str]:
    before, begin, rest = text.partition(BEGIN)
    middle, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in middle + after or END in before + after:
        raise ValueError(f"There must be one {BEGIN!r} and after it one {END!r}.")
    return before, middle, after


def measured(text: str) -> str:
    """What stands between the two marks of a README.

    Raises
    ------
    ValueError
        If it does not have each of them once, in their order.
    """
    return _parts(text)[1].strip()


def with_measured(text: str, table: str) -> str:
    """A README with another table between its marks; raises as `measured` does."""
    before, _, after = _parts(text)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"

"""The tables of what was measured: all in docs/benchmarks.md, a few rows of them in the README."""

from pathlib import Path

from tests.benchmarks.goals import GOALS
from tests.benchmarks.table import aligned

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN = "<!-- measured: python -m tests.benchmarks --readme -->"
END = "<!-- end of what was measured -->"
# The rows that say most to somebody who has never seen annlab, and how many of their columns.
TELLING = ("scikit-learn", "Keras, TensorFlow", "20 seeds of E4", "movement")
_N_COLUMNS = 4


def _parts(text: str) -> tuple[str, str, str]:
    before, begin, rest = text.partition(BEGIN)
    middle, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in middle + after or END in before + after:
        raise ValueError(f"There must be one {BEGIN!r} and after it one {END!r}.")
    return before, middle, after


def measured(text: str) -> str:
    """What stands between the two marks of a page.

    Raises
    ------
    ValueError
        If it does not have each of them once, in their order.
    """
    return _parts(text)[1].strip()


def with_measured(text: str, table: str) -> str:
    """A page with another table between its marks; raises as `measured` does."""
    before, _, after = _parts(text)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def cells(table: str) -> list[list[str]]:
    """The texts of a Markdown table, its head first, without the line below the head."""
    rows = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[:1] + rows[2:]]


def telling(table: str) -> str:
    """The table's most telling rows, as `TELLING` names them."""
    names = {GOALS[name].what for name in TELLING}
    head, *rows = (row[:_N_COLUMNS] for row in cells(table))
    return "\n".join(aligned([head, *(row for row in rows if row[0] in names)]))


def check() -> None:
    """Raise a ValueError if the tables have no place: before an hour of measuring, not after."""
    for path in (README, PAGE):
        measured(path.read_text(encoding="utf-8"))


def write(table: str) -> None:
    """Put what was measured into the page of benchmarks and into the README."""
    for path, part in ((PAGE, table), (README, telling(table))):
        path.write_text(with_measured(path.read_text(encoding="utf-8"), part), encoding="utf-8")

"""Update of the benchmark tables in docs/benchmarks.md and README.md."""

from pathlib import Path

from tests.benchmarks.goals import GOALS
from tests.benchmarks.table import aligned

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN = "<!-- measured: python -m tests.benchmarks --readme -->"
END = "<!-- end of what was measured -->"
# Rows for readers new to annlab, and the number of columns shown.
TELLING = ("scikit-learn", "Keras, TensorFlow", "20 seeds of E4", "movement")
_N_COLUMNS = 4


def _parts(text: str) -> tuple[str, str, str]:
    before, begin, rest = text.partition(BEGIN)
    middle, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in middle + after or END in before + after:
        raise ValueError(f"There must be one {BEGIN!r} and after it one {END!r}.")
    return before, middle, after


def measured(text: str) -> str:
    """Text between the two markers of a page.

    Raises
    ------
    ValueError
        If the page does not have each marker once, in order.
    """
    return _parts(text)[1].strip()


def with_measured(text: str, table: str) -> str:
    """Replace the text between the markers; raises like `measured`."""
    before, _, after = _parts(text)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def cells(table: str) -> list[list[str]]:
    """Cells of a Markdown table, header row first, without the separator line."""
    rows = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[:1] + rows[2:]]


def telling(table: str) -> str:
    """Rows of a table that `TELLING` names."""
    names = {GOALS[name].what for name in TELLING}
    head, *rows = (row[:_N_COLUMNS] for row in cells(table))
    return "\n".join(aligned([head, *(row for row in rows if row[0] in names)]))


def check() -> None:
    """Raise a ValueError if a page lacks the markers, before an hour of measuring."""
    for path in (README, PAGE):
        measured(path.read_text(encoding="utf-8"))


def write(table: str) -> None:
    """Write the measured table into docs/benchmarks.md and README.md."""
    for path, part in ((PAGE, table), (README, telling(table))):
        path.write_text(with_measured(path.read_text(encoding="utf-8"), part), encoding="utf-8")

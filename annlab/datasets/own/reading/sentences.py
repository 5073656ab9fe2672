"""Parts of sentences about a file: names, texts of cells and numbers of rows."""

from collections.abc import Iterable, Sequence

_MOST_NAMED = 5
_MAX_SHOWN = 40


def shortened(text: str, length: int = _MAX_SHOWN) -> str:
    """Text on one line, cut off with an ellipsis if it is longer."""
    shown = "".join(c if c.isprintable() else " " for c in text[: length + 1])
    return shown if len(text) <= length else shown[: length - 1] + "…"


def quoted(text: str) -> str:
    """Text of a cell or name of a column in quotation marks; plain text, which may be hostile."""
    return f"“{shortened(text)}”"


def listed(parts: Sequence[str], last: str = "and") -> str:
    """Join "a, b and c"; beyond five, the rest is counted."""
    parts = list(parts)
    if len(parts) > _MOST_NAMED:
        parts = [*parts[:_MOST_NAMED], f"{len(parts) - _MOST_NAMED:,} more"]
        last = "and"
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def rows_named(numbers: Iterable[int]) -> str:
    """Name rows by their numbers in the file: "row 7", "rows 7, 9 and 12"."""
    texts = [str(number) for number in numbers]
    return f"row{'' if len(texts) == 1 else 's'} {listed(texts)}"

"""File of drawn points: a small table of comma-separated values."""

import csv
import io
import math

from annlab.datasets.own.drawing.drawn import (
    MAX_DRAWN_CLASSES,
    MAX_POINTS,
    MODES,
    PER_UNIT,
    REACH,
    DrawingMode,
    DrawnPoint,
    DrawnPoints,
)

MAX_DRAWN_BYTES = 200_000
_CLASS = "class"


def write_drawn_file(drawn: DrawnPoints) -> bytes:
    """Write points as CSV: columns x1, x2 and class (1 to 4), or x and y of a curve."""
    rows = [",".join(_header(drawn.mode))]
    for x, y, label in drawn.points:
        places = f"{x / PER_UNIT},{y / PER_UNIT}"
        rows.append(places if drawn.mode == "curve" else f"{places},{label + 1}")
    return "\n".join([*rows, ""]).encode()


def read_drawn_file(data: bytes) -> DrawnPoints:
    """Read points that `write_drawn_file` or a spreadsheet wrote; the pad rounds their places.

    Raises
    ------
    ValueError
        If the bytes are no such table, or a row is not on the pad. The message is a sentence
        for the user.
    """
    if len(data) > MAX_DRAWN_BYTES:
        raise ValueError(f"A file of points has at most {MAX_DRAWN_BYTES // 1000} kB.")
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise ValueError(_not_points()) from None
    header = [name.strip().lower() for name in rows[0]] if rows else []
    mode = next((name for name in MODES if header == _header(name)), None)
    if mode is None:
        raise ValueError(_not_points())
    # A row's number counts the header, as in a spreadsheet.
    numbered = [(k, row) for k, row in enumerate(rows[1:], start=2) if any(map(str.strip, row))]
    if len(numbered) > MAX_POINTS:
        raise ValueError(f"The pad takes {MAX_POINTS:,} points; the file has {len(numbered):,}.")
    return DrawnPoints(mode, tuple(_point(mode, k, row) for k, row in numbered))


def _header(mode: DrawingMode) -> list[str]:
    return [*MODES[mode].axis_names, *([] if mode == "curve" else [_CLASS])]


def _not_points() -> str:
    columns = " or ".join(", ".join(_header(mode)) for mode in MODES)
    return f"This is not a file of drawn points: its first row must be {columns}."


def _point(mode: DrawingMode, row: int, cells: list[str]) -> DrawnPoint:
    header = _header(mode)
    if len(cells) != len(header):
        raise ValueError(f"Row {row}: must have {len(header)} cells, got {len(cells)}.")
    x, y = (_place(row, cell) for cell in cells[:2])
    if mode == "curve":
        return DrawnPoint(x, y)
    classes = {str(k + 1): k for k in range(MAX_DRAWN_CLASSES)}
    name = cells[2].strip()
    if name not in classes:
        raise ValueError(
            f"Row {row}: the class must be 1 to {MAX_DRAWN_CLASSES}, got {name[:20]!r}."
        )
    return DrawnPoint(x, y, classes[name])


def _place(row: int, cell: str) -> int:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    reach = REACH / PER_UNIT
    if not -reach <= value <= reach:
        raise ValueError(
            f"Row {row}: a position must be a number from −{reach:g} to {reach:g}, "
            f"got {cell.strip()[:20]!r}."
        )
    return round(value * PER_UNIT)

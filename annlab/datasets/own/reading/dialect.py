"""Guess how a file is written: encoding, delimiter, marks of numbers, header and footer."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import product

from annlab.datasets.own.reading.cell_types import number_pattern, type_of_cell
from annlab.datasets.own.reading.source import Source
from annlab.datasets.own.recipe import Decimal, Delimiter, Dialect, Thousands

_DELIMITERS: tuple[Delimiter, ...] = (",", ";", "\t", "|")
_MAX_ROWS = 200
# How much a cell looks like a cell. A text that contains another delimiter was split wrongly.
_CLEAN_TEXT = 0.8
_MIXED_TEXT = 0.1
_ONE_COLUMN = 0.01
# A share of rows with one text alone that is too large for titles and footers.
_MAX_ASIDES = 0.2
_TOTALS = {"total", "totals", "sum", "average", "mean", "summe", "gesamt", "mittelwert"}

_Rows = Sequence[Sequence[str]]


def dialect_of(source: Source) -> Dialect:
    """Guess the dialect of an opened file from its first and last 64 kB.

    The rules: the encoding that a byte order mark names, else UTF-8 if the text is valid, UTF-16
    if every second byte is zero, else Windows-1252; the delimiter that makes rows of one width
    and cells that are numbers, dates or undivided texts; the marks with which most cells are
    numbers; a header unless the first row has numbers or values of the rows below. Rows above
    and below the table with one text alone, and a last row of totals, are left out.

    Parameters
    ----------
    source : Source
        Of a workbook, one sheet.

    Returns
    -------
    Dialect
        Only empty cells are missing.

    Raises
    ------
    UnreadableFileError
        If the file is no text.
    """
    encoding = source.encoding
    delimiter = "," if source.is_workbook else _delimiter(source)
    first, last = source.ends(encoding, delimiter)
    width = common_width(first)
    n_title = _n_asides(first, width)
    above = first[n_title : n_title + 1]
    table = [row for row in first[n_title:] if len(row) == width]
    # A workbook holds numbers as such, always with a point.
    decimal, thousands = (
        (".", "") if source.is_workbook else _marks_of_numbers(table[1:], delimiter)
    )
    dialect = Dialect(
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
        thousands=thousands,
        n_title_rows=min(n_title, 100),
        sheet=source.sheet,
    )
    return dialect.model_copy(
        update={
            "has_header": _is_short_header(above, width, dialect) or _has_header(table, dialect),
            "n_footer_rows": min(_n_asides(last[::-1], width, _TOTALS), 100),
        }
    )


def common_width(rows: _Rows) -> int:
    """Most frequent number of cells in a row; the larger of equally frequent ones."""
    widths = Counter(len(row) for row in rows[:_MAX_ROWS])
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _delimiter(source: Source) -> Delimiter:
    encoding = source.encoding
    start = next(iter(source.rows(encoding, "\t", quotes=False)), [""])
    named = start[0].strip().strip('"').removeprefix("sep=") if start else ""
    if named in _DELIMITERS:  # Excel's own mark in the first row
        return named
    return max(_DELIMITERS, key=lambda d: delimiter_score(source.ends(encoding, d)[0], d))


def delimiter_score(rows: _Rows, delimiter: str) -> float:
    """How much rows look like a table: share of rows of one width × mean score of their cells."""
    rows = rows[:_MAX_ROWS]
    width = common_width(rows)
    if width < 2:
        return _ONE_COLUMN * width
    table = [row for row in rows if len(row) == width]
    others = [other for other in _DELIMITERS if other != delimiter]
    scores = [_cell_score(cell, others) for row in table for cell in row]
    return len(table) / len(rows) * sum(scores) / len(scores)


# Both decimal marks and blanks between thousands count as numbers before the marks are known.
_ANY_NUMBER = (Dialect(thousands=" "), Dialect(decimal=",", thousands=" "))


def _cell_score(cell: str, others: Sequence[str]) -> float:
    types = {type_of_cell(cell, dialect) for dialect in _ANY_NUMBER}
    if types != {"text"}:
        return _CLEAN_TEXT if "empty" in types else 1.0
    return _MIXED_TEXT if any(other in cell for other in others) else _CLEAN_TEXT


def _marks_of_numbers(table: _Rows, delimiter: str) -> tuple[Decimal, Thousands]:
    """Decimal mark and mark between thousands with which most cells are numbers.

    Of equals, the first: fewer marks come before more, and a comma separates thousands rather
    than decimals where it also separates cells.
    """
    decimals: tuple[Decimal, ...] = (".", ",")
    thousands: tuple[Thousands, ...] = (",", ".", " ", "'")
    pairs: list[tuple[Decimal, Thousands]] = [(".", ""), (",", "")]
    pairs += [pair for pair in product(decimals, thousands) if pair[0] != pair[1]]
    if delimiter == ",":
        pairs.insert(1, (".", ","))
    cells = [cell.strip() for row in table[:_MAX_ROWS] for cell in row]
    # Digits alone are a number with all marks.
    counts = Counter(cell for cell in cells if not cell.isdecimal())

    def n_numbers(pair: tuple[Decimal, Thousands]) -> int:
        dialect = Dialect(decimal=pair[0], thousands=pair[1])
        matches = re.compile(number_pattern(dialect), re.ASCII).fullmatch
        return sum(n for cell, n in counts.items() if matches(cell))

    return max(pairs, key=n_numbers)


def _has_header(table: _Rows, dialect: Dialect) -> bool:
    if len(table) < 2:
        return False
    head, body = table[0], table[1:_MAX_ROWS]
    types = [type_of_cell(cell, dialect) for cell in head]
    if "number" in types:
        return _counts_up(head)
    if "date" in types:
        return False
    # A name is no value of its own column; the cells of a column of numbers are no names.
    columns = list(zip(*body, strict=True))
    return not any(
        kind == "text" and cell in column
        for kind, cell, column in zip(types, head, columns, strict=True)
    )


def _is_short_header(rows: _Rows, width: int, dialect: Dialect) -> bool:
    """Whether the first row has names for all columns but the row labels or an empty last one."""
    return any(
        len(row) == width - 1 and {type_of_cell(cell, dialect) for cell in row} == {"text"}
        for row in rows
    )


def _counts_up(head: Sequence[str]) -> bool:
    """Whether the names are 0, 1, 2 … or years, perhaps after a name for row labels."""
    names = [cell.strip() for cell in head]
    numbers = names if names[0].isdecimal() else names[1:]
    if len(numbers) < 3 or not all(name.isdecimal() and len(name) < 6 for name in numbers):
        return False
    first = int(numbers[0])
    return [int(name) for name in numbers] == list(range(first, first + len(numbers)))


def _n_asides(rows: _Rows, width: int, totals: Sequence[str] | set[str] = ()) -> int:
    """Number of rows, from the first on, that hold one text beside the table, or its totals."""
    asides = [_is_aside(row, width, totals) for row in rows]
    if sum(asides) > max(1, _MAX_ASIDES * len(rows)):
        return 0
    return next((n for n, aside in enumerate(asides) if not aside), 0)


def _is_aside(row: Sequence[str], width: int, totals: Sequence[str] | set[str]) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled:
        return True
    if filled[0].startswith("sep=") and len(filled) == 1:
        return True
    if filled[0].casefold().rstrip(":") in totals:
        return True
    is_text = type_of_cell(filled[0], Dialect()) == "text"
    return len(filled) == 1 and is_text and (width > 2 or len(row) < width)

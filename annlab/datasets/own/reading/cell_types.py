"""Texts of cells: what reads as a number, a date or a mark for a missing cell."""

import re
from functools import lru_cache
from typing import Literal

from annlab.datasets.own.recipe import Decimal, Dialect, Thousands

# Texts that often stand for a missing cell. They are offered; only empty cells are missing
# without being asked.
MARKS = (
    *("?", "NA", "N/A", "n/a", "na", "#N/A", "NaN", "nan", "NULL", "null", "None", "none"),
    *("-", "--", "–", ".", "..", "*", "k.A.", "missing", "unknown"),
)
# Numbers of a larger size than this overflow in training, which computes in float32.
LARGEST_NUMBER = 1e30

_BLANKS = "[ \u00a0\u2009\u202f]"
_THOUSANDS = {",": ",", ".": r"\.", " ": _BLANKS, "'": "['’]"}
_SIGN = "[+\\-−]?"
INFINITE = f"{_SIGN}(?:inf|infinity|∞)"

_DAY_MONTH = r"\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})"
# A year and a month, such as 2019-01, need no day; 12-13 is no date.
_YEAR_FIRST = r"\d{4}[./-](?:0?[1-9]|1[0-2])(?:[./-](?:0?[1-9]|[12]\d|3[01]))?"
_CLOCK = r"\d{1,2}:[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?"
_ZONE = r"(?:Z|[+-]\d\d:?\d\d)?"
DATE = f"(?:(?:{_DAY_MONTH}|{_YEAR_FIRST})(?:[T ]{_CLOCK}{_ZONE})?|{_CLOCK})"
# Digits that begin with a zero name something, such as 005300, and do not count it.
CODE = r"0\d+"

_CURRENCY = "[$€£¥]"

CellType = Literal["empty", "mark", "number", "date", "text"]


def number_pattern(dialect: Dialect) -> str:
    """Regular expression of a number without surrounding blanks, for `re` and for RE2.

    Marks between thousands must stand before groups of three digits.
    """
    digits = r"\d+"
    if dialect.thousands:
        digits = rf"(?:[1-9]\d{{0,2}}(?:{_THOUSANDS[dialect.thousands]}\d{{3}})+|\d+)"
    decimal = re.escape(dialect.decimal)
    return rf"{_SIGN}(?:{digits}(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d{{1,3}})?"


@lru_cache(maxsize=64)
def _number(decimal: Decimal, thousands: Thousands) -> re.Pattern[str]:
    dialect = Dialect(decimal=decimal, thousands=thousands)
    return re.compile(f"{number_pattern(dialect)}|(?i:{INFINITE})", re.ASCII)


_DATE = re.compile(DATE, re.ASCII)


def type_of_cell(cell: str, dialect: Dialect) -> CellType:
    """What one cell is, by its text alone."""
    cell = cell.strip()
    if not cell or cell in dialect.missing:
        return "empty"
    if cell in MARKS:
        return "mark"
    if _number(dialect.decimal, dialect.thousands).fullmatch(cell):
        return "number"
    return "date" if _DATE.fullmatch(cell) else "text"


def unit_pattern(dialect: Dialect) -> str:
    """Regular expression of a number with a currency or a percent sign."""
    number = number_pattern(dialect)
    return rf"(?:{_CURRENCY} ?{number}|{number} ?(?:[%‰]|{_CURRENCY}))"


def plain_number_parts(dialect: Dialect) -> tuple[tuple[str, str], ...]:
    """Replacements (pattern, text) that turn a matching number into digits, point and sign."""
    thousands = ((_THOUSANDS[dialect.thousands], ""),) if dialect.thousands else ()
    decimal = ((",", "."),) if dialect.decimal == "," else ()
    return (*thousands, *decimal, ("−", "-"), (r"^\+", ""))

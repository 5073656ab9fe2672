"""Sheets of an Excel workbook as CSV, read by openpyxl."""

import csv
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from annlab.datasets.own.reading.opening import MAX_FILE_BYTES, UnreadableFileError
from annlab.datasets.own.recipe import MAX_NAME

# Rows of a sheet in Excel. A sheet that claims more is not from Excel.
_MAX_ROWS = 1_048_576
# Cells before empty ones at the ends of rows are left out.
_MAX_EMPTY_CELLS = 10_000_000
# A sheet that begins with so many empty rows, or cells in them, counts as empty.
_EMPTY_ROWS = 10_000
_EMPTY_CELLS = 100_000

# openpyxl warns about styles and validations, which do not change values. The filter is for the
# whole process, because `catch_warnings` is not thread-safe and a worker has two threads.
warnings.filterwarnings("ignore", module="openpyxl")


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    import openpyxl

    with _telling_of_damage():
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            yield book
        finally:
            book.close()


@contextmanager
def _telling_of_damage() -> Iterator[None]:
    try:
        yield
    except UnreadableFileError:
        raise
    except Exception as error:  # a damaged workbook raises almost anything
        raise UnreadableFileError("This workbook is damaged or was cut off.") from error


def read_workbook(data: bytes, sheet: str) -> tuple[bytes, tuple[str, ...]]:
    """Read a sheet as CSV in UTF-8, without the empty cells at the ends of its rows.

    Parameters
    ----------
    data : bytes
    sheet : str
        Empty: the first one with cells.

    Returns
    -------
    text : bytes
        The sheet as CSV.
    sheets : tuple of str
        Names of all sheets with cells.

    Raises
    ------
    UnreadableFileError
        If the workbook is damaged, has no such sheet, or the sheet is too large.
    """
    file = io.BytesIO()
    with _opened(data) as book, io.TextIOWrapper(file, "utf-8", newline="") as text:
        with_cells = [s for s in book.worksheets if _has_cells(s)]
        sheets = tuple(s.title[:MAX_NAME] for s in with_cells)
        if not sheets:
            raise UnreadableFileError("This workbook has no sheet with cells.")
        found = [s for s in with_cells if sheet in ("", s.title[:MAX_NAME])]
        if not found:
            raise UnreadableFileError(f"This workbook has no sheet “{sheet}” with cells.")
        writer = csv.writer(text)
        n_cells = 0
        for number, row in enumerate(found[0].iter_rows(values_only=True)):
            n_cells += len(row)
            if number >= _MAX_ROWS:
                raise UnreadableFileError(f"This sheet has more than {_MAX_ROWS:,} rows.")
            if n_cells > _MAX_EMPTY_CELLS or file.tell() > 2 * MAX_FILE_BYTES:
                raise UnreadableFileError("This sheet is too large. Save a part of it as CSV.")
            cells = [cell_text(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            writer.writerow(cells)
        text.flush()
        return file.getvalue(), sheets


def _has_cells(sheet: Any) -> bool:
    # Rows are otherwise filled with empty cells up to the size that the sheet claims.
    sheet.reset_dimensions()
    n_cells = 0
    try:
        with _telling_of_damage():
            for row in islice(sheet.iter_rows(values_only=True), _EMPTY_ROWS):
                if any(value is not None for value in row):
                    return True
                n_cells += len(row)
                if n_cells > _EMPTY_CELLS:
                    break
    except UnreadableFileError:  # told when it is read; another sheet may be whole
        return True
    return False


def cell_text(value: Any) -> str:
    """Text of a value as in a CSV file, with a point as the decimal mark."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)

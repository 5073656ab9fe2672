"""Cells: the texts of a table as its file holds them, and the rows that could not be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.datasets.own.own_data import MAX_CELLS
from annlab.datasets.own.reading.dialect import common_width
from annlab.datasets.own.reading.opening import UnreadableFileError
from annlab.datasets.own.reading.source import Source
from annlab.datasets.own.reading.text_rows import OpenQuoteError
from annlab.datasets.own.recipe import MAX_COLUMNS, MAX_NAME, Dialect

_CHUNK_ROWS = 5_000
_SAMPLE_ROWS = 200
# Unreadable rows whose numbers are kept; the others are only counted.
_MAX_NAMED = 1_000


@dataclass(frozen=True, eq=False)
class Cells:
    """Texts of a table.

    Attributes
    ----------
    names : tuple of str
        Names of the columns; unique.
    columns : tuple of pyarrow.Array
        Texts of each column, without the header.
    row_numbers : ndarray of int64, shape (n_rows,)
        Number of each row in the file as a spreadsheet shows it; the first is 1.
    unreadable : tuple of (int, int)
        Row number and number of cells of rows that have too few or too many; at most 1,000.
    n_unreadable : int
        Number of such rows.
    footer : tuple of str
        Texts of the rows left out at the end.
    open_quote : int
        Row in which a quotation mark is never closed; all such marks are then read as text.
        0: none.
    """

    names: tuple[str, ...]
    columns: tuple[Any, ...]
    row_numbers: NDArray[np.int64]
    unreadable: tuple[tuple[int, int], ...]
    n_unreadable: int
    footer: tuple[str, ...]
    open_quote: int = 0

    @property
    def n_rows(self) -> int:
        """Number of rows that could be read."""
        return len(self.row_numbers)


def cells_of(source: Source, dialect: Dialect) -> Cells:
    """Split an opened file into cells.

    A row with fewer or more cells than the others is unreadable, except for empty cells at its
    end. Blank rows are left out.

    Parameters
    ----------
    source : Source
    dialect : Dialect
        Its sheet is the one that was opened.

    Returns
    -------
    Cells

    Raises
    ------
    UnreadableFileError
        If the file has too many cells, or is no table in this dialect.
    """
    # A workbook is read as a text that was just written.
    written = Dialect() if source.is_workbook else dialect
    open_quote = 0
    try:
        rows = source.rows(written.encoding, written.delimiter)
        return _cells_of_rows(rows, dialect, source.is_workbook, open_quote)
    except OpenQuoteError as error:
        open_quote = error.row
    rows = source.rows(written.encoding, written.delimiter, quotes=False)
    return _cells_of_rows(rows, dialect, source.is_workbook, open_quote)


_Numbered = tuple[int, list[str]]


def _cells_of_rows(
    all_rows: Iterator[list[str]], dialect: Dialect, is_workbook: bool, open_quote: int
) -> Cells:
    filled = ((number, row) for number, row in enumerate(all_rows, 1) if any(row))
    below_titles = islice(filled, dialect.n_title_rows, None)
    footer: list[_Numbered] = []
    rows = _without_last(below_titles, dialect.n_footer_rows, footer)
    sample = list(islice(rows, _SAMPLE_ROWS))
    width = _width([row for _, row in sample], is_workbook)
    header = sample.pop(0)[1] if dialect.has_header and sample else []
    table = _Table(width, pads=is_workbook)
    while sample:
        table.add(sample)
        sample = list(islice(rows, _CHUNK_ROWS))
    columns = table.columns()
    return Cells(
        names=_unique(_names(header, columns)),
        columns=columns,
        row_numbers=np.asarray(table.numbers, np.int64),
        unreadable=tuple(table.unreadable),
        n_unreadable=table.n_unreadable,
        footer=tuple(" ".join(" ".join(row).split()) for _, row in footer),
        open_quote=open_quote,
    )


def _without_last(rows: Iterator[_Numbered], n: int, last: list[_Numbered]) -> Iterator[_Numbered]:
    """Iterate over all but the last `n` rows, which are in `last` at the end."""
    for row in rows:
        last.append(row)
        if len(last) > n:
            yield last.pop(0)


def _width(rows: Sequence[Sequence[str]], is_workbook: bool) -> int:
    width = max(map(len, rows), default=0) if is_workbook else common_width(rows)
    if not width:
        raise UnreadableFileError("This file has no rows to read.")
    if width > MAX_COLUMNS:
        raise UnreadableFileError(
            f"This file has {width:,} columns; the limit is {MAX_COLUMNS:,} columns."
        )
    return width


class _Table:
    """Columns of text, collected from rows piece by piece, because rows take much memory."""

    def __init__(self, width: int, *, pads: bool) -> None:
        self.width = width
        self.pads = pads
        self.numbers: list[int] = []
        self.unreadable: list[tuple[int, int]] = []
        self.n_unreadable = 0
        self._pieces: list[list[Any]] = [[] for _ in range(width)]

    def add(self, rows: list[_Numbered]) -> None:
        import pyarrow as pa

        if not all(len(row) == self.width for _, row in rows):
            rows = [(number, fitted) for number, row in rows if (fitted := self._fit(number, row))]
        self.numbers += [number for number, _ in rows]
        if len(self.numbers) * self.width > MAX_CELLS:
            raise UnreadableFileError(
                f"This file has more than {MAX_CELLS:,} cells, the limit, in {self.width:,} "
                "columns. Leave out rows or columns."
            )
        for k, pieces in enumerate(self._pieces):
            pieces.append(pa.array([row[k] for _, row in rows], pa.string()))

    def _fit(self, number: int, row: list[str]) -> list[str] | None:
        n_cells = len(row)
        if n_cells < self.width and self.pads:
            return row + [""] * (self.width - n_cells)
        if n_cells >= self.width and not any(row[self.width :]):
            return row[: self.width]
        self.n_unreadable += 1
        if len(self.unreadable) < _MAX_NAMED:
            self.unreadable.append((number, n_cells))
        return None

    def columns(self) -> tuple[Any, ...]:
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self.numbers:
            raise UnreadableFileError("This file has no rows to read.")
        columns = []
        for pieces in self._pieces:
            column = pa.concat_arrays(pieces)
            pieces.clear()
            if pc.any(pc.match_substring(column, "\0")).as_py():
                raise UnreadableFileError("This is not a text file, or it has another encoding.")
            columns.append(column)
        return tuple(columns)


def _names(header: Sequence[str], columns: Sequence[Any]) -> list[str]:
    """Names for all columns, empty where the header has none."""
    names = [clean_name(cell) for cell in header[: len(columns)]]
    n_lacking = len(columns) - len(names)
    # R leaves out the name of the row labels. If the last column is empty, the rows end with a
    # delimiter instead.
    if header and n_lacking == 1 and columns[-1].unique().to_pylist() != [""]:
        return ["", *names]
    return names + [""] * n_lacking


def clean_name(text: str) -> str:
    """Name on one line, without characters that cannot be seen, of at most 100 characters."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())[:MAX_NAME].strip()


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Names that differ: "temp", "temp (2)"; "column 3" where a name is empty."""
    found: dict[str, None] = {}
    given = {name for name in names if name}
    for number, name in enumerate(names, 1):
        base = unique = name or f"column {number}"
        n = 1
        while unique in found or (n > 1 and unique in given) or (not name and unique in given):
            n += 1
            mark = f" ({n})"
            unique = base[: MAX_NAME - len(mark)] + mark
        found[unique] = None
    return tuple(found)

"""Files read in one call, for tests."""

from annlab.datasets.own.reading.cells import Cells, cells_of
from annlab.datasets.own.reading.dialect import dialect_of
from annlab.datasets.own.reading.source import open_file
from annlab.datasets.own.recipe import Dialect


def guess_dialect(data: bytes) -> Dialect:
    """Guess the dialect of a file."""
    return dialect_of(open_file(data))


def read_cells(data: bytes, dialect: Dialect) -> Cells:
    """Split a file into cells."""
    return cells_of(open_file(data, dialect.sheet), dialect)


def first_rows(cells: Cells, n: int = 10) -> tuple[tuple[str, ...], ...]:
    """Texts of the first rows."""
    columns = [column[:n].to_pylist() for column in cells.columns]
    return tuple(zip(*columns, strict=True))

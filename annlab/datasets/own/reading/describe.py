"""Reading: everything a page shows about a file before it becomes a data set."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from annlab.datasets.own.own_data import MAX_CLASSES, MAX_TARGETS, Digest
from annlab.datasets.own.reading import column_values
from annlab.datasets.own.reading.cell_types import MARKS
from annlab.datasets.own.reading.cells import Cells, cells_of
from annlab.datasets.own.reading.columns import Column, ColumnSummary, column_of, guess_type
from annlab.datasets.own.reading.dialect import dialect_of
from annlab.datasets.own.reading.notes import (
    MarkCount,
    file_notes,
    lonely_class_notes,
    mark_notes,
    table_notes,
)
from annlab.datasets.own.reading.roles import same_as_target, type_of_target, with_roles
from annlab.datasets.own.reading.sentences import quoted, shortened
from annlab.datasets.own.reading.source import Source, open_file
from annlab.datasets.own.recipe import (
    ColumnRecipe,
    ColumnType,
    Dialect,
    Role,
    TableRecipe,
)
from annlab.formatting import counted, written
from annlab.validation import Config

_N_FIRST_ROWS = 10
_MAX_SHOWN = 60
_MAX_UNREADABLE = 100


class UnreadableRow(NamedTuple):
    """Number of a row in the file, and its number of cells."""

    number: int
    n_cells: int


class Reading(Config):
    """A file as understood, for display; every guess in it can be changed.

    Attributes
    ----------
    file : str
        SHA-256 of the bytes of the file.
    dialect : Dialect
        As guessed or chosen.
    sheets : tuple of str
        Sheets of a workbook that have cells; empty for a text file.
    n_rows : int
        Rows that can be read, without the header.
    columns : tuple of ColumnSummary
    first_rows : tuple of tuple of str
        Cells of the first ten rows as understood: numbers with a point and without marks
        between thousands, missing cells empty, texts shortened.
    first_row_numbers : tuple of int
        Their numbers in the file.
    unreadable : tuple of UnreadableRow
        Rows with too few or too many cells; at most 100.
    n_unreadable : int
    marks : tuple of MarkCount
        Texts that may stand for missing cells and are not chosen as such.
    target_has_numbers : bool
        Whether the cells of every target are numbers, however they are read.
    notes : tuple of str
        Sentences about the whole file; those about a column are in its summary.
    """

    file: Digest
    dialect: Dialect
    sheets: tuple[str, ...] = ()
    n_rows: int
    columns: tuple[ColumnSummary, ...]
    first_rows: tuple[tuple[str, ...], ...]
    first_row_numbers: tuple[int, ...]
    unreadable: tuple[UnreadableRow, ...] = ()
    n_unreadable: int = 0
    marks: tuple[MarkCount, ...] = ()
    target_has_numbers: bool = False
    notes: tuple[str, ...] = ()

    @property
    def recipe(self) -> TableRecipe:
        """The recipe that the reading stands for."""
        columns = (ColumnRecipe(name=c.name, type=c.type, role=c.role) for c in self.columns)
        return TableRecipe(dialect=self.dialect, columns=tuple(columns))

    @property
    def target(self) -> ColumnSummary | None:
        """Summary of the first target, if there is one."""
        return next(iter(self.targets), None)

    @property
    def targets(self) -> tuple[ColumnSummary, ...]:
        """Summaries of the targets."""
        return tuple(column for column in self.columns if column.role == "target")


def describe(
    data: bytes,
    chosen: Dialect | TableRecipe | None = None,
    *,
    types: Mapping[str, ColumnType] | None = None,
    roles: Mapping[str, Role] | None = None,
) -> Reading:
    """Read a file and guess what its columns are.

    Parameters
    ----------
    data : bytes
        Untrusted input.
    chosen : Dialect or TableRecipe, optional
        What the user chose. Types and roles of a recipe hold for columns of the same names; of
        the others, and without a recipe, they are guessed.
    types, roles : mapping of str, optional
        Types and roles that the user chose one by one, by the names of columns.

    Returns
    -------
    Reading

    Raises
    ------
    UnreadableFileError
        If the file is too large, damaged or no table.
    """
    reading, _, _ = described(data, chosen, types=types, roles=roles)
    return reading


class Described(NamedTuple):
    """A reading, and the opened file and its cells, of which a table can be made."""

    reading: Reading
    source: Source
    cells: Cells


def described(
    data: bytes,
    chosen: Dialect | TableRecipe | None = None,
    *,
    sheet: str = "",
    types: Mapping[str, ColumnType] | None = None,
    roles: Mapping[str, Role] | None = None,
) -> Described:
    """Read a file as `describe` does, and keep what was read.

    Without a dialect, that of the sheet is guessed; empty: of the first sheet with cells.
    """
    recipe = chosen if isinstance(chosen, TableRecipe) else None
    dialect = recipe.dialect if recipe else chosen if isinstance(chosen, Dialect) else None
    source = open_file(data, dialect.sheet if dialect else sheet)
    dialect = dialect or dialect_of(source)
    cells = cells_of(source, dialect)
    dialect = dialect.model_copy(update={"quotes": not cells.open_quote, "sheet": source.sheet})
    listed_columns = recipe.columns if recipe else ()
    types = {column.name: column.type for column in listed_columns} | dict(types or {})
    roles = {column.name: column.role for column in listed_columns} | dict(roles or {})
    columns = with_roles(
        [
            column_of(name, texts, cells.row_numbers, dialect, types.get(name))
            for name, texts in zip(cells.names, cells.columns, strict=True)
        ],
        {name: roles[name] for name in cells.names if name in roles},
    )
    columns = _with_target_types(columns, cells, dialect, set(types))
    marks = _marks(cells, dialect)
    n_complete = _n_complete(columns, cells.n_rows)
    reading = Reading(
        file=source.file,
        dialect=dialect,
        sheets=source.sheets,
        n_rows=cells.n_rows,
        columns=tuple(column.summary for column in columns),
        first_rows=tuple(zip(*map(_first_cells, columns), strict=True)),
        first_row_numbers=tuple(cells.row_numbers[:_N_FIRST_ROWS].tolist()),
        unreadable=tuple(UnreadableRow(*row) for row in cells.unreadable[:_MAX_UNREADABLE]),
        n_unreadable=cells.n_unreadable,
        marks=marks,
        target_has_numbers=_target_has_numbers(columns, cells, dialect),
        notes=(*file_notes(cells, source), *mark_notes(marks), *table_notes(columns, n_complete)),
    )
    return Described(reading, source, cells)


def _first_cells(column: Column) -> list[str]:
    if column.numbers is None:
        texts = column.texts[:_N_FIRST_ROWS].to_pylist()
        shown = [shortened(text, _MAX_SHOWN) for text in texts]
    else:
        shown = [written(value, ".15g") for value in column.numbers[:_N_FIRST_ROWS].tolist()]
    missing = column.missing[:_N_FIRST_ROWS].tolist()
    return ["" if gap else text for text, gap in zip(shown, missing, strict=True)]


def _with_target_types(
    columns: Sequence[Column], cells: Cells, dialect: Dialect, chosen: set[str]
) -> list[Column]:
    """Read targets of few numbers as classes or labels; add sentences about the targets."""
    places = [k for k, column in enumerate(columns) if column.summary.role == "target"]
    targets = {}
    for k in places:
        target = columns[k]
        name, is_chosen = target.summary.name, target.summary.name in chosen
        wanted = target.summary.type if is_chosen else type_of_target(target, len(places))
        is_asked = target.numbers is not None and wanted == "category"
        if is_asked:
            target = column_of(name, cells.columns[k], cells.row_numbers, dialect, "category")
        said = _target_notes(target, is_asked) if len(places) == 1 else _gap_notes(target)
        notes = (*target.summary.notes, *said)
        summary = target.summary.model_copy(update={"role": "target", "notes": notes})
        targets[k] = Column(summary, target.missing, target.numbers, target.texts)
    # More targets are refused, and comparing half of 1,000 columns with the others takes minutes.
    compared = [*targets.values()] if len(targets) <= MAX_TARGETS else []
    return [
        targets[k] if k in targets else _compared(column, compared)
        for k, column in enumerate(columns)
    ]


def _target_has_numbers(columns: Sequence[Column], cells: Cells, dialect: Dialect) -> bool:
    found = [
        column.numbers is not None or guess_type(texts, dialect) == "number"
        for column, texts in zip(columns, cells.columns, strict=True)
        if column.summary.role == "target"
    ]
    return bool(found) and all(found)


def _compared(column: Column, targets: Iterable[Column]) -> Column:
    is_feature = column.summary.role == "feature"
    target = next((one for one in targets if is_feature and same_as_target(column, one)), None)
    if target is None:
        return column
    note = (
        f"{quoted(column.summary.name)} says exactly what the target "
        f"{quoted(target.summary.name)} says, so a network has nothing to learn. Ignore it unless "
        "it will be known before the target."
    )
    notes = (*column.summary.notes, note)
    summary = column.summary.model_copy(update={"notes": notes})
    return Column(summary, column.missing, column.numbers, column.texts)


def _target_notes(target: Column, is_asked: bool) -> list[str]:
    summary = target.summary
    name, n = quoted(summary.name), summary.n_distinct
    notes = []
    if is_asked:
        notes.append(
            f"{name} has only {n} different numbers, so each is read as a class. Choose the type "
            "number to predict a value instead."
        )
    notes += _gap_notes(target)
    if n < 2:
        notes.append(f"{name} has the same value in every row. Choose another target.")
    elif target.numbers is None and n > MAX_CLASSES:
        notes.append(f"{name} has {n:,} classes; the limit is {MAX_CLASSES}.")
    elif target.numbers is None:
        counts = column_values.value_counts(target.texts, target.missing)
        notes += lonely_class_notes(summary.name, counts)
    return notes


def _gap_notes(target: Column) -> list[str]:
    summary = target.summary
    if not summary.n_missing:
        return []
    rows = counted(summary.n_missing, "row")
    return [f"{rows} without a value of {quoted(summary.name)} will be left out."]


def _marks(cells: Cells, dialect: Dialect) -> tuple[MarkCount, ...]:
    """Marks that occur in the file and are not chosen; the most frequent first."""
    wanted = [mark for mark in MARKS if mark not in dialect.missing]
    found: Counter[str] = Counter()
    for column in cells.columns:
        texts = column_values.trimmed(column)
        is_mark = column_values.is_one_of(texts, wanted)
        if is_mark.any():
            found.update(column_values.value_counts(texts, ~is_mark))
    return tuple(MarkCount(text, n) for text, n in found.most_common())


def _n_complete(columns: Sequence[Column], n_rows: int) -> int:
    is_complete = np.ones(n_rows, bool)
    for column in columns:
        if column.summary.role in ("feature", "target"):
            is_complete &= ~column.missing
    return int(is_complete.sum())

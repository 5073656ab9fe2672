"""Summary of each column: what its cells are, how many are missing, and what stands out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from annlab.datasets.own.reading import column_values
from annlab.datasets.own.reading.cell_types import (
    CODE,
    DATE,
    INFINITE,
    MARKS,
    number_pattern,
    unit_pattern,
)
from annlab.datasets.own.reading.column_values import Mask, Numbers
from annlab.datasets.own.reading.sentences import listed, quoted, rows_named, shortened
from annlab.datasets.own.recipe import MAX_NAME, ColumnType, Dialect, Name, Role
from annlab.formatting import counted, written
from annlab.validation import Config

N_BINS = 12
N_TOP = 6
# A column is of a type if this share of its filled cells is; marks such as "NA" do not count.
_SHARE_OF_TYPE = 0.9
# Among numbers, this share of codes such as 005300 makes them names.
_SHARE_OF_CODES = 0.01
# More values than this, and more than one for every two rows, make a text of a category.
MAX_FEW_VALUES = 20
# Distance from the quartiles in interquartile ranges. More cells there than five and this share
# are a long tail, not outliers.
_OUTLIER_DISTANCE = 5.0
_FEW_OUTLIERS = 5
_SHARE_OF_OUTLIERS = 0.005
_MAX_WHOLE_VALUES = 10
# Values that are compared for spellings; more are no few classes.
_MAX_COMPARED = 200


class ColumnSummary(Config):
    """What the page shows about one column.

    Attributes
    ----------
    name : str
    type : {"number", "category", "date", "text"}
        As guessed, or as chosen.
    role : {"feature", "target", "group", "ignored"}
        As guessed, or as chosen.
    n_missing : int
        Cells that count as missing; in a column of numbers, also cells that are no numbers.
    n_distinct : int
        Number of different values.
    low, high : float or None
        Smallest and largest number.
    counts : tuple of int
        Histogram of numbers in bins of one width from `low` to `high`; else the number of cells
        of each value in `values`.
    values : tuple of str
        The most frequent values of a column that is no number, shortened.
    notes : tuple of str
        Sentences for the user. They quote cells, which may contain anything.
    """

    name: Name
    type: ColumnType
    role: Role = "feature"
    n_missing: Annotated[int, Field(ge=0)]
    n_distinct: Annotated[int, Field(ge=0)]
    low: float | None = None
    high: float | None = None
    counts: tuple[int, ...] = ()
    values: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Column:
    """A column while its role is decided.

    Attributes
    ----------
    summary : ColumnSummary
    missing : ndarray of bool, shape (n_rows,)
    numbers : ndarray of float64, shape (n_rows,), or None
        NaN where missing; None if the column is no number.
    texts : pyarrow.Array
    has_units : bool
        Whether nine of ten filled cells are numbers with a currency or a percent sign.
    """

    summary: ColumnSummary
    missing: Mask
    numbers: NDArray[np.float64] | None
    texts: Any
    has_units: bool = False

    @property
    def n_filled(self) -> int:
        """Number of cells that are not missing."""
        return len(self.missing) - self.summary.n_missing

    def codes(self) -> NDArray[Any]:
        """A number for each different value; equal cells have equal numbers."""
        if self.numbers is not None:
            return np.unique(self.numbers, return_inverse=True)[1]
        return np.asarray(self.texts.dictionary_encode().indices.to_numpy(zero_copy_only=False))


def guess_type(texts: Any, dialect: Dialect) -> ColumnType:
    """Guess what the cells of a column are.

    Parameters
    ----------
    texts : pyarrow.Array
        Texts of the cells.
    dialect : Dialect

    Returns
    -------
    {"number", "category", "date", "text"}
        Number or date: nine of ten filled cells are, and hardly a number begins with a zero.
        Category: at most 20 values, or one for every two rows, none longer than 100 characters.
    """
    stripped = column_values.trimmed(texts)
    missing = column_values.is_one_of(stripped, ("", *dialect.missing, *MARKS))
    n_filled = len(missing) - int(missing.sum())
    if n_filled:
        is_number = column_values.matches(stripped, f"{number_pattern(dialect)}|(?i:{INFINITE})")
        n_numbers = int((is_number & ~missing).sum())
        if n_numbers >= _SHARE_OF_TYPE * n_filled:
            n_codes = int(column_values.matches(stripped, CODE).sum())
            return "number" if n_codes <= _SHARE_OF_CODES * n_numbers else _words(texts, missing)
        dates = column_values.matches(stripped, DATE) & ~missing
        if dates.sum() >= _SHARE_OF_TYPE * n_filled:
            return "date"
    return _words(texts, missing)


def _words(texts: Any, missing: Mask) -> ColumnType:
    import pyarrow as pa
    import pyarrow.compute as pc

    filled = texts.filter(pa.array(~missing))
    if not len(filled):
        return "category"
    n_distinct = pc.count_distinct(filled).as_py()
    is_long = pc.max(pc.utf8_length(filled)).as_py() > MAX_NAME
    has_few = n_distinct <= max(MAX_FEW_VALUES, len(filled) / 2)
    return "category" if has_few and not is_long else "text"


def column_of(
    name: str,
    texts: Any,
    row_numbers: NDArray[np.int64],
    dialect: Dialect,
    chosen: ColumnType | None = None,
) -> Column:
    """Summarize a column.

    Parameters
    ----------
    name : str
    texts : pyarrow.Array
        Texts of the cells.
    row_numbers : ndarray of int64, shape (n_rows,)
        Numbers of the rows in the file.
    dialect : Dialect
    chosen : {"number", "category", "date", "text"}, optional
        Type that the user chose. Default: guessed.
    """
    kind = chosen or guess_type(texts, dialect)
    if kind == "number":
        return _number_column(name, texts, row_numbers, dialect)
    missing = column_values.is_missing(texts, dialect)
    counts = column_values.value_counts(texts, missing)
    top = list(counts)[:N_TOP]
    summary = ColumnSummary(
        name=name,
        type=kind,
        n_missing=int(missing.sum()),
        n_distinct=len(counts),
        counts=tuple(counts[value] for value in top),
        values=tuple(shortened(value) for value in top),
        notes=alike_notes(name, list(counts)) if kind == "category" else (),
    )
    n_units = column_values.matches(column_values.trimmed(texts), unit_pattern(dialect)).sum()
    has_units = n_units > 0 and n_units >= _SHARE_OF_TYPE * (~missing).sum()
    return Column(summary, missing, None, texts, bool(has_units))


def _number_column(
    name: str, texts: Any, row_numbers: NDArray[np.int64], dialect: Dialect
) -> Column:
    found = column_values.numbers(texts, dialect)
    missing = np.isnan(found.values)
    values = found.values[~missing]
    low, high = (float(values.min()), float(values.max())) if len(values) else (None, None)
    is_outlier = _outliers(found.values)
    outliers = outlier_notes(name, found.values, is_outlier, row_numbers)
    summary = ColumnSummary(
        name=name,
        type="number",
        n_missing=int(missing.sum()),
        n_distinct=len(np.unique(values)),
        low=low,
        high=high,
        counts=tuple(np.histogram(values, N_BINS)[0].tolist()) if len(values) else (),
        notes=(*missing_notes(name, found, texts, row_numbers), *outliers),
    )
    return Column(summary, missing, found.values, texts)


def missing_notes(
    name: str, found: Numbers, texts: Any, row_numbers: NDArray[np.int64]
) -> tuple[str, ...]:
    """Sentences about cells of a column of numbers that count as missing, though not empty."""
    import pyarrow as pa

    notes = []
    kinds = (
        (found.is_text, "not a number", "not numbers"),
        (found.is_infinite, "infinite or too large", "infinite or too large"),
    )
    for mask, is_one, are_many in kinds:
        n = int(mask.sum())
        if n:
            examples = texts.filter(pa.array(mask)).unique()[:3].to_pylist()
            quotes = listed([quoted(text.strip()) for text in examples])
            rows = rows_named(row_numbers[mask].tolist())
            notes.append(
                f"{counted(n, 'cell')} of {quoted(name)} {f'is {is_one}' if n == 1 else ''}"
                f"{f'are {are_many}' if n > 1 else ''} ({quotes}; {rows}). "
                f"{'It counts' if n == 1 else 'They count'} as missing."
            )
    return tuple(notes)


def _outliers(values: NDArray[np.float64]) -> Mask:
    """Numbers more than 5 interquartile ranges outside the quartiles, if they are few."""
    finite = values[~np.isnan(values)]
    if len(finite) < 4:
        return np.zeros(len(values), bool)
    low, high = np.percentile(finite, [25, 75])
    margin = _OUTLIER_DISTANCE * (high - low)
    with np.errstate(invalid="ignore"):
        outside = (values < low - margin) | (values > high + margin)
    most = max(_FEW_OUTLIERS, _SHARE_OF_OUTLIERS * len(finite))
    is_tail = margin == 0 or outside.sum() > most
    return np.zeros(len(values), bool) if is_tail else outside


def outlier_notes(
    name: str, values: NDArray[np.float64], is_outlier: Mask, row_numbers: NDArray[np.int64]
) -> tuple[str, ...]:
    """A sentence that points at numbers far from the others, if there are any."""
    n = int(is_outlier.sum())
    if not n:
        return ()
    shown = listed([written(value, "g") for value in np.unique(values[is_outlier]).tolist()])
    one = n == 1
    return (
        f"{quoted(name)} has {counted(n, 'value')} far from the others ({shown}; "
        f"{rows_named(row_numbers[is_outlier].tolist())}). {'It is' if one else 'They are'} kept. "
        f"If {'it stands' if one else 'they stand'} for missing cells, add the number to the "
        "missing marks.",
    )


def alike_notes(name: str, values: Sequence[str]) -> tuple[str, ...]:
    """A sentence about values that differ only in blanks or capitals, if there are any."""
    if len(values) > _MAX_COMPARED:
        return ()
    seen: dict[str, str] = {}
    pairs = []
    for value in values:
        key = " ".join(value.split()).casefold()
        if key in seen:
            pairs.append(f"{quoted(seen[key])} and {quoted(value)}")
        seen.setdefault(key, value)
    if not pairs:
        return ()
    return (
        f"{quoted(name)} has values that differ only in blanks or capitals: {listed(pairs)}. They "
        "count as different values.",
    )


def few_whole_numbers(column: Column) -> bool:
    """Whether a column holds at most ten different whole numbers, which may be names."""
    values = column.numbers
    if values is None or not 2 <= column.summary.n_distinct <= _MAX_WHOLE_VALUES:
        return False
    filled = values[~column.missing]
    return bool((filled == np.round(filled)).all())

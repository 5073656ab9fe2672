"""Values of a column of texts: numbers, categories and missing cells, all rows at once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.datasets.own.reading.cell_types import (
    INFINITE,
    LARGEST_NUMBER,
    number_pattern,
    plain_number_parts,
)
from annlab.datasets.own.recipe import Dialect

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column as numbers.

    Attributes
    ----------
    values : ndarray of float64, shape (n_rows,)
        NaN where a cell is empty or no finite number.
    is_missing, is_infinite, is_text : ndarray of bool, shape (n_rows,)
        Where a cell is empty or a mark for a missing one, infinite or too large for training,
        or no number at all.
    """

    values: NDArray[np.float64]
    is_missing: Mask
    is_infinite: Mask
    is_text: Mask


def trimmed(column: Any) -> Any:
    """The texts of a column without surrounding blanks."""
    import pyarrow.compute as pc

    return pc.utf8_trim_whitespace(column)


def mask_of(column: Any) -> Mask:
    """An arrow of booleans as an array."""
    return np.asarray(column.to_numpy(zero_copy_only=False), bool)


def is_one_of(column: Any, texts: Any) -> Mask:
    """Where a text of a column is one of some texts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return mask_of(pc.is_in(column, value_set=pa.array(list(texts), pa.string())))


def matches(column: Any, pattern: str) -> Mask:
    """Where a whole text of a column matches a regular expression."""
    import pyarrow.compute as pc

    return mask_of(pc.match_substring_regex(column, f"^(?:{pattern})$"))


def is_missing(column: Any, dialect: Dialect) -> Mask:
    """Where a cell is empty or a mark for a missing cell."""
    return is_one_of(trimmed(column), ("", *dialect.missing))


def numbers(column: Any, dialect: Dialect) -> Numbers:
    """Read a column as numbers, each the float64 that is nearest to its text.

    A mark for missing cells that is a number, such as -999, stands for any text of that number.
    """
    texts = trimmed(column)
    values = _parsed(texts, dialect)
    missing = is_one_of(texts, ("", *dialect.missing))
    if dialect.missing:
        import pyarrow as pa

        marks = _parsed(pa.array(dialect.missing, pa.string()), dialect)
        missing |= np.isin(values, marks[~np.isnan(marks)])
    infinite = np.abs(values) > LARGEST_NUMBER
    infinite |= matches(texts, f"(?i:{INFINITE})")
    infinite &= ~missing
    values[missing | infinite] = np.nan
    return Numbers(values, missing, infinite, np.isnan(values) & ~missing & ~infinite)


def _parsed(texts: Any, dialect: Dialect) -> NDArray[np.float64]:
    """Numbers without blanks around them; NaN for other texts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_number = pc.match_substring_regex(texts, f"^(?:{number_pattern(dialect)})$")
    plain = pc.if_else(is_number, texts, pa.scalar(None, pa.string()))
    for pattern, text in plain_number_parts(dialect):
        plain = pc.replace_substring_regex(plain, pattern, text)
    return np.array(pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def value_counts(column: Any, missing: Mask) -> dict[str, int]:
    """Texts of a column as written, each with its number of cells; the most frequent first."""
    import pyarrow as pa
    import pyarrow.compute as pc

    counts = pc.value_counts(column.filter(pa.array(~missing)))
    pairs = zip(counts.field(0).to_pylist(), counts.field(1).to_pylist(), strict=True)
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))

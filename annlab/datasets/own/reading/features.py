"""Features before preparation: numbers with gaps, and the values of categories that count."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.datasets.own.own_data import MAX_INPUTS, OTHER, OwnColumn
from annlab.datasets.own.reading import column_values
from annlab.datasets.own.reading.columns import missing_notes
from annlab.datasets.own.reading.opening import UnreadableFileError
from annlab.datasets.own.reading.sentences import quoted
from annlab.datasets.own.recipe import MAX_NAME, ColumnType, Dialect
from annlab.formatting import counted

# A value of a category gets an input of its own if so many rows have it, at least two, and it is
# among the most frequent ones.
MIN_SHARE = 0.01
MAX_VALUES = 20


class ReadFeature(NamedTuple):
    """A feature: its facts, its values as in `Table.X`, and sentences for the user."""

    column: OwnColumn
    values: NDArray[np.float64]
    notes: tuple[str, ...]


def read_features(
    columns: Sequence[tuple[str, ColumnType, Any]],
    row_numbers: NDArray[np.int64],
    dialect: Dialect,
) -> list[ReadFeature]:
    """Read columns as features.

    A value of a category gets an input of its own if at least 1 % of the rows and at least two
    have it, and if it is among the 20 most frequent ones, or fewer where all features together
    would get more than 200 inputs. The other values share one input, unless only one is left.

    Parameters
    ----------
    columns : sequence of (str, str, pyarrow.Array)
        Name, type ("number" or "category") and texts of each feature.
    row_numbers : ndarray of int64, shape (n_rows,)
        Numbers of the rows in the file.
    dialect : Dialect

    Returns
    -------
    list of ReadFeature

    Raises
    ------
    UnreadableFileError
        If a feature is empty, or there are more than 200 inputs even so.
    """
    numbers = {
        name: _of_number(name, texts, row_numbers, dialect)
        for name, kind, texts in columns
        if kind == "number"
    }
    counts = {
        name: _counts(name, texts, dialect) for name, _, texts in columns if name not in numbers
    }
    n_numbers = sum(len(feature.column.inputs) for feature in numbers.values())
    max_values, categories = _fitting(counts, len(row_numbers), MAX_INPUTS - n_numbers)
    return [
        numbers[name]
        if name in numbers
        else _of_category(categories[name], texts, dialect, counts[name], max_values)
        for name, _, texts in columns
    ]


def _of_number(
    name: str, texts: Any, row_numbers: NDArray[np.int64], dialect: Dialect
) -> ReadFeature:
    found = column_values.numbers(texts, dialect)
    has_missing = bool(np.isnan(found.values).any())
    if np.isnan(found.values).all():
        raise UnreadableFileError(f"{quoted(name)} has no numbers. Ignore it, or change its type.")
    return ReadFeature(
        OwnColumn(name=name, has_missing=has_missing),
        found.values,
        missing_notes(name, found, texts, row_numbers),
    )


def _counts(name: str, texts: Any, dialect: Dialect) -> dict[str, int]:
    counts = column_values.value_counts(texts, column_values.is_missing(texts, dialect))
    if not counts:
        raise UnreadableFileError(f"{quoted(name)} has no values. Ignore it.")
    if all(len(text) > MAX_NAME for text in counts):
        raise UnreadableFileError(
            f"All values of {quoted(name)} have more than {MAX_NAME} characters. Ignore it."
        )
    return counts


def _fitting(
    counts: dict[str, dict[str, int]], n_rows: int, n_inputs: int
) -> tuple[int, dict[str, OwnColumn]]:
    """Largest number of values per category with which all categories fit, and the categories."""
    needed = 0
    for max_values in range(MAX_VALUES, 0, -1):
        found = {
            name: _category(name, of_values, n_rows, max_values)
            for name, of_values in counts.items()
        }
        needed = sum(len(column.inputs) for column in found.values())
        if needed <= n_inputs:
            return max_values, found
    raise UnreadableFileError(
        f"These features become at least {MAX_INPUTS - n_inputs + needed} inputs; the limit is "
        f"{MAX_INPUTS}. Ignore some columns."
    )


def _category(name: str, counts: dict[str, int], n_rows: int, max_values: int) -> OwnColumn:
    least = max(2, MIN_SHARE * n_rows)
    short = [text for text in counts if len(text) <= MAX_NAME]
    kept = [text for text in short if counts[text] >= least][:max_values] or short[:1]
    rest = set(counts) - set(kept)
    if len(rest) == 1 and rest <= set(short):
        kept += rest
    elif rest and OTHER in kept and len(kept) > 1:
        kept.remove(OTHER)  # the shared input has the same name
    n_filled = sum(counts.values())
    return OwnColumn(
        name=name,
        values=tuple(kept),
        has_other=len(kept) < len(counts),
        has_missing=n_filled < n_rows,
    )


def _of_category(
    column: OwnColumn, texts: Any, dialect: Dialect, counts: dict[str, int], max_values: int
) -> ReadFeature:
    column = column.model_copy(update={"values": in_order(column.values, dialect)})
    places = {text: k for k, text in enumerate(column.values)}
    values = codes(texts, places, len(places))
    values[column_values.is_missing(texts, dialect)] = np.nan
    notes = []
    if column.has_other:
        n = len(counts) - len(places)
        why = "rarer values" if n > 1 else "rarer value"
        notes.append(
            f"{n:,} {why} of {quoted(column.name)} share one input ({column.name} = {OTHER})."
        )
    if max_values < MAX_VALUES and len(places) >= max_values:
        notes.append(
            f"{quoted(column.name)} keeps its {counted(len(places), 'most frequent value')}, "
            f"because all features together may have {MAX_INPUTS} inputs."
        )
    return ReadFeature(column, values, tuple(notes))


def in_order(texts: Iterable[str], dialect: Dialect) -> tuple[str, ...]:
    """Sort texts of a category: by number if all are numbers, else as texts."""
    import pyarrow as pa

    ordered = sorted(texts)
    values = column_values.numbers(pa.array(ordered, pa.string()), dialect).values
    if np.isnan(values).any():
        return tuple(ordered)
    return tuple(ordered[k] for k in np.argsort(values, kind="stable"))


def codes(texts: Any, places: dict[str, int], other: int) -> NDArray[np.float64]:
    """Place of each text, or `other`."""
    encoded = texts.dictionary_encode()
    of_text = [places.get(text, other) for text in encoded.dictionary.to_pylist()]
    indices = encoded.indices.to_numpy(zero_copy_only=False)
    return np.asarray(of_text, np.float64)[indices]

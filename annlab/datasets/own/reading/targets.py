"""Targets of a file: one column of classes or numbers, or several of numbers or labels."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.datasets.own.own_data import MAX_CLASSES, MAX_TARGETS
from annlab.datasets.own.reading import column_values
from annlab.datasets.own.reading.column_values import Mask
from annlab.datasets.own.reading.columns import alike_notes, missing_notes
from annlab.datasets.own.reading.features import codes, in_order
from annlab.datasets.own.reading.labels import label_notes, no_and_yes
from annlab.datasets.own.reading.notes import lonely_class_notes
from annlab.datasets.own.reading.opening import UnreadableFileError
from annlab.datasets.own.reading.sentences import quoted
from annlab.datasets.own.recipe import MAX_NAME, ColumnType, Dialect
from annlab.datasets.own.task_of_target import task_of_target

# Name, type ("number" or "category") and texts of a column.
TargetColumn = tuple[str, ColumnType, Any]


class ReadTargets(NamedTuple):
    """Targets of a file.

    Attributes
    ----------
    y : ndarray, shape (n_kept,) or (n_kept, n_targets)
        As in `Table.y`.
    keep : ndarray of bool, shape (n_rows,)
        Which rows have every target.
    facts : dict
        Fields of an `OwnData` about the targets.
    notes : tuple of str
        Sentences for the user.
    """

    y: NDArray[Any]
    keep: Mask
    facts: dict[str, Any]
    notes: tuple[str, ...]


def read_targets(
    columns: Sequence[TargetColumn], row_numbers: NDArray[np.int64], dialect: Dialect
) -> ReadTargets:
    """Read columns as targets.

    Several columns of numbers are several numbers. Several categories are labels: each must have
    two values, of which `no_and_yes` says which one is yes.

    Parameters
    ----------
    columns : sequence of (str, str, pyarrow.Array)
        Name, type and texts of each target.
    row_numbers : ndarray of int64, shape (n_rows,)
        Numbers of the rows in the file.
    dialect : Dialect

    Raises
    ------
    UnreadableFileError
        If they cannot be learned, or are partly numbers and partly labels.
    """
    if len(columns) == 1:
        name, kind, texts = columns[0]
        if kind == "number":
            return _one_number(name, texts, row_numbers, dialect)
        return _classes(name, texts, dialect)
    if len(columns) > MAX_TARGETS:
        raise UnreadableFileError(
            f"{len(columns)} columns are targets; the limit is {MAX_TARGETS}. Choose fewer."
        )
    numbers = [name for name, kind, _ in columns if kind == "number"]
    labels = [name for name, kind, _ in columns if kind != "number"]
    if numbers and labels:
        raise UnreadableFileError(
            f"The target {quoted(numbers[0])} is a number, and {quoted(labels[0])} is a category. "
            "Several targets must be all numbers, or all labels with two values each. Choose other "
            "targets, or another type."
        )
    if numbers:
        return _several_numbers(columns, row_numbers, dialect)
    return _several_labels(columns, dialect)


def _one_number(
    name: str, texts: Any, row_numbers: NDArray[np.int64], dialect: Dialect
) -> ReadTargets:
    found = column_values.numbers(texts, dialect)
    keep = ~np.isnan(found.values)
    _refuse_constant(name, found.values[keep])
    facts = {"task": task_of_target("values"), "target_name": name}
    return ReadTargets(
        found.values[keep], keep, facts, missing_notes(name, found, texts, row_numbers)
    )


def _refuse_constant(name: str, values: NDArray[np.float64], rows: str = "every row") -> None:
    if len(np.unique(values)) < 2:
        what = f"the same number in {rows}" if len(values) else "no numbers"
        raise UnreadableFileError(f"The target {quoted(name)} has {what}. Choose another target.")


def _classes(name: str, texts: Any, dialect: Dialect) -> ReadTargets:
    keep = ~column_values.is_missing(texts, dialect)
    counts = column_values.value_counts(texts, ~keep)
    if len(counts) < 2:
        what = "only one class" if counts else "no values"
        raise UnreadableFileError(f"The target {quoted(name)} has {what}. Choose another target.")
    if len(counts) > MAX_CLASSES:
        raise UnreadableFileError(
            f"The target {quoted(name)} has {len(counts):,} classes; the limit is {MAX_CLASSES}. "
            "Choose the type number, or another target."
        )
    _refuse_unclear_names(name, list(counts))
    class_names = in_order(counts, dialect)
    places = {text: k for k, text in enumerate(class_names)}
    y = codes(texts, places, len(places))[keep].astype(np.int64)
    facts = {
        "task": task_of_target("class", len(class_names)),
        "target_name": name,
        "class_names": class_names,
        "class_counts": tuple(np.bincount(y).tolist()),
    }
    return ReadTargets(
        y, keep, facts, (*alike_notes(name, class_names), *lonely_class_notes(name, counts))
    )


def _refuse_unclear_names(name: str, texts: Sequence[str]) -> None:
    """Refuse classes that look the same on every page, or too long to be shown."""
    seen: dict[str, str] = {}
    for text in texts:
        if len(text) > MAX_NAME:
            raise UnreadableFileError(
                f"The class {quoted(text)} of {quoted(name)} has {len(text):,} characters; the "
                f"limit is {MAX_NAME}. Choose another target."
            )
        same = seen.setdefault(" ".join(text.split()), text)
        if same != text:
            raise UnreadableFileError(
                f"Two classes of {quoted(name)}, {quoted(same)} and {quoted(text)}, differ only "
                "in blanks. Make them equal in the file."
            )


# Of several targets, a row needs each one.
_IN_KEPT_ROWS = "every row that has all targets"


def _several_numbers(
    columns: Sequence[TargetColumn], row_numbers: NDArray[np.int64], dialect: Dialect
) -> ReadTargets:
    found = {name: column_values.numbers(texts, dialect) for name, _, texts in columns}
    for name, numbers in found.items():
        _refuse_constant(name, numbers.values[~np.isnan(numbers.values)])
    y = np.stack([numbers.values for numbers in found.values()], axis=1)
    keep: Mask = np.asarray(~np.isnan(y).any(axis=1))
    _refuse_no_rows(keep)
    for name, values in zip(found, y[keep].T, strict=True):
        _refuse_constant(name, values, _IN_KEPT_ROWS)
    notes = [
        note
        for name, _, texts in columns
        for note in missing_notes(name, found[name], texts, row_numbers)
    ]
    facts = {
        "task": task_of_target("values", several=True),
        "target_names": tuple(found),
    }
    return ReadTargets(y[keep], keep, facts, tuple(notes))


def _refuse_no_rows(keep: Mask) -> None:
    if not keep.any():
        raise UnreadableFileError("No row has a value of every target. Choose fewer targets.")


def _several_labels(columns: Sequence[TargetColumn], dialect: Dialect) -> ReadTargets:
    pairs = {name: _pair(name, texts, dialect) for name, _, texts in columns}
    keep = ~np.any([column_values.is_missing(texts, dialect) for _, _, texts in columns], axis=0)
    _refuse_no_rows(keep)
    is_yes = [column_values.is_one_of(texts, [pairs[name][1]]) for name, _, texts in columns]
    y = np.stack(is_yes, axis=1)[keep].astype(np.int64)
    for name, of_label in zip(pairs, y.T, strict=True):
        if of_label.min() == of_label.max():
            _refuse_label(name, pairs[name][of_label[0]], _IN_KEPT_ROWS)
    facts = {
        "task": task_of_target("labels", several=True),
        "target_names": tuple(pairs),
        "label_values": tuple(pairs.values()),
    }
    return ReadTargets(y, keep, facts, label_notes(pairs))


def _pair(name: str, texts: Any, dialect: Dialect) -> tuple[str, str]:
    """Values of a label that stand for no and yes."""
    counts = column_values.value_counts(texts, column_values.is_missing(texts, dialect))
    if not counts:
        raise UnreadableFileError(f"The target {quoted(name)} has no values. Choose other targets.")
    if len(counts) == 1:
        _refuse_label(name, next(iter(counts)), "every row")
    if len(counts) > 2:
        raise UnreadableFileError(
            f"The target {quoted(name)} has {len(counts):,} different values, and a label needs "
            "two, such as yes and no. Choose the type number, or other targets."
        )
    _refuse_unclear_names(name, list(counts))
    return no_and_yes(in_order(counts, dialect))


def _refuse_label(name: str, value: str, rows: str) -> None:
    raise UnreadableFileError(
        f"The label {quoted(name)} is {quoted(value)} in {rows}, so there is nothing to learn. "
        "Choose other targets."
    )

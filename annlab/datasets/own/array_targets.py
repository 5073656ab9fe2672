"""Targets of arrays: classes, values or labels, in one column or in several."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annlab.datasets.own.own_data import MAX_TARGETS
from annlab.datasets.own.reading.cell_types import LARGEST_NUMBER
from annlab.datasets.own.reading.sentences import listed
from annlab.datasets.own.recipe import MAX_NAME
from annlab.datasets.own.task_of_target import task_of_target
from annlab.nn.tasks import TASKS, TargetKind, TaskName

# A target of whole numbers with more different values than this is taken for a quantity.
MAX_WHOLE_CLASSES = 20


class ArrayTargets(NamedTuple):
    """Targets as `Table.y` holds them, and the facts about them in an `OwnData`."""

    y: NDArray[Any]
    facts: dict[str, Any]


def targets_of_arrays(
    y: ArrayLike,
    n_rows: int,
    target_name: str | Sequence[str] = "",
    class_names: Sequence[str] | None = None,
    task: TaskName | None = None,
) -> ArrayTargets:
    """Find out what some targets are.

    Parameters
    ----------
    y : array-like, shape (n_rows,) or (n_rows, n_targets)
    n_rows : int
        Number of samples.
    target_name, class_names, task
        As in `annlab.datasets.own.arrays.table_of_arrays`.

    Raises
    ------
    ValueError
        If they cannot be learned; the message names the target and the rows.
    """
    if task is not None and task not in TASKS:
        raise ValueError(f"task: must be one of {', '.join(TASKS)}; got {task!r}")
    columns = _columns_of(y, n_rows)
    given = (target_name,) if isinstance(target_name, str) else tuple(target_name)
    names = (given if any(given) else None) or names_of_pandas(y)
    if len(columns) > 1:
        names = names or tuple(f"y{k + 1}" for k in range(len(columns)))
        _check_names(names, len(columns))
        if class_names:
            raise ValueError("class_names: several targets have no classes")
        return _several(dict(zip(names, columns, strict=True)), task)
    _check_names(names or ("",), 1)
    return _single(columns[0], (names or ("",))[0], class_names, task)


def names_of_pandas(array: Any) -> tuple[str, ...]:
    """Names of a DataFrame's columns, or of a Series.

    Empty unless all of them are texts that a data set can have: different, and not too long.
    """
    one = (getattr(array, "name", None),) if getattr(array, "ndim", 1) == 1 else ()
    names = tuple(getattr(array, "columns", one))
    if not all(isinstance(name, str) and 0 < len(name) <= MAX_NAME for name in names):
        return ()
    return names if len(set(names)) == len(names) else ()


def _columns_of(y: Any, n_rows: int) -> list[NDArray[Any]]:
    """Columns of the targets, each of shape (n_rows,)."""
    if hasattr(y, "iloc") and hasattr(y, "columns"):
        # One after the other, because columns of several types make an array of objects.
        shape = y.shape
        columns = [np.asarray(y.iloc[:, k]) for k in range(shape[1])]
    else:
        array = np.asarray(y)
        shape = array.shape
        columns = [*array.T] if array.ndim > 1 else [array]
    if len(shape) not in (1, 2) or shape[0] != n_rows:
        one = "row" if len(shape) == 2 else "value"
        raise ValueError(
            f"y: needs one {one} for each of the {n_rows} rows of X, got shape {shape}"
        )
    if not 1 <= len(columns) <= MAX_TARGETS:
        raise ValueError(f"y: needs 1 to {MAX_TARGETS} columns, got {len(columns)}")
    return columns


def _check_names(names: Sequence[str], n_targets: int) -> None:
    if len(names) != n_targets:
        needed = "1 name is" if n_targets == 1 else f"{n_targets} names are"
        raise ValueError(f"target_name: {needed} needed, got {len(names)}")
    for k, name in enumerate(names):
        if not name.strip() and n_targets > 1:
            raise ValueError(f"target_name: the name of target {k + 1} is empty")
        if name in names[:k]:
            raise ValueError(f"target_name: two targets have the name {name!r}")


def check_finite(name: str, column: NDArray[Any]) -> None:
    """Check that a column has no gaps, and no numbers that training cannot compute with.

    Raises
    ------
    ValueError
        The message names the column and the rows.
    """
    if column.dtype.kind == "O":
        import pandas as pd

        column = np.where(pd.isna(column), np.nan, 0.0)
    if column.dtype.kind not in "fc":
        return
    too_large = f"a number beyond {LARGEST_NUMBER:g}".replace("e+", "e")
    for what, wrong in (
        ("NaN", np.isnan(column)),
        ("infinity", np.isinf(column)),
        (too_large, np.abs(column) > LARGEST_NUMBER),
    ):
        if n := int(wrong.sum()):
            rows = listed([str(row) for row in np.flatnonzero(wrong).tolist()])
            raise ValueError(f"{name}: {what} in {n} {'row' if n == 1 else 'rows'} (index {rows})")


# --- one target ------------------------------------------------------------------------------


def _single(
    target: NDArray[Any], name: str, class_names: Sequence[str] | None, task: TaskName | None
) -> ArrayTargets:
    check_finite(name or "y", target)
    labels, codes = _labels(target)
    if len(labels) < 2:
        raise ValueError(f"y: every row has the same value, {labels[0]}: nothing can be learned")
    _check_task(task, len(labels))
    if TASKS[task].kind == "values" if task else _is_quantity(target, len(labels)):
        facts = {"task": task_of_target("values"), "target_name": name}
        return ArrayTargets(_values(target), facts)
    return ArrayTargets(codes.astype(np.int64), _facts_of_classes(labels, codes, class_names))


def _labels(target: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Sorted labels, and the index of each sample's label."""
    try:
        labels, codes = np.unique(target, return_inverse=True)
    except TypeError:
        raise ValueError("y: labels must be texts or numbers, not both") from None
    return labels, codes


def _check_task(task: TaskName | None, n_labels: int) -> None:
    if task is None:
        return
    if task == "binary" and n_labels != 2:
        raise ValueError(f"task: 'binary' needs 2 classes, and y has {n_labels}")
    if task == "multiclass" and n_labels < 3:
        raise ValueError(f"task: 'multiclass' needs 3 classes or more, and y has {n_labels}")
    if task == task_of_target(TASKS[task].kind, several=True):
        raise ValueError(f"task: {task!r} needs 2 targets or more, and y has one column")


def _values(target: NDArray[Any]) -> NDArray[np.float64]:
    try:
        return target.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"y: must hold numbers for a regression ({error})") from None


def _is_quantity(target: NDArray[Any], n_different: int) -> bool:
    if target.dtype.kind == "f":
        return bool((target != np.round(target)).any()) or n_different > MAX_WHOLE_CLASSES
    return target.dtype.kind in "iu" and n_different > MAX_WHOLE_CLASSES


def _facts_of_classes(
    labels: NDArray[Any], codes: NDArray[Any], class_names: Sequence[str] | None
) -> dict[str, Any]:
    if labels.dtype.kind == "f" and (labels == np.round(labels)).all():
        labels = labels.astype(np.int64)  # a class is called 1, not 1.0
    names = tuple(class_names or map(str, labels.tolist()))
    if len(names) != len(labels):
        raise ValueError(f"class_names: y has {len(labels)} classes, got {len(names)} names")
    return {
        "task": task_of_target("class", len(labels)),
        "class_names": names,
        "class_counts": tuple(np.bincount(codes).tolist()),
    }


# --- several targets -------------------------------------------------------------------------


def _several(columns: dict[str, NDArray[Any]], task: TaskName | None) -> ArrayTargets:
    numbers = {name: _numbers(name, column) for name, column in columns.items()}
    others = {name: np.setdiff1d(column, [0.0, 1.0]) for name, column in numbers.items()}
    kind: TargetKind = "values" if any(map(len, others.values())) else "labels"
    if task:
        if task != task_of_target(TASKS[task].kind, several=True):
            raise ValueError(f"task: {task!r} needs one target, and y has {len(columns)} columns")
        wrong = next((name for name, found in others.items() if len(found)), None)
        if TASKS[task].kind == "labels" and wrong is not None:
            raise ValueError(
                f"task: {task!r} needs a 0 or 1 in every cell, and {wrong} has {others[wrong][0]:g}"
            )
        kind = TASKS[task].kind
    y = _OF_KIND[kind](numbers)
    facts = {
        "task": task_of_target(kind, several=True),
        "target_names": tuple(columns),
    }
    return ArrayTargets(y, facts)


def _numbers(name: str, column: NDArray[Any]) -> NDArray[np.float64]:
    check_finite(name, column)
    try:
        if column.dtype.kind not in "biufO":
            raise ValueError(f"their type is {column.dtype}")
        return column.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name}: several targets must be numbers, or 0 and 1 for labels ({error})"
        ) from None


def _several_values(columns: dict[str, NDArray[np.float64]]) -> NDArray[Any]:
    for name, column in columns.items():
        check_finite(name, column)  # infinity in a column of objects shows only as a float
        if (column == column[0]).all():
            raise ValueError(
                f"{name}: every row has the same value, {column[0]:g}: nothing can be learned"
            )
    return np.stack([*columns.values()], axis=1)


def _several_labels(columns: dict[str, NDArray[np.float64]]) -> NDArray[Any]:
    for name, column in columns.items():
        if (column == column[0]).all():
            who = "every row has" if column[0] else "no row has"
            raise ValueError(f"{name}: {who} this label: nothing can be learned")
    return np.stack([*columns.values()], axis=1).astype(np.int64)


_OF_KIND: dict[TargetKind, Callable[[dict[str, NDArray[np.float64]]], NDArray[Any]]] = {
    "values": _several_values,
    "labels": _several_labels,
}

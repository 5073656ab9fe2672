"""Tables of arrays that a script or notebook has."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annlab.datasets.own.own_data import MAX_CELLS, OwnColumn, OwnData
from annlab.datasets.own.reading.cell_types import LARGEST_NUMBER
from annlab.datasets.own.table import Table
from annlab.nn.tasks import TASKS, TaskName

# A target of whole numbers with more different values than this is taken for a quantity.
MAX_WHOLE_CLASSES = 20


def table_of_arrays(
    X: ArrayLike,
    y: ArrayLike,
    *,
    feature_names: Sequence[str] | None = None,
    class_names: Sequence[str] | None = None,
    target_name: str = "",
    groups: ArrayLike | None = None,
    title: str = "",
    task: TaskName | None = None,
) -> Table:
    """Make a table of arrays.

    Parameters
    ----------
    X : array-like, shape (n_samples, n_features) or (n_samples,)
        Finite numbers.
    y : array-like, shape (n_samples,)
        Class labels, or finite values for regression.
    feature_names : sequence of str, optional
        Default: "x1", "x2" and so on.
    class_names : sequence of str, optional
        Names of the sorted labels of `y`; default: the labels.
    target_name : str
        Name of the predicted quantity.
    groups : array-like, shape (n_samples,), optional
        Samples with equal values stay on one side of every split.
    title : str
        Name of the data for people.
    task : {"binary", "multiclass", "regression"}, optional
        Default: regression for a `y` of fractions, or of more than `MAX_WHOLE_CLASSES` different
        whole numbers; else classes.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        If the arrays do not fit each other or the task, hold NaN, infinity or numbers beyond
        float32, or the target is constant; the message names the column and the number of rows.
    """
    features = _features(X)
    names = tuple(feature_names or (f"x{j + 1}" for j in range(features.shape[1])))
    if len(names) != features.shape[1]:
        raise ValueError(f"feature_names: {features.shape[1]} are needed, got {len(names)}")
    target = np.asarray(y)
    if target.shape != (len(features),):
        raise ValueError(
            f"y: needs one value for each of the {len(features)} rows of X, got shape "
            f"{target.shape}"
        )
    for name, column in (*zip(names, features.T, strict=True), (target_name or "y", target)):
        _check_finite(name, column)
    labels, codes = _labels(target)
    if len(labels) < 2:
        raise ValueError(f"y: every row has the same value, {labels[0]}: nothing can be learned")
    _check_task(task, len(labels))
    is_quantity = task == "regression" if task else _is_quantity(target, len(labels))
    if is_quantity:
        found: dict[str, Any] = {"task": "regression", "target_name": target_name}
        targets: NDArray[Any] = _values(target)
    else:
        found = _facts_of_classes(labels, codes, class_names)
        targets = codes.astype(np.int64)
    indices = None if groups is None else _group_indices(np.asarray(groups), len(features))
    own = OwnData(
        source="arrays",
        title=title,
        content=_content(features, targets, indices, (*names, *_names_in(found))),
        n_rows=len(features),
        columns=tuple(OwnColumn(name=name) for name in names),
        group_sizes=() if indices is None else tuple(np.bincount(indices).tolist()),
        **found,
    )
    return Table(own, features, targets, indices)


def _features(X: ArrayLike) -> NDArray[np.float64]:
    try:
        # A copy, because the caller may change its array later.
        features = np.array(X, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"X: must hold numbers ({error})") from None
    if features.ndim == 1:
        features = features[:, None]
    if features.ndim != 2 or 0 in features.shape:
        raise ValueError(f"X: must have rows and columns, got shape {features.shape}")
    if features.size > MAX_CELLS:
        raise ValueError(f"X: at most {MAX_CELLS:,} numbers, got {features.size:,}")
    return features


def _labels(target: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Sorted labels, and the index of each sample's label."""
    try:
        labels, codes = np.unique(target, return_inverse=True)
    except TypeError:
        raise ValueError("y: labels must be texts or numbers, not both") from None
    return labels, codes


def _check_task(task: str | None, n_labels: int) -> None:
    if task is None:
        return
    if task not in TASKS:
        raise ValueError(f"task: must be one of {', '.join(TASKS)}; got {task!r}")
    if task == "binary" and n_labels != 2:
        raise ValueError(f"task: 'binary' needs 2 classes, and y has {n_labels}")
    if task == "multiclass" and n_labels < 3:
        raise ValueError(f"task: 'multiclass' needs 3 classes or more, and y has {n_labels}")


def _values(target: NDArray[Any]) -> NDArray[np.float64]:
    try:
        return target.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"y: must hold numbers for a regression ({error})") from None


def _names_in(facts: dict[str, Any]) -> tuple[str, ...]:
    """Names of the classes, or of the target if it has one."""
    name = facts.get("target_name", "")
    return (*facts.get("class_names", ()), *((name,) if name else ()))


def _check_finite(name: str, column: NDArray[Any]) -> None:
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
            raise ValueError(f"{name}: {what} in {n} {'row' if n == 1 else 'rows'}")


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
        "task": "binary" if len(labels) == 2 else "multiclass",
        "class_names": names,
        "class_counts": tuple(np.bincount(codes).tolist()),
    }


def _group_indices(groups: NDArray[Any], n_rows: int) -> NDArray[np.int64]:
    """Number the groups in the order of their first rows."""
    if groups.shape != (n_rows,):
        raise ValueError(f"groups: needs one value for each of the {n_rows} rows of X")
    _, first, codes = np.unique(groups, return_index=True, return_inverse=True)
    if len(first) < 2:
        raise ValueError("groups: every row is of the same group, so no split is possible")
    return np.argsort(np.argsort(first))[codes].astype(np.int64)


def _content(
    X: NDArray[Any], y: NDArray[Any], groups: NDArray[Any] | None, names: Sequence[str]
) -> str:
    found = hashlib.sha256(repr((X.shape, y.dtype.str, groups is None, *names)).encode())
    for array in (X, y, *(() if groups is None else (groups,))):
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()

"""Tables of arrays that a script or notebook has."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annlab.datasets.own.array_targets import check_finite, names_of_pandas, targets_of_arrays
from annlab.datasets.own.own_data import MAX_CELLS, OwnColumn, OwnData
from annlab.datasets.own.table import Table
from annlab.datasets.spec import numbered_features
from annlab.nn.tasks import TaskName


def table_of_arrays(
    X: ArrayLike,
    y: ArrayLike,
    *,
    feature_names: Sequence[str] | None = None,
    class_names: Sequence[str] | None = None,
    target_name: str | Sequence[str] = "",
    groups: ArrayLike | None = None,
    title: str = "",
    task: TaskName | None = None,
) -> Table:
    """Make a table of arrays.

    Parameters
    ----------
    X : array-like, shape (n_samples, n_features) or (n_samples,)
        Finite numbers.
    y : array-like, shape (n_samples,) or (n_samples, n_targets)
        Class labels, or finite values for regression. Columns of 0 and 1 or of booleans are
        labels, of which a sample may have several; other columns are values.
    feature_names : sequence of str, optional
        Default: the names of a DataFrame's columns, else "x1", "x2" and so on.
    class_names : sequence of str, optional
        Names of the sorted labels of `y`; default: the labels.
    target_name : str or sequence of str
        Name of the predicted quantity, or one name for each column of `y`. Default: the name of a
        Series, or the names of a DataFrame's columns, else none, or "y1", "y2" and so on.
    groups : array-like, shape (n_samples,), optional
        Samples with equal values stay on one side of every split.
    title : str
        Name of the data for people.
    task : str, optional
        One of "binary", "multiclass" and "regression" for one target, else "multioutput_regression"
        or "multilabel". Default: regression for a `y` of fractions, or of more than
        `array_targets.MAX_WHOLE_CLASSES` different whole numbers; else classes. Several targets
        are labels if all of them are 0 and 1 or booleans.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        If the arrays do not fit each other or the task, hold NaN, infinity or numbers beyond
        float32, or a target is constant; the message names the column and the rows.
    """
    features = _features(X)
    names = tuple(feature_names or names_of_pandas(X) or numbered_features(features.shape[1]))
    if len(names) != features.shape[1]:
        raise ValueError(f"feature_names: {features.shape[1]} are needed, got {len(names)}")
    for name, column in zip(names, features.T, strict=True):
        check_finite(name, column)
    targets, found = targets_of_arrays(y, len(features), target_name, class_names, task)
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


def _names_in(facts: dict[str, Any]) -> tuple[str, ...]:
    """Names of the classes, or of the targets that have one."""
    name = facts.get("target_name", "")
    several = facts.get("target_names", ())
    return (*facts.get("class_names", ()), *((name,) if name else ()), *several)


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

"""From the columns of a table to the inputs of a network, fitted on the training samples alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.datasets.own.own_data import OwnColumn
from annlab.datasets.spec import Array


def fit_preparation(columns: Sequence[OwnColumn], X_train: NDArray[np.float64]) -> Any:
    """Fit the preparation of a table's columns: medians for missing numbers, one-hot categories.

    Which values of a category are inputs is part of the data's facts and not fitted, because all
    networks of a run have the same inputs, whatever their splits are.

    Parameters
    ----------
    columns : sequence of OwnColumn
    X_train : ndarray of float64, shape (n, n_columns)
        As in `annlab.datasets.own.table.Table`.

    Returns
    -------
    sklearn.compose.ColumnTransformer
        Its output has the columns of `OwnData.input_names`.
    """
    from sklearn.compose import ColumnTransformer

    transformer = ColumnTransformer(
        [(str(js[0]), _preparation_of(columns[js[0]]), js) for js in _together(columns)],
        sparse_threshold=0,
    )
    return transformer.fit(X_train)


def _together(columns: Sequence[OwnColumn]) -> list[list[int]]:
    """Indices of columns with one preparation: neighboring numbers without gaps, else one column.

    A step for each of 200 numbers takes a second to fit.
    """
    found: list[list[int]] = []
    is_plain = [column.is_number and not column.has_missing for column in columns]
    for j, is_alike in enumerate(is_plain):
        if j and is_alike and is_plain[j - 1]:
            found[-1].append(j)
        else:
            found.append([j])
    return found


def _preparation_of(column: OwnColumn) -> Any:
    from sklearn.impute import MissingIndicator, SimpleImputer
    from sklearn.pipeline import FeatureUnion
    from sklearn.preprocessing import OneHotEncoder

    if not column.is_number:
        codes = [*map(float, range(len(column.values) + column.has_other))]
        known = [*codes, np.nan] if column.has_missing else codes
        return OneHotEncoder(categories=[np.array(known)], sparse_output=False)
    # A column may be empty in the training samples: it becomes 0, without a warning.
    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    marks = [("missing", MissingIndicator(features="all"))] if column.has_missing else []
    return FeatureUnion([("median", imputer), *marks])


def medians_in(preparation: Any) -> NDArray[np.float64]:
    """Numbers that a fitted preparation puts in place of missing ones.

    Parameters
    ----------
    preparation : sklearn.compose.ColumnTransformer
        Result of `fit_preparation`.

    Returns
    -------
    ndarray of float64, shape (n_columns,)
        0 for a category, and for a column without numbers in the training samples.
    """
    medians = np.zeros(preparation.n_features_in_)
    for _, fitted, js in preparation.transformers_:
        steps = dict(getattr(fitted, "transformer_list", ()))
        if "median" in steps:
            medians[js] = np.nan_to_num(steps["median"].statistics_)
    return medians


def prepare(
    columns: Sequence[OwnColumn], X: NDArray[np.float64], medians: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Turn columns into inputs with plain NumPy, as the fitted preparation does.

    Parameters
    ----------
    columns : sequence of OwnColumn
    X : ndarray of float64, shape (n, n_columns)
        As in `annlab.datasets.own.table.Table`.
    medians : ndarray, shape (n_columns,)
        Result of `medians_in`.

    Returns
    -------
    ndarray of float64, shape (n, n_inputs)
        One column for each of `OwnData.input_names`.
    """
    found: list[Array] = []
    for j, column in enumerate(columns):
        cells, missing = X[:, j], np.isnan(X[:, j])
        if column.is_number:
            found.append(np.where(missing, medians[j], cells))
        else:
            codes = range(len(column.values) + column.has_other)
            found += [cells == code for code in codes]
        if column.has_missing:
            found.append(missing)
    return np.stack(found, axis=1).astype(np.float64)

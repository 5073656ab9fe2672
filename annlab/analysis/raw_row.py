"""Predict a raw row, in the units of the data, with all networks of a run."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.prediction import class_probabilities, forward_pass
from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import Preprocessing
from annlab.datasets.own.own_data import OTHER, OwnColumn
from annlab.datasets.own.preparation import prepare
from annlab.datasets.own.reading.cell_types import LARGEST_NUMBER
from annlab.nn.forward import Layers
from annlab.nn.tasks import TargetKind

# A number, a value of a category (`OTHER` for a rare one), or None for a missing cell.
Cell = float | str | None

# Relative error of float32, in which features are kept.
_ERROR = float(np.finfo(np.float32).eps)
_MOST_DECIMALS = 10


class Outside(NamedTuple):
    """A number of a row outside the range of the training samples."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class RowPrediction:
    """Prediction of one row by all networks of a run.

    Attributes
    ----------
    probabilities : ndarray, shape (n_networks, n_classes), or None
        Of each class; None without classes.
    values : ndarray, shape (n_networks, n_targets), or None
        In each target's own unit; None without values.
    labels : ndarray, shape (n_networks, n_labels), or None
        Probability of yes for each label; None without labels.
    """

    probabilities: NDArray[np.float64] | None = None
    values: NDArray[np.float64] | None = None
    labels: NDArray[np.float64] | None = None


def columns_of(config: DatasetConfig, scales: Preprocessing) -> tuple[OwnColumn, ...]:
    """Columns of a raw row: those of a file, or one number for each feature."""
    if config.own:
        return config.own.columns
    return tuple(OwnColumn(name=name) for name in scales.feature_names)


def row_of_features(
    columns: Sequence[OwnColumn], scales: Preprocessing, x: NDArray[np.float32], network: int = 0
) -> tuple[Cell, ...]:
    """Find the raw row that became some features.

    Parameters
    ----------
    columns : sequence of OwnColumn
        Result of `columns_of`.
    scales : Preprocessing
    x : ndarray, shape (n_features,)
        Scaled features of one sample of a data set.
    network : int
        Index of the network, which matters if each has its own data.

    Returns
    -------
    tuple of Cell
        Numbers are rounded to what float32 features can tell.
    """
    k = network % len(scales.factor)
    factor, shift = scales.factor[k], scales.shift[k]
    cells: list[Cell] = []
    start = 0
    for column in columns:
        inputs = slice(start, start + len(column.inputs))
        marks = (x[inputs] - shift[inputs]) / factor[inputs] > 0.5
        if column.has_missing and marks[-1]:
            cells.append(None)
        elif column.is_number:
            cells.append(_raw_number(x[start], factor[start], shift[start]))
        else:
            cells.append((*column.values, OTHER)[int(marks.argmax())])
        start = inputs.stop
    return tuple(cells)


def _raw_number(x: Any, factor: Any, shift: Any) -> float:
    """A number from a feature, rounded to the decimals that float32 keeps."""
    error = _ERROR * max(abs(float(x)), _ERROR) / float(factor)
    decimals = min(math.floor(-math.log10(error)), _MOST_DECIMALS)
    # Adding 0.0 removes the sign of a number that rounds to zero.
    return round((float(x) - float(shift)) / float(factor), decimals) + 0.0


def training_ranges(
    columns: Sequence[OwnColumn],
    scales: Preprocessing,
    X_train: NDArray[np.float32],
    network: int = 0,
) -> tuple[tuple[float, float] | None, ...]:
    """Smallest and largest number of each column in the training samples; None for categories.

    Parameters
    ----------
    columns, scales, network
        As for `row_of_features`.
    X_train : ndarray, shape (n_samples, n_features)
    """
    k = network % len(scales.factor)
    found: list[tuple[float, float] | None] = []
    start = 0
    for column in columns:
        ends = X_train[:, start].min(), X_train[:, start].max()
        low, high = (_raw_number(x, scales.factor[k, start], scales.shift[k, start]) for x in ends)
        # The median in place of a gap lies between the ends.
        found.append((low, high) if column.is_number else None)
        start += len(column.inputs)
    return tuple(found)


def median_row(
    columns: Sequence[OwnColumn],
    scales: Preprocessing,
    X_train: NDArray[np.float32],
    network: int = 0,
) -> tuple[Cell, ...]:
    """A typical row: of each column the median, or the most common value.

    Parameters
    ----------
    columns, scales, network, X_train
        As for `training_ranges`.
    """
    typical = np.median(X_train, axis=0).astype(np.float32)
    start = 0
    for column in columns:
        inputs = slice(start, start + len(column.inputs))
        marks = slice(start + column.is_number, inputs.stop)
        k = network % len(scales.factor)
        zero, one = scales.shift[k, marks], scales.shift[k, marks] + scales.factor[k, marks]
        typical[marks] = zero
        if not column.is_number:
            shares = (X_train[:, marks].mean(axis=0) - zero) / (one - zero)
            most = int(shares.argmax())
            typical[start + most] = one[most]
        start = inputs.stop
    return row_of_features(columns, scales, typical, network)


def features_of_row(
    columns: Sequence[OwnColumn], scales: Preprocessing, row: Sequence[Cell]
) -> NDArray[np.float32]:
    """Turn a raw row into the features of each network.

    Parameters
    ----------
    columns, scales
        As for `row_of_features`.
    row : sequence of Cell
        One cell for each column.

    Returns
    -------
    ndarray of float32, shape (1, n_features) or (n_networks, n_features)
        As in `scales`: one row for all networks, or one for each.

    Raises
    ------
    ValueError
        If a cell does not fit its column; a sentence that names the column.
    """
    codes = np.array([[_code(column, cell) for column, cell in zip(columns, row, strict=True)]])
    medians = scales.medians
    if medians is None:
        medians = np.zeros((len(scales.factor), len(columns)))
    inputs = np.concatenate([prepare(columns, codes, own) for own in medians])
    return (inputs * scales.factor + scales.shift).astype(np.float32)


def _code(column: OwnColumn, cell: Cell) -> float:
    """A cell as `annlab.datasets.own.table.Table` holds it."""
    if cell is None:
        if not column.has_missing:
            raise ValueError(f"{column.name} needs a value: none is missing in the data.")
        return math.nan
    if column.is_number:
        if not isinstance(cell, int | float) or not abs(cell) <= LARGEST_NUMBER:
            largest = f"{LARGEST_NUMBER:g}".replace("e+", "e")
            raise ValueError(f"{column.name} needs a number of at most {largest}.")
        return float(cell)
    if cell in column.values:
        return float(column.values.index(str(cell)))
    if column.has_other:
        return float(len(column.values))
    raise ValueError(f"{column.name} has no value “{cell}” in the data.")


def outside_training(
    columns: Sequence[OwnColumn],
    row: Sequence[Cell],
    ranges: Sequence[tuple[float, float] | None],
) -> tuple[Outside, ...]:
    """Numbers of a row for which the networks extrapolate.

    Parameters
    ----------
    columns, row
        As for `features_of_row`.
    ranges : sequence of (float, float) or None
        Result of `training_ranges`.
    """
    return tuple(
        Outside(column.name, cell, *ends)
        for column, cell, ends in zip(columns, row, ranges, strict=True)
        if ends and isinstance(cell, int | float) and not ends[0] <= cell <= ends[1]
    )


def predict_features(
    config: RunConfig, layers: Layers, scales: Preprocessing, features: NDArray[np.float32]
) -> RowPrediction:
    """Predict one row with all networks of a run.

    Parameters
    ----------
    config : RunConfig
    layers : sequence of (weights, biases)
        Layers of all networks, from `Run.layers`.
    scales : Preprocessing
    features : ndarray, shape (1, n_features) or (n_networks, n_features)
        Result of `features_of_row`.

    Returns
    -------
    RowPrediction
    """
    # One row for each network of the stack.
    output = forward_pass(config, layers, features[:, None, :]).output[:, 0].astype(np.float64)
    return _PREDICTIONS[config.task.kind](output, scales)


# From the outputs of each network, shape (n_networks, n_outputs).
_PREDICTIONS: dict[TargetKind, Callable[[Any, Preprocessing], RowPrediction]] = {
    "class": lambda output, scales: RowPrediction(probabilities=class_probabilities(output)),
    "values": lambda output, scales: RowPrediction(
        values=output * scales.target_scale + scales.target_mean
    ),
    "labels": lambda output, scales: RowPrediction(labels=output),
}

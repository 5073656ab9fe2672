"""Scores of trivial predictions: a constant, and a straight line."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.scores import RegressionEvaluation, r2_score
from annlab.datasets import Dataset, Split

Array = NDArray[Any]


def baseline_score(dataset: Dataset, split: Split) -> float:
    """The score of saying the same for every point of a part.

    Parameters
    ----------
    dataset : Dataset
    split : {"test", "train", "validation", "all"}

    Returns
    -------
    float
        Accuracy of always naming the class that is most frequent in training, in [0, 1]; for
        regression the mean squared error of always predicting the mean of the training part.

    Raises
    ------
    ValueError
        If the part has no points.
    """
    _, y = dataset.split(split)
    if dataset.class_names:
        return float((y == np.bincount(dataset.y_train).argmax()).mean())
    return float(((y - dataset.y_train.mean(dtype=np.float64)) ** 2).mean())


def linear_baseline(dataset: Dataset, split: Split) -> RegressionEvaluation:
    """How the least-squares line (or plane) through the training part does on a part."""
    X_train, X = (
        np.column_stack([part, np.ones(len(part))]).astype(np.float64)
        for part in (dataset.X_train, dataset.split(split)[0])
    )
    coefficients, *_ = np.linalg.lstsq(X_train, dataset.y_train.astype(np.float64))
    return _baseline(X @ coefficients, dataset, split)


def mean_baseline(dataset: Dataset, split: Split) -> RegressionEvaluation:
    """How the mean of the training part does on a part, as a prediction for every point."""
    _, y = dataset.split(split)
    mean = dataset.y_train.mean(dtype=np.float64)
    return _baseline(np.full(len(y), mean), dataset, split)


def _baseline(prediction: Array, dataset: Dataset, split: Split) -> RegressionEvaluation:
    y = dataset.split(split)[1]
    error = prediction - y
    mse, mae = (error**2).mean(keepdims=True), np.abs(error).mean(keepdims=True)
    return RegressionEvaluation(
        split=split,
        epochs=np.zeros(1, np.int64),
        n_samples=len(y),
        loss=mse,
        baselines=np.array([baseline_score(dataset, split)]),
        counted=np.ones(1, np.bool_),
        mse=mse,
        mae=mae,
        r2=r2_score(mse, y),
    )

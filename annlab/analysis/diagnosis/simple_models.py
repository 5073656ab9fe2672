"""Scores of models simpler than a network: a constant, a linear model, the nearest neighbors.

In NumPy, because scikit-learn would double the memory of a web process.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.datasets import Dataset, Split
from annlab.nn.losses import LOSSES

Array = NDArray[Any]

# Shrinks the coefficients a little, so that more features than samples do not fit the noise.
_RIDGE = 1.0
N_NEIGHBORS = 5
# Samples that neighbors are searched among, and samples that are predicted: 50 ms.
_MOST_NEIGHBORS = 2_000
_MOST_PREDICTED = 500
# Probabilities of a constant prediction: a class without a training sample costs no infinity.
_LEAST = 1e-7


def constant_loss(dataset: Dataset, split: Split, loss: str) -> float:
    """Mean loss of one prediction for all samples: the class frequencies, or the mean target.

    Parameters
    ----------
    dataset : Dataset
        Frequencies and mean are those of its training split.
    split : {"train", "validation", "test"}
        Whose samples are predicted.
    loss : str
        A name in `annlab.nn.losses.LOSSES`. Of scaled targets where they are scaled.
    """
    y = dataset.split(split)[1]
    if dataset.class_names:
        counts = np.bincount(dataset.y_train, minlength=len(dataset.class_names))
        share = np.clip(counts / counts.sum(), _LEAST, 1 - _LEAST)
        if not dataset.task.one_output_per_class:
            share = share[1:]
        logits = np.log(share) if len(share) > 1 else np.log(share / (1 - share))
        target = dataset.task.encode(y, len(share)).astype(np.float64)
        return _mean_loss(loss, target, np.tile(share, (len(y), 1)), np.tile(logits, (len(y), 1)))
    mean = dataset.y_train.mean(dtype=np.float64)
    return regression_loss(dataset, split, loss, np.full(len(y), mean))


def regression_loss(dataset: Dataset, split: Split, loss: str, prediction: Array) -> float:
    """Mean loss of predictions of the first samples, in the target's own unit.

    As a network is trained by it: of scaled targets where they are scaled.
    """
    # Where the target is moved to cancels out.
    target, output = (
        values.astype(np.float64)[:, None] / dataset.target_scale
        for values in (dataset.split(split)[1][: len(prediction)], prediction)
    )
    return _mean_loss(loss, target, output, output)


def _mean_loss(loss: str, target: Array, output: Array, logits: Array) -> float:
    return float(LOSSES[loss].value(np, target, output, logits).mean())


def linear_prediction(dataset: Dataset, split: Split) -> Array:
    """What a linear model says about the samples of a split.

    Linear discriminant analysis for classes, least squares for values, both on standardized
    features.

    Parameters
    ----------
    dataset : Dataset
        The model learns from its training split.
    split : {"train", "validation", "test"}

    Returns
    -------
    ndarray, shape (n_samples,)
        Class indices, or values in the target's own unit.

    References
    ----------
    Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, 3.4.1 and 4.3
    """
    X_train, X = _standardized(dataset, split)
    y = _indicators(dataset)
    if not dataset.class_names:
        offset = y.mean(axis=0)
        return (X @ _solve(X_train, X_train.T @ (y - offset)) + offset)[:, 0]
    counts = y.sum(axis=0)
    means = (y.T @ X_train) / np.maximum(counts, 1)[:, None]  # (n_classes, n_features)
    # The covariance within classes, times the number of samples.
    directions = _solve(X_train - y @ means, means.T) * len(X_train)
    priors = np.log(np.maximum(counts, _LEAST) / len(X_train))
    scores = X @ directions - (means.T * directions).sum(axis=0) / 2 + priors
    decided: Array = scores.argmax(axis=1)
    return decided


def _solve(X: Array, right: Array) -> Array:
    return np.linalg.solve(X.T @ X + _RIDGE * np.eye(X.shape[1]), right)


def neighbor_prediction(dataset: Dataset, split: Split) -> Array:
    """What the nearest training samples say about the first samples of a split.

    Parameters
    ----------
    dataset : Dataset
    split : {"train", "validation", "test"}

    Returns
    -------
    ndarray, shape (n,)
        The majority of `N_NEIGHBORS` classes, or the mean of their values; of at most 500
        samples.
    """
    X_train, X = _standardized(dataset, split)
    step = -(-len(X_train) // _MOST_NEIGHBORS)
    X_train, y, X = X_train[::step], _indicators(dataset)[::step], X[:_MOST_PREDICTED]
    squared = (X**2).sum(axis=1)[:, None] - 2 * X @ X_train.T + (X_train**2).sum(axis=1)
    nearest = np.argsort(squared, axis=1, kind="stable")[:, :N_NEIGHBORS]
    said = y[nearest].mean(axis=1)
    decided: Array = said.argmax(axis=1) if dataset.class_names else said[:, 0]
    return decided


def _standardized(dataset: Dataset, split: Split) -> tuple[Array, Array]:
    X_train, X = (part.astype(np.float64) for part in (dataset.X_train, dataset.split(split)[0]))
    mean, scale = X_train.mean(axis=0), X_train.std(axis=0)
    scale[scale == 0] = 1
    return (X_train - mean) / scale, (X - mean) / scale


def _indicators(dataset: Dataset) -> Array:
    """Targets as columns: (n_samples, n_classes) of 0 and 1, or (n_samples, 1)."""
    if dataset.class_names:
        return np.eye(len(dataset.class_names))[dataset.y_train]
    return dataset.y_train.astype(np.float64)[:, None]

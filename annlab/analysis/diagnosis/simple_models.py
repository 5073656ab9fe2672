"""Scores of models simpler than a network: a constant, a linear model, the nearest neighbors.

In NumPy, because scikit-learn would double the memory of a web process.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.datasets import Dataset, Split
from annlab.nn.losses import LOSSES
from annlab.nn.tasks import TaskName, as_columns

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
    return _MODELS[dataset.task.name].constant_loss(dataset, split, loss)


def regression_loss(dataset: Dataset, split: Split, loss: str, prediction: Array) -> float:
    """Mean loss of predictions of the first samples, in the target's own unit.

    As a network is trained by it: of scaled targets where they are scaled.
    """
    # Where the target is moved to cancels out.
    target, output = (
        values.astype(np.float64) / dataset.target_scale
        for values in (dataset.targets(split)[: len(prediction)], as_columns(prediction))
    )
    return _mean_loss(loss, target, output, output)


def _mean_loss(loss: str, target: Array, output: Array, logits: Array) -> float:
    return float(LOSSES[loss].value(np, target, output, logits).mean())


def linear_prediction(dataset: Dataset, split: Split) -> Array:
    """Predict the samples of a split with a linear model.

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
    models = _MODELS[dataset.task.name]
    return models.decide(models.linear(X_train, models.columns(dataset), X))


def neighbor_prediction(dataset: Dataset, split: Split) -> Array:
    """Predict the first samples of a split from the nearest training samples.

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
    models = _MODELS[dataset.task.name]
    step = -(-len(X_train) // _MOST_NEIGHBORS)
    X_train, y, X = X_train[::step], models.columns(dataset)[::step], X[:_MOST_PREDICTED]
    squared = (X**2).sum(axis=1)[:, None] - 2 * X @ X_train.T + (X_train**2).sum(axis=1)
    nearest = np.argsort(squared, axis=1, kind="stable")[:, :N_NEIGHBORS]
    return models.decide(y[nearest].mean(axis=1))


def _standardized(dataset: Dataset, split: Split) -> tuple[Array, Array]:
    X_train, X = (X.astype(np.float64) for X in (dataset.X_train, dataset.split(split)[0]))
    mean, scale = X_train.mean(axis=0), X_train.std(axis=0)
    scale[scale == 0] = 1
    return (X_train - mean) / scale, (X - mean) / scale


def _solve(X: Array, right: Array) -> Array:
    return np.linalg.solve(X.T @ X + _RIDGE * np.eye(X.shape[1]), right)


def _least_squares(X_train: Array, y: Array, X: Array) -> Array:
    offset = y.mean(axis=0)
    return X @ _solve(X_train, X_train.T @ (y - offset)) + offset


def _discriminants(X_train: Array, y: Array, X: Array) -> Array:
    counts = y.sum(axis=0)
    means = (y.T @ X_train) / np.maximum(counts, 1)[:, None]  # (n_classes, n_features)
    # The covariance within classes, times the number of samples.
    directions = _solve(X_train - y @ means, means.T) * len(X_train)
    priors = np.log(np.maximum(counts, _LEAST) / len(X_train))
    return X @ directions - (means.T * directions).sum(axis=0) / 2 + priors


def _loss_of_frequencies(dataset: Dataset, split: Split, loss: str) -> float:
    n_classes = len(dataset.class_names)
    y, n_outputs = dataset.targets(split), dataset.task.n_outputs(n_classes)
    counts = np.bincount(dataset.y_train, minlength=n_classes)
    share = np.clip(counts / counts.sum(), _LEAST, 1 - _LEAST)[-n_outputs:]
    logits = np.log(share) if n_outputs > 1 else np.log(share / (1 - share))
    target = dataset.task.encode(y, n_outputs).astype(np.float64)
    return _mean_loss(loss, target, np.tile(share, (len(y), 1)), np.tile(logits, (len(y), 1)))


def _loss_of_mean(dataset: Dataset, split: Split, loss: str) -> float:
    mean = dataset.task.constant(as_columns(dataset.y_train))
    prediction = np.tile(mean, (len(dataset.targets(split)), 1))
    return regression_loss(dataset, split, loss, prediction)


@dataclass(frozen=True)
class _SimpleModels:
    """The simple models of a task.

    Attributes
    ----------
    constant_loss : callable
        As the function of that name.
    columns : callable
        The training targets of a data set as columns of numbers, one for each class or value.
    linear : callable
        ``(X_train, columns, X)`` to a column for each of `columns`, shape (n_samples, n_columns).
    decide : callable
        Such columns to predictions, shape (n_samples,).
    """

    constant_loss: Callable[[Dataset, Split, str], float]
    columns: Callable[[Dataset], Array]
    linear: Callable[[Array, Array, Array], Array]
    decide: Callable[[Array], Array]


_OF_CLASSES = _SimpleModels(
    constant_loss=_loss_of_frequencies,
    columns=lambda dataset: np.eye(len(dataset.class_names))[dataset.y_train],
    linear=_discriminants,
    decide=lambda columns: columns.argmax(axis=1),
)
_OF_VALUES = _SimpleModels(
    constant_loss=_loss_of_mean,
    columns=lambda dataset: as_columns(dataset.y_train).astype(np.float64),
    linear=_least_squares,
    decide=lambda columns: columns[:, 0],
)
_MODELS: dict[TaskName, _SimpleModels] = {
    "binary": _OF_CLASSES,
    "multiclass": _OF_CLASSES,
    "regression": _OF_VALUES,
}

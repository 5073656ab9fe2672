"""Simple models in NumPy: constant prediction, linear model and nearest neighbors.

scikit-learn is not used, because its import would double the memory of a web process.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.datasets import Dataset, Split
from annlab.nn.class_weights import weighted
from annlab.nn.losses import LOSSES
from annlab.nn.tasks import USUAL_THRESHOLD, TargetKind, as_columns

Array = NDArray[Any]

# Small ridge penalty, so that a fit with more features than samples does not follow the noise.
_RIDGE = 1.0
N_NEIGHBORS = 5
# Most training samples to search for neighbors, and most samples to predict: 50 ms.
_MOST_NEIGHBORS = 2_000
_MOST_PREDICTED = 500
# Smallest probability of a constant prediction, so that a class without a training sample does
# not give an infinite loss.
_LEAST = 1e-7


def constant_loss(dataset: Dataset, split: Split, loss: str, weights: Array | None = None) -> float:
    """Mean loss of a constant prediction: the class frequencies, the means, or the label shares.

    Parameters
    ----------
    dataset : Dataset
        The training split determines the frequencies, means or shares.
    split : {"train", "validation", "test"}
        Split to predict.
    loss : str
        A name in `annlab.nn.losses.LOSSES`. Targets are scaled if training scales them.
    weights : ndarray, shape (n_classes,), or None
        Class weights of the loss, which the frequencies then have too.
    """
    return _MODELS[dataset.task.kind].constant_loss(dataset, split, loss, weights)


def regression_loss(dataset: Dataset, split: Split, loss: str, prediction: Array) -> float:
    """Mean loss of predictions (in the targets' own units) of the first samples of a split.

    As in training, the loss is computed on scaled targets if the config scales them. `prediction`
    has shape (n,) for one target, else (n, n_targets).
    """
    # The mean of the target cancels in every difference.
    target, output = (
        values.astype(np.float64) / dataset.target_scale
        for values in (dataset.targets(split)[: len(prediction)], as_columns(prediction))
    )
    return _mean_loss(loss, target, output, output)


def _mean_loss(
    loss: str, target: Array, output: Array, logits: Array, weights: Array | None = None
) -> float:
    minimized = LOSSES[loss] if weights is None else weighted(LOSSES[loss], weights)
    return float(minimized.value(np, target, output, logits).mean())


def linear_prediction(dataset: Dataset, split: Split) -> Array:
    """Predict the samples of a split with a linear model.

    Linear discriminant analysis for classes and for each label, least squares for values, all on
    standardized features.

    Parameters
    ----------
    dataset : Dataset
        The model is fitted to the training split.
    split : {"train", "validation", "test"}

    Returns
    -------
    ndarray, shape (n_samples,), or (n_samples, n_targets) for several targets
        Class indices, values in the targets' own units, or 0 and 1 for labels.

    References
    ----------
    Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, 3.4.1 and 4.3
    """
    X_train, X = _standardized(dataset, split)
    models = _MODELS[dataset.task.kind]
    return models.decide(models.linear(X_train, models.columns(dataset), X))


def neighbor_prediction(dataset: Dataset, split: Split) -> Array:
    """Predict the first samples of a split from the nearest training samples.

    Parameters
    ----------
    dataset : Dataset
    split : {"train", "validation", "test"}

    Returns
    -------
    ndarray, shape (n,), or (n, n_targets) for several targets
        Majority class, mean values, or majority for each label, of `N_NEIGHBORS` neighbors; for
        at most 500 samples.
    """
    X_train, X = _standardized(dataset, split)
    models = _MODELS[dataset.task.kind]
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
    # `_solve` divides by the covariance within classes times the number of samples.
    directions = _solve(X_train - y @ means, means.T) * len(X_train)
    priors = np.log(np.maximum(counts, _LEAST) / len(X_train))
    return X @ directions - (means.T * directions).sum(axis=0) / 2 + priors


def _probabilities_of_labels(X_train: Array, y: Array, X: Array) -> Array:
    """Probability of each label by a discriminant analysis of its own: (n_samples, n_labels)."""
    columns = []
    for has_label in y.T:
        without, given = _discriminants(X_train, np.column_stack([1 - has_label, has_label]), X).T
        columns.append(np.exp(-np.logaddexp(0, without - given)))  # softmax of the two
    return np.column_stack(columns)


def _loss_of_frequencies(dataset: Dataset, split: Split, loss: str, weights: Array | None) -> float:
    n_classes = len(dataset.class_names)
    y, n_outputs = dataset.targets(split), dataset.task.n_outputs(n_classes, 1)
    counts = np.bincount(dataset.y_train, minlength=n_classes)
    if weights is not None:
        counts = counts * weights
    share = np.clip(counts / counts.sum(), _LEAST, 1 - _LEAST)[-n_outputs:]
    logits = np.log(share) if n_outputs > 1 else np.log(share / (1 - share))
    target = dataset.task.encode(y, n_outputs).astype(np.float64)
    output, logits = (np.tile(values, (len(y), 1)) for values in (share, logits))
    return _mean_loss(loss, target, output, logits, weights)


def _loss_of_mean(dataset: Dataset, split: Split, loss: str, weights: Array | None) -> float:
    prediction = np.tile(dataset.constant_prediction, (len(dataset.targets(split)), 1))
    return regression_loss(dataset, split, loss, prediction)


def _loss_of_label_shares(
    dataset: Dataset, split: Split, loss: str, weights: Array | None
) -> float:
    y = dataset.targets(split)
    share = np.clip(as_columns(dataset.y_train).mean(axis=0), _LEAST, 1 - _LEAST)
    output, logits = (np.tile(row, (len(y), 1)) for row in (share, np.log(share / (1 - share))))
    return _mean_loss(loss, y.astype(np.float64), output, logits, weights)


def _one_axis_if_one_target(columns: Array) -> Array:
    return columns[:, 0] if columns.shape[1] == 1 else columns


@dataclass(frozen=True)
class _SimpleModels:
    """Simple models of a kind of target.

    Attributes
    ----------
    constant_loss : callable
        Same arguments as the function `constant_loss`.
    columns : callable
        Data set to training targets as columns of numbers, one for each class, value or label.
    linear : callable
        ``(X_train, columns, X)`` to predicted columns, shape (n_samples, n_columns).
    decide : callable
        Predicted columns to predictions, shape (n_samples,), or (n_samples, n_targets) for
        several targets.
    """

    constant_loss: Callable[[Dataset, Split, str, Array | None], float]
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
    decide=_one_axis_if_one_target,
)
_OF_LABELS = _SimpleModels(
    constant_loss=_loss_of_label_shares,
    columns=lambda dataset: as_columns(dataset.y_train).astype(np.float64),
    linear=_probabilities_of_labels,
    decide=lambda columns: _one_axis_if_one_target((columns >= USUAL_THRESHOLD).astype(np.int64)),
)
_MODELS: dict[TargetKind, _SimpleModels] = {
    "class": _OF_CLASSES,
    "values": _OF_VALUES,
    "labels": _OF_LABELS,
}

"""Scores of baselines: a constant prediction, and a least-squares fit."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.scores import (
    ClassificationEvaluation,
    LabelsEvaluation,
    RegressionEvaluation,
    confusion_of_labels,
    scores_of_errors,
    scores_of_labels,
    sums_of_errors,
)
from annlab.datasets import Dataset, Split
from annlab.nn.tasks import as_columns

Array = NDArray[Any]

# Smallest probability of a constant prediction, as in scikit-learn: a label that no training
# sample has does not give an infinite log loss.
_LEAST = float(np.finfo(np.float64).eps)


def baseline_score(dataset: Dataset, split: Split) -> float:
    """Headline score of a constant prediction for every sample of a split.

    Parameters
    ----------
    dataset : Dataset
    split : {"test", "train", "validation", "all"}

    Returns
    -------
    float
        Accuracy of always predicting the most common class of the training split, in [0, 1]; for
        regression the mean squared error of always predicting the mean of each target in the
        training split; for labels the label accuracy of always predicting the more common value
        of each label in the training split.

    Raises
    ------
    ValueError
        If the split has no samples.
    """
    headline, y = dataset.task.headline, dataset.targets(split)
    return float(headline.of_prediction(y, dataset.constant_prediction).mean())


def linear_baseline(dataset: Dataset, split: Split) -> RegressionEvaluation:
    """Evaluate the least-squares line (or plane) through the training split on a split.

    Several targets have a line each.
    """
    X_train, X = (
        np.column_stack([features, np.ones(len(features))]).astype(np.float64)
        for features in (dataset.X_train, dataset.split(split)[0])
    )
    y_train = as_columns(dataset.y_train).astype(np.float64)
    coefficients, *_ = np.linalg.lstsq(X_train, y_train)
    return _baseline(X @ coefficients, dataset, split)


def mean_baseline(dataset: Dataset, split: Split) -> RegressionEvaluation:
    """Evaluate the mean of the training split as the prediction for every sample of a split.

    Several targets have a mean each.
    """
    prediction = np.tile(dataset.constant_prediction, (len(dataset.targets(split)), 1))
    return _baseline(prediction, dataset, split)


def majority_baseline(dataset: Dataset, split: Split) -> ClassificationEvaluation:
    """Evaluate the most common class of the training split as the prediction for every sample.

    Its log loss is that of the class frequencies of the training split as probabilities.
    """
    y, n_classes = dataset.split(split)[1], len(dataset.class_names)
    (majority,) = dataset.constant_prediction
    confusion = np.zeros((1, n_classes, n_classes), np.int64)
    confusion[0, :, majority] = np.bincount(y, minlength=n_classes)
    accuracy = np.trace(confusion, axis1=1, axis2=2) / len(y)
    counts = np.bincount(dataset.y_train, minlength=n_classes)
    log_loss = -np.log(counts[y] / counts.sum()).mean(keepdims=True)
    return ClassificationEvaluation(
        task=dataset.task,
        split=split,
        epochs=np.zeros(1, np.int64),
        n_samples=len(y),
        loss=log_loss,
        baselines=accuracy,
        counted=np.ones(1, np.bool_),
        accuracy=accuracy,
        confusion=confusion,
        log_loss=log_loss,
    )


def common_labels_baseline(dataset: Dataset, split: Split) -> LabelsEvaluation:
    """Evaluate the more common value of each label in the training split, for every sample.

    Its log loss is that of the shares of the labels in the training split as probabilities.
    """
    y = dataset.targets(split)
    share = np.clip(as_columns(dataset.y_train).mean(0), _LEAST, 1 - _LEAST)  # (n_labels,)
    log_loss = -np.log(np.where(y == 1, share, 1 - share)).sum(0)
    prediction = np.broadcast_to(dataset.constant_prediction, y.shape)
    sums = {
        "confusion": confusion_of_labels(prediction[None], y),
        "subsets": (prediction == y).all(-1).sum(keepdims=True),
        "log_loss": log_loss[None],
    }
    scores: dict[str, Any] = scores_of_labels(sums, y)
    return LabelsEvaluation(
        task=dataset.task,
        split=split,
        epochs=np.zeros(1, np.int64),
        n_samples=len(y),
        loss=scores["log_loss"],
        baselines=np.array([baseline_score(dataset, split)]),
        counted=np.ones(1, np.bool_),
        **scores,
    )


def _baseline(prediction: Array, dataset: Dataset, split: Split) -> RegressionEvaluation:
    y = dataset.targets(split)
    scores: dict[str, Any] = scores_of_errors(sums_of_errors(prediction[None], y), y)
    return RegressionEvaluation(
        task=dataset.task,
        split=split,
        epochs=np.zeros(1, np.int64),
        n_samples=len(y),
        loss=scores["mse"],
        baselines=np.array([baseline_score(dataset, split)]),
        counted=np.ones(1, np.bool_),
        **scores,
    )

"""Scores of the networks of a run, for classes, numbers and labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.datasets import Dataset, Split
from annlab.nn.forward import ForwardPass
from annlab.nn.losses import LOSSES, Loss, binary_cross_entropies
from annlab.nn.tasks import Score, TargetKind, Task

Array = NDArray[Any]


@dataclass(frozen=True)
class Evaluation:
    """Scores of the networks of a run on one split of the data.

    Subclasses add the scores of their task: `ClassificationEvaluation`, `RegressionEvaluation`,
    `LabelsEvaluation`.

    Attributes
    ----------
    task : Task
        Prediction task.
    split : str
        "train", "validation", "test" or "all".
    epochs : ndarray of int, shape (n_seeds,)
        Epoch of the weights of each network.
    n_samples : int
        Number of samples of one network in the split.
    loss : ndarray, shape (n_seeds,)
        Mean training loss function over the split, on scaled targets if training scaled them.
    baselines : ndarray, shape (n_seeds,)
        Headline score of a constant prediction on each network's own samples.
    counted : ndarray of bool, shape (n_seeds,)
        Mask of the networks that count in means: those that did not diverge.
    of_task : mapping of str to ndarray, shape (n_seeds,)
        Scores that the task has beside those of its kind, by name. They are attributes too.
    """

    task: Task
    split: Split
    epochs: NDArray[np.int64]
    n_samples: int
    loss: Array
    baselines: Array
    counted: NDArray[np.bool_]
    of_task: Mapping[str, Array] = field(default_factory=dict, kw_only=True)

    # Python calls this only for names that are not fields. `copy` does so before any field is set.
    def __getattr__(self, name: str) -> Array:
        of_task: Mapping[str, Array] = self.__dict__.get("of_task", {})
        if name in of_task:
            return of_task[name]
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    @property
    def score(self) -> Score:
        """Score of `headline` and `baselines`."""
        return self.task.headline

    @property
    def headline(self) -> Array:
        """Score that judges the run: shape (n_seeds,)."""
        headline: Array = getattr(self, self.score.name)
        return headline

    @property
    def epoch(self) -> int:
        """Largest epoch of the weights that were used."""
        return int(self.epochs.max())

    @property
    def baseline(self) -> float:
        """Mean of `baselines` over the networks that count."""
        return float(self.baselines[self.counted].mean())


@dataclass(frozen=True)
class ClassificationEvaluation(Evaluation):
    """Scores of a classification.

    Attributes
    ----------
    accuracy : ndarray, shape (n_seeds,)
        Share of samples that are classified correctly, in [0, 1].
    confusion : ndarray of int, shape (n_seeds, n_classes, n_classes)
        Counts: rows are true classes, columns predicted ones.
    log_loss : ndarray, shape (n_seeds,)
        Mean negative logarithm of the probability of the true class.
    """

    accuracy: Array
    confusion: NDArray[np.int64]
    log_loss: Array

    @property
    def support(self) -> NDArray[np.int64]:
        """Samples of each class in the first network's split, shape (n_classes,)."""
        support: NDArray[np.int64] = self.confusion[0].sum(axis=1)
        return support

    @property
    def balanced_accuracy(self) -> Array:
        """Mean recall of the classes that have samples, each counted once: shape (n_seeds,)."""
        present = self.confusion.sum(axis=2) > 0
        balanced: Array = self.recall.sum(axis=1) / present.sum(axis=1)
        return balanced

    @property
    def weighted_precision(self) -> Array:
        """Mean precision of the classes, weighted by their samples: shape (n_seeds,)."""
        return self._weighted(self.precision)

    @property
    def weighted_recall(self) -> Array:
        """Mean recall of the classes, weighted by their samples, which is the accuracy."""
        return self._weighted(self.recall)

    @property
    def weighted_f1(self) -> Array:
        """Mean F1 of the classes, weighted by their samples: shape (n_seeds,)."""
        return self._weighted(self.f1)

    def _weighted(self, values: Array) -> Array:
        support = self.confusion.sum(axis=2)
        weighted: Array = (values * support).sum(axis=1) / support.sum(axis=1)
        return weighted

    @property
    def precision(self) -> Array:
        """Share of the samples predicted as class k that are class k: (n_seeds, n_classes).

        0 without a prediction of class k, as in scikit-learn.
        """
        return _ratio(self._hits, self.confusion.sum(axis=1))

    @property
    def recall(self) -> Array:
        """Share of the samples of class k that are predicted as class k: (n_seeds, n_classes)."""
        return _ratio(self._hits, self.confusion.sum(axis=2))

    @property
    def f1(self) -> Array:
        """Harmonic mean of precision and recall: shape (n_seeds, n_classes)."""
        predicted_and_true = self.confusion.sum(axis=1) + self.confusion.sum(axis=2)
        return _ratio(2 * self._hits, predicted_and_true)

    @property
    def _hits(self) -> Array:
        return np.diagonal(self.confusion, axis1=1, axis2=2)


@dataclass(frozen=True)
class RegressionEvaluation(Evaluation):
    """Scores of a regression, averaged over targets if there are several.

    Attributes
    ----------
    mse, mae, r2 : ndarray, shape (n_seeds,)
        Mean squared error, mean absolute error, coefficient of determination. For a constant
        target, r2 is 1 for a perfect prediction and else 0, as in scikit-learn.
    mse_of_targets, mae_of_targets, r2_of_targets : ndarray, shape (n_seeds, n_targets)
        The same for each target alone.
    """

    mse: Array
    mae: Array
    r2: Array
    mse_of_targets: Array
    mae_of_targets: Array
    r2_of_targets: Array

    @property
    def rmse(self) -> Array:
        """Root of the mean squared error, in the target's unit: shape (n_seeds,)."""
        return np.sqrt(self.mse)

    @property
    def rmse_of_targets(self) -> Array:
        """The same for each target alone, in its own unit: shape (n_seeds, n_targets)."""
        return np.sqrt(self.mse_of_targets)


@dataclass(frozen=True)
class LabelsEvaluation(Evaluation):
    """Scores of predictions of several labels, each a yes or a no.

    Attributes
    ----------
    label_accuracy : ndarray, shape (n_seeds,)
        Share of all labels of all samples that are right, which is 1 minus the Hamming loss.
    subset_accuracy : ndarray, shape (n_seeds,)
        Share of samples whose labels are all right.
    confusion : ndarray of int, shape (n_seeds, n_labels, 2, 2)
        Counts for each label: rows are true no and yes, columns predicted ones.
    log_loss : ndarray, shape (n_seeds,)
        Mean of `log_loss_of_labels`.
    log_loss_of_labels : ndarray, shape (n_seeds, n_labels)
        Mean negative logarithm of the probability of the true yes or no.
    """

    label_accuracy: Array
    subset_accuracy: Array
    confusion: NDArray[np.int64]
    log_loss: Array
    log_loss_of_labels: Array

    @property
    def support(self) -> NDArray[np.int64]:
        """Samples that have each label in the first network's split, shape (n_labels,)."""
        support: NDArray[np.int64] = self.confusion[0, :, 1].sum(axis=-1)
        return support

    @property
    def accuracy_of_labels(self) -> Array:
        """Share of samples for which a label is right: shape (n_seeds, n_labels)."""
        right: Array = np.trace(self.confusion, axis1=2, axis2=3)
        return right / self.confusion.sum(axis=(2, 3))

    @property
    def precision(self) -> Array:
        """Share of the samples predicted to have a label that have it: (n_seeds, n_labels).

        0 without such a prediction, as in scikit-learn.
        """
        return _ratio(self._hits, self.confusion[..., 1].sum(axis=-1))

    @property
    def recall(self) -> Array:
        """Share of the samples with a label that are predicted to have it: (n_seeds, n_labels)."""
        return _ratio(self._hits, self.confusion[..., 1, :].sum(axis=-1))

    @property
    def f1(self) -> Array:
        """Harmonic mean of precision and recall: shape (n_seeds, n_labels)."""
        both = self.confusion[..., 1].sum(axis=-1) + self.confusion[..., 1, :].sum(axis=-1)
        return _ratio(2 * self._hits, both)

    @property
    def _hits(self) -> Array:
        return self.confusion[..., 1, 1]


def _ratio(share: Array, whole: Array) -> Array:
    return np.divide(share, whole, out=np.zeros(share.shape), where=whole > 0)


class Piece(NamedTuple):
    """Some samples of a split, with the outputs of some networks.

    Attributes
    ----------
    y, target : ndarray, shapes (n, n_targets), (n, n_outputs)
        Targets in their own unit, and ideal outputs.
    passed : ForwardPass
        Outputs of shape (n_networks, n, n_outputs).
    prediction : ndarray, shape (n_networks, n, n_targets)
        Predictions in the target's own unit.
    loss : Loss
        Loss that training minimized.
    losses : ndarray, shape (n_networks, n)
        Loss of each sample.
    """

    y: Array
    target: Array
    passed: ForwardPass
    prediction: Array
    loss: Loss
    losses: Array


@dataclass(frozen=True)
class Scoring:
    """Scoring functions of a task.

    Attributes
    ----------
    kind : type
        Class of the evaluation that holds the scores.
    sums : callable
        ``(dataset, piece)`` to sums over the samples of a piece, by name, each of shape
        (n_networks, ...); the sums of all pieces are added.
    scores : callable
        ``(sums, y)`` to the scores by name, each of shape (n_networks, ...); y has shape
        (n_samples, n_targets).
    """

    kind: type[Evaluation]
    sums: Callable[[Dataset, Piece], dict[str, Array]]
    scores: Callable[[dict[str, Array], Array], dict[str, Array]]

    @property
    def names(self) -> frozenset[str]:
        """Names of the fields of an evaluation."""
        return frozenset(entry.name for entry in fields(self.kind))


def _sums_of_classes(dataset: Dataset, piece: Piece) -> dict[str, Array]:
    n_classes, log_loss = len(dataset.class_names), LOSSES[dataset.task.losses[0]]
    losses = piece.losses
    if piece.loss is not log_loss:
        losses = log_loss.value(np, piece.target, piece.passed.output, piece.passed.logits)
    cells = n_classes * piece.y[:, 0] + piece.prediction[..., 0]  # (n_networks, n)
    counts = [np.bincount(row, minlength=n_classes**2) for row in cells]
    return {
        "confusion": np.stack(counts).reshape(-1, n_classes, n_classes),
        "log_loss": losses.sum(axis=-1, dtype=np.float64),
    }


def _scores_of_classes(sums: dict[str, Array], y: Array) -> dict[str, Array]:
    confusion = sums["confusion"]
    return {
        "accuracy": np.trace(confusion, axis1=1, axis2=2) / len(y),
        "confusion": confusion,
        "log_loss": sums["log_loss"] / len(y),
    }


def sums_of_errors(prediction: Array, y: Array) -> dict[str, Array]:
    """Sum squared and absolute errors over samples: each of shape (n_networks, n_targets).

    Parameters
    ----------
    prediction : ndarray, shape (n_networks, n_samples, n_targets)
    y : ndarray, shape (n_samples, n_targets)
    """
    error = (prediction.astype(np.float64) - y).swapaxes(1, 2)  # samples last
    return {"squared": (error**2).sum(axis=-1), "absolute": np.abs(error).sum(axis=-1)}


def scores_of_errors(sums: dict[str, Array], y: Array) -> dict[str, Array]:
    """Compute the scores of a regression from `sums_of_errors`.

    Returns
    -------
    dict of ndarray
        "mse", "mae" and "r2" of shape (n_networks,), and "mse_of_targets", … of shape
        (n_networks, n_targets).
    """
    squared, absolute = (sums[name] / len(y) for name in ("squared", "absolute"))
    variance = y.T.astype(np.float64).var(axis=-1)
    varies = variance > 0
    r2 = np.where(squared == 0, 1.0, 0.0)  # (n_networks, n_targets)
    r2[:, varies] = 1 - squared[:, varies] / variance[varies]
    of_targets = {"mse": squared, "mae": absolute, "r2": r2}
    together = {name: values.mean(-1) for name, values in of_targets.items()}
    return together | {f"{name}_of_targets": values for name, values in of_targets.items()}


def confusion_of_labels(prediction: Array, y: Array) -> Array:
    """Count the outcomes of each label, as in `LabelsEvaluation`: (n_networks, n_labels, 2, 2).

    Parameters
    ----------
    prediction : ndarray of int, shape (n_networks, n_samples, n_labels)
    y : ndarray of int, shape (n_samples, n_labels)
    """
    cells = 2 * y + prediction
    counts = [(cells == cell).sum(axis=1) for cell in range(4)]
    return np.stack(counts, axis=-1).reshape(*counts[0].shape, 2, 2)


def _sums_of_labels(dataset: Dataset, piece: Piece) -> dict[str, Array]:
    is_right = piece.prediction == piece.y  # (n_networks, n, n_labels)
    losses = binary_cross_entropies(np, piece.target, piece.passed.logits)
    return {
        "confusion": confusion_of_labels(piece.prediction, piece.y),
        "subsets": is_right.all(axis=-1).sum(axis=-1),
        "log_loss": losses.sum(axis=1, dtype=np.float64),
    }


def scores_of_labels(sums: dict[str, Array], y: Array) -> dict[str, Array]:
    """Compute the scores of labels from sums over samples.

    Parameters
    ----------
    sums : dict of ndarray
        "confusion" of shape (n_networks, n_labels, 2, 2), "subsets", the number of samples whose
        labels are all right, of shape (n_networks,), and "log_loss" of shape
        (n_networks, n_labels).
    y : ndarray of int, shape (n_samples, n_labels)
    """
    confusion, log_loss = sums["confusion"], sums["log_loss"] / len(y)
    return {
        "label_accuracy": np.trace(confusion, axis1=2, axis2=3).sum(axis=-1) / y.size,
        "subset_accuracy": sums["subsets"] / len(y),
        "confusion": confusion,
        "log_loss": log_loss.mean(-1),
        "log_loss_of_labels": log_loss,
    }


_CLASSES = Scoring(ClassificationEvaluation, _sums_of_classes, _scores_of_classes)
_VALUES = Scoring(
    RegressionEvaluation,
    lambda dataset, piece: sums_of_errors(piece.prediction, piece.y),
    scores_of_errors,
)

SCORINGS: dict[TargetKind, Scoring] = {
    "class": _CLASSES,
    "values": _VALUES,
    "labels": Scoring(LabelsEvaluation, _sums_of_labels, scores_of_labels),
}

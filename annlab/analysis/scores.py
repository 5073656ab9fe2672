"""Scores of the networks of a run, by task: what an evaluation holds."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from annlab.datasets import Split

Array = NDArray[Any]


@dataclass(frozen=True)
class Evaluation:
    """How well the networks of a run do on one part of the data.

    Attributes
    ----------
    split : str
        The part: "train", "validation", "test" or "all".
    epochs : ndarray of int, shape (n_seeds,)
        After which epoch each network had the weights that were used.
    n_samples : int
        Samples of one network in the split.
    loss : ndarray, shape (n_seeds,)
        Mean loss over the split, as it was trained: of scaled targets where they were scaled.
    baselines : ndarray, shape (n_seeds,)
        The same score of a constant prediction, on each network's own samples.
    counted : ndarray of bool, shape (n_seeds,)
        The networks that count in means: those that did not diverge.
    score_name, baseline_name : str
        What `headline` is, and what `baseline` is the score of, for people.
    higher_is_better : bool
        Of `headline`.
    """

    score_name: ClassVar[str]
    baseline_name: ClassVar[str]
    higher_is_better: ClassVar[bool]

    split: Split
    epochs: NDArray[np.int64]
    n_samples: int
    loss: Array
    baselines: Array
    counted: NDArray[np.bool_]

    @property
    def epoch(self) -> int:
        """The last epoch of which weights were used."""
        return int(self.epochs.max())

    @property
    def baseline(self) -> float:
        """The mean of `baselines` over the networks that count."""
        return float(self.baselines[self.counted].mean())


@dataclass(frozen=True)
class ClassificationEvaluation(Evaluation):
    """Scores of a classification.

    Attributes
    ----------
    accuracy : ndarray, shape (n_seeds,)
        Share of points that are classified correctly, in [0, 1].
    confusion : ndarray of int, shape (n_seeds, n_classes, n_classes)
        Counts: rows are true classes, columns predicted ones.
    log_loss : ndarray, shape (n_seeds,)
        Mean negative logarithm of the probability of the true class.
    """

    score_name: ClassVar[str] = "Accuracy"
    baseline_name: ClassVar[str] = "always predicting the most common class"
    higher_is_better: ClassVar[bool] = True

    accuracy: Array
    confusion: NDArray[np.int64]
    log_loss: Array

    @property
    def headline(self) -> Array:
        """The score the run is judged by: accuracy, shape (n_seeds,)."""
        return self.accuracy

    @property
    def support(self) -> NDArray[np.int64]:
        """Samples of each class in the first network's split, shape (n_classes,)."""
        support: NDArray[np.int64] = self.confusion[0].sum(axis=1)
        return support

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
        """Of the points called class k, the share that is: shape (n_seeds, n_classes).

        0 where nothing was called class k, as in scikit-learn.
        """
        return _ratio(self._hits, self.confusion.sum(axis=1))

    @property
    def recall(self) -> Array:
        """Of the points of class k, the share that was found: shape (n_seeds, n_classes)."""
        return _ratio(self._hits, self.confusion.sum(axis=2))

    @property
    def f1(self) -> Array:
        """Harmonic mean of precision and recall: shape (n_seeds, n_classes)."""
        called_and_true = self.confusion.sum(axis=1) + self.confusion.sum(axis=2)
        return _ratio(2 * self._hits, called_and_true)

    @property
    def _hits(self) -> Array:
        return np.diagonal(self.confusion, axis1=1, axis2=2)


@dataclass(frozen=True)
class RegressionEvaluation(Evaluation):
    """Scores of a regression.

    Attributes
    ----------
    mse, mae, r2 : ndarray, shape (n_seeds,)
        Mean squared error, mean absolute error, coefficient of determination. Where all targets
        are the same, the last is 1 for a perfect prediction and else 0, as in scikit-learn.
    """

    score_name: ClassVar[str] = "Mean squared error"
    baseline_name: ClassVar[str] = "always predicting the mean"
    higher_is_better: ClassVar[bool] = False

    mse: Array
    mae: Array
    r2: Array

    @property
    def headline(self) -> Array:
        """The score the run is judged by: mean squared error, shape (n_seeds,)."""
        return self.mse

    @property
    def rmse(self) -> Array:
        """Root of the mean squared error, in the target's unit: shape (n_seeds,)."""
        return np.sqrt(self.mse)


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def r2_score(mse: Array, y: Array) -> Array:
    """Coefficient of determination, from mean squared errors on targets y."""
    variance = y.astype(np.float64).var()
    return 1 - mse / variance if variance else np.where(mse == 0, 1.0, 0.0)


def confusion_counts(y: Array, called: Array, n_classes: int) -> Array:
    """Count samples by true and predicted class: shape (n_classes, n_classes)."""
    counts = np.bincount(n_classes * y + called, minlength=n_classes**2)
    return counts.reshape(n_classes, n_classes)

"""Scores of a run: computed from its weights, one number for each seed."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from annlab.config import RunConfig
from annlab.datasets import Dataset, Part, load_dataset
from annlab.forward import ForwardPass, Layers, forward
from annlab.run import Run
from annlab.tasks import LOSSES

Array = NDArray[Any]


@dataclass(frozen=True)
class Evaluation:
    """How well the networks of a run do on one part of the data.

    Attributes
    ----------
    split : str
        The part: "train", "validation", "test" or "all".
    epoch : int
        Whose weights were used.
    n_samples : int
        Points in the part.
    loss : ndarray, shape (n_seeds,)
        Mean loss over the part, as it was trained: of scaled targets where they were scaled.
    score_name, baseline_name : str
        What `headline` is, and what `baseline` is the score of, for people.
    higher_is_better : bool
        Of `headline`.
    """

    score_name: ClassVar[str]
    baseline_name: ClassVar[str]
    higher_is_better: ClassVar[bool]

    split: Part
    epoch: int
    n_samples: int
    loss: Array


@dataclass(frozen=True)
class ClassificationEvaluation(Evaluation):
    """Scores of a classification.

    Attributes
    ----------
    accuracy : ndarray, shape (n_seeds,)
        Share of points that are classified correctly, in [0, 1].
    confusion : ndarray of int, shape (n_seeds, n_classes, n_classes)
        Counts: rows are true classes, columns predicted ones.
    baseline : float
        Accuracy of always naming the class that is most frequent in training.
    """

    score_name: ClassVar[str] = "Accuracy"
    baseline_name: ClassVar[str] = "always naming the most frequent class"
    higher_is_better: ClassVar[bool] = True

    accuracy: Array
    confusion: NDArray[np.int64]
    baseline: float

    @property
    def headline(self) -> Array:
        """The score the run is judged by: accuracy, shape (n_seeds,)."""
        return self.accuracy

    @property
    def support(self) -> NDArray[np.int64]:
        """Points of each class, shape (n_classes,)."""
        support: NDArray[np.int64] = self.confusion[0].sum(axis=1)
        return support

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
        Mean squared error, mean absolute error, coefficient of determination.
    baseline : float
        Mean squared error of always predicting the mean of the training part.
    """

    score_name: ClassVar[str] = "Mean squared error"
    baseline_name: ClassVar[str] = "always predicting the mean"
    higher_is_better: ClassVar[bool] = False

    mse: Array
    mae: Array
    r2: Array
    baseline: float

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


def predict(config: RunConfig, layers: Layers, X: Array) -> ForwardPass:
    """Send points through the networks of a run.

    Parameters
    ----------
    config : RunConfig
        Whose activations are used.
    layers : sequence of (weights, biases)
        As `Checkpoints.at` gives them.
    X : ndarray, shape (n_samples, n_features)

    Returns
    -------
    ForwardPass
    """
    return forward(layers, X, config.model.activation, config.output_activation)


def predicted(config: RunConfig, layers: Layers, dataset: Dataset, X: Array) -> Array:
    """What the networks of a run say about points.

    Returns
    -------
    ndarray, shape (..., n_samples)
        Class indices, or values in the target's own unit; leading axes as in `layers`.
    """
    return _in_unit(dataset, dataset.task.decode(predict(config, layers, X).output))


def _in_unit(dataset: Dataset, prediction: Array) -> Array:
    if dataset.class_names:
        return prediction
    return prediction * dataset.target_scale + dataset.target_mean


def evaluate(
    run: Run,
    *,
    split: Part = "test",
    epoch: int | None = None,
    dataset: Dataset | None = None,
) -> Any:
    """Score every network of a run.

    Parameters
    ----------
    run : Run
        What was trained.
    split : {"test", "train", "validation", "all"}
        On which part of the data.
    epoch : int or None
        With the weights of that epoch; None: the last.
    dataset : Dataset or None
        The points of the run's config where they are at hand; None: made anew.

    Returns
    -------
    ClassificationEvaluation or RegressionEvaluation
        Arrays with one entry for each seed.

    Raises
    ------
    ValueError
        If the part has no points, or no weights were kept at that epoch.
    """
    dataset = dataset or load_dataset(run.config.dataset)
    X, y = dataset.part(split)
    layers = run.checkpoints.at(epoch)
    epoch = int(run.checkpoints.epochs[-1]) if epoch is None else epoch
    passed = predict(run.config, layers, X)
    scaled = y if dataset.class_names else (y - dataset.target_mean) / dataset.target_scale
    target = dataset.task.encode(scaled, passed.output.shape[-1])
    value = LOSSES[run.config.loss].value
    loss = value(np, target, passed.output, passed.logits).mean(axis=-1)
    prediction = _in_unit(dataset, dataset.task.decode(passed.output))  # (n_seeds, n_samples)
    if dataset.class_names:
        n_classes = len(dataset.class_names)
        confusion = np.stack(
            [
                np.bincount(n_classes * y + p, minlength=n_classes**2).reshape(n_classes, -1)
                for p in prediction
            ]
        )
        return ClassificationEvaluation(
            split=split,
            epoch=epoch,
            n_samples=len(y),
            loss=loss,
            accuracy=(prediction == y).mean(axis=-1),
            confusion=confusion,
            baseline=baseline_score(dataset, split),
        )
    return _regression(prediction, y, dataset, split, epoch, loss)


def _regression(
    prediction: Array, y: Array, dataset: Dataset, split: Part, epoch: int, loss: Array
) -> RegressionEvaluation:
    error = prediction.astype(np.float64) - y
    mse = (error**2).mean(axis=-1)
    return RegressionEvaluation(
        split=split,
        epoch=epoch,
        n_samples=len(y),
        loss=loss,
        mse=mse,
        mae=np.abs(error).mean(axis=-1),
        r2=1 - mse / y.astype(np.float64).var(),
        baseline=baseline_score(dataset, split),
    )


def baseline_score(dataset: Dataset, split: Part) -> float:
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
    _, y = dataset.part(split)
    if dataset.class_names:
        return float((y == np.bincount(dataset.y_train).argmax()).mean())
    return float(((y - dataset.y_train.mean(dtype=np.float64)) ** 2).mean())


def linear_baseline(dataset: Dataset, split: Part) -> RegressionEvaluation:
    """How the least-squares line (or plane) through the training part does on a part."""
    X_train, X = (
        np.column_stack([part, np.ones(len(part))]).astype(np.float64)
        for part in (dataset.X_train, dataset.part(split)[0])
    )
    coefficients, *_ = np.linalg.lstsq(X_train, dataset.y_train.astype(np.float64))
    return _baseline(X @ coefficients, dataset, split)


def mean_baseline(dataset: Dataset, split: Part) -> RegressionEvaluation:
    """How the mean of the training part does on a part, as a prediction for every point."""
    _, y = dataset.part(split)
    mean = dataset.y_train.mean(dtype=np.float64)
    return _baseline(np.full(len(y), mean), dataset, split)


def _baseline(prediction: Array, dataset: Dataset, split: Part) -> RegressionEvaluation:
    _, y = dataset.part(split)
    loss = ((prediction - y) ** 2).mean(keepdims=True)
    return _regression(prediction[None], y, dataset, split, 0, loss)

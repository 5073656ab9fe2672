"""Scores of a run: computed from its weights, one number for each seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from annlab.config import RunConfig
from annlab.datasets import Dataset, Split, load_run_dataset
from annlab.nn.forward import ForwardPass, Layers, forward
from annlab.nn.losses import LOSSES
from annlab.runs.run import Epoch, Run

Array = NDArray[Any]

# Numbers of one layer that are in memory at a time: what a thousand networks say about thousands
# of points would fill it.
_NUMBERS = 1_000_000


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


def forward_pass(config: RunConfig, layers: Layers, X: Array) -> ForwardPass:
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


def predict(config: RunConfig, layers: Layers, dataset: Dataset, X: Array) -> Array:
    """What the networks of a run say about points.

    Returns
    -------
    ndarray, shape (..., n_samples)
        Class indices, or values in the target's own unit; leading axes as in `layers`: one, of
        the seeds, or none.
    """
    if layers[0][0].ndim == 2:
        one = [(W[None], b[None]) for W, b in layers]
        return predict(config, one, dataset, X)[0]
    pieces = [
        (networks, rows, dataset.task.decode(passed.output))
        for networks, rows, passed in _pieces(config, layers, X)
    ]
    said = np.empty((len(layers[0][0]), len(X)), pieces[0][2].dtype)
    for networks, rows, piece in pieces:
        said[networks, rows] = piece
    return _in_unit(dataset, said)


def _pieces(
    config: RunConfig, layers: Layers, X: Array
) -> Iterator[tuple[slice, slice, ForwardPass]]:
    """Some networks and some points at a time: which, and what comes out."""
    widest = max(W.shape[-1] for W, _ in layers)
    n_rows = min(len(X), max(1, _NUMBERS // widest))
    n_networks = max(1, _NUMBERS // (widest * n_rows))
    for k in range(0, len(layers[0][0]), n_networks):
        networks = slice(k, k + n_networks)
        some = [(W[networks], b[networks]) for W, b in layers]
        for i in range(0, len(X), n_rows):
            rows = slice(i, i + n_rows)
            yield networks, rows, forward_pass(config, some, X[rows])


def _in_unit(dataset: Dataset, prediction: Array) -> Array:
    if dataset.class_names:
        return prediction
    return prediction * dataset.target_scale + dataset.target_mean


def evaluate(
    run: Run,
    *,
    split: Split = "test",
    epoch: Epoch | None = None,
    dataset: Dataset | None = None,
) -> Any:
    """Score every network of a run, each on its own samples.

    Parameters
    ----------
    run : Run
        What was trained.
    split : {"test", "train", "validation", "all"}
        On which part of the data.
    epoch : int, "best", "last" or None
        With the weights of that epoch, each network's best ones or the last ones; None: the
        best with early stopping, else the last.
    dataset : Dataset or None
        The data of the run's networks where they are at hand, as `load_run_dataset` gives them;
        None: made anew.

    Returns
    -------
    ClassificationEvaluation or RegressionEvaluation
        Arrays with one entry for each seed.

    Raises
    ------
    ValueError
        If the part has no samples, or no weights were kept at that epoch.
    """
    dataset = dataset or load_run_dataset(run.config)
    layers = run.layers(epoch)
    if dataset.networks:
        own = [
            _scores(run.config, [(W[k : k + 1], b[k : k + 1]) for W, b in layers], data, split)
            for k, data in enumerate(dataset.networks)
        ]
        scores = {name: np.concatenate([one[name] for one in own]) for name in own[0]}
    else:
        scores = _scores(run.config, layers, dataset, split)
    kind = ClassificationEvaluation if dataset.class_names else RegressionEvaluation
    return kind(
        split=split,
        epochs=run.shown_epochs(epoch),
        n_samples=len(dataset.split(split)[1]),
        counted=run.counted,
        **scores,
    )


def _scores(config: RunConfig, layers: Layers, dataset: Dataset, split: Split) -> dict[str, Array]:
    """The scores of networks on samples that they share, by name: shapes (n_networks, ...)."""
    X, y = dataset.split(split)
    n_networks = len(layers[0][0])
    scaled = y if dataset.class_names else (y - dataset.target_mean) / dataset.target_scale
    target = dataset.task.encode(scaled, layers[-1][0].shape[-1])
    loss_of = LOSSES[config.loss]
    log_loss_of = next(
        (LOSSES[name] for name in dataset.task.losses if LOSSES[name].canonical), loss_of
    )
    n_classes = len(dataset.class_names)
    loss, log_loss, squared, absolute = np.zeros((4, n_networks))  # sums over the samples
    confusion = np.zeros((n_networks, n_classes, n_classes), np.int64)
    for networks, rows, passed in _pieces(config, layers, X):
        losses = loss_of.value(np, target[rows], passed.output, passed.logits)
        loss[networks] += losses.sum(axis=-1, dtype=np.float64)
        said = _in_unit(dataset, dataset.task.decode(passed.output))  # (n_networks, n_rows)
        if dataset.class_names:
            if log_loss_of is not loss_of:
                losses = log_loss_of.value(np, target[rows], passed.output, passed.logits)
            log_loss[networks] += losses.sum(axis=-1, dtype=np.float64)
            confusion[networks] += [_confusion(y[rows], called, n_classes) for called in said]
        else:
            error = said.astype(np.float64) - y[rows]
            squared[networks] += (error**2).sum(axis=-1)
            absolute[networks] += np.abs(error).sum(axis=-1)
    shared = {
        "loss": loss / len(y),
        "baselines": np.full(n_networks, baseline_score(dataset, split)),
    }
    if dataset.class_names:
        accuracy = np.trace(confusion, axis1=1, axis2=2) / len(y)
        return shared | {
            "accuracy": accuracy,
            "confusion": confusion,
            "log_loss": log_loss / len(y),
        }
    mse = squared / len(y)
    return shared | {"mse": mse, "mae": absolute / len(y), "r2": _r2(mse, y)}


def _r2(mse: Array, y: Array) -> Array:
    variance = y.astype(np.float64).var()
    return 1 - mse / variance if variance else np.where(mse == 0, 1.0, 0.0)


def median_network(runs: Sequence[Run]) -> int:
    """The network that is the most typical one of runs that are looked at together.

    Networks are ranked by their validation loss, or by their training loss where nothing is
    kept for validation, never by the test split; the one is taken whose ranks in all runs are
    nearest to the middle.

    Parameters
    ----------
    runs : sequence of Run

    Returns
    -------
    int
        Its index, below the number of networks of the smallest run.
    """
    n = min(run.n_seeds for run in runs)
    distances = np.zeros(n)
    for run in runs:
        column = "val_loss" if "val_loss" in run.history else "train_loss"
        loss = np.where(run.counted, run.history_at(column), np.inf)[:n]
        ranks = np.argsort(np.argsort(loss, kind="stable"), kind="stable")
        middle = (np.isfinite(loss).sum() - 1) / 2
        distances += np.where(np.isfinite(loss), np.abs(ranks - middle), n)
    return int(distances.argmin())


def _confusion(y: Array, called: Array, n_classes: int) -> Array:
    counts = np.bincount(n_classes * y + called, minlength=n_classes**2)
    return counts.reshape(n_classes, n_classes)


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
        r2=_r2(mse, y),
    )

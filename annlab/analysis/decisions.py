"""Decisions for or against a class or a label: probabilities, and counts at thresholds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.prediction import pieces_of_pass
from annlab.datasets import Dataset, Split, load_run_dataset
from annlab.nn.forward import Layers
from annlab.nn.tasks import TargetKind
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]
Floats = NDArray[np.float64]

_NOTHING_TO_DECIDE = "positive: a regression has no classes to decide between"


@dataclass(frozen=True, eq=False)
class LogOdds:
    """Log odds of one class, the positive one, against all other classes; or of one label.

    They are kept in place of probabilities, because a probability near 1 rounds to 1 and would
    lose its logarithm.

    Attributes
    ----------
    log_odds : ndarray, shape (n_networks, n_samples)
        Logarithm of p / (1 - p), where p is the probability of the positive class, or of the
        label.
    is_positive : ndarray of bool, shape (n_networks, n_samples)
        Samples of the positive class, or with the label; the same rows unless each network has its
        own samples.
    """

    log_odds: Floats
    is_positive: NDArray[np.bool_]

    @property
    def probability(self) -> Floats:
        """Probability of the class or label in [0, 1], shape (n_networks, n_samples)."""
        probability: Floats = np.exp(-np.logaddexp(0, -self.log_odds))
        return probability

    @property
    def n_positive(self) -> NDArray[np.int64]:
        """Number of positive samples of each network, shape (n_networks,)."""
        n: NDArray[np.int64] = self.is_positive.sum(axis=1)
        return n

    @property
    def n_negative(self) -> NDArray[np.int64]:
        """Number of negative samples of each network, shape (n_networks,)."""
        return self.is_positive.shape[1] - self.n_positive

    def __len__(self) -> int:
        """Number of networks."""
        return len(self.log_odds)

    def of(self, network: int) -> "LogOdds":
        """Log odds of one network alone."""
        return self.only(slice(network, network + 1))

    def only(self, networks: slice | NDArray[np.bool_]) -> "LogOdds":
        """Log odds of some networks, as a slice or a mask of shape (n_networks,)."""
        return LogOdds(self.log_odds[networks], self.is_positive[networks])


def odds_of_one(
    run: Run,
    dataset: Dataset | None = None,
    *,
    positive: int,
    split: Split,
    epoch: Epoch | None = None,
) -> LogOdds:
    """Compute the log odds of one class, or of one label, for every network of a run.

    Parameters
    ----------
    run : Run
        Trained run.
    dataset : Dataset or None
        Data of the run's networks from `load_run_dataset`; None loads the data.
    positive : int
        Index of the positive class, where all other classes together are the negative one; or
        index of the label.
    split : {"train", "validation", "test", "all"}
    epoch : int, "best", "last" or None
        As for `Run.layers`.

    Returns
    -------
    LogOdds

    Raises
    ------
    ValueError
        If the run is a regression, there is no such class or label, the split has no samples, or
        no weights were kept at that epoch.
    """
    dataset = dataset or load_run_dataset(run.config)
    names = decided_names(dataset)
    if not names:
        raise ValueError(_NOTHING_TO_DECIDE)
    if not 0 <= positive < len(names):
        raise ValueError(f"positive: must be from 0 to {len(names) - 1}; got {positive}")
    return _odds(run, dataset, [positive], split, epoch)[0]


def odds_of_all(
    run: Run, dataset: Dataset | None = None, *, split: Split, epoch: Epoch | None = None
) -> tuple[LogOdds, ...]:
    """Compute the log odds of every class or label, with the parameters of `odds_of_one`.

    Returns
    -------
    tuple of LogOdds, length n_classes or n_labels

    Raises
    ------
    ValueError
        As in `odds_of_one`.
    """
    dataset = dataset or load_run_dataset(run.config)
    names = decided_names(dataset)
    if not names:
        raise ValueError(_NOTHING_TO_DECIDE)
    return _odds(run, dataset, range(len(names)), split, epoch)


def decided_names(dataset: Dataset) -> tuple[str, ...]:
    """Names of the classes or labels that networks decide about; empty for a regression."""
    kind = dataset.task.kind
    return DECISIONS[kind].names(dataset) if kind in DECISIONS else ()


def is_positive(dataset: Dataset, positive: int, split: Split) -> NDArray[np.bool_]:
    """Mask of the samples of a class, or with a label: shape (n_samples,)."""
    return DECISIONS[dataset.task.kind].is_positive(dataset.targets(split), positive)


def _odds(
    run: Run, dataset: Dataset, positives: Sequence[int], split: Split, epoch: Epoch | None
) -> tuple[LogOdds, ...]:
    layers = run.layers(epoch)
    if not dataset.networks:
        return tuple(
            LogOdds(log_odds, np.broadcast_to(is_positive(dataset, k, split), log_odds.shape))
            for k, log_odds in zip(
                positives, _log_odds(run, layers, dataset, positives, split), strict=True
            )
        )
    own = [
        _log_odds(run, [(W[k : k + 1], b[k : k + 1]) for W, b in layers], data, positives, split)
        for k, data in enumerate(dataset.networks)
    ]
    return tuple(
        LogOdds(
            np.concatenate([of_all[i] for of_all in own]),
            np.stack([is_positive(data, positive, split) for data in dataset.networks]),
        )
        for i, positive in enumerate(positives)
    )


def _log_odds(
    run: Run, layers: Layers, dataset: Dataset, positives: Sequence[int], split: Split
) -> Floats:
    """Log odds (n_positives, n_networks, n_samples) of networks that share their samples."""
    X, _ = dataset.split(split)
    log_odds = DECISIONS[dataset.task.kind].log_odds
    found = np.empty((len(positives), len(layers[0][0]), len(X)))
    for networks, rows, passed in pieces_of_pass(run.config, layers, X):
        for i, positive in enumerate(positives):
            found[i, networks, rows] = log_odds(passed.logits, positive)
    return found


def log_odds_of_class(logits: Array, positive: int) -> Floats:
    """Log odds of one class against all others.

    Parameters
    ----------
    logits : ndarray, shape (..., n_outputs)
        Of a softmax; or a single one, of the sigmoid that gives the second of two classes.
    positive : int
        Index of the class.

    Returns
    -------
    ndarray, shape (...)
        In float64.
    """
    exact = logits.astype(np.float64)
    if exact.shape[-1] == 1:
        only: Floats = exact[..., 0]
        return only if positive == 1 else -only
    others = np.delete(exact, positive, axis=-1)
    odds: Floats = exact[..., positive] - np.logaddexp.reduce(others, axis=-1)
    return odds


def log_odds_of_label(logits: Array, label: int) -> Floats:
    """Log odds of one label: its own logit, of shape (..., n_labels), in float64."""
    odds: Floats = logits[..., label].astype(np.float64)
    return odds


@dataclass(frozen=True)
class Decision:
    """What networks decide about.

    Attributes
    ----------
    names : callable
        Data set to the names of the classes or labels.
    log_odds : callable
        Logits of shape (..., n_outputs) and the index of a class or label to its log odds, of
        shape (...).
    is_positive : callable
        Targets of shape (n_samples, n_targets) and that index to a mask of shape (n_samples,).
    independent : bool
        Whether a sample can have several of them or none, each decided at its own threshold.
    """

    names: Callable[[Dataset], tuple[str, ...]]
    log_odds: Callable[[Array, int], Floats]
    is_positive: Callable[[Array, int], NDArray[np.bool_]]
    independent: bool


# Networks that predict values decide nothing.
DECISIONS: dict[TargetKind, Decision] = {
    "class": Decision(
        names=lambda dataset: dataset.class_names,
        log_odds=log_odds_of_class,
        is_positive=lambda y, k: y[:, 0] == k,
        independent=False,
    ),
    "labels": Decision(
        names=lambda dataset: dataset.target_names,
        log_odds=log_odds_of_label,
        is_positive=lambda y, k: y[:, k] == 1,
        independent=True,
    ),
}


@dataclass(frozen=True, eq=False)
class ThresholdCounts:
    """Confusion of every network at several thresholds.

    A sample is predicted as the positive class, or to have the label, if its probability is at
    least the threshold.

    Attributes
    ----------
    thresholds : ndarray, shape (n_thresholds,)
    true_positive, false_positive : ndarray of int, shape (n_networks, n_thresholds)
    n_positive, n_negative : ndarray of int, shape (n_networks,)
        Samples of both classes.
    """

    thresholds: Floats
    true_positive: NDArray[np.int64]
    false_positive: NDArray[np.int64]
    n_positive: NDArray[np.int64]
    n_negative: NDArray[np.int64]

    @property
    def false_negative(self) -> NDArray[np.int64]:
        """Missed positive samples, shape (n_networks, n_thresholds)."""
        return self.n_positive[:, None] - self.true_positive

    @property
    def true_negative(self) -> NDArray[np.int64]:
        """Negative samples predicted as such, shape (n_networks, n_thresholds)."""
        return self.n_negative[:, None] - self.false_positive

    @property
    def precision(self) -> Floats:
        """Share of the positive predictions that are right; 0 without any, as in scikit-learn."""
        return _ratio(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> Floats:
        """Share of the positive samples that are found; 0 without any."""
        return _ratio(self.true_positive, self.n_positive[:, None])

    @property
    def f1(self) -> Floats:
        """Harmonic mean of precision and recall; 0 where both are 0."""
        predicted_and_true = self.true_positive + self.false_positive + self.n_positive[:, None]
        return _ratio(2 * self.true_positive, predicted_and_true)

    @property
    def accuracy(self) -> Floats:
        """Share of all samples that are predicted right."""
        right = self.true_positive + self.true_negative
        return _ratio(right, (self.n_positive + self.n_negative)[:, None])


def counts_at(odds: LogOdds, thresholds: Floats | Sequence[float]) -> ThresholdCounts:
    """Count right and wrong predictions of every network at some thresholds.

    Parameters
    ----------
    odds : LogOdds
    thresholds : array-like, shape (n_thresholds,)
        Probabilities; a threshold above 1 predicts no sample as positive.

    Returns
    -------
    ThresholdCounts
    """
    at = np.asarray(thresholds, np.float64)
    hits = np.empty((len(odds), len(at)), np.int64)
    alarms = np.empty_like(hits)
    for k, (p, y) in enumerate(zip(odds.probability, odds.is_positive, strict=True)):
        for found, of_class in ((hits, p[y]), (alarms, p[~y])):
            found[k] = len(of_class) - np.searchsorted(np.sort(of_class), at, side="left")
    return ThresholdCounts(at, hits, alarms, odds.n_positive, odds.n_negative)


def _ratio(share: Array, whole: Array) -> Floats:
    out = np.zeros(np.broadcast_shapes(share.shape, whole.shape))
    ratio: Floats = np.divide(share, whole, out=out, where=whole > 0)
    return ratio

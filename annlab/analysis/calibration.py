"""Calibration: how often what a network holds for probable comes true."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.decisions import LogOdds
from annlab.nn.tasks import USUAL_THRESHOLD

Floats = NDArray[np.float64]

# Bins of equal width.
N_BINS = 10


class Confidence(NamedTuple):
    """How sure networks are of their decisions, and how often these are right.

    A network decides for the positive class or against it, whichever is more probable.

    Attributes
    ----------
    stated : ndarray, shape (n_networks,)
        Mean probability of the decision, in [0.5, 1].
    right : ndarray, shape (n_networks,)
        Share of right decisions.
    n_samples : int
    """

    stated: Floats
    right: Floats
    n_samples: int

    @property
    def excess(self) -> Floats:
        """How much surer a network is than it is right, shape (n_networks,)."""
        return self.stated - self.right


@dataclass(frozen=True, eq=False)
class Reliability:
    """Predicted probabilities and what came true, by bins of the probability.

    Attributes
    ----------
    edges : ndarray, shape (n_bins + 1,)
        Ends of the bins. A probability on an edge belongs to the bin below it.
    n_samples : ndarray of int, shape (n_networks, n_bins)
    predicted : ndarray, shape (n_networks, n_bins)
        Mean predicted probability of the positive class; NaN in an empty bin.
    observed : ndarray, shape (n_networks, n_bins)
        Share of positive samples; NaN in an empty bin.
    """

    edges: Floats
    n_samples: NDArray[np.int64]
    predicted: Floats
    observed: Floats

    @property
    def gap(self) -> Floats:
        """Expected calibration error: mean distance of both over all samples, (n_networks,).

        References
        ----------
        Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated probabilities using
        Bayesian binning.
        """
        distance = np.abs(np.nan_to_num(self.predicted - self.observed))
        gap: Floats = (distance * self.n_samples).sum(axis=1) / self.n_samples.sum(axis=1)
        return gap

    def pooled(self) -> "Reliability":
        """Samples of all networks together, as one network."""
        n = self.n_samples.sum(axis=0, keepdims=True)
        weights = np.divide(self.n_samples, n, out=np.zeros(self.n_samples.shape), where=n > 0)
        predicted, observed = (
            np.where(n > 0, (np.nan_to_num(means) * weights).sum(axis=0), np.nan)
            for means in (self.predicted, self.observed)
        )
        return Reliability(self.edges, n, predicted, observed)


def reliability(odds: LogOdds, n_bins: int = N_BINS) -> Reliability:
    """Compare predicted probabilities with shares of positive samples, in bins of equal width.

    Parameters
    ----------
    odds : LogOdds
    n_bins : int

    Returns
    -------
    Reliability
    """
    edges = np.linspace(0, 1, n_bins + 1)
    shape = (len(odds), n_bins)
    n, sums, positive = np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape)
    for k, (p, y) in enumerate(zip(odds.probability, odds.is_positive, strict=True)):
        bins = np.searchsorted(edges[1:-1], p)
        n[k] = np.bincount(bins, minlength=n_bins)
        sums[k] = np.bincount(bins, weights=p, minlength=n_bins)
        positive[k] = np.bincount(bins, weights=y, minlength=n_bins)
    predicted, observed = (
        np.divide(total, n, out=np.full(shape, np.nan), where=n > 0) for total in (sums, positive)
    )
    return Reliability(edges, n, predicted, observed)


def brier_score(odds: LogOdds) -> Floats:
    """Mean squared distance of the probability from 0 or 1: shape (n_networks,), best is 0.

    References
    ----------
    Brier (1950), Verification of forecasts expressed in terms of probability.
    """
    score: Floats = ((odds.probability - odds.is_positive) ** 2).mean(axis=1)
    return score


def log_loss(odds: LogOdds) -> Floats:
    """Mean negative logarithm of the probability of what is true: shape (n_networks,)."""
    toward = np.where(odds.is_positive, odds.log_odds, -odds.log_odds)
    loss: Floats = np.logaddexp(0, -toward).mean(axis=1)
    return loss


def confidence(odds: LogOdds) -> Confidence:
    """Compare the probability of decisions with the share of right ones.

    References
    ----------
    Guo et al. (2017), On calibration of modern neural networks.
    """
    p = odds.probability
    right = ((p >= USUAL_THRESHOLD) == odds.is_positive).mean(axis=1)
    return Confidence(np.maximum(p, 1 - p).mean(axis=1), right, p.shape[1])

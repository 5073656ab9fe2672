"""Costs of wrong decisions: the cheapest threshold on one split, and its cost on another."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.decisions import LogOdds, ThresholdCounts, counts_at
from annlab.nn.tasks import USUAL_THRESHOLD

Floats = NDArray[np.float64]

# No probability reaches it: no sample is predicted as the positive class.
NEVER = float(np.nextafter(1.0, 2.0))


class Costs(NamedTuple):
    """Cost matrix: what each kind of mistake costs; a right decision costs nothing.

    Attributes
    ----------
    missed : float
        Cost of a positive sample that is predicted as negative.
    false_alarm : float
        Cost of a negative sample that is predicted as positive.
    """

    missed: float
    false_alarm: float

    def per_sample(self, counts: ThresholdCounts) -> Floats:
        """Mean cost of a sample, shape (n_networks, n_thresholds)."""
        total = self.missed * counts.false_negative + self.false_alarm * counts.false_positive
        cost: Floats = total / (counts.n_positive + counts.n_negative)[:, None]
        return cost

    @property
    def ideal_threshold(self) -> float:
        """Cheapest threshold for probabilities that come true as often as they say.

        `USUAL_THRESHOLD` if no mistake costs anything.

        References
        ----------
        Elkan (2001), The foundations of cost-sensitive learning, equation 2.
        """
        both = self.missed + self.false_alarm
        return self.false_alarm / both if both else USUAL_THRESHOLD


@dataclass(frozen=True, eq=False)
class CheapestThresholds:
    """Threshold that each network chose on one split, and costs on another.

    Costs are means per sample, each of shape (n_networks,).

    Attributes
    ----------
    thresholds : ndarray, shape (n_networks,)
        0 predicts every sample as positive, `NEVER` none.
    cost : ndarray
        Cost at the chosen threshold on the other split.
    usual_cost : ndarray
        Cost at `USUAL_THRESHOLD` on the other split.
    constant_cost : ndarray
        Cost on the other split of the same decision for every sample: the one that is cheaper on
        the split that chose.
    """

    thresholds: Floats
    cost: Floats
    usual_cost: Floats
    constant_cost: Floats

    def only(self, networks: NDArray[np.bool_]) -> "CheapestThresholds":
        """Thresholds and costs of some networks, by a mask of shape (n_networks,)."""
        return CheapestThresholds(**{name: of[networks] for name, of in vars(self).items()})


def cheapest_thresholds(odds: LogOdds, costs: Costs) -> Floats:
    """Find the threshold of each network with the lowest cost on its samples.

    Parameters
    ----------
    odds : LogOdds
        On the split that may choose: validation or training.
    costs : Costs

    Returns
    -------
    ndarray, shape (n_networks,)
        Midpoints between neighboring probabilities, 0 or `NEVER`. Of several cheapest ones, the
        one nearest to `Costs.ideal_threshold`.
    """
    thresholds = np.empty(len(odds))
    for k in range(len(odds)):
        own = odds.of(k)
        p = np.unique(own.probability)
        candidates = np.concatenate([[0.0], (p[1:] + p[:-1]) / 2, [NEVER]])
        of_each = costs.per_sample(counts_at(own, candidates))[0]
        best = np.flatnonzero(of_each <= of_each.min() * (1 + 1e-12))
        nearest = np.abs(candidates[best] - costs.ideal_threshold).argmin()
        thresholds[k] = candidates[best[nearest]]
    return thresholds


def choose_thresholds(choosing: LogOdds, scored: LogOdds, costs: Costs) -> CheapestThresholds:
    """Choose each network's cheapest threshold on one split, and count its costs on another.

    Parameters
    ----------
    choosing, scored : LogOdds
        Of the same networks and the same class, on the split that may choose and on the split that
        judges.
    costs : Costs

    Returns
    -------
    CheapestThresholds
    """
    thresholds = cheapest_thresholds(choosing, costs)
    constant = np.array([0.0, NEVER])
    cheaper = costs.per_sample(counts_at(choosing, constant)).argmin(axis=1)
    rows = np.arange(len(scored))
    cost = [
        costs.per_sample(counts_at(scored.of(k), [at]))[0, 0] for k, at in enumerate(thresholds)
    ]
    return CheapestThresholds(
        thresholds=thresholds,
        cost=np.array(cost),
        usual_cost=costs.per_sample(counts_at(scored, [USUAL_THRESHOLD]))[:, 0],
        constant_cost=costs.per_sample(counts_at(scored, constant))[rows, cheaper],
    )

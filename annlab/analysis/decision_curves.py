"""ROC and precision-recall curves of every network, on one grid, with their areas."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.decisions import LogOdds

Array = NDArray[Any]
Floats = NDArray[np.float64]

# Positions at which the curves of all networks are compared.
N_GRID = 201
# A share such as 3 / 10 and a position such as 0.3 differ by rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class DecisionCurves:
    """Curves of all networks on a common grid.

    Attributes
    ----------
    grid : ndarray, shape (n_grid,)
        Positions on the horizontal axis, from 0 to 1.
    heights : ndarray, shape (n_networks, n_grid)
        Height of each network's curve.
    areas : ndarray, shape (n_networks,)
        Area under each network's own curve, not under the curve on the grid.
    chance : float
        Area of a network that ranks the samples by chance.
    """

    grid: Floats
    heights: Floats
    areas: Floats
    chance: float


def roc_curves(odds: LogOdds, n_grid: int = N_GRID) -> DecisionCurves:
    """Receiver operating characteristic: true positives over false positives, as shares.

    Parameters
    ----------
    odds : LogOdds
    n_grid : int
        Number of positions, from a share of false positives of 0 to 1.

    Returns
    -------
    DecisionCurves
        Heights by vertical averaging: on a vertical piece of a curve, its upper end. The area is
        the probability that a positive sample ranks above a negative one, ties counting half.

    Raises
    ------
    ValueError
        If a network's samples lack one of the two classes.

    References
    ----------
    Fawcett (2006), An introduction to ROC analysis, sections 7 and 8.
    """
    _check(odds, "a ROC curve")
    grid = np.linspace(0, 1, n_grid)
    heights, areas = np.empty((len(odds), n_grid)), np.empty(len(odds))
    for k, (hits, alarms) in enumerate(_steps(odds)):
        x, y = alarms / alarms[-1], hits / hits[-1]
        areas[k] = (np.diff(x) * (y[1:] + y[:-1])).sum() / 2
        left = (
            np.searchsorted(x, grid + _ROUNDING, side="right") - 1
        )  # the last point at or before x
        right = np.minimum(left + 1, len(x) - 1)
        width = x[right] - x[left]
        share = np.divide(
            np.maximum(grid - x[left], 0), width, out=np.zeros(n_grid), where=width > 0
        )
        heights[k] = y[left] + share * (y[right] - y[left])
    return DecisionCurves(grid, heights, areas, 0.5)


def precision_recall_curves(odds: LogOdds, n_grid: int = N_GRID) -> DecisionCurves:
    """Precision over recall.

    Parameters
    ----------
    odds : LogOdds
    n_grid : int
        Number of positions, from a recall of 0 to 1.

    Returns
    -------
    DecisionCurves
        Heights are steps: the precision at the highest threshold that reaches this recall, because
        a straight line between two points would be too optimistic. The area is the average
        precision, the area under these steps.

    Raises
    ------
    ValueError
        If a network's samples lack one of the two classes.

    References
    ----------
    Davis and Goadrich (2006), The relationship between precision-recall and ROC curves.
    """
    _check(odds, "a precision-recall curve")
    grid = np.linspace(0, 1, n_grid)
    heights, areas = np.empty((len(odds), n_grid)), np.empty(len(odds))
    for k, (hits, alarms) in enumerate(_steps(odds)):
        recall = hits[1:] / hits[-1]
        precision = hits[1:] / (hits[1:] + alarms[1:])
        areas[k] = (np.diff(recall, prepend=0.0) * precision).sum()
        # Without a found sample the precision is 0, which says nothing about a recall of 0.
        first = np.maximum(np.searchsorted(recall, grid - _ROUNDING), (recall == 0).sum())
        heights[k] = precision[first]
    share = odds.n_positive.sum() / odds.is_positive.size
    return DecisionCurves(grid, heights, areas, float(share))


def _check(odds: LogOdds, what: str) -> None:
    if not (odds.n_positive.all() and odds.n_negative.all()):
        raise ValueError(f"{what} needs samples of the positive class and of another class")


def _steps(odds: LogOdds) -> list[tuple[Array, Array]]:
    """Number of hits and false alarms of each network at falling thresholds, from 0 on."""
    steps = []
    for p, y in zip(odds.probability, odds.is_positive, strict=True):
        order = np.argsort(-p, kind="stable")
        # Samples with the same probability are predicted together.
        ends = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)
        hits = np.cumsum(y[order])[ends]
        steps.append((np.append(0, hits), np.append(0, ends + 1 - hits)))
    return steps

"""Counts and scores of models at every threshold, as data for the browser."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.decisions import LogOdds, counts_at
from annlab.analysis.label_decisions import label_scores_at

Floats = NDArray[np.float64]

# Even steps of the slider: 0, 0.01, …, 1.
N_STEPS = 100
_SCORES = ("precision", "recall", "f1", "accuracy")


def slider_thresholds(chosen: Sequence[float]) -> Floats:
    """Thresholds of the slider: even steps, and those that models chose.

    Parameters
    ----------
    chosen : sequence of float
        They are often so near to 0 or 1 that the nearest even step has other costs.

    Returns
    -------
    ndarray, shape (n_thresholds,)
        Ascending.
    """
    thresholds: Floats = np.union1d(np.arange(N_STEPS + 1) / N_STEPS, chosen)
    return thresholds


def decision_data(
    odds: LogOdds, thresholds: Floats, counted: NDArray[np.bool_], network: int
) -> dict[str, Any]:
    """Counts and scores of one model at every threshold of the slider.

    Parameters
    ----------
    odds : LogOdds
        Of all networks of the model.
    thresholds : ndarray, shape (n_thresholds,)
    counted : ndarray of bool, shape (n_networks,)
        Networks behind the scores.
    network : int
        Index of the network behind the counts.

    Returns
    -------
    dict
        ``true_positive``, ``false_positive``: lists of int, length n_thresholds; ``n_positive``,
        ``n_negative``: int; each score: a list of mean and standard deviation over the networks,
        the latter None for a single network.
    """
    one = counts_at(odds.of(network), thresholds)
    every = counts_at(odds.only(counted), thresholds)
    return {
        "true_positive": one.true_positive[0].tolist(),
        "false_positive": one.false_positive[0].tolist(),
        "n_positive": int(one.n_positive[0]),
        "n_negative": int(one.n_negative[0]),
        **{name: _spread(getattr(every, name)) for name in _SCORES},
    }


def together_data(
    odds: Sequence[LogOdds],
    chosen: Sequence[float],
    label: int,
    thresholds: Floats,
    counted: NDArray[np.bool_],
) -> dict[str, Any]:
    """Scores of all labels of one model together, at every threshold of one label.

    Parameters
    ----------
    odds : sequence of LogOdds, length n_labels
    chosen : sequence of float, length n_labels
        Threshold of each label.
    label : int
        Index of the label whose threshold the slider moves.
    thresholds : ndarray, shape (n_thresholds,)
    counted : ndarray of bool, shape (n_networks,)
        Networks behind the scores.

    Returns
    -------
    dict
        ``label_accuracy``, ``subset_accuracy``: lists as in `decision_data`.
    """
    found = label_scores_at([one.only(counted) for one in odds], chosen, label, thresholds)
    return {name: _spread(values) for name, values in found._asdict().items()}


def _spread(values: Floats) -> list[list[float | None]]:
    """Mean and standard deviation over networks, for each threshold."""
    means = values.mean(axis=0).round(4).tolist()
    if len(values) < 2:
        return [[mean, None] for mean in means]
    deviations = values.std(axis=0, ddof=1).round(4).tolist()
    return [list(pair) for pair in zip(means, deviations, strict=True)]

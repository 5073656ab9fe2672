"""Decisions about all labels together, each label at a threshold of its own."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.decisions import LogOdds, counts_at

Floats = NDArray[np.float64]


class LabelScores(NamedTuple):
    """Scores of all labels together, while the threshold of one label moves.

    Attributes
    ----------
    label_accuracy : ndarray, shape (n_networks, n_thresholds)
        Share of all labels of all samples that are right, which is 1 minus the Hamming loss.
    subset_accuracy : ndarray, shape (n_networks, n_thresholds)
        Share of samples whose labels are all right.
    """

    label_accuracy: Floats
    subset_accuracy: Floats


def label_scores_at(
    odds: Sequence[LogOdds],
    thresholds: Sequence[float],
    label: int,
    moved: Floats | Sequence[float],
) -> LabelScores:
    """Score all labels together at several thresholds of one of them.

    Parameters
    ----------
    odds : sequence of LogOdds, length n_labels
        From `odds_of_all`.
    thresholds : sequence of float, length n_labels
        Threshold of each label; that of `label` is not used.
    label : int
        Index of the label whose threshold moves.
    moved : array-like, shape (n_thresholds,)
        Its thresholds.

    Returns
    -------
    LabelScores
    """
    n_labels, (n_networks, n_samples) = len(odds), odds[0].log_odds.shape
    others = [
        (of_label.probability >= at) == of_label.is_positive
        for k, (of_label, at) in enumerate(zip(odds, thresholds, strict=True))
        if k != label
    ]
    right = np.array(others, bool).reshape(n_labels - 1, n_networks, n_samples)
    n_right = right.sum(axis=(0, 2))
    all_right: NDArray[np.bool_] = np.logical_and.reduce(right, axis=0)  # (n_networks, n_samples)
    of_labels, of_subsets = [], []
    for k in range(n_networks):
        own = odds[label].of(k)
        of_labels.append(n_right[k] + _n_right(own, moved))
        # Only samples whose other labels are all right can have all labels right.
        undecided = LogOdds(own.log_odds[:, all_right[k]], own.is_positive[:, all_right[k]])
        of_subsets.append(_n_right(undecided, moved))
    return LabelScores(
        np.array(of_labels) / (n_labels * n_samples), np.array(of_subsets) / n_samples
    )


def _n_right(odds: LogOdds, thresholds: Floats | Sequence[float]) -> NDArray[np.int64]:
    """Number of right decisions of one network at each threshold, shape (n_thresholds,)."""
    counts = counts_at(odds, thresholds)
    right: NDArray[np.int64] = (counts.true_positive + counts.true_negative)[0]
    return right

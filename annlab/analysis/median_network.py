"""Median network: the network that plots show as typical of all networks of a run."""

from collections.abc import Sequence

import numpy as np

from annlab.runs.history import watched_loss
from annlab.runs.run import Run


def median_network(runs: Sequence[Run]) -> int:
    """Index of the most typical network of runs that are displayed together.

    Networks are ranked by their watched loss (validation, else training; never test). The
    median network has the ranks nearest to the middle over all runs.

    Parameters
    ----------
    runs : sequence of Run

    Returns
    -------
    int
        Index below the number of networks of the smallest run.
    """
    n = min(run.n_seeds for run in runs)
    distances = np.zeros(n)
    for run in runs:
        loss = np.where(run.counted, run.history_at(watched_loss(run.n_samples)), np.inf)[:n]
        ranks = np.argsort(np.argsort(loss, kind="stable"), kind="stable")
        middle = (np.isfinite(loss).sum() - 1) / 2
        distances += np.where(np.isfinite(loss), np.abs(ranks - middle), n)
    return int(distances.argmin())

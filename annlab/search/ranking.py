"""Ranks of configs: ties share a rank, diverged networks count as worst."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# Means that agree to this many significant digits are equal: scores are float32, and the same
# mean of other seeds must not differ by rounding.
_DIGITS = 6


def worst_where(diverged: NDArray[np.bool_], scores: Array, higher_is_better: bool) -> Array:
    """Give diverged networks the worst score that any other network has.

    Parameters
    ----------
    diverged : ndarray of bool, shape (n_configs, n_seeds)
    scores : ndarray of float64, shape (n_configs, n_seeds)
        NaN where a network was not trained, which stays NaN.
    higher_is_better : bool

    Returns
    -------
    ndarray of float64, shape (n_configs, n_seeds)
        If all networks diverged, all have the worst score among them.
    """
    trained = ~np.isnan(scores)
    finite = trained & np.isfinite(scores)
    others = finite & ~diverged
    pool = scores[others] if others.any() else scores[finite]
    if not pool.size:
        return scores
    worst = pool.min() if higher_is_better else pool.max()
    return np.where(trained & (diverged | ~np.isfinite(scores)), worst, scores)


def shared_ranks(n_rungs: Array, means: Array, higher_is_better: bool) -> NDArray[np.int64]:
    """Competition ranks of configs: longer training first, then the better mean.

    Parameters
    ----------
    n_rungs : ndarray of int, shape (n_configs,)
        Recorded epochs that a config reached; 0 for one that was not trained.
    means : ndarray, shape (n_configs,)
    higher_is_better : bool

    Returns
    -------
    ndarray of int, shape (n_configs,)
        From 1; equal configs share a rank: 1, 1, 3. 0 for a config that was not trained.
    """
    rounded = np.array([float(f"{mean:.{_DIGITS}g}") for mean in means])
    costs = np.where(n_rungs > 0, -rounded if higher_is_better else rounded, 0.0)
    keys = list(zip((-n_rungs).tolist(), costs.tolist(), strict=True))
    first: dict[tuple[int, float], int] = {}
    for rank, k in enumerate(sorted(range(len(keys)), key=keys.__getitem__), start=1):
        first.setdefault(keys[k], rank)
    return np.array(
        [first[key] if n else 0 for key, n in zip(keys, n_rungs.tolist(), strict=True)], np.int64
    )


def order_by_score(ranks: Array, losses: Array) -> NDArray[np.int64]:
    """Indices of the ranked configs, best first; equal ranks by the lower mean loss."""
    order = np.lexsort((losses, ranks))
    return order[ranks[order] > 0].astype(np.int64)

"""Variance components: how much of the spread of a search is settings, and how much is luck."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.f_distribution import f_quantile
from annlab.analysis.intervals import LEVEL
from annlab.search.table import SearchTable

Array = NDArray[Any]


@dataclass(frozen=True)
class VarianceComponents:
    """Variance of the scores between configs and within them.

    Attributes
    ----------
    between : float
        Variance that the settings cause: ``(ms_between - ms_within) / seeds``, at least 0.
    within : float
        Variance between networks of one config, which differ only in their seeds: `ms_within`.
    ms_between, ms_within : float
        Mean squares of the one-way analysis of variance.
    interval : tuple of float or None
        95 % interval of `share`, in [0, 1]; exact for normal scores and equal numbers of seeds.
        None if the networks of each config have equal scores.
    n_configs, n_networks : int
        Configs with at least one counted network, and counted networks.
    n_diverged : int
        Networks that are left out because they diverged.
    after_epochs : int or None
        Epochs after which the scores were taken, if the training went on; else None.
    """

    between: float
    within: float
    ms_between: float
    ms_within: float
    interval: tuple[float, float] | None
    n_configs: int
    n_networks: int
    n_diverged: int = 0
    after_epochs: int | None = None

    @property
    def share(self) -> float:
        """Share of the variance that the settings cause, in [0, 1]; 0 without any variance."""
        total = self.between + self.within
        return self.between / total if total > 0 else 0.0

    @property
    def sentence(self) -> str:
        """Result in words."""
        left_out = f" {_networks(self.n_diverged)} left out." if self.n_diverged else ""
        when = _after(self.after_epochs) if self.after_epochs else ""
        if self.between + self.within == 0:
            return f"All networks have the same score{when}.{left_out}"
        found = (
            f"Settings account for {self.share:.0%} of the variance between networks{when}, "
            f"seeds {1 - self.share:.0%}"
        )
        if self.interval is None:
            return f"{found}.{left_out}"
        low, high = self.interval
        ends = f"{low:.0%} to {high:.0%}".replace("%", "", 1)
        return f"{found} ({LEVEL:.0%} interval of the settings' share: {ends}).{left_out}"


def _after(n_epochs: int) -> str:
    return f" after the first {f'{n_epochs:,} epochs' if n_epochs > 1 else 'epoch'}"


def _networks(n: int) -> str:
    return f"{n} diverged network{'s are' if n > 1 else ' is'}"


def variance_components(
    scores: Array, counted: NDArray[np.bool_] | None = None
) -> VarianceComponents:
    """Split the variance of scores into a part between configs and a part within them.

    Parameters
    ----------
    scores : ndarray, shape (n_configs, n_seeds)
    counted : ndarray of bool, shape (n_configs, n_seeds), or None
        Networks that count; None counts all. Configs may have unequal numbers of them.

    Returns
    -------
    VarianceComponents

    Raises
    ------
    ValueError
        If fewer than two configs are left, or none has two networks.

    References
    ----------
    Searle, Casella & McCulloch (1992), Variance Components, 3.6 (balanced) and 4.2 (unbalanced).
    """
    counted = np.ones(scores.shape, bool) if counted is None else counted
    rows = [row[mask].astype(np.float64) for row, mask in zip(scores, counted, strict=True)]
    rows = [row for row in rows if row.size]
    sizes = np.array([row.size for row in rows])
    n_configs, n_networks = len(rows), int(sizes.sum())
    df_between, df_within = n_configs - 1, n_networks - n_configs
    if df_between < 1:
        raise ValueError(f"scores: at least two configs are needed, got {n_configs}")
    if df_within < 1:
        raise ValueError(
            "n_seeds: with one network for each config, settings and luck cannot be told apart. "
            "Use at least 2 seeds."
        )
    means = np.array([row.mean() for row in rows])
    center = np.concatenate(rows).mean()
    ms_between = float(sizes @ (means - center) ** 2) / df_between
    within = sum(float(((row - mean) ** 2).sum()) for row, mean in zip(rows, means, strict=True))
    ms_within = within / df_within
    # The number of seeds; of unequal numbers, the one with which the estimate is unbiased.
    n_each = (n_networks - float(sizes @ sizes) / n_networks) / df_between
    return VarianceComponents(
        between=max(0.0, (ms_between - ms_within) / n_each),
        within=ms_within,
        ms_between=ms_between,
        ms_within=ms_within,
        interval=_interval(ms_between, ms_within, n_each, df_between, df_within),
        n_configs=n_configs,
        n_networks=n_networks,
        n_diverged=int((~counted).sum()),
    )


def _interval(
    ms_between: float, ms_within: float, n_each: float, df_between: int, df_within: int
) -> tuple[float, float] | None:
    """Interval of the share of the variance that the settings cause (Searle et al., 3.6d)."""
    if not ms_within:
        return None
    ratio, tail = ms_between / ms_within, (1 - LEVEL) / 2
    ends = []
    for probability in (1 - tail, tail):
        excess = ratio / f_quantile(probability, df_between, df_within) - 1
        ends.append(max(0.0, excess / (excess + n_each)))
    return ends[0], ends[1]


def variance_of_search(table: SearchTable) -> VarianceComponents:
    """Variance components of the headline scores of a search.

    They are those after the last epoch; of halving after the first rung, which all configs reach.
    Its score selects the configs of later rungs, so the spread between those is too small. Networks
    that diverged until then are left out and counted: they have no score of their own.

    Raises
    ------
    ValueError
        If fewer than two configs got there, or each has one network.
    """
    epochs = table.config.epochs
    rung = 0 if table.config.plan.halves else len(epochs) - 1
    trained = table.trained[:, :, rung]
    diverged = (table.diverged_epochs > 0) & (table.diverged_epochs <= epochs[rung])
    got_there = trained.any(axis=1)
    counted = trained & ~diverged
    found = variance_components(table.seen(rung)[got_there], counted[got_there])
    return replace(
        found,
        n_diverged=int((trained & diverged).sum()),
        after_epochs=epochs[rung] if epochs[rung] < epochs[-1] else None,
    )

"""Configs of a search as numbers and texts: what tables and pictures of it need."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class SearchAxis(NamedTuple):
    """Values of one searched setting.

    Attributes
    ----------
    label : str
    values : tuple
        One for each config: numbers, or texts.
    levels : tuple of str
        Of texts: all of them in their order. Empty for numbers.
    is_log : bool
        Whether the numbers belong on a logarithmic scale.
    """

    label: str
    values: tuple[Any, ...]
    levels: tuple[str, ...] = ()
    is_log: bool = False

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers."""
        return not self.levels


@dataclass(frozen=True)
class SearchPoints:
    """Configs of a search that were trained, with their scores.

    Attributes
    ----------
    axes : tuple of SearchAxis
        Searched settings, with values of shape (n_configs,).
    rows : ndarray of int, shape (n_configs,)
        Index of each config in the table of the search.
    scores : ndarray, shape (n_configs, n_seeds)
        Headline score of each network on the validation split. Diverged networks have the worst.
    n_diverged : ndarray of int, shape (n_configs,)
        Networks of each config that diverged.
    ranks : ndarray of int, shape (n_configs,)
        From 1; equal configs share a rank.
    score_label : str
        Such as "Accuracy".
    higher_is_better, is_share : bool
        Direction of the score, and whether it is a share of samples.
    """

    axes: tuple[SearchAxis, ...]
    rows: NDArray[np.int64]
    scores: Array
    n_diverged: NDArray[np.int64]
    ranks: NDArray[np.int64]
    score_label: str
    higher_is_better: bool
    is_share: bool

    @property
    def n_configs(self) -> int:
        """Number of configs."""
        return len(self.rows)

    @property
    def n_seeds(self) -> int:
        """Number of networks of each config."""
        return self.scores.shape[1]

    @property
    def means(self) -> Array:
        """Mean over the seeds of each config, shape (n_configs,)."""
        return self.scores.mean(axis=1)

    @property
    def mean_label(self) -> str:
        """Name of `means`, such as "accuracy, mean of 5 seeds"."""
        label = self.score_label.lower()
        return label if self.n_seeds == 1 else f"{label}, mean of {self.n_seeds} seeds"

    def place_of(self, row: int) -> int | None:
        """Index of a config from its row in the table of the search; None if it is not here."""
        found = np.flatnonzero(self.rows == row)
        return int(found[0]) if len(found) else None

    def best(self, at_most: int) -> "SearchPoints":
        """Keep the configs with the best ranks, in their order."""
        if self.n_configs <= at_most:
            return self
        kept = np.sort(np.argsort(self.ranks, kind="stable")[:at_most])
        axes = tuple(
            axis._replace(values=tuple(axis.values[k] for k in kept)) for axis in self.axes
        )
        return SearchPoints(
            axes,
            self.rows[kept],
            self.scores[kept],
            self.n_diverged[kept],
            self.ranks[kept],
            self.score_label,
            self.higher_is_better,
            self.is_share,
        )

    def describe(self, k: int) -> str:
        """Settings and scores of config k in lines of HTML, for a hover text."""
        settings = [f"{axis.label} {_written(axis.values[k])}" for axis in self.axes]
        low, high = self.scores[k].min(), self.scores[k].max()
        mean = f"{self.score_label}: mean {self.means[k]:.4g}"
        if self.n_seeds > 1:
            mean += f" of {self.n_seeds} seeds ({low:.4g} to {high:.4g})"
        lines = [f"rank {self.ranks[k]}: {', '.join(settings)}", mean]
        if self.n_diverged[k]:
            lines.append(f"{self.n_diverged[k]} of {self.n_seeds} networks diverged")
        return "<br>".join(lines)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"

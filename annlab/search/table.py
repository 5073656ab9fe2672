"""SearchTable: the record of a search, with validation scores of every network, and its file."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from annlab import tensor_file
from annlab.nn.tasks import Score
from annlab.search.ranking import order_by_score, shared_ranks, worst_where
from annlab.search.search_config import SearchConfig
from annlab.search.space import Combination
from annlab.tensor_file import SavedFileError
from annlab.validation import RESULTS_VERSION

Array = NDArray[Any]

# First axis of the scores.
LOSS, SCORE = 0, 1
_KIND = "search"


def _none() -> NDArray[np.float32]:
    return np.zeros(0, np.float32)


# Arrays have no single truth value, so two tables are equal only if they are the same object.
@dataclass(frozen=True, eq=False)
class SearchTable:
    """What a search found out: validation scores of all networks, at the epochs that count.

    A running search fills `scores` and `diverged_epochs` in place; nothing else changes them.

    Attributes
    ----------
    config : SearchConfig
    combinations : tuple of tuple
        A value of each searched setting, for each config.
    scores : ndarray of float32, shape (2, n_configs, n_seeds, n_epochs)
        Loss and headline score on the validation split, at `config.epochs`. NaN where a network
        was not trained: halving dropped it, or the search was stopped. A diverged network repeats
        its last finite scores.
    diverged_epochs : ndarray of int, shape (n_configs, n_seeds)
        Epoch in which a network diverged, or 0.
    test_scores : ndarray of float32, shape (n_seeds,)
        Headline score of the winner's networks on the test split; empty until it is opened.
    """

    config: SearchConfig
    combinations: tuple[Combination, ...]
    scores: NDArray[np.float32]
    diverged_epochs: NDArray[np.int64]
    test_scores: NDArray[np.float32] = field(default_factory=_none)

    def __post_init__(self) -> None:
        shape = (len(self.combinations), self.config.n_seeds)
        expected = (2, *shape, len(self.config.epochs))
        if self.scores.shape != expected or self.diverged_epochs.shape != shape:
            raise ValueError(f"scores: must be of shape {expected}, got {self.scores.shape}")

    @classmethod
    def empty(cls, config: SearchConfig) -> Self:
        """Table of a search before its first training."""
        combinations = tuple(config.combinations())
        shape = (len(combinations), config.n_seeds)
        scores = np.full((2, *shape, len(config.epochs)), np.nan, np.float32)
        return cls(config, combinations, scores, np.zeros(shape, np.int64))

    @property
    def n_configs(self) -> int:
        """Number of configs."""
        return len(self.combinations)

    @property
    def headline(self) -> Score:
        """Score that ranks the configs."""
        return self.config.base.task.headline

    @property
    def trained(self) -> NDArray[np.bool_]:
        """Mask of the scores that exist, shape (n_configs, n_seeds, n_epochs)."""
        return ~np.isnan(self.scores[SCORE])

    @property
    def n_seeds(self) -> int:
        """Number of seeds that are compared: the first ones, which every trained config has.

        Fewer than `config.n_seeds` while a search is extended by seeds. Means over unequal
        numbers of seeds would favor configs with few of them.
        """
        found = self.trained[:, :, 0].sum(axis=1)
        return int(found[found > 0].min(initial=self.config.n_seeds))

    @property
    def n_rungs(self) -> NDArray[np.int64]:
        """Number of recorded epochs that all compared networks reached, shape (n_configs,)."""
        return self.trained[:, : self.n_seeds].all(axis=1).sum(axis=1)

    @property
    def epochs_trained(self) -> NDArray[np.int64]:
        """Last recorded epoch that all compared networks reached, or 0: shape (n_configs,)."""
        return np.array([0, *self.config.epochs])[self.n_rungs]

    @property
    def network_epochs(self) -> int:
        """Epochs of all networks together, up to the last recorded one of each."""
        reached = np.array([0, *self.config.epochs])[self.trained.sum(axis=2)]
        return int(reached.sum())

    @property
    def n_diverged(self) -> NDArray[np.int64]:
        """Number of compared networks of each config that diverged, shape (n_configs,)."""
        return (self.diverged_epochs[:, : self.n_seeds] > 0).sum(axis=1)

    @property
    def is_complete(self) -> bool:
        """Whether the search tried everything that it planned to try."""
        left = self.config.plan.n_left(self.n_configs, len(self.config.epochs))
        found = self.trained.all(axis=1).sum(axis=0).tolist()
        return all(n >= needed for n, needed in zip(found, left, strict=True))

    def seen(self, rung: int = -1) -> Array:
        """Headline score of every network at a recorded epoch.

        Parameters
        ----------
        rung : int
            Index of an epoch in `config.epochs`.

        Returns
        -------
        ndarray of float64, shape (n_configs, n_seeds)
            A network that diverged up to that epoch has the worst score that any network has at
            that epoch. NaN where a network was not trained.
        """
        scores = self.scores[SCORE, :, :, rung].astype(np.float64)
        at = self.diverged_epochs
        return worst_where(
            (at > 0) & (at <= self.config.epochs[rung]), scores, self.headline.higher_is_better
        )

    def mean_scores(self, rung: int | None = None) -> Array:
        """Mean of the headline score over the compared seeds of each config.

        Parameters
        ----------
        rung : int or None
            Index of an epoch in `config.epochs`; None takes the last epoch that each config
            reached.

        Returns
        -------
        ndarray of float64, shape (n_configs,)
            Diverged networks count with the worst score. NaN for a config that was not trained.
        """
        rungs, n = range(len(self.config.epochs)), self.n_seeds
        means = np.stack([self.seen(k)[:, :n].mean(axis=1) for k in rungs])
        if rung is not None:
            return means[rung]
        last = np.maximum(self.n_rungs - 1, 0)
        return means[last, np.arange(self.n_configs)]

    @property
    def ranks(self) -> NDArray[np.int64]:
        """Rank of each config, shape (n_configs,): 1 is the best, 0 was not trained.

        Configs that trained longer come first, then the better mean score. Equal means share a
        rank, and the next rank counts all of them: 1, 1, 3.
        """
        return shared_ranks(self.n_rungs, self.mean_scores(), self.headline.higher_is_better)

    @property
    def order(self) -> NDArray[np.int64]:
        """Indices of the trained configs, best first; equal ranks by their mean loss."""
        # (n_configs, n_epochs)
        losses = self.scores[LOSS, :, : self.n_seeds].mean(axis=1, dtype=np.float64)
        last = np.maximum(self.n_rungs - 1, 0)
        return order_by_score(self.ranks, losses[np.arange(self.n_configs), last])

    @property
    def winner(self) -> int | None:
        """Index of the best config; None if none was trained."""
        return int(self.order[0]) if len(self.order) else None

    def extended(self, config: SearchConfig) -> "SearchTable":
        """Table of another search that keeps every score which both need.

        Parameters
        ----------
        config : SearchConfig
            With other levels, choices, strategy, number of configs or number of seeds.

        Returns
        -------
        SearchTable
            NaN where a network has to be trained.

        Raises
        ------
        ValueError
            If the networks of the two searches are not the same.
        """
        if config.scores_key() != self.config.scores_key():
            raise ValueError(
                "known: the other search has other data, models or epochs, so its scores cannot "
                "be used. Only ranges, levels, strategy and seeds may differ."
            )
        table = SearchTable.empty(config)
        own = [searched.address for searched in self.config.space]
        places = [own.index(searched.address) for searched in config.space]
        rows = {tuple(row[i] for i in places): k for k, row in enumerate(self.combinations)}
        n_seeds = min(config.n_seeds, self.config.n_seeds)
        for k, combination in enumerate(table.combinations):
            if combination in rows:
                row = rows[combination]
                table.scores[:, k, :n_seeds] = self.scores[:, row, :n_seeds]
                table.diverged_epochs[k, :n_seeds] = self.diverged_epochs[row, :n_seeds]
        return table

    def merged(self, other: "SearchTable") -> "SearchTable":
        """Table with the networks of another table of the same search that trained further there.

        Raises
        ------
        ValueError
            If the two searches differ.
        """
        if other.config.digest != self.config.digest:
            raise ValueError("other: must be a table of the same search")
        # A network that goes on trains anew, so all of its scores come from one table.
        further = other.trained.sum(axis=2) > self.trained.sum(axis=2)
        return replace(
            self,
            scores=np.where(further[:, :, None], other.scores, self.scores),
            diverged_epochs=np.where(further, other.diverged_epochs, self.diverged_epochs),
        )

    def with_test_scores(self, test_scores: Array) -> "SearchTable":
        """Table with the winner's scores on the test split."""
        return replace(self, test_scores=np.asarray(test_scores, np.float32))

    def to_bytes(self) -> bytes:
        """Serialize the table as one safetensors file."""
        arrays: dict[str, Array] = {
            "scores": self.scores,
            "diverged_epochs": self.diverged_epochs,
            "test_scores": self.test_scores,
        }
        facts = {
            "config": self.config.model_dump(mode="json"),
            "combinations": _as_texts(self),
            "results_version": RESULTS_VERSION,
        }
        return tensor_file.dump(arrays, facts, kind=_KIND)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a table from the bytes of `to_bytes`.

        Raises
        ------
        SavedFileError
            If the data are cut off, altered, foreign or inconsistent; the message is shown to
            users.
        """
        arrays, facts = tensor_file.load(data, kind=_KIND)
        try:
            config = SearchConfig.model_validate(facts["config"])
            combinations = tuple(
                tuple(s.read(text) for s, text in zip(config.space, row, strict=True))
                for row in facts["combinations"]
            )
            return cls(
                config,
                combinations,
                np.array(arrays["scores"], np.float32),
                np.array(arrays["diverged_epochs"], np.int64),
                np.array(arrays["test_scores"], np.float32),
            )
        except (ValidationError, KeyError, TypeError, ValueError) as error:
            raise SavedFileError("The content of this search does not fit together.") from error


def _as_texts(table: SearchTable) -> list[list[str]]:
    settings = [searched.setting for searched in table.config.space]
    return [
        [setting.to_text(value) for setting, value in zip(settings, row, strict=True)]
        for row in table.combinations
    ]

"""Replays of a search on its own table: what each strategy would have found, and at what cost."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.search.strategies import FACTOR
from annlab.search.table import SearchTable

Array = NDArray[Any]

N_REPEATS = 1000


class Race(NamedTuple):
    """Best config so far of one strategy, over many repeats.

    Configs that trained longer come first, then the better score, as in `SearchTable.ranks`.

    Attributes
    ----------
    name : str
        Name of the strategy, or "guesses".
    cost : ndarray of int, shape (n_steps,)
        Network-epochs spent after each step, ascending.
    cells : ndarray of int, shape (n_repeats, n_steps)
        Index of the best config so far in the table.
    seen : ndarray, shape (n_repeats, n_steps)
        Its mean validation score as the searcher has seen it: of the seeds that were trained,
        after the epochs that they were trained.
    true : ndarray, shape (n_repeats, n_steps)
        Its score over all seeds of the table after the last epoch: `seen` without its luck.
    """

    name: str
    cost: NDArray[np.int64]
    cells: NDArray[np.int64]
    seen: Array
    true: Array


class _Tries(NamedTuple):
    """Cells that a strategy tries, rung by rung."""

    cells: NDArray[np.int64]  # (n_repeats, n_steps)
    rungs: NDArray[np.int64]  # of each step, ascending, (n_steps,)
    epochs: NDArray[np.int64]  # that each step adds, (n_steps,)


class Landscape:
    """Complete table of a grid search, prepared for replays.

    Parameters
    ----------
    table : SearchTable
        Complete grid.
    n_seeds : int or None
        Networks that a searcher trains for each config, drawn from those of the table; None for
        all of them.

    Raises
    ------
    ValueError
        If the table is no grid or is not complete.
    """

    def __init__(self, table: SearchTable, n_seeds: int | None = None) -> None:
        if not table.config.plan.is_grid or not table.is_complete:
            raise ValueError("table: only a complete grid can be replayed. Finish the grid first.")
        self.table = table
        self.n_seeds = n_seeds or table.config.n_seeds
        if not 1 <= self.n_seeds <= table.config.n_seeds:
            raise ValueError(f"n_seeds: the table has {table.config.n_seeds}, got {n_seeds}")
        self.shape = tuple(len(searched.levels) for searched in table.config.space)
        self.n_cells = math.prod(self.shape)
        self.epochs = np.array(table.config.epochs)
        self.last = len(self.epochs) - 1
        # (n_cells, n_seeds, n_epochs)
        self.scores = np.stack([table.seen(rung) for rung in range(len(self.epochs))], axis=-1)

    @property
    def higher_is_better(self) -> bool:
        """Whether the best score is the highest."""
        return self.table.headline.higher_is_better

    def draw_scores(self, cells: Array, random: np.random.Generator) -> Array:
        """Mean score of each try at all rungs, over seeds drawn without replacement.

        Parameters
        ----------
        cells : ndarray of int, shape (n_repeats, n_tries)
        random : Generator

        Returns
        -------
        ndarray, shape (n_repeats, n_tries, n_epochs)
        """
        all_seeds = self.scores.shape[1]
        if self.n_seeds == all_seeds:
            return self.scores.mean(axis=1)[cells]
        order = random.random((*cells.shape, all_seeds)).argsort(axis=-1)[..., : self.n_seeds]
        # One seed at a time, because all together would take n_seeds times the memory.
        total = sum(self.scores[cells, order[..., k]] for k in range(self.n_seeds))
        return np.asarray(total) / self.n_seeds

    def race(self, name: str, tries: _Tries, scores: Array) -> Race:
        """Best so far of given tries, with their scores of shape (n_repeats, n_steps)."""
        sign = 1.0 if self.higher_is_better else -1.0
        at = np.concatenate(
            [
                _best_so_far(sign * scores, np.flatnonzero(tries.rungs == rung))
                for rung in np.unique(tries.rungs)
            ],
            axis=1,
        )
        cells = np.take_along_axis(tries.cells, at, axis=1)
        seen = np.take_along_axis(scores, at, axis=1)
        true = self.scores[:, :, -1].mean(axis=1)[cells]
        cost = np.cumsum(tries.epochs) * self.n_seeds
        return Race(name, cost, cells, seen, true)

    def hits(self, race: Race) -> float:
        """Share of the repeats that end with the best config of the table, or with its equal."""
        best = np.flatnonzero(self.table.ranks == 1)
        return float(np.isin(race.cells[:, -1], best).mean())

    def full_tries(self, cells: Array) -> _Tries:
        """Tries that train every cell to the last epoch."""
        cells = np.atleast_2d(np.asarray(cells, np.int64))
        epochs = np.full(cells.shape[1], self.epochs[-1])
        return _Tries(cells, np.full(cells.shape[1], self.last), epochs)

    def cells_at(self, positions: Array) -> NDArray[np.int64]:
        """Cells at positions in the unit cube, of shape (..., n_settings): the cell they lie in."""
        shape = np.array(self.shape)
        levels = np.minimum((positions * shape).astype(np.int64), shape - 1)
        return np.ravel_multi_index(tuple(np.moveaxis(levels, -1, 0)), self.shape)


def _best_so_far(values: Array, steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Step at which the highest value so far among some steps was found: (n_repeats, n_steps)."""
    best = np.maximum.accumulate(values[:, steps], axis=1)
    improved = np.concatenate([np.ones((len(best), 1), bool), best[:, 1:] > best[:, :-1]], axis=1)
    return np.maximum.accumulate(np.where(improved, steps, 0), axis=1)


def replay(
    landscape: Landscape,
    n_tries: int,
    *,
    guesses: Sequence[int] = (),
    n_repeats: int = N_REPEATS,
    seed: int = 0,
) -> list[Race]:
    """Let all strategies search the same landscape with at most the same budget.

    Every cell of the table is one config, and a strategy that draws values draws cells. A grid
    and halving may cost less than the budget, because they need whole levels and rungs.

    Parameters
    ----------
    landscape : Landscape
    n_tries : int
        Configs that the budget allows to train to the end.
    guesses : sequence of int
        Configs that a student tries, as indices into the table, in this order.
    n_repeats : int
        Searches of each strategy.
    seed : int

    Returns
    -------
    list of Race
        "grid", "random", "hypercube", "halving", and "guesses" if there are any.

    Raises
    ------
    ValueError
        If `n_tries` is not between 1 and the number of cells, or a guess is no cell.
    """
    if not 1 <= n_tries <= landscape.n_cells:
        raise ValueError(f"n_tries: must be 1 to {landscape.n_cells}, got {n_tries}")
    if wrong := [cell for cell in guesses if not 0 <= cell < landscape.n_cells]:
        raise ValueError(f"guesses: there are {landscape.n_cells} configs, got {wrong[0]}")
    random = np.random.default_rng(seed)
    n_settings = len(landscape.shape)
    races = []
    for name, positions in (
        ("grid", grid_positions(n_repeats, n_tries, n_settings, random)),
        ("random", random.random((n_repeats, n_tries, n_settings))),
        ("hypercube", hypercube_positions(n_repeats, n_tries, n_settings, random)),
    ):
        races.append(_full_race(landscape, name, landscape.cells_at(positions), random))
    races.append(_halving(landscape, n_tries, n_repeats, random))
    if guesses:
        cells = np.tile(np.asarray(guesses), (n_repeats, 1))
        races.append(_full_race(landscape, "guesses", cells, random))
    return races


def _full_race(landscape: Landscape, name: str, cells: Array, random: np.random.Generator) -> Race:
    scores = landscape.draw_scores(cells, random)[..., -1]
    return landscape.race(name, landscape.full_tries(cells), scores)


def grid_positions(
    n_repeats: int, n_tries: int, n_settings: int, random: np.random.Generator
) -> Array:
    """Positions of the largest grid with at most `n_tries` points, at a random offset.

    Returns
    -------
    ndarray, shape (n_repeats, n_levels ** n_settings, n_settings)
        In [0, 1), row by row from the lowest values.
    """
    n_levels = 1
    while (n_levels + 1) ** n_settings <= n_tries:
        n_levels += 1
    axes = np.meshgrid(*[np.arange(n_levels)] * n_settings, indexing="ij")
    points = np.stack([axis.ravel() for axis in axes], axis=-1)  # (n_points, n_settings)
    return (points + random.random((n_repeats, 1, n_settings))) / n_levels


def hypercube_positions(
    n_repeats: int, n_tries: int, n_settings: int, random: np.random.Generator
) -> Array:
    """Positions of Latin hypercubes: one in each of `n_tries` equal parts of every axis.

    Returns
    -------
    ndarray, shape (n_repeats, n_tries, n_settings)
        In [0, 1).
    """
    parts = np.tile(np.arange(n_tries)[None, :, None], (n_repeats, 1, n_settings))
    parts = random.permuted(parts, axis=1)
    return (parts + random.random(parts.shape)) / n_tries


def _halving(
    landscape: Landscape, n_tries: int, n_repeats: int, random: np.random.Generator
) -> Race:
    """Successive halving with the budget of `n_tries` full trainings."""
    n_cells, epochs = landscape.n_cells, landscape.epochs
    further = np.diff(epochs, prepend=0)
    n_first = 1
    while n_first < n_cells and _halving_epochs(n_first + 1, further) <= n_tries * epochs[-1]:
        n_first += 1
    # No cell twice, so that a large budget begins with all of them.
    cells = random.permuted(np.tile(np.arange(n_cells), (n_repeats, 1)), axis=1)[:, :n_first]
    scores = landscape.draw_scores(cells, random)
    sign = 1.0 if landscape.higher_is_better else -1.0
    tried, rungs, seen, spent = [], [], [], []
    for rung, more in enumerate(further):
        if rung:
            n_left = -(-cells.shape[1] // FACTOR)
            best = np.argsort(-sign * scores[..., rung - 1], axis=1, kind="stable")[:, :n_left]
            cells = np.take_along_axis(cells, best, axis=1)
            scores = np.take_along_axis(scores, best[..., None], axis=1)
        tried.append(cells)
        rungs.append(np.full(cells.shape[1], rung))
        seen.append(scores[..., rung])
        spent.append(np.full(cells.shape[1], more))
    tries = _Tries(np.concatenate(tried, axis=1), np.concatenate(rungs), np.concatenate(spent))
    return landscape.race("halving", tries, np.concatenate(seen, axis=1))


def _halving_epochs(n_configs: int, further: Array) -> int:
    """Epochs of one network of each config, with the best third going on after each rung."""
    total = 0
    for more in further.tolist():
        total += n_configs * more
        n_configs = -(-n_configs // FACTOR)
    return total

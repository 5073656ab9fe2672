"""Strategies of a search: which combinations of settings it tries, and for how long."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from annlab.search.space import Combination, Space, combinations_at

# Halving compares configs after a ninth and a third of the epochs, and at the end.
FACTOR = 3
_RUNGS = (FACTOR**2, FACTOR, 1)


def rungs(max_epochs: int) -> tuple[int, ...]:
    """Epochs at which a search records scores: a ninth, a third and all of `max_epochs`."""
    return tuple(sorted({max(1, round(max_epochs / divisor)) for divisor in _RUNGS}))


def _grid(space: Space, n_configs: int, seed: int) -> list[Combination]:
    return list(product(*(searched.levels for searched in space)))


def _random(space: Space, n_configs: int, seed: int) -> list[Combination]:
    positions = np.random.default_rng(seed).random((n_configs, len(space)))
    return combinations_at(space, positions)


def _hypercube(space: Space, n_configs: int, seed: int) -> list[Combination]:
    # SciPy's statistics take 70 MB, which a process spends on a hypercube only.
    from scipy.stats.qmc import LatinHypercube

    positions = LatinHypercube(len(space), rng=np.random.default_rng(seed)).random(n_configs)
    return combinations_at(space, positions)


@dataclass(frozen=True)
class Strategy:
    """How a search chooses combinations of settings.

    Attributes
    ----------
    name, label, help : str
        Name in links, display name, and what it does in one line.
    combinations : callable
        ``(space, n_configs, seed)`` to the list of combinations, each once.
    is_grid : bool
        Whether the levels of the space set the number of configs.
    halves : bool
        Whether only the best third goes on after each rung.

    References
    ----------
    Bergstra & Bengio (2012), Random search for hyper-parameter optimization, JMLR 13.
    McKay, Beckman & Conover (1979), Technometrics 21 (Latin hypercube).
    Jamieson & Talwalkar (2016), Non-stochastic best arm identification, AISTATS (halving).
    """

    name: str
    label: str
    help: str
    combinations: Callable[[Space, int, int], list[Combination]]
    is_grid: bool = False
    halves: bool = False

    def n_left(self, n_configs: int, n_rungs: int) -> tuple[int, ...]:
        """Number of configs that train up to each rung, the first rung first."""
        left = [n_configs]
        for _ in range(n_rungs - 1):
            left.append(-(-left[-1] // FACTOR) if self.halves else left[-1])
        return tuple(left)

    def network_epochs(self, n_configs: int, n_seeds: int, max_epochs: int) -> int:
        """Cost of a search: the epochs of all its networks together.

        A network that goes on to the next rung is charged for the further epochs only.
        """
        epochs = rungs(max_epochs)
        further = np.diff([0, *epochs]).tolist()
        left = self.n_left(n_configs, len(epochs))
        return n_seeds * sum(n * more for n, more in zip(left, further, strict=True))


_ENTRIES = (
    Strategy(
        "grid",
        "Grid",
        "Every combination of the levels.",
        _grid,
        is_grid=True,
    ),
    Strategy(
        "random",
        "Random",
        "Independent random values, so every network tries a new value of each setting.",
        _random,
    ),
    Strategy(
        "hypercube",
        "Latin hypercube",
        "Random values, one in each of as many equal parts of every range as there are configs.",
        _hypercube,
    ),
    Strategy(
        "halving",
        "Successive halving",
        "Starts like random. After a ninth and a third of the epochs, the best third goes on.",
        _random,
        halves=True,
    ),
)

STRATEGIES: dict[str, Strategy] = {entry.name: entry for entry in _ENTRIES}

"""Strategies of a search, against scikit-learn's, SciPy's and Optuna's."""

from collections import Counter
from typing import Any

import numpy as np
import optuna
import pytest
from sklearn.model_selection import ParameterGrid

from annlab.search.space import SearchedSetting
from annlab.search.strategies import STRATEGIES, rungs

RATE = SearchedSetting(address="lr", low=1e-4, high=1.0, n_levels=4)
L2 = SearchedSetting(address="l2", low=1e-5, high=0.1, n_levels=3)
SIZES = SearchedSetting(address="hidden", choices=("4", "8-8"))
SPACE = (RATE, L2, SIZES)
NAMES = [searched.address for searched in SPACE]


def _tried(name: str, n: int = 12, seed: int = 0) -> list[tuple[Any, ...]]:
    return STRATEGIES[name].combinations(SPACE, n, seed)


def test_a_grid_is_the_grid_of_scikit_learn() -> None:
    theirs = ParameterGrid({searched.address: list(searched.levels) for searched in SPACE})
    ours = _tried("grid")
    assert len(ours) == len(theirs) == 24
    assert Counter(ours) == Counter(tuple(one[name] for name in NAMES) for one in theirs)


def test_a_grid_is_the_grid_of_optuna() -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = {one.address: [one.setting.to_text(level) for level in one.levels] for one in SPACE}
    study = optuna.create_study(sampler=optuna.samplers.GridSampler(space, seed=0))
    study.optimize(
        lambda trial: float(len([trial.suggest_categorical(name, space[name]) for name in NAMES])),
        n_trials=24,
    )
    theirs = Counter(tuple(trial.params[name] for name in NAMES) for trial in study.trials)
    ours = [
        tuple(one.setting.to_text(value) for one, value in zip(SPACE, values, strict=True))
        for values in _tried("grid")
    ]
    assert Counter(ours) == theirs


@pytest.mark.parametrize("name", ["random", "hypercube", "halving"])
def test_the_seed_decides_what_is_tried(name: str) -> None:
    assert _tried(name) == _tried(name)
    assert _tried(name) != _tried(name, seed=1)
    for rate, l2, sizes in _tried(name):
        assert 1e-4 <= rate <= 1.0
        assert 1e-5 <= l2 <= 0.1
        assert sizes in SIZES.levels


def test_a_longer_random_search_begins_like_a_shorter_one() -> None:
    assert _tried("random", 30)[:12] == _tried("random", 12)


def test_a_hypercube_has_one_value_in_each_part_of_a_range() -> None:
    n = 40
    tried = _tried("hypercube", n)
    for axis, searched in enumerate((RATE, L2)):
        shares = np.array([searched.share_of(values[axis]) for values in tried])
        # Four significant digits move a value by less than its distance to the next part.
        parts = np.clip(np.floor(shares * n), 0, n - 1)
        assert len(set(parts)) >= n - 1
    assert Counter(values[2] for values in tried) == {(4,): 20, (8, 8): 20}


@pytest.mark.parametrize(
    ("max_epochs", "expected"),
    [(90, (10, 30, 90)), (100, (11, 33, 100)), (9, (1, 3, 9)), (2, (1, 2)), (1, (1,))],
)
def test_rungs_are_a_ninth_a_third_and_all_epochs(max_epochs: int, expected: tuple) -> None:
    assert rungs(max_epochs) == expected


def test_halving_keeps_the_best_third_rounded_up() -> None:
    assert STRATEGIES["halving"].n_left(27, 3) == (27, 9, 3)
    assert STRATEGIES["halving"].n_left(10, 3) == (10, 4, 2)
    assert STRATEGIES["random"].n_left(10, 3) == (10, 10, 10)


def test_cost_counts_the_epochs_of_every_network() -> None:
    assert STRATEGIES["random"].network_epochs(27, 5, 90) == 27 * 5 * 90
    # 27 up to epoch 10, 9 for 20 more, 3 for 60 more.
    assert STRATEGIES["halving"].network_epochs(27, 5, 90) == 5 * (27 * 10 + 9 * 20 + 3 * 60)


def test_every_strategy_explains_itself() -> None:
    for name, strategy in STRATEGIES.items():
        assert strategy.name == name
        assert strategy.label
        assert strategy.help.endswith(".")

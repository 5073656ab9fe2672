"""Splits that keep groups together."""

import numpy as np
import pytest

from annlab.datasets import load_dataset
from annlab.datasets.config import DatasetConfig
from annlab.datasets.own import tables
from annlab.datasets.own.groups import held_out_groups
from annlab.datasets.split import raw_splits
from tests.own_data import mixed_table


@pytest.mark.parametrize("seed", range(5))
def test_no_group_is_in_two_splits_and_the_sizes_are_known(seed: int) -> None:
    table = mixed_table(groups=True)
    tables.provide(table)
    config = DatasetConfig(
        own=table.own, test_fraction=0.25, validation_fraction=0.2, split_seed=seed
    )
    rows = raw_splits(config).rows
    assert table.groups is not None
    found = {split: set(table.groups[taken].tolist()) for split, taken in rows.items()}
    assert sum(map(len, found.values())) == len(table.own.group_sizes)
    assert tuple(len(taken) for taken in (rows["train"], rows["validation"], rows["test"])) == (
        config.sizes()
    )
    assert config.sizes().test == pytest.approx(30, abs=5)
    assert len(load_dataset(config).X_test) == config.sizes().test


@pytest.mark.parametrize("seed", range(20))
def test_groups_are_taken_in_the_order_of_the_seed_while_they_fit(seed: int) -> None:
    sizes = (90, 2, 3, 2, 3, 40)
    order = np.random.RandomState(seed).permutation(len(sizes)).tolist()
    wanted = 7  # 5 % of 140 samples
    taken: list[int] = []
    for group in order:
        if sum(sizes[k] for k in [*taken, group]) <= wanted:
            taken.append(group)
    test, validation = held_out_groups(sizes, 0.05, 0.0, seed)
    assert test == frozenset(taken)
    assert not test & {0, 5}  # too large, also where they come first
    assert validation == frozenset()


@pytest.mark.parametrize("seed", range(10))
def test_the_smallest_group_is_taken_if_none_fits(seed: int) -> None:
    assert held_out_groups((90, 10), 0.05, 0.0, seed) == (frozenset({1}), frozenset())
    test, validation = held_out_groups((40, 50, 45), 0.1, 0.1, seed)
    assert (test, validation) == (frozenset({0}), frozenset({2}))
    # Of equal ones, the first in the order of the seed.
    test, _ = held_out_groups((20, 20, 20), 0.1, 0.0, seed)
    assert test == {int(np.random.RandomState(seed).permutation(3)[0])}


def test_networks_with_splits_of_their_own_are_refused() -> None:
    own = mixed_table(groups=True).own
    for resample in ("split", "folds"):
        with pytest.raises(ValueError, match="no splits of equal size"):
            DatasetConfig(own=own, resample=resample, validation_fraction=0.2)


def test_a_class_that_would_be_held_out_whole_is_named() -> None:
    table = mixed_table(groups=True)
    assert table.groups is not None
    test, _ = held_out_groups(table.own.group_sizes, 0.25, 0.0, 42)
    y = np.where(np.isin(table.groups, list(test)), 2, np.arange(len(table.y)) % 2)
    counts = tuple(np.bincount(y).tolist())
    own = table.own.model_copy(update={"class_counts": counts, "content": "9" * 64})
    tables.provide(type(table)(own, table.X, y, table.groups))
    with pytest.raises(ValueError, match="all samples of class “c” are in groups"):
        load_dataset(DatasetConfig(own=own, test_fraction=0.25))

"""Splits that keep all samples of a group together."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np


@lru_cache(maxsize=64)
def held_out_groups(
    sizes: tuple[int, ...], test_fraction: float, validation_fraction: float, seed: int
) -> tuple[frozenset[int], frozenset[int]]:
    """Choose the groups of the test and of the validation split.

    In the order that the seed gives, a group is taken if the split does not grow beyond its share
    of the samples. If no group is that small, the smallest one is taken.

    Parameters
    ----------
    sizes : tuple of int
        Number of samples of each group.
    test_fraction, validation_fraction : float
        As in a DatasetConfig.
    seed : int
        Seed of the split.

    Returns
    -------
    test, validation : frozenset of int
        Indices of groups.
    """
    order = np.random.RandomState(seed).permutation(len(sizes)).tolist()
    test = take_groups(order, sizes, test_fraction)
    rest = [group for group in order if group not in test]
    return frozenset(test), frozenset(take_groups(rest, sizes, validation_fraction))


# Imports inside, because exported scripts contain its source.
def take_groups(order: Sequence[int], sizes: Sequence[int], fraction: float) -> list[int]:
    """Take groups in an order, each if it fits into a share of the samples; else the smallest."""
    import math

    wanted = math.ceil(fraction * sum(sizes[group] for group in order))
    taken, n = [], 0
    for group in order:
        if n + sizes[group] <= wanted:
            taken.append(group)
            n += sizes[group]
    if wanted and not taken:
        taken.append(min(order, key=lambda group: sizes[group]))
    return taken

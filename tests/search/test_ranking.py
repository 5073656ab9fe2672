"""Ranks against SciPy's, and diverged networks as the worst."""

import numpy as np
import pytest
from scipy.stats import rankdata

from annlab.search.ranking import order_by_score, shared_ranks, worst_where


@pytest.mark.parametrize("higher_is_better", [True, False])
def test_ranks_are_the_competition_ranks_of_scipy(higher_is_better: bool) -> None:
    means = np.random.default_rng(0).integers(0, 9, 40) / 9
    expected = rankdata(-means if higher_is_better else means, method="min")
    np.testing.assert_array_equal(shared_ranks(np.full(40, 3), means, higher_is_better), expected)


def test_rounding_does_not_break_a_tie() -> None:
    scores = np.array([[0.8, 0.9], [0.85, 0.85], [0.9, 0.8], [0.86, 0.85]], np.float32)
    means = scores.astype(np.float64).mean(axis=1)
    assert len(set(means.tolist())) > 2  # the tie is no tie to the last bit
    assert shared_ranks(np.ones(4), means, True).tolist() == [2, 2, 2, 1]


def test_configs_that_trained_longer_come_first() -> None:
    n_rungs, means = np.array([1, 3, 2, 3, 0]), np.array([0.99, 0.5, 0.9, 0.6, np.nan])
    assert shared_ranks(n_rungs, means, True).tolist() == [4, 2, 3, 1, 0]


def test_equal_ranks_are_ordered_by_the_loss() -> None:
    ranks, losses = np.array([1, 3, 1, 0]), np.array([0.5, 0.1, 0.4, np.nan])
    assert order_by_score(ranks, losses).tolist() == [2, 0, 1]


@pytest.mark.parametrize(("higher_is_better", "worst"), [(True, 0.2), (False, 0.6)])
def test_a_diverged_network_has_the_worst_score_of_the_others(
    higher_is_better: bool, worst: float
) -> None:
    scores = np.array([[0.2, 0.6], [0.9, np.nan], [np.inf, 0.4]])
    diverged = np.array([[False, False], [True, False], [False, False]])
    found = worst_where(diverged, scores, higher_is_better)
    np.testing.assert_array_equal(found, [[0.2, 0.6], [worst, np.nan], [worst, 0.4]])


def test_if_every_network_diverged_all_are_equally_bad() -> None:
    scores = np.array([[0.3], [0.7]])
    assert worst_where(np.ones((2, 1), bool), scores, True).tolist() == [[0.3], [0.3]]
    nothing = np.full((2, 1), np.nan)
    np.testing.assert_array_equal(worst_where(nothing > 0, nothing, True), nothing)

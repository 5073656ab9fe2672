"""Variance components against SciPy's analysis of variance, and against known components."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import f_oneway

from annlab.search.variance import variance_components, variance_of_search
from tests.search.tables import MOONS, random_table

RANDOM = np.random.default_rng(0)


def _scores(between: float, within: float, n_configs: int = 12, n_seeds: int = 5) -> np.ndarray:
    settings = RANDOM.normal(0, between, (n_configs, 1))
    return 0.8 + settings + RANDOM.normal(0, within, (n_configs, n_seeds))


def test_mean_squares_have_the_ratio_of_scipy() -> None:
    scores = _scores(0.1, 0.05)
    found = variance_components(scores)
    assert found.ms_between / found.ms_within == pytest.approx(f_oneway(*scores).statistic)
    assert found.within == pytest.approx(scores.var(axis=1, ddof=1).mean())
    assert found.between == pytest.approx((found.ms_between - found.ms_within) / 5)
    assert (found.n_configs, found.n_networks) == (12, 60)


def test_mean_squares_of_unequal_configs_have_the_ratio_of_scipy() -> None:
    scores = _scores(0.1, 0.05)
    counted = RANDOM.random(scores.shape) > 0.3
    rows = [row[mask] for row, mask in zip(scores, counted, strict=True)]
    found = variance_components(scores, counted)
    assert found.ms_between / found.ms_within == pytest.approx(f_oneway(*rows).statistic)
    assert found.n_networks == counted.sum()
    assert found.n_diverged == (~counted).sum()


@pytest.mark.parametrize("missing", [0.0, 0.4])
def test_estimates_are_unbiased(missing: float) -> None:
    true_between, true_within = 0.09, 0.04
    found = []
    for _ in range(1500):
        scores = _scores(0.3, 0.2, n_configs=10, n_seeds=6)
        found.append(variance_components(scores, RANDOM.random(scores.shape) >= missing))
    between, within = ([getattr(one, name) for one in found] for name in ("between", "within"))
    # Within four standard errors.
    for values, true in ((between, true_between), (within, true_within)):
        assert abs(np.mean(values) - true) < 4 * np.std(values) / np.sqrt(len(values))


def test_the_interval_covers_the_true_share() -> None:
    true = 0.09 / (0.09 + 0.04)
    n, covered = 1500, 0
    for _ in range(n):
        low, high = variance_components(_scores(0.3, 0.2)).interval
        covered += low <= true <= high
    assert abs(covered / n - 0.95) < 4 * np.sqrt(0.95 * 0.05 / n)


def test_more_luck_is_a_smaller_share_of_the_settings() -> None:
    settings, noise = RANDOM.normal(size=(12, 1)), RANDOM.normal(size=(12, 5))
    shares = [variance_components(settings + k * noise).share for k in (0.1, 1, 10)]
    assert all(a > b for a, b in pairwise(shares))


def test_no_part_is_below_zero() -> None:
    scores = np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]])  # equal means
    found = variance_components(scores)
    assert found.ms_between < found.ms_within
    assert (found.between, found.share) == (0.0, 0.0)
    assert found.interval[0] == 0.0
    assert found.sentence.startswith(
        "Settings account for 0% of the variance between networks, seeds"
    )


def test_networks_that_agree_leave_everything_to_the_settings() -> None:
    found = variance_components(np.repeat([[0.5], [0.75]], 3, axis=1))
    assert (found.share, found.within, found.interval) == (1.0, 0.0, None)
    assert found.sentence == "Settings account for 100% of the variance between networks, seeds 0%."
    same = variance_components(np.full((3, 2), 0.5))
    assert same.sentence == "All networks have the same score."


def test_the_sentence_gives_share_interval_and_what_is_left_out() -> None:
    scores = np.array([[0.1, 0.2], [0.4, 0.5], [0.9, 0.8]])
    counted = np.ones((3, 2), bool)
    found = variance_components(scores, counted)
    low, high = found.interval
    assert found.sentence == (
        f"Settings account for {found.share:.0%} of the variance between networks, seeds "
        f"{1 - found.share:.0%} (95% interval of the settings' share: "
        f"{100 * low:.0f} to {100 * high:.0f}%)."
    )
    counted[2, 1] = False
    one = variance_components(scores, counted).sentence
    assert one.endswith(" 1 diverged network is left out.")


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        (np.ones((5, 1)), "n_seeds: with one network for each config, settings and luck cannot"),
        (np.ones((1, 5)), "scores: at least two configs are needed, got 1"),
    ],
)
def test_too_few_networks_are_refused(scores: np.ndarray, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        variance_components(scores)


def test_a_search_leaves_diverged_networks_out() -> None:
    table = random_table(n_seeds=4)
    table.diverged_epochs[0] = 3
    table.diverged_epochs[5, 1] = 3
    found = variance_of_search(table)
    counted = table.diverged_epochs == 0
    rows = [row[m] for row, m in zip(table.scores[1, ..., -1], counted, strict=True) if m.any()]
    assert found.ms_between / found.ms_within == pytest.approx(f_oneway(*rows).statistic)
    assert (found.n_configs, found.n_networks, found.n_diverged) == (11, 43, 5)


def test_a_halved_search_compares_all_configs_at_the_first_rung() -> None:
    """The best third goes on, so the spread between survivors is not that of the settings."""
    table = random_table(strategy="halving", n_configs=9)
    table.scores[1, 3:, :, 1:] = np.nan
    first = table.scores[1, :, :, 0]
    table.diverged_epochs[0, 0] = 1
    table.diverged_epochs[1, 0] = 2  # after the first rung, whose score counts
    counted = table.diverged_epochs != 1
    found = variance_of_search(table)
    rows = [row[mask] for row, mask in zip(first, counted, strict=True)]
    assert found.ms_between / found.ms_within == pytest.approx(f_oneway(*rows).statistic)
    assert (found.n_configs, found.n_networks, found.n_diverged) == (9, 35, 1)
    assert " of the variance between networks after the first epoch, seeds " in found.sentence
    table.scores[1, :, :, 0] = 0.5
    assert variance_of_search(table).sentence == (
        "All networks have the same score after the first epoch. 1 diverged network is left out."
    )


def test_the_epochs_of_the_first_rung_are_named() -> None:
    training = MOONS.training.model_copy(update={"max_epochs": 27})
    base = MOONS.model_copy(update={"training": training})
    found = variance_of_search(random_table(base=base, strategy="halving", n_configs=9))
    assert "between networks after the first 3 epochs, seeds" in found.sentence


def test_a_full_search_names_no_epoch() -> None:
    found = variance_of_search(random_table())
    assert found.after_epochs is None
    assert "between networks, seeds" in found.sentence

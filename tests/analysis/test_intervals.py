"""The paired t interval: against SciPy's paired t-test, and by simulation."""

import numpy as np
import pytest
from scipy import stats

from annlab.analysis.intervals import (
    LEVEL,
    excludes_zero,
    level_of_each,
    paired_interval,
    t_quantile,
)

RNG = np.random.default_rng(7)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.95, level_of_each(5), 0.999])
def test_quantiles_match_scipy(level):
    df = [*range(1, 60), 99, 100, 998, 999]
    found = [t_quantile(level, n) for n in df]
    np.testing.assert_allclose(found, stats.t.ppf((1 + level) / 2, df), rtol=1e-10)


@pytest.mark.parametrize("n", [2, 3, 5, 10, 20, 1000])
@pytest.mark.parametrize("level", [0.95, level_of_each(3), 0.5])
def test_interval_matches_the_paired_t_test(n, level):
    a, b = RNG.normal(size=n), RNG.normal(0.3, 2.0, size=n)
    oracle = stats.ttest_rel(b, a).confidence_interval(level)
    assert paired_interval(b - a, level=level) == pytest.approx((oracle.low, oracle.high))


@pytest.mark.parametrize("n", [5, 10, 20])
def test_zero_is_excluded_if_and_only_if_the_t_test_rejects(n):
    verdicts = set()
    for _ in range(200):
        difference = RNG.normal(0.5, 1.0, size=n)
        rejected = stats.ttest_1samp(difference, 0).pvalue < 0.05
        assert excludes_zero(paired_interval(difference)) == rejected
        verdicts.add(bool(rejected))
    assert verdicts == {True, False}


def test_overlap_adds_test_over_training_samples_to_the_variance():
    difference = RNG.normal(size=10)
    n, ratio = len(difference), 60 / 240
    low, high = paired_interval(difference, overlap=ratio)
    corrected = np.sqrt(difference.var(ddof=1) * (1 / n + ratio))  # Nadeau & Bengio, section 3
    assert (low, high) == pytest.approx(stats.t.interval(0.95, n - 1, difference.mean(), corrected))
    plain = paired_interval(difference)
    assert low < plain[0] < plain[1] < high


@pytest.mark.parametrize(("m", "level"), [(1, 0.95), (2, 0.975), (5, 0.99)])
def test_several_comparisons_share_the_error(m, level):
    assert level_of_each(m) == pytest.approx(level)


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_differences_have_no_interval(n):
    with pytest.raises(ValueError, match=f"at least 2, got {n}"):
        paired_interval(np.ones(n))


# ---- equal differences


@pytest.mark.parametrize("n", [5, 10, 20])
@pytest.mark.parametrize("difference", [0.0, 0.01, -0.4])
def test_equal_differences_on_a_grid_have_the_smallest_possible_spread(n, difference):
    step = 0.01
    one_differs = np.zeros(n)
    one_differs[0] = step
    assert np.std(one_differs, ddof=1) == pytest.approx(step / np.sqrt(n))
    oracle = stats.t.interval(0.95, n - 1, difference, step / np.sqrt(n) / np.sqrt(n))
    found = paired_interval(np.full(n, difference), step=step)
    assert found == pytest.approx(oracle)
    assert found[0] < difference < found[1]


def test_scores_on_a_grid_are_never_more_certain_than_equal_ones():
    smallest = np.ptp(paired_interval(np.zeros(10), step=0.01))
    for _ in range(200):
        hits = RNG.integers(90, 101, size=(2, 10))
        difference = (hits[1] - hits[0]) / 100
        assert np.ptp(paired_interval(difference, step=0.01)) >= smallest - 1e-12


def test_rounding_errors_do_not_count_as_differences():
    a = np.array([0.1, 0.2, 0.3, 0.7, 0.6]) * 3
    b = np.array([0.3, 0.6, 0.9, 2.1, 1.8])
    assert (a != b).any()  # in the last bit
    assert paired_interval(b - a) == (0.0, 0.0)
    assert not excludes_zero(paired_interval(b - a))
    # An end that touches 0 does not exclude it.
    touching = np.array([0.0, 2.0])
    half = stats.t.ppf(0.975, 1)
    low, _ = paired_interval(touching + half - 1)
    assert low == 0.0


@pytest.mark.parametrize(
    ("interval", "excludes"),
    [((1, 2), True), ((-2, -1), True), ((-1, 2), False), ((0, 2), False), ((-1, 0), False)],
)
def test_an_end_at_zero_excludes_nothing(interval, excludes):
    assert excludes_zero(interval) == excludes


# ---- coverage


def coverage(differences, truth, **options):
    ends = np.array([paired_interval(row, **options) for row in differences])
    return ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()


@pytest.mark.parametrize("n", [5, 10, 20])
def test_coverage_of_normal_differences_equals_the_level(n):
    differences = RNG.normal(0.5, 1.0, size=(4_000, n))  # known to ± 0.7 %
    assert 0.93 <= coverage(differences, 0.5) <= 0.97


@pytest.mark.parametrize("n", [5, 10, 20])
@pytest.mark.parametrize("ratio", [1 / 9, 1 / 4, 1.0])
def test_coverage_of_correlated_differences_is_close_to_the_level(n, ratio):
    # Differences of splits that share samples are correlated by n_test / n_all.
    shared = ratio / (1 + ratio)
    common, own = RNG.normal(size=(4_000, 1)), RNG.normal(size=(4_000, n))
    differences = 0.5 + np.sqrt(shared) * common + np.sqrt(1 - shared) * own
    assert coverage(differences, 0.5, overlap=ratio) >= 0.93
    assert coverage(differences, 0.5) < 0.93  # which the correction is for


def test_default_level_is_95_percent():
    assert LEVEL == 0.95

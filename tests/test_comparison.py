"""The paired comparison: against the statistics module, SciPy's bootstrap, and simulation."""

import dataclasses
import statistics

import numpy as np
import pytest
from scipy import stats

from annlab import DatasetConfig, RunConfig, TrainingConfig
from annlab.comparison import (
    CONFIDENCE,
    N_RESAMPLES,
    RESAMPLING_SEED,
    bootstrap_interval,
    compare,
    not_comparable,
)

RNG = np.random.default_rng(7)


def from_seed(seed, n_seeds=1):
    return RunConfig(training=TrainingConfig(seed=seed, n_seeds=n_seeds))


# ---- pairs


def test_compare_pairs_seeds():
    a, b = np.array([0.9, 0.8, 0.7, 0.6]), np.array([0.95, 0.8, 0.6, 0.9])
    found = compare(a, b)
    differences = [0.95 - 0.9, 0.0, 0.6 - 0.7, 0.9 - 0.6]
    assert (found.n_pairs, found.n_better, found.n_worse) == (4, 2, 1)
    assert found.mean == pytest.approx(statistics.mean(differences))
    assert found.std == pytest.approx(statistics.stdev(differences))


def test_compare_turns_round_for_errors():
    a, b = np.array([3.0, 2.0, 1.0]), np.array([1.0, 1.0, 2.0])
    found = compare(a, b, higher_is_better=False)
    assert (found.n_better, found.n_worse) == (2, 1)
    assert found.mean == pytest.approx(-2 / 3)  # always B - A
    assert found.interval[0] < -2 / 3 < found.interval[1]


@pytest.mark.parametrize(("n_a", "n_b"), [(2, 5), (5, 2)])
def test_compare_goes_as_far_as_both_reach(n_a, n_b):
    found = compare(np.arange(n_a) * 1.0, np.arange(n_b) * 3.0)
    assert found.n_pairs == 2
    assert found.mean == pytest.approx(statistics.mean([0, 2]))


@pytest.mark.parametrize(
    ("first_a", "n_a", "first_b", "n_b"),
    [(0, 5, 0, 5), (0, 5, 2, 5), (2, 5, 0, 5), (10, 3, 0, 20), (0, 20, 10, 3), (4, 1, 0, 5)],
)
def test_pairs_are_networks_with_the_same_seed(first_a, n_a, first_b, n_b):
    score_a = dict(zip(range(first_a, first_a + n_a), RNG.normal(size=n_a), strict=True))
    score_b = dict(zip(range(first_b, first_b + n_b), RNG.normal(size=n_b), strict=True))
    differences = [score_b[seed] - score_a[seed] for seed in sorted(set(score_a) & set(score_b))]
    found = compare(
        np.array(list(score_a.values())),
        np.array(list(score_b.values())),
        configs=(from_seed(first_a, n_a), from_seed(first_b, n_b)),
    )
    assert found.n_pairs == len(differences)
    assert found.n_better == sum(difference > 0 for difference in differences)
    assert found.n_worse == sum(difference < 0 for difference in differences)
    assert found.mean == pytest.approx(statistics.mean(differences))


def test_runs_without_a_common_seed_have_no_pair():
    with pytest.raises(ValueError, match=r"the same seed: A has 0 to 2, B has 3 to 5\."):
        compare(np.ones(3), np.ones(3), configs=(from_seed(0, 3), from_seed(3, 3)))


def test_one_pair_has_no_spread_and_no_interval():
    found = compare(np.array([0.5]), np.array([0.75]))
    assert (found.n_pairs, found.n_better, found.mean, found.std) == (1, 1, 0.25, 0.0)
    assert found.interval is None


@pytest.mark.parametrize(
    ("n_better", "n_worse"), [(0, 0), (1, 0), (5, 0), (6, 0), (0, 6), (9, 1), (4, 4), (50, 20)]
)
def test_p_value_is_the_binomial_tests(n_better, n_worse):
    signs = np.array([1.0] * n_better + [-1.0] * n_worse + [0.0])
    expected = stats.binomtest(n_better, n_better + n_worse).pvalue if n_better + n_worse else 1
    assert compare(np.zeros(len(signs)), signs).p_value == pytest.approx(expected)


# ---- the interval


@pytest.mark.parametrize("n", [2, 3, 10, 1000])
def test_interval_is_scipys(n):
    values = RNG.normal(0.3, 2.0, size=n)
    oracle = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=N_RESAMPLES,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(RESAMPLING_SEED),
    ).confidence_interval
    found = compare(np.zeros(n), values).interval
    assert found == bootstrap_interval(values)
    np.testing.assert_allclose(found, (oracle.low, oracle.high), rtol=1e-9)


def test_interval_does_not_hang_on_the_generators_seed():
    # Another generator, far more resamples: the ends stay where they are.
    values = RNG.normal(size=10)
    low, high = bootstrap_interval(values)
    oracle = stats.bootstrap(
        (values,), np.mean, n_resamples=50_000, method="percentile", rng=np.random.default_rng(99)
    ).confidence_interval
    np.testing.assert_allclose((low, high), (oracle.low, oracle.high), atol=0.03 * (high - low))


@pytest.mark.parametrize(
    ("n", "least", "most"), [(2, 0.4, 0.6), (10, 0.86, 0.94), (40, 0.91, 0.98)]
)
def test_interval_holds_the_true_mean_as_often_as_it_says(n, least, most):
    # Of normal values of mean 0.5; 400 repetitions know a share of 0.95 to ± 0.03.
    samples = RNG.normal(0.5, 1.0, size=(400, n))
    ends = np.array([bootstrap_interval(values) for values in samples])
    covered = ((ends[:, 0] <= 0.5) & (ends[:, 1] >= 0.5)).mean()
    assert least < covered < most


def test_equal_differences_leave_no_doubt():
    assert bootstrap_interval(np.full(5, 0.25)) == (0.25, 0.25)


def test_the_same_numbers_give_the_same_interval():
    values = RNG.normal(size=20)
    assert bootstrap_interval(values) == bootstrap_interval(values.copy())


# ---- what can be compared


def changed(run, section, **values):
    part = getattr(run.config, section).model_copy(update=values)
    return dataclasses.replace(run, config=run.config.model_copy(update={section: part}))


def test_runs_on_the_same_points_are_comparable(binary_run):
    assert not_comparable(binary_run, binary_run) == ""
    assert not_comparable(binary_run, changed(binary_run, "model", hidden_sizes=())) == ""
    assert not_comparable(binary_run, changed(binary_run, "dataset", scaling="minmax")) == ""
    stopped = dataclasses.replace(binary_run, ending="stopped")
    assert not_comparable(binary_run, stopped) == ""


@pytest.mark.parametrize(
    "other",
    [{"split_seed": 1}, {"test_fraction": 0.3}, {"noise": 0.1}, {"n_samples": 300}, {"seed": 9}],
)
def test_runs_on_other_points_are_not(binary_run, other):
    elsewhere = changed(binary_run, "dataset", **other)
    assert "different points" in not_comparable(binary_run, elsewhere)
    assert "different points" in not_comparable(elsewhere, binary_run)


def test_runs_on_other_data_are_not(binary_run, multiclass_run):
    assert "different points" in not_comparable(binary_run, multiclass_run)


def test_a_run_that_diverged_is_named(trained, binary_run):
    config = RunConfig(
        dataset=DatasetConfig(name="diabetes"),
        training=TrainingConfig(optimizer="sgd", learning_rate=100, max_epochs=30),
    )
    run = trained(config)
    assert run.ending == "diverged"
    good = dataclasses.replace(run, ending="finished")
    assert not_comparable(good, run).startswith("B diverged")
    assert not_comparable(run, good).startswith("A diverged")
    assert not_comparable(run, run).startswith("A and B diverged")


def test_runs_from_other_seeds_are_not(binary_run):
    # Networks 5 to 7 of the run.
    assert not_comparable(binary_run, changed(binary_run, "training", seed=7)) == ""
    said = not_comparable(binary_run, changed(binary_run, "training", seed=8))
    assert said == "No two networks started from the same seed: A has 5 to 7, B has 8 to 10."


def test_runs_are_called_by_their_names(binary_run, multiclass_run):
    said = not_comparable(binary_run, multiclass_run, ("Moons", "Wine"))
    assert said.startswith("Moons and Wine were scored on different points")
    later = changed(binary_run, "training", seed=8)
    assert "Early has 5 to 7, Late has 8 to 10." in not_comparable(
        binary_run, later, ("Early", "Late")
    )

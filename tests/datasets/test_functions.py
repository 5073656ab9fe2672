"""Samples of a function: range, gap, noise and outliers."""

import math

import numpy as np
import pytest
from scipy import stats

from annlab import DatasetConfig, load_dataset
from annlab.datasets import DATASETS, FUNCTIONS

# The same functions, written number by number from their formulas.
BY_THE_BOOK = {
    "sine": lambda x: math.sin(2 * x),
    "step": lambda x: -1.0 if x < 0 else 1.0,
    "abs": lambda x: x if x > 0 else -x,
    "cubic": lambda x: x * x * x / 9 - x,
    "sum": lambda x: math.sin(x) + 0.5 * math.sin(5 * x),
}


def points(**fields):
    dataset = load_dataset(DatasetConfig(name="function_1d", **fields))
    return dataset.X_train[:, 0], dataset.y_train


def test_every_function_has_a_reference():
    assert set(BY_THE_BOOK) == set(FUNCTIONS)
    for name, entry in FUNCTIONS.items():
        assert entry.name == name
        assert entry.label
        assert entry.formula


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_samples_without_noise_lie_on_the_function(name):
    x, y = points(function=name, noise=0)
    np.testing.assert_allclose(y, [BY_THE_BOOK[name](float(v)) for v in x], atol=2e-6)


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_a_function_takes_any_shape(name):
    x = np.linspace(-3, 3, 12)
    f = FUNCTIONS[name].f
    np.testing.assert_array_equal(f(x.reshape(3, 4)), f(x).reshape(3, 4))
    assert np.abs(f(np.linspace(-3, 3, 1001))).max() <= 3


def test_published_samples():
    random = np.random.RandomState(0)
    x = random.uniform(-3, 3, 200)
    y = np.sin(2 * x) + 0.1 * random.randn(200)
    made = points()
    np.testing.assert_array_equal(made[0], x.astype(np.float32))
    np.testing.assert_array_equal(made[1], y.astype(np.float32))


@pytest.mark.parametrize("gap", [0.0, 1.0, 4.0])
def test_x_is_uniform_outside_the_gap(gap):
    x, _ = points(n_samples=10_000, gap=gap)
    assert np.abs(x).min() >= gap / 2 - 1e-6
    assert np.abs(x).max() <= 3
    # Without the gap, both sides form one uniform distribution (Kolmogorov-Smirnov test).
    together = x - np.sign(x) * gap / 2
    assert stats.kstest(together, stats.uniform(gap / 2 - 3, 6 - gap).cdf).pvalue > 0.01


def test_noise_is_normal_with_the_given_standard_deviation():
    quiet, loud = points(n_samples=10_000, noise=0)[1], points(n_samples=10_000, noise=0.5)[1]
    assert stats.kstest(loud - quiet, stats.norm(0, 0.5).cdf).pvalue > 0.01


@pytest.mark.parametrize(("outliers", "n"), [(0.0, 0), (0.05, 10), (0.3, 60)])
def test_number_and_distance_of_outliers(outliers, n):
    x, y = points(noise=0.2)
    x_far, y_far = points(noise=0.2, outliers=outliers)
    np.testing.assert_array_equal(x, x_far)
    moved = y_far != y
    assert moved.sum() == n
    np.testing.assert_allclose((y_far - y)[moved], 6, atol=1e-5)


def test_more_outliers_include_the_same_outliers():
    y, some, more = (points(outliers=share)[1] for share in (0.0, 0.1, 0.2))
    assert set(np.flatnonzero(some != y)) < set(np.flatnonzero(more != y))


def test_seed_determines_the_samples():
    a, again, b = points(seed=11), points(seed=11), points(seed=12)
    np.testing.assert_array_equal(a, again)
    assert not np.array_equal(a, b)


def test_global_random_state_is_unchanged():
    before = np.random.get_state()[1].copy()
    entry = DATASETS["function_1d"]
    entry.make(**entry.arguments(DatasetConfig(name="function_1d")))
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_axes_are_named_x_and_y():
    entry = DATASETS["function_1d"]
    assert (entry.names_of_features(), entry.target_name) == (("x",), "y")

"""Generated data sets: published samples, and effects of the settings."""

import inspect
import math

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_circles, make_classification, make_moons

from annlab import DatasetConfig, load_dataset
from annlab.datasets import DATASETS
from annlab.datasets.synthetic import SYNTHETIC, n_rare

NAMES = [spec.name for spec in SYNTHETIC]
MOONS_DIGEST = "dbf1fa1b13afaff87cf28509890a6b9d704e8ab431645020f472035809ee18c3"
GAUSSIANS_DIGEST = "7bd0dbe95c8c218bb398b16954fc6d16656e02400ca0883b3fb2264806fe7700"

PUBLISHED = {
    "linear": lambda: make_classification(
        n_samples=1000,
        n_features=2,
        n_redundant=0,
        n_informative=2,
        n_clusters_per_class=1,
        random_state=7,
    ),
    "moons": lambda: make_moons(1000, noise=0.05, random_state=0),
    "circles": lambda: make_circles(1000, noise=0.05, factor=0.3, random_state=0),
    "blobs": lambda: make_blobs(1000, centers=4, cluster_std=1.0, random_state=0),
}


def points(name, **fields):
    dataset = load_dataset(DatasetConfig(name=name, **fields))
    return dataset.X_train, dataset.y_train


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_published_samples_match_scikit_learn(name):
    X, y = PUBLISHED[name]()
    made = points(name)
    np.testing.assert_array_equal(made[0], X.astype(np.float32))
    np.testing.assert_array_equal(made[1], y)


def sine_by_the_book():
    """Generate the sine wave point by point from its description."""
    n, s = 2400, 200
    random = np.random.RandomState(0)
    X, y = [], []
    for i in range(n):
        x = -3 * math.pi + i * 6 * math.pi / (n - 1)
        u = math.sin(x)
        push = abs(0.1 * random.randn() + 0.1)
        u = u + push if u > 0 else u - push
        quarter = i // s
        X.append((x + 0.3 * quarter, u))
        y.append(quarter % 2)
    return X, y


def spirals_by_the_book():
    """Generate the spirals point by point from their description."""
    random = np.random.RandomState(0)
    X, y = [], []
    for j in range(3):
        for i, jitter in enumerate(random.randn(500)):
            r = i / 499
            t = 4 * j + 4 * i / 499 + 0.2 * jitter
            X.append((r * math.sin(t), r * math.cos(t)))
            y.append(j)
    return X, y


@pytest.mark.parametrize(
    ("name", "by_the_book"), [("sine", sine_by_the_book), ("spirals", spirals_by_the_book)]
)
def test_published_samples_match_their_description(name, by_the_book):
    X, y = by_the_book()
    made = points(name)
    np.testing.assert_allclose(made[0], X, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(made[1], y)


def test_sine_has_twelve_quarters_with_gaps():
    X, y = points("sine")
    assert np.bincount(y).tolist() == [1200, 1200]
    changes = np.flatnonzero(np.diff(y)) + 1
    assert changes.tolist() == list(range(200, 2400, 200))
    steps = np.diff(X[:, 0])
    np.testing.assert_allclose(steps[changes - 1], 6 * np.pi / 2399 + 0.3, atol=1e-5)
    assert np.delete(steps, changes - 1).max() < 0.01


def test_spirals_have_arms_of_equal_size():
    X, y = points("spirals")
    assert np.bincount(y).tolist() == [500, 500, 500]
    radius = np.hypot(*X.T).reshape(3, 500)
    np.testing.assert_allclose(radius, np.tile(np.linspace(0, 1, 500), (3, 1)), atol=1e-6)


def test_xor_classes_without_noise_follow_the_signs():
    X, y = points("xor", noise=0)
    np.testing.assert_array_equal(y, np.sign(X[:, 0]) != np.sign(X[:, 1]))
    assert np.abs(X).max() <= 1
    for quadrant in ((X[:, 0] > 0) & (X[:, 1] > 0), (X[:, 0] > 0) & (X[:, 1] < 0)):
        assert 200 < quadrant.sum() < 300


def test_gaussians_have_the_given_means_and_spread():
    X, y = points("gaussians", n_samples=20_000, noise=0.5)
    for label, center in ((0, -1), (1, 1)):
        cloud = X[y == label]
        assert len(cloud) == 10_000
        # Standard errors of mean and spread: 0.005 and 0.0035.
        np.testing.assert_allclose(cloud.mean(axis=0), center, atol=0.02)
        np.testing.assert_allclose(cloud.std(axis=0), 0.5, atol=0.015)


def test_random_labels_are_independent_of_the_features():
    X, y = points("random_labels")
    assert X.shape == (1000, 10)
    assert X.min() >= 0
    assert X.max() < 1
    assert 440 < y.sum() < 560
    correlation = np.corrcoef(np.column_stack([X, y]).T)[-1, :-1]
    assert np.abs(correlation).max() < 0.13  # four standard errors


@pytest.mark.parametrize("name", NAMES)
def test_seed_determines_the_samples(name):
    a, again, b = points(name, seed=11), points(name, seed=11), points(name, seed=12)
    np.testing.assert_array_equal(a[0], again[0])
    np.testing.assert_array_equal(a[1], again[1])
    assert not np.array_equal(a[0], b[0])


@pytest.mark.parametrize("name", NAMES)
def test_number_of_samples_and_balance(name):
    equal = {"rare_fraction": 0.5} if "rare_fraction" in DATASETS[name].defaults else {}
    X, y = points(name, n_samples=240, **equal)
    assert X.shape == (240, DATASETS[name].n_features)
    assert y.shape == (240,)
    counts = np.bincount(y)
    assert len(counts) == len(DatasetConfig(name=name).class_names)
    assert counts.min() > 0.75 * 240 / len(counts)


@pytest.mark.parametrize("name", [name for name in NAMES if "noise" in DATASETS[name].defaults])
def test_noise_moves_the_samples(name):
    low, _ = DATASETS[name].noise_range
    quiet, loud = points(name, noise=low), points(name, noise=1)
    np.testing.assert_array_equal(quiet[1], loud[1])
    assert np.abs(quiet[0] - loud[0]).mean() > 0.1


@pytest.mark.parametrize("name", [name for name in NAMES if "n_classes" in DATASETS[name].defaults])
@pytest.mark.parametrize("n_classes", [2, 8])
def test_number_of_classes(name, n_classes):
    config = DatasetConfig(name=name, n_classes=n_classes, n_samples=400)
    dataset = load_dataset(config)
    assert np.bincount(dataset.y_train).tolist() == [400 // n_classes] * n_classes
    assert dataset.class_names == tuple(f"class {k}" for k in range(n_classes))


@pytest.mark.parametrize("name", NAMES)
def test_global_random_state_is_unchanged(name):
    before = np.random.get_state()[1].copy()
    DATASETS[name].make(**DATASETS[name].defaults)
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_maker_source_runs_on_its_own(spec):
    # Exported scripts contain this source, and run without annlab.
    def alone(function):
        source = "from __future__ import annotations\n" + inspect.getsource(function)
        exec(source, namespace)
        return namespace[function.__name__]

    namespace = {}
    arguments = spec.arguments(DatasetConfig(name=spec.name))
    given = {name: alone(value) if callable(value) else value for name, value in arguments.items()}
    for helper in spec.helpers:
        alone(helper)
    made = alone(spec.make)(**given)
    for array, expected in zip(made, spec.make(**arguments), strict=True):
        np.testing.assert_array_equal(array, expected)


@pytest.mark.parametrize("name", ["moons", "gaussians"])
@pytest.mark.parametrize(("fraction", "n_rare"), [(0.5, 500), (0.05, 50), (0.2, 200)])
def test_the_second_class_has_its_share(name, fraction, n_rare):
    _, y = points(name, rare_fraction=fraction)
    assert len(y) == 1000
    assert np.sum(y == 1) == n_rare


@pytest.mark.parametrize("name", ["moons", "gaussians"])
@pytest.mark.parametrize(
    ("n", "fraction", "n_second"),
    [(1000, 0.34, 340), (100, 0.29, 29), (20, 0.02, 1), (60, 0.02, 1), (77, 0.02, 2)],
)
def test_a_small_share_is_rounded_and_never_nothing(name, n, fraction, n_second):
    made = DATASETS[name].make(n_samples=n, noise=0.1, seed=0, rare_fraction=fraction)
    assert np.bincount(made[1]).tolist() == [n - n_second, n_second]
    assert n_rare(n, fraction) == n_second


def test_a_rare_class_has_samples_for_every_split():
    few = {"name": "gaussians", "n_samples": 50, "rare_fraction": 0.04}
    sentence = (
        "rare_fraction: class “class 1” would have 2 samples, and each of the 3 splits needs one. "
        "Use more samples or a larger share"
    )
    with pytest.raises(ValueError, match=sentence):
        DatasetConfig(**few, test_fraction=0.2, validation_fraction=0.2)
    data = load_dataset(DatasetConfig(**few, test_fraction=0.5))
    assert [np.sum(y == 1) for y in (data.y_train, data.y_test)] == [1, 1]


@pytest.mark.parametrize(("name", "n"), [("moons", 101), ("gaussians", 101), ("gaussians", 1000)])
def test_equal_classes_are_those_of_before(name, n):
    X, y = points(name, n_samples=n)
    if name == "moons":
        expected = make_moons(n, noise=0.05, random_state=0)
        np.testing.assert_array_equal(X, expected[0].astype(np.float32))
        np.testing.assert_array_equal(y, expected[1])
    else:
        np.testing.assert_array_equal(y, np.arange(n) % 2)


def test_digests_of_equal_classes_are_those_of_before():
    # Computed before the setting came.
    assert DatasetConfig().digest == MOONS_DIGEST
    assert DatasetConfig(name="gaussians").digest == GAUSSIANS_DIGEST
    assert DatasetConfig(rare_fraction=0.1).digest != MOONS_DIGEST


def test_other_data_have_no_rare_class():
    with pytest.raises(ValueError, match="does not apply to Circles"):
        DatasetConfig(name="circles", rare_fraction=0.1)
    assert np.mean(points("rare")[1]) == pytest.approx(0.05)

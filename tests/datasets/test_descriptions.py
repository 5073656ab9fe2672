"""Descriptions of data sets and activations, checked against data and functions."""

import re

import numpy as np
import pytest
from scipy import stats
from sklearn import datasets as sklearn_datasets

from annlab import DatasetConfig, load_dataset
from annlab.datasets import DATASETS, FUNCTIONS
from annlab.datasets.functions import DOMAIN
from annlab.lessons.experiments import EXPERIMENTS
from annlab.nn.activations import ACTIVATIONS
from annlab.runs.history import MAX_CHECKPOINTS, checkpoint_epochs
from tests.ui.visitor import ROOT


def samples(name, **fields):
    dataset = load_dataset(DatasetConfig(name=name, **fields))
    return dataset.X_train.astype(float), dataset.y_train


def best_line(X, y, n_directions=3600):
    """Largest accuracy of any straight line, over all cuts along many directions."""
    best = 0
    for angle in np.linspace(0, np.pi, n_directions, endpoint=False):
        ones = np.cumsum(y[np.argsort(X @ [np.cos(angle), np.sin(angle)])])
        n, total = np.arange(1, len(y) + 1), ones[-1]
        right = np.append(n - ones + total - ones, total)  # class 0 below the cut, 1 above it
        best = max(best, right.max(), len(y) - right.min())
    return best / len(y)


def test_best_line_accuracy_of_known_cases():
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert best_line(X, np.array([0, 0, 0, 1])) == 1
    assert best_line(X, np.array([0, 1, 1, 0])) == 0.75
    assert best_line(X, np.array([1, 1, 0, 0])) == 1


@pytest.mark.parametrize("name", [name for name, spec in DATASETS.items() if spec.defaults])
def test_numbers_that_a_setting_changes_are_those_published(name):
    said = DATASETS[name].description.partition("As published")[0]
    assert not re.search(r"%|\d{2}|one in|in twenty|samples", said)


@pytest.mark.parametrize("name", ["moons", "circles", "xor"])
def test_best_line_reaches_the_stated_accuracy(name):
    (percent,) = re.findall(r"straight line gets (\d+\.?\d*) % right", DATASETS[name].description)
    digits = len(percent.partition(".")[2])
    assert f"{100 * best_line(*samples(name)):.{digits}f}" == percent


def test_one_line_separates_the_linear_clouds_but_for_one_sample():
    assert "all samples but one" in DATASETS["linear"].description
    X, y = samples("linear")
    assert best_line(X, y) == pytest.approx(1 - 1 / len(y))
    assert best_line(*samples("linear", seed=8)) < 0.999  # so it must say "as published"
    assert "all samples but one" in EXPERIMENTS["E1"].question


def test_circles_are_a_ring_inside_a_ring():
    X, y = samples("circles")
    radius = np.hypot(*X.T)
    inner, outer = radius[y == 1], radius[y == 0]
    assert (
        0 < inner.min() < inner.max() < outer.min()
    )  # a hole in the middle, so the shape is a ring and not a disc
    assert np.bincount(y).tolist() == [500, 500]
    assert best_line(X, y) == pytest.approx(0.694)
    assert "69 %" in EXPERIMENTS["E3"].question
    # The inner ring is a disc only with the larger noise of the page's experiment.
    assert "ring" in EXPERIMENTS["circle"].question


@pytest.mark.parametrize("noise", [0.5, 0.7, 1.5])
def test_no_boundary_beats_a_line_between_two_gaussians(noise):
    # The line halfway between the means reaches the Bayes error, which no classifier can beat.
    X, y = samples("gaussians", n_samples=20_000, noise=noise)
    accuracy = ((X.sum(axis=1) > 0) == y).mean()
    bayes = stats.norm.cdf(np.sqrt(2) / noise)
    assert accuracy == pytest.approx(bayes, abs=4 * np.sqrt(bayes * (1 - bayes) / len(y)))


@pytest.mark.parametrize("noise", [0.1, 0.5])
def test_sine_noise_moves_samples_by_the_stated_factor(noise):
    (factor,) = re.findall(r"1\.\d+", DATASETS["sine"].noise_meaning)
    quiet, loud = (samples("sine", noise=n)[0][:, 1] for n in (0, noise))
    push = np.abs(loud - quiet)
    assert push.mean() == pytest.approx(float(factor) * noise, rel=0.05)
    assert np.all(np.sign(loud) == np.sign(quiet))


def test_features_carry_no_information_about_random_labels():
    assert DATASETS["random_labels"].n_features == 10
    X, y = samples("random_labels", n_samples=5000)
    p = [stats.ks_2samp(x[y == 0], x[y == 1]).pvalue for x in X.T]
    assert min(p) > 0.01 / 10  # ten tests at a level of 1 % together


@pytest.mark.parametrize("name", ["spirals", "blobs"])
@pytest.mark.parametrize("n_classes", [2, 5])
def test_each_class_has_one_arm_or_cloud(name, n_classes):
    X, y = samples(name, n_classes=n_classes, n_samples=500)
    assert len(np.unique(y)) == n_classes
    assert X.shape[1] == 2


NUMBERS = {
    "Two": 2,
    "Four": 4,
    "Eight": 8,
    "Ten": 10,
    "ten": 10,
    "three": 3,
    "Thirteen": 13,
    "Thirty": 30,
    "Twelve": 12,
}


@pytest.mark.parametrize(
    ("name", "features", "classes"),
    [
        ("breast_cancer", "Thirty", 2),
        ("iris", "Four", "three"),
        ("wine", "Thirteen", "three"),
        ("digits", None, "ten"),
        ("diabetes", "Ten", 0),
        ("california_housing", "Eight", 0),
        ("fashion_mnist", None, "ten"),
    ],
)
def test_numbers_in_descriptions_match_the_data(name, features, classes):
    spec = DATASETS[name]
    if features:
        assert features in spec.description
        assert spec.n_features == NUMBERS[features]
    if isinstance(classes, str):
        assert classes in spec.description
        classes = NUMBERS[classes]
    assert len(spec.class_names) == classes
    if spec.image_shape:
        assert " × ".join(map(str, spec.image_shape)) in spec.description
        assert np.prod(spec.image_shape) == spec.n_features


def test_words_in_descriptions_match_the_sources():
    assert set(DATASETS["breast_cancer"].class_names) == set(
        sklearn_datasets.load_breast_cancer().target_names
    )
    names = sklearn_datasets.load_iris().feature_names
    assert all(name.endswith("(cm)") for name in names)
    assert "centimeters" in DATASETS["iris"].description
    assert {"age", "sex"} < set(sklearn_datasets.load_diabetes().feature_names)
    assert "Ten facts" in DATASETS["diabetes"].description  # not all features are measurements
    assert DATASETS["california_housing"].target_name.startswith("median house value")


def test_functions_match_their_docstrings():
    x = np.linspace(*DOMAIN, 6001)
    periods = (DOMAIN.high - DOMAIN.low) / np.pi  # of sin 2x
    assert 1.8 < periods < 2
    np.testing.assert_allclose(FUNCTIONS["sine"].f(x + np.pi), FUNCTIONS["sine"].f(x), atol=1e-12)
    np.testing.assert_allclose(FUNCTIONS["cubic"].f(np.array([-3.0, 0.0, 3.0])), 0, atol=1e-12)
    slope = np.diff(FUNCTIONS["cubic"].f(x))
    assert (np.diff(np.sign(slope)) != 0).sum() == 2  # one hill, one valley
    assert set(np.unique(FUNCTIONS["step"].f(x))) == {-1.0, 1.0}


def test_samples_of_functions_lie_in_the_domain():
    X, _ = samples("function_1d", n_samples=5000)
    assert DOMAIN.low <= X.min() < DOMAIN.low + 0.01
    assert DOMAIN.high - 0.01 < X.max() <= DOMAIN.high


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_targets_described_as_positive_are_positive(seed):
    entry = EXPERIMENTS["positive"]
    assert "All targets are positive" in entry.question
    changed = {"seed": seed, "test_fraction": 0.0, "validation_fraction": 0.0}
    data = entry.runs[0].dataset.model_copy(update=changed)
    assert load_dataset(data).y_train.min() > 0.2


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_one_target_in_ten_is_an_outlier_in_the_outlier_experiment(seed):
    data = EXPERIMENTS["outliers"].runs[0].dataset.model_copy(update={"seed": seed})
    y = load_dataset(data.model_copy(update={"outliers": 0.0})).split("all")[1]
    far = load_dataset(data).split("all")[1]
    assert np.isclose(far - y, 6, atol=1e-4).mean() == pytest.approx(0.1)
    assert "One sample in ten lies 6 too high" in EXPERIMENTS["outliers"].question


def test_numbers_in_questions_match_the_runs():
    few = EXPERIMENTS["gaussians"]
    sizes = few.runs[0].dataset.sizes()
    assert f"{sizes.train} samples to learn from" in few.question
    assert f"{sizes.test} to be tested" in few.question
    assert f"{few.runs[1].n_parameters:,} parameters" in few.question
    assert f"what do {few.runs[0].n_parameters}?" in few.question
    assert EXPERIMENTS["digits"].runs[0].dataset.spec.n_features == 64
    for name in ("E9", "E11"):
        first = EXPERIMENTS[name].question.split()[0]
        n_features = EXPERIMENTS[name].runs[0].dataset.spec.n_features
        assert NUMBERS[first] == n_features


def test_only_activations_with_small_slopes_saturate():
    def sides(name):
        return tuple(np.isfinite(ACTIVATIONS[name].saturated))

    assert sides("leaky_relu") == sides("linear") == (False, False)
    assert sides("relu") == sides("elu") == sides("selu") == sides("softplus") == (True, False)
    assert sides("tanh") == sides("sigmoid") == (True, True)
    assert ACTIVATIONS["relu"].saturated == (0.0, np.inf)
    assert ACTIVATIONS["step"].saturated == (0.0, 0.0)


def test_statements_about_slopes_hold():
    z = np.linspace(-30, 30, 60_001)
    assert "slope of at most 1/4" in ACTIVATIONS["sigmoid"].use
    assert ACTIVATIONS["sigmoid"].derivative(z).max() == 0.25
    assert "never zero" in ACTIVATIONS["leaky_relu"].use
    assert ACTIVATIONS["leaky_relu"].derivative(z).min() > 0
    assert "slope is zero" in ACTIVATIONS["step"].use
    assert not ACTIVATIONS["step"].derivative(z).any()
    assert "centered on zero" in ACTIVATIONS["tanh"].use
    np.testing.assert_allclose(ACTIVATIONS["tanh"].f(-z), -ACTIVATIONS["tanh"].f(z))


def test_elu_brings_the_mean_closer_to_zero_than_relu():
    z = np.random.default_rng(0).standard_normal(100_000)
    assert abs(ACTIVATIONS["elu"].f(z).mean()) < abs(ACTIVATIONS["relu"].f(z).mean())


def test_selu_needs_lecun_normal_weights():
    # With LeCun normal weights the variance stays over ten layers; with He's it grows.
    random = np.random.default_rng(0)
    spread = {}
    for gain in (1, 2):
        a = random.standard_normal((500, 256))  # standardized features
        for _ in range(10):
            a = ACTIVATIONS["selu"].f(a @ random.normal(0, np.sqrt(gain / 256), (256, 256)))
        spread[gain] = a.std()
    assert spread[1] == pytest.approx(1, abs=0.15)
    assert spread[2] > 1.5
    assert "LeCun normal" in ACTIVATIONS["selu"].use


def test_probabilities_of_softmax_sum_to_one_and_scores_need_not():
    scores = np.array([[2.0, 1.0, 0.0, -1.0]])
    assert ACTIVATIONS["softmax"].f(scores).sum() == pytest.approx(1)
    assert scores.sum() != 1
    assert "probabilities that sum to one" in ACTIVATIONS["softmax"].use


@pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_values_lie_in_their_range_and_reach_it(entry):
    z = np.linspace(-20, 20, 400_001) if entry.elementwise else np.eye(3) * [[1.0], [40.0], [-40.0]]
    low, high = entry.value_range
    values = entry.f(z)
    assert low <= values.min()
    assert values.max() <= high
    for end, reached in ((low, values.min()), (high, values.max())):
        if np.isfinite(end):
            assert reached == pytest.approx(end, abs=5e-4)


def test_epoch_slider_reaches_the_epochs_on_the_home_page():
    (said,) = re.findall(r"up to (\d+) saved epochs", (ROOT / "streamlit_app.py").read_text())
    assert int(said) == MAX_CHECKPOINTS - 1  # and before training
    n = [len(checkpoint_epochs(10**k, 1, 1)) for k in range(1, 6)]
    assert 30 < max(n) <= MAX_CHECKPOINTS

"""Diagnosis of runs with several targets or labels: simple models, sentences, standard errors."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import Ridge
from sklearn.metrics import hamming_loss, log_loss, mean_squared_error
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import StandardScaler

from annlab import DatasetConfig, evaluate, load_dataset, train
from annlab.analysis.diagnosis import checks_on_new_samples, diagnose
from annlab.analysis.diagnosis.evidence import Evidence
from annlab.analysis.diagnosis.measures import MEASURES
from annlab.analysis.diagnosis.simple_models import (
    N_NEIGHBORS,
    constant_loss,
    linear_prediction,
    neighbor_prediction,
    regression_loss,
)
from annlab.analysis.prediction import predict
from annlab.datasets import Dataset
from annlab.formatting import number
from tests.analysis.diagnosis.cases import finding_of
from tests.analysis.several_targets import several


def _standardized(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    scaler = StandardScaler().fit(dataset.X_train.astype(float))
    return tuple(scaler.transform(X.astype(float)) for X in (dataset.X_train, dataset.X_test))


@pytest.mark.parametrize("name", ["plane_curve", "linnerud"])
def test_predictions_of_several_targets_match_scikit_learn(name: str) -> None:
    dataset = load_dataset(DatasetConfig(name=name, test_fraction=0.3, target_scaling="standard"))
    X_train, X_test = _standardized(dataset)
    y_train = dataset.y_train.astype(float)
    oracle = Ridge(alpha=1.0).fit(X_train, y_train).predict(X_test)
    np.testing.assert_allclose(linear_prediction(dataset, "test"), oracle)
    neighbors = KNeighborsRegressor(N_NEIGHBORS).fit(X_train, y_train).predict(X_test)
    np.testing.assert_allclose(neighbor_prediction(dataset, "test"), neighbors)
    scaler = StandardScaler().fit(y_train)
    expected = mean_squared_error(scaler.transform(dataset.y_test), scaler.transform(oracle))
    assert regression_loss(dataset, "test", "mse", oracle) == pytest.approx(expected, rel=1e-5)
    mean = np.zeros_like(dataset.y_test)
    expected = mean_squared_error(scaler.transform(dataset.y_test), mean)
    assert constant_loss(dataset, "test", "mse") == pytest.approx(expected, rel=1e-5)


def test_predictions_of_labels_match_scikit_learn() -> None:
    dataset = load_dataset(DatasetConfig(name="labels", test_fraction=0.3))
    X_train, X_test = _standardized(dataset)
    said = linear_prediction(dataset, "test")
    assert said.shape == dataset.y_test.shape
    for k, called in enumerate(said.T):
        oracle = LinearDiscriminantAnalysis().fit(X_train, dataset.y_train[:, k])
        # The model differs from scikit-learn by a small ridge penalty.
        assert (called == oracle.predict(X_test)).mean() >= 0.97
    neighbors = KNeighborsClassifier(N_NEIGHBORS).fit(X_train, dataset.y_train)
    np.testing.assert_array_equal(neighbor_prediction(dataset, "test"), neighbors.predict(X_test))
    measured = MEASURES["labels"].of_prediction(dataset, "test", "mse", said)
    assert measured == pytest.approx(1 - hamming_loss(dataset.y_test, said))


@pytest.mark.parametrize("split", ["train", "test"])
def test_loss_of_label_shares_matches_scikit_learn(split) -> None:
    dataset = load_dataset(DatasetConfig(name="labels", test_fraction=0.3))
    X, y = dataset.split(split)
    dummy = DummyClassifier(strategy="prior").fit(dataset.X_train, dataset.y_train)
    shares = dummy.predict_proba(X)
    expected = np.mean([log_loss(y[:, k], share) for k, share in enumerate(shares)])
    assert constant_loss(dataset, split, "binary_cross_entropy") == pytest.approx(expected)
    brier = np.mean([(share[:, 1] - y[:, k]) ** 2 for k, share in enumerate(shares)])
    assert constant_loss(dataset, split, "mse") == pytest.approx(brier)


def test_a_standard_error_of_labels_is_not_too_small(trained) -> None:
    """It bounds that of the mean over samples, whose labels may be wrong together."""
    run = trained(several("labels", max_epochs=30, n_samples=2000, n_seeds=1))
    dataset = load_dataset(run.config.dataset)
    held_out = Evidence(run, dataset, ()).held_out
    said = predict(run.config, run.layers(), dataset, dataset.X_test)[0]
    of_samples = (said == dataset.y_test).mean(axis=1)
    of_mean = of_samples.std(ddof=1) / np.sqrt(len(of_samples)) / (1 - held_out.baseline)
    assert held_out.typical == pytest.approx(of_samples.mean(), abs=1e-6)
    assert of_mean < held_out.standard_error < 3 * of_mean


def test_labels_that_no_feature_tells_are_named_truthfully(trained) -> None:
    run = trained(several("labels", learning_rate=1e-5, max_epochs=2))
    said = finding_of(run, "nothing learned").problem
    found = evaluate(run, split="train")
    assert "The label accuracy on the training samples is" in said
    expected = (
        f"always predicting the more common value of each label gives {number(found.baseline)}"
    )
    assert expected in said


def test_unscaled_targets_are_named(trained) -> None:
    run = trained(several("linnerud", scaling="standard", max_epochs=3))
    finding = finding_of(run, "nothing learned")
    y = load_dataset(run.config.dataset).y_train.astype(float)
    for name, column in zip(run.config.dataset.spec.target_names, y.T, strict=True):
        about = f"{name}: mean {number(column.mean())}, standard deviation {number(column.std())}"
        assert about in finding.problem
    assert "The targets are not scaled" in finding.problem
    assert "scaled targets" in finding.advice
    assert "a scaled target" not in finding.advice


def test_targets_of_unit_scale_are_not_blamed(trained) -> None:
    run = trained(several("plane_curve", learning_rate=1e-5, max_epochs=3))
    assert "not scaled" not in finding_of(run, "nothing learned").text


def test_a_loss_of_scaled_targets_is_named_so(trained) -> None:
    run = trained(several("linnerud", target_scaling="standard", learning_rate=1e-6, max_epochs=2))
    said = finding_of(run, "nothing learned").problem
    assert "mean squared error of the scaled targets" in said
    assert "always predicting the means gives 1.000" in said


def test_labels_learned_by_heart_are_named() -> None:
    """Labels of shuffled samples: the network can only learn them by heart."""
    config = several(
        "labels",
        n_samples=100,
        validation_fraction=0.0,
        test_fraction=0.5,
        scaling="standard",
        hidden_sizes=(64, 64),
        learning_rate=0.01,
        max_epochs=400,
        n_seeds=2,
    )
    dataset = load_dataset(config.dataset)
    y_train = np.random.default_rng(0).permutation(dataset.y_train)
    shuffled = replace(dataset, y_train=y_train)
    run = train(config, dataset=shuffled)
    (said,) = (
        finding.problem
        for finding in diagnose(run, dataset=shuffled)
        if finding.rule in ("memorized", "too few samples")
    )
    assert "the label accuracy is" in said.lower()
    assert "on the training samples" in said


def test_a_fall_of_less_than_half_a_label_is_no_fall() -> None:
    since = checks_on_new_samples._SCORE_SINCE["labels"]
    steps = several("labels").task.headline.steps(100, 3)
    assert steps == 300
    assert "did not fall" in since(0.9, 0.9 - 0.4 / steps, "label accuracy", steps, "why")
    said = since(0.9, 0.9 - 0.6 / steps, "label accuracy", steps, "why")
    assert said.startswith("The validation label accuracy fell too, from 0.9000 to 0.898")
    config = several("labels").task.scores[1]
    assert config.steps(100, 3) == 100  # the labels of a sample count together


@pytest.mark.parametrize("name", ["plane_curve", "linnerud", "labels"])
def test_every_run_is_diagnosed(trained, name: str) -> None:
    for changes in ({}, {"resample": "split"}, {"hidden_sizes": ()}, {"loss": "mse"}):
        run = trained(several(name, **changes))
        for finding in diagnose(run):
            assert "nan" not in finding.text
            assert " the accuracy" not in finding.text

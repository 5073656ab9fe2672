"""Simple models of the diagnosis against scikit-learn."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_absolute_error, mean_squared_error
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import StandardScaler

from annlab import DatasetConfig, load_dataset
from annlab.analysis.diagnosis.simple_models import (
    N_NEIGHBORS,
    constant_loss,
    linear_prediction,
    neighbor_prediction,
    regression_loss,
)
from annlab.datasets import Dataset

CLASSES = [
    {"name": "moons", "n_samples": 300, "noise": 0.3},
    {"name": "wine"},
    {"name": "iris", "scaling": "minmax"},
]
VALUES = [
    {"name": "diabetes", "target_scaling": "standard"},
    {"name": "function_1d", "function": "cubic"},
]


def _dataset(settings: dict) -> Dataset:
    return load_dataset(DatasetConfig(**settings, test_fraction=0.3))


def _standardized(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    scaler = StandardScaler().fit(dataset.X_train.astype(float))
    return tuple(scaler.transform(X.astype(float)) for X in (dataset.X_train, dataset.X_test))


@pytest.mark.parametrize("settings", CLASSES, ids=lambda settings: settings["name"])
def test_class_predictions_match_scikit_learn(settings: dict) -> None:
    dataset = _dataset(settings)
    X_train, X_test = _standardized(dataset)
    said = linear_prediction(dataset, "test")
    # The models differ from scikit-learn by a ridge penalty, which matters for few samples.
    oracle = LinearDiscriminantAnalysis().fit(X_train, dataset.y_train)
    assert (said == oracle.predict(X_test)).mean() >= 0.97
    # The model is about as good as a linear model trained by gradient descent.
    logistic = LogisticRegression(max_iter=1000).fit(X_train, dataset.y_train)
    accuracy = (said == dataset.y_test).mean()
    assert accuracy == pytest.approx(logistic.score(X_test, dataset.y_test), abs=0.07)
    neighbors = KNeighborsClassifier(N_NEIGHBORS).fit(X_train, dataset.y_train)
    np.testing.assert_array_equal(neighbor_prediction(dataset, "test"), neighbors.predict(X_test))


@pytest.mark.parametrize("settings", VALUES, ids=lambda settings: settings["name"])
def test_value_predictions_match_scikit_learn(settings: dict) -> None:
    dataset = _dataset(settings)
    X_train, X_test = _standardized(dataset)
    y_train = dataset.y_train.astype(float)
    oracle = Ridge(alpha=1.0).fit(X_train, y_train).predict(X_test)
    np.testing.assert_allclose(linear_prediction(dataset, "test"), oracle)
    neighbors = KNeighborsRegressor(N_NEIGHBORS).fit(X_train, y_train).predict(X_test)
    np.testing.assert_allclose(neighbor_prediction(dataset, "test"), neighbors)
    unit = dataset.target_scale
    for loss, score, power in (("mse", mean_squared_error, 2), ("mae", mean_absolute_error, 1)):
        found = regression_loss(dataset, "test", loss, oracle)
        assert found == pytest.approx(score(dataset.y_test, oracle) / unit**power)


@pytest.mark.parametrize("settings", CLASSES, ids=lambda settings: settings["name"])
def test_loss_of_class_frequencies_matches_scikit_learn(settings: dict) -> None:
    dataset = _dataset(settings)
    dummy = DummyClassifier(strategy="prior").fit(dataset.X_train, dataset.y_train)
    loss = "binary_cross_entropy" if len(dataset.class_names) == 2 else "categorical_cross_entropy"
    for split in ("train", "test"):
        X, y = dataset.split(split)
        expected = log_loss(y, dummy.predict_proba(X))
        assert constant_loss(dataset, split, loss) == pytest.approx(expected)
        brier = ((dummy.predict_proba(X) - np.eye(len(dataset.class_names))[y]) ** 2).mean()
        assert constant_loss(dataset, split, "mse") == pytest.approx(brier)

"""Converged training without hidden layers against scikit-learn's linear models."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge

from annlab import RunConfig, load_dataset
from annlab.analysis.prediction import forward_pass
from annlab.training import train


def converged(dataset, model=None, **training):
    """Train one network without hidden layers on full batches until it converges."""
    config = RunConfig(
        dataset=dataset,
        model=model or {},
        training={
            "optimizer": "nesterov",
            "momentum": 0.95,
            "batch_size": 2000,
            "max_epochs": 600,
            **training,
        },
    )
    run = train(config)
    dataset = load_dataset(config.dataset)
    return dataset, forward_pass(config, run.checkpoints.at(), dataset.X_train).output[0], run


MOONS = {"name": "moons", "noise": 0.3, "scaling": "standard"}  # no line separates the classes


def test_training_without_hidden_layers_is_logistic_regression():
    dataset, output, run = converged(MOONS, learning_rate=1.0)
    model = LogisticRegression(C=np.inf, tol=1e-8).fit(dataset.X_train, dataset.y_train)
    expected = model.predict_proba(dataset.X_train)[:, 1]
    np.testing.assert_allclose(output[:, 0], expected, atol=1e-3)
    W, b = run.checkpoints.at()[0]
    np.testing.assert_allclose(W[0, :, 0], model.coef_[0], atol=1e-2)
    np.testing.assert_allclose(b[0], model.intercept_, atol=1e-2)


@pytest.mark.parametrize("weight_decay", [0.01, 0.3])
def test_weight_decay_matches_scikit_learns_penalty(weight_decay):
    dataset, output, _ = converged(MOONS, learning_rate=1.0, weight_decay=weight_decay)
    n = len(dataset.X_train)
    model = LogisticRegression(C=1 / (weight_decay * n), tol=1e-8)
    expected = model.fit(dataset.X_train, dataset.y_train).predict_proba(dataset.X_train)[:, 1]
    np.testing.assert_allclose(output[:, 0], expected, atol=1e-3)
    # The penalty matters: without it, the result differs.
    free = LogisticRegression(C=np.inf).fit(dataset.X_train, dataset.y_train)
    assert np.abs(free.predict_proba(dataset.X_train)[:, 1] - expected).max() > 5e-3


def test_training_without_hidden_layers_is_softmax_regression():
    dataset, output, _ = converged(
        {"name": "iris", "scaling": "standard"}, learning_rate=0.5, weight_decay=0.01
    )
    model = LogisticRegression(C=1 / (0.01 * 150), tol=1e-8)
    expected = model.fit(dataset.X_train, dataset.y_train).predict_proba(dataset.X_train)
    np.testing.assert_allclose(output, expected, atol=1e-3)


@pytest.mark.parametrize("weight_decay", [0.0, 0.5])
def test_training_without_hidden_layers_is_linear_regression(weight_decay):
    dataset, output, _ = converged(
        {"name": "diabetes", "scaling": "standard"},
        learning_rate=0.1,
        weight_decay=weight_decay,
        max_epochs=1500,
    )
    # Mean of squares + weight_decay / 2 · w², against their sum + alpha · w².
    n = len(dataset.X_train)
    model = Ridge(alpha=n * weight_decay / 2) if weight_decay else LinearRegression()
    expected = model.fit(dataset.X_train, dataset.y_train).predict(dataset.X_train)
    np.testing.assert_allclose(output[:, 0], expected, atol=1e-3 * np.std(dataset.y_train))

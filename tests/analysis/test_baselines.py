"""Baselines of several targets and of labels against scikit-learn."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import (
    accuracy_score,
    hamming_loss,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
    multilabel_confusion_matrix,
    precision_recall_fscore_support,
    r2_score,
)

from annlab import DatasetConfig, load_dataset
from annlab.analysis.baselines import (
    baseline_score,
    common_labels_baseline,
    linear_baseline,
    mean_baseline,
)


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("target_scaling", ["none", "standard"])
@pytest.mark.parametrize("name", ["plane_curve", "linnerud"])
def test_baselines_of_several_targets_match_scikit_learn(name, target_scaling, split) -> None:
    dataset = load_dataset(
        DatasetConfig(
            name=name, test_fraction=0.3, scaling="standard", target_scaling=target_scaling
        )
    )
    X_train, y_train, X, y = (
        values.astype(np.float64)
        for values in (dataset.X_train, dataset.y_train, *dataset.split(split))
    )
    for found, oracle in (
        (linear_baseline(dataset, split), LinearRegression()),
        (mean_baseline(dataset, split), DummyRegressor()),
    ):
        said = oracle.fit(X_train, y_train).predict(X)
        for score, of in (
            ("mse", mean_squared_error),
            ("mae", mean_absolute_error),
            ("r2", r2_score),
        ):
            of_each = getattr(found, f"{score}_of_targets")[0]
            expected = of(y, said, multioutput="raw_values")
            np.testing.assert_allclose(of_each, expected, rtol=1e-6, atol=1e-6)
            assert getattr(found, score)[0] == pytest.approx(of(y, said), rel=1e-6, abs=1e-6)
        np.testing.assert_allclose(found.rmse_of_targets[0] ** 2, found.mse_of_targets[0])
        assert found.n_samples == len(y)
    assert mean_baseline(dataset, split).mse[0] == pytest.approx(baseline_score(dataset, split))


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("seed", [6, 7])
def test_the_more_common_value_of_each_label_matches_scikit_learn(seed, split) -> None:
    dataset = load_dataset(DatasetConfig(name="labels", seed=seed, test_fraction=0.3))
    X, y = dataset.split(split)
    dummy = DummyClassifier(strategy="most_frequent").fit(dataset.X_train, dataset.y_train)
    prior = DummyClassifier(strategy="prior").fit(dataset.X_train, dataset.y_train)
    found, called = common_labels_baseline(dataset, split), dummy.predict(X)
    assert 0 < called[0].sum() < called.shape[1]  # some labels are common, some are not
    assert found.label_accuracy[0] == pytest.approx(1 - hamming_loss(y, called))
    assert found.subset_accuracy[0] == pytest.approx(accuracy_score(y, called))
    np.testing.assert_array_equal(found.confusion[0], multilabel_confusion_matrix(y, called))
    expected = precision_recall_fscore_support(y, called, zero_division=0)
    for values, oracle in zip((found.precision, found.recall, found.f1), expected, strict=False):
        np.testing.assert_allclose(values[0], oracle)
    np.testing.assert_array_equal(found.support, expected[3])
    of_labels = [
        log_loss(y[:, k], probabilities) for k, probabilities in enumerate(prior.predict_proba(X))
    ]
    np.testing.assert_allclose(found.log_loss_of_labels[0], of_labels)
    assert found.log_loss[0] == pytest.approx(np.mean(of_labels))
    assert baseline_score(dataset, split) == pytest.approx(found.headline[0])


def test_a_label_without_a_training_sample_has_a_finite_log_loss() -> None:
    dataset = load_dataset(DatasetConfig(name="labels", test_fraction=0.3))
    y_train = dataset.y_train.copy()
    y_train[:, 0] = 0
    dataset = replace(dataset, y_train=y_train)
    never = np.tile([1.0, 0.0], (len(dataset.y_test), 1))
    found = common_labels_baseline(dataset, "test").log_loss_of_labels[0]
    assert found[0] == pytest.approx(log_loss(dataset.y_test[:, 0], never))  # it clips, too
    assert found[0] > 1

"""Reliability, Brier score and log loss against scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve

from annlab import Run, evaluate
from annlab.analysis.calibration import brier_score, confidence, log_loss, reliability
from annlab.analysis.decisions import LogOdds, odds_of_one
from tests.analysis.test_decisions import odds_of


@pytest.mark.parametrize("n_bins", [5, 10])
def test_bins_match_scikit_learn(n_bins: int) -> None:
    odds = odds_of(3, 400)
    found = reliability(odds, n_bins)
    for k, (p, y) in enumerate(zip(odds.probability, odds.is_positive, strict=True)):
        full = found.n_samples[k] > 0
        observed, predicted = calibration_curve(y, p, n_bins=n_bins)
        np.testing.assert_allclose(found.observed[k, full], observed, atol=1e-9)
        np.testing.assert_allclose(found.predicted[k, full], predicted, atol=1e-9)
        assert found.n_samples[k].sum() == 400


def test_brier_score_and_log_loss_match_scikit_learn(binary_run: Run) -> None:
    for odds in (odds_of(), odds_of_one(binary_run, positive=0, split="test")):
        for k, (p, y) in enumerate(zip(odds.probability, odds.is_positive, strict=True)):
            assert brier_score(odds)[k] == pytest.approx(metrics.brier_score_loss(y, p), abs=1e-9)
            assert log_loss(odds)[k] == pytest.approx(metrics.log_loss(y, p), abs=1e-9)


def test_log_loss_is_that_of_the_report_for_two_classes(binary_run: Run) -> None:
    odds = odds_of_one(binary_run, positive=0, split="test")
    np.testing.assert_allclose(log_loss(odds), evaluate(binary_run).log_loss, rtol=1e-6)


def test_a_network_that_is_very_sure_of_the_wrong_class_has_a_finite_loss() -> None:
    odds = LogOdds(np.array([[-900.0, 900.0]]), np.array([[True, True]]))
    assert log_loss(odds) == [450]
    assert brier_score(odds) == [0.5]


def test_the_gap_is_the_mean_distance_over_all_samples() -> None:
    # 30 samples at 0.25 of which 15 come true, and 10 at 0.75 of which all do.
    p = np.repeat([0.25, 0.75], [30, 10])[None]
    y = np.arange(40)[None] < 15
    y[:, 30:] = True
    found = reliability(LogOdds(np.log(p / (1 - p)), y))
    assert found.gap == pytest.approx([(30 * 0.25 + 10 * 0.25) / 40])
    assert found.n_samples.sum(axis=0).tolist() == [0, 0, 30, 0, 0, 0, 0, 10, 0, 0]


def test_pooled_samples_are_those_of_all_networks() -> None:
    odds = odds_of(3, 100)
    pooled = reliability(odds).pooled()
    as_one = reliability(LogOdds(odds.log_odds.reshape(1, -1), odds.is_positive.reshape(1, -1)))
    np.testing.assert_array_equal(pooled.n_samples, as_one.n_samples)
    np.testing.assert_allclose(pooled.predicted, as_one.predicted)
    np.testing.assert_allclose(pooled.observed, as_one.observed)


def test_confidence_is_the_probability_of_the_decision(binary_run: Run) -> None:
    odds = odds_of_one(binary_run, positive=1, split="test")
    found = confidence(odds)
    p = np.stack([1 - odds.probability, odds.probability])
    np.testing.assert_allclose(found.stated, p.max(axis=0).mean(axis=1))
    np.testing.assert_allclose(found.right, evaluate(binary_run).accuracy)
    np.testing.assert_allclose(found.excess, found.stated - found.right)
    assert found.n_samples == odds.is_positive.shape[1]

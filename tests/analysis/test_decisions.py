"""Log odds of classes, and counts at thresholds, against scikit-learn."""

import numpy as np
import pytest
from scipy.special import logit
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from annlab import (
    DatasetConfig,
    Run,
    RunConfig,
    TrainingConfig,
    evaluate,
    load_dataset,
)
from annlab.analysis.decisions import LogOdds, counts_at, log_odds_of_class, odds_of_one
from annlab.analysis.prediction import forward_pass

THRESHOLDS = (0.0, 0.1, 0.5, 0.73, 1.0, 1.1)


def odds_of(n_networks: int = 3, n_samples: int = 57, seed: int = 0) -> LogOdds:
    """Random log odds, with ties, that say something about the class."""
    rng = np.random.default_rng(seed)
    y = rng.random((n_networks, n_samples)) < 0.3
    log_odds = np.round(rng.normal(size=y.shape) + 1.5 * y - 1, 1)
    return LogOdds(log_odds, y)


@pytest.mark.parametrize("split", ["train", "validation", "test"])
@pytest.mark.parametrize("positive", [0, 1])
def test_log_odds_of_two_classes(binary_run: Run, split, positive: int) -> None:
    X, y = load_dataset(binary_run.config.dataset).split(split)
    p = forward_pass(binary_run.config, binary_run.layers(), X).output[..., 0].astype(float)
    odds = odds_of_one(binary_run, positive=positive, split=split)
    np.testing.assert_allclose(odds.probability, p if positive else 1 - p, atol=1e-6)
    np.testing.assert_array_equal(odds.is_positive, np.tile(y == positive, (3, 1)))
    np.testing.assert_allclose(odds.log_odds, logit(odds.probability), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("positive", [0, 1, 2])
def test_log_odds_of_one_class_against_the_rest(multiclass_run: Run, positive: int) -> None:
    X, y = load_dataset(multiclass_run.config.dataset).split("test")
    p = forward_pass(multiclass_run.config, multiclass_run.layers(), X).output[..., positive]
    odds = odds_of_one(multiclass_run, positive=positive, split="test")
    np.testing.assert_allclose(odds.probability, p, atol=1e-6)
    np.testing.assert_array_equal(odds.n_positive, [(y == positive).sum()] * 3)
    np.testing.assert_array_equal(odds.n_positive + odds.n_negative, [len(y)] * 3)


def test_log_odds_stay_finite_where_probabilities_round_to_one() -> None:
    logits = np.array([[800.0, -100.0, 0.0], [0.0, 0.0, 0.0]], np.float32)
    np.testing.assert_allclose(log_odds_of_class(logits, 0), [800, -np.log(2)])
    np.testing.assert_allclose(log_odds_of_class(logits, 2), [-800, -np.log(2)])
    assert log_odds_of_class(np.array([[900.0]]), 0) == -900


def test_each_network_has_its_own_samples(trained) -> None:
    run = trained(
        RunConfig(
            dataset=DatasetConfig(n_samples=80, test_fraction=0.5, resample="split"),
            training=TrainingConfig(max_epochs=2, n_seeds=2),
        )
    )
    odds = odds_of_one(run, positive=1, split="test")
    for k in range(2):
        X, y = load_dataset(run.config, k).split("test")
        np.testing.assert_array_equal(odds.is_positive[k], y == 1)
        own = forward_pass(run.config, [(W[k], b[k]) for W, b in run.layers()], X).output[:, 0]
        np.testing.assert_allclose(odds.probability[k], own, atol=1e-6)
    assert (odds.is_positive[0] != odds.is_positive[1]).any()


def test_wrong_classes_and_regressions_are_refused(binary_run: Run, regression_run: Run) -> None:
    with pytest.raises(ValueError, match="positive: must be from 0 to 1; got 2"):
        odds_of_one(binary_run, positive=2, split="test")
    with pytest.raises(ValueError, match="a regression has no classes"):
        odds_of_one(regression_run, positive=0, split="test")


def test_counts_match_scikit_learn() -> None:
    odds = odds_of()
    found = counts_at(odds, THRESHOLDS)
    for k in range(len(odds)):
        y = odds.is_positive[k]
        for i, threshold in enumerate(THRESHOLDS):
            called = odds.probability[k] >= threshold
            (tn, fp), (fn, tp) = confusion_matrix(y, called, labels=[False, True])
            assert found.true_negative[k, i] == tn
            assert found.false_positive[k, i] == fp
            assert found.false_negative[k, i] == fn
            assert found.true_positive[k, i] == tp
            assert found.accuracy[k, i] == pytest.approx((tp + tn) / len(y), abs=1e-12)
            expected = precision_recall_fscore_support(
                y, called, labels=[True], average=None, zero_division=0
            )
            ours = (found.precision[k, i], found.recall[k, i], found.f1[k, i])
            np.testing.assert_allclose(ours, np.ravel(expected[:3]), atol=1e-9)


def test_a_threshold_of_one_half_gives_the_scores_of_the_report(binary_run: Run) -> None:
    scores = evaluate(binary_run)
    found = counts_at(odds_of_one(binary_run, positive=1, split="test"), [0.5])
    np.testing.assert_array_equal(found.true_positive[:, 0], scores.confusion[:, 1, 1])
    np.testing.assert_allclose(found.precision[:, 0], scores.precision[:, 1])
    np.testing.assert_allclose(found.accuracy[:, 0], scores.accuracy)


def test_one_network_alone(trained) -> None:
    odds = odds_of()
    one = odds.of(2)
    assert len(one) == 1
    np.testing.assert_array_equal(one.log_odds[0], odds.log_odds[2])
    np.testing.assert_array_equal(one.is_positive[0], odds.is_positive[2])

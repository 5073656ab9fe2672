"""Decisions about labels, each at its own threshold, against scikit-learn."""

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    hamming_loss,
    log_loss,
    precision_recall_curve,
    precision_recall_fscore_support,
    roc_auc_score,
)

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig, evaluate
from annlab.analysis import calibration
from annlab.analysis.decision_costs import NEVER, Costs, choose_thresholds
from annlab.analysis.decision_curves import precision_recall_curves, roc_curves
from annlab.analysis.decisions import (
    counts_at,
    decided_names,
    is_positive,
    odds_of_all,
    odds_of_one,
)
from annlab.analysis.label_decisions import label_scores_at
from annlab.datasets import Dataset, load_run_dataset
from annlab.nn.forward import forward

THRESHOLDS = (0.2, 0.5, 0.81)


@pytest.fixture(scope="module", params=["none", "sample"])
def run(request: pytest.FixtureRequest, trained: Callable[[RunConfig], Run]) -> Run:
    """Networks with shared samples, and networks with samples of their own."""
    return trained(
        RunConfig(
            dataset=DatasetConfig(
                name="labels",
                n_samples=150,
                test_fraction=0.3,
                validation_fraction=0.2,
                scaling="standard",
                resample=request.param,
            ),
            model=ModelConfig(hidden_sizes=(4,)),
            training=TrainingConfig(learning_rate=0.02, max_epochs=5, n_seeds=3),
        )
    )


def probability_and_truth(run: Run, network: int) -> tuple[np.ndarray, np.ndarray]:
    """Outputs and labels of the test samples of one network, each (n_samples, n_labels)."""
    X, y = load_run_dataset(run.config).of(network).split("test")
    layers = [(W[network].astype(float), b[network].astype(float)) for W, b in run.layers()]
    return forward(layers, X, "relu", "sigmoid").output, y


@pytest.mark.parametrize("label", range(3))
def test_scores_of_one_label_match_scikit_learn(run: Run, label: int) -> None:
    odds = odds_of_one(run, positive=label, split="test")
    found = counts_at(odds, THRESHOLDS)
    curves = (roc_curves(odds).areas, precision_recall_curves(odds).areas)
    for k in range(3):
        p, y = probability_and_truth(run, k)
        np.testing.assert_allclose(odds.probability[k], p[:, label], atol=1e-6)
        # The same probabilities for both: the network computes in single precision.
        p, y = odds.probability[k], y[:, label]
        for i, threshold in enumerate(THRESHOLDS):
            expected = precision_recall_fscore_support(
                y, p >= threshold, labels=[1], average=None, zero_division=0
            )
            ours = (found.precision[k, i], found.recall[k, i], found.f1[k, i])
            np.testing.assert_allclose(ours, np.ravel(expected[:3]), atol=1e-9)
            accuracy = accuracy_score(y, p >= threshold)
            assert found.accuracy[k, i] == pytest.approx(accuracy, abs=1e-9)
        assert curves[0][k] == pytest.approx(roc_auc_score(y, p), abs=1e-9)
        assert curves[1][k] == pytest.approx(average_precision_score(y, p), abs=1e-9)
        brier, entropy = calibration.brier_score(odds)[k], calibration.log_loss(odds)[k]
        assert brier == pytest.approx(brier_score_loss(y, p), abs=1e-9)
        assert entropy == pytest.approx(log_loss(y, p), abs=1e-9)
        precision, recall, _ = precision_recall_curve(y, p)
        grid, heights = precision_recall_curves(odds).grid, precision_recall_curves(odds).heights
        at = np.searchsorted(recall[::-1], grid - 1e-12)
        reached = grid > recall[recall > 0].min()
        np.testing.assert_allclose(heights[k, reached], precision[::-1][at][reached], atol=1e-9)


def test_all_labels_together_match_scikit_learn(run: Run) -> None:
    odds = odds_of_all(run, split="test")
    assert len(odds) == 3
    moved = np.array([0.0, 0.3, 0.5, 0.9, NEVER])
    for label in range(3):
        found = label_scores_at(odds, THRESHOLDS, label, moved)
        for k in range(3):
            y = np.column_stack([of.is_positive[k] for of in odds]).astype(int)
            np.testing.assert_array_equal(y, probability_and_truth(run, k)[1])
            p = np.column_stack([of.probability[k] for of in odds])
            for i, at in enumerate(moved):
                limits = [at if j == label else usual for j, usual in enumerate(THRESHOLDS)]
                called = (p >= limits).astype(int)
                ours = (found.label_accuracy[k, i], found.subset_accuracy[k, i])
                expected = (1 - hamming_loss(y, called), accuracy_score(y, called))
                np.testing.assert_allclose(ours, expected, atol=1e-9)


def test_one_half_for_every_label_gives_the_scores_of_the_evaluation(run: Run) -> None:
    scores = evaluate(run)
    odds = odds_of_all(run, split="test")
    found = label_scores_at(odds, (0.5,) * 3, 0, [0.5])
    np.testing.assert_allclose(found.label_accuracy[:, 0], scores.label_accuracy)
    np.testing.assert_allclose(found.subset_accuracy[:, 0], scores.subset_accuracy)
    for label, of_label in enumerate(odds):
        counts = counts_at(of_label, [0.5])
        np.testing.assert_array_equal(counts.true_positive[:, 0], scores.confusion[:, label, 1, 1])
        np.testing.assert_array_equal(counts.false_positive[:, 0], scores.confusion[:, label, 0, 1])
        log_losses = calibration.log_loss(of_label)
        np.testing.assert_allclose(log_losses, scores.log_loss_of_labels[:, label], rtol=1e-6)


def test_costs_of_the_thresholds_that_each_label_chose(run: Run) -> None:
    costs = Costs(missed=5, false_alarm=1)
    for label in range(3):
        scored = odds_of_one(run, positive=label, split="test")
        choosing = odds_of_one(run, positive=label, split="validation")
        found = choose_thresholds(choosing, scored, costs)
        for k, threshold in enumerate(found.thresholds):
            y, called = scored.is_positive[k], scored.probability[k] >= threshold
            (_, alarms), (missed, _) = confusion_matrix(y, called, labels=[False, True])
            assert found.cost[k] == pytest.approx((5 * missed + alarms) / len(y), abs=1e-9)
            y, p = choosing.is_positive[k], choosing.probability[k]
            at_all = [
                (5 * (y & (p < at)).sum() + (~y & (p >= at)).sum()) / len(y)
                for at in (threshold, 0.0, *np.unique(p), NEVER)
            ]
            assert at_all[0] <= min(at_all) + 1e-9


def test_names_and_masks_of_labels_and_classes() -> None:
    labels = load(name="labels", n_samples=40)
    assert decided_names(labels) == ("label 1", "label 2", "label 3")
    np.testing.assert_array_equal(is_positive(labels, 2, "train"), labels.y_train[:, 2] == 1)
    classes = load(name="iris")
    assert decided_names(classes) == classes.class_names
    np.testing.assert_array_equal(is_positive(classes, 0, "train"), classes.y_train == 0)
    assert decided_names(load(name="linnerud")) == ()


def test_unknown_labels_and_several_numbers_are_refused(
    run: Run, trained: Callable[[RunConfig], Run]
) -> None:
    with pytest.raises(ValueError, match="positive: must be from 0 to 2; got 3"):
        odds_of_one(run, positive=3, split="test")
    numbers = trained(
        RunConfig(dataset=DatasetConfig(name="linnerud"), training=TrainingConfig(max_epochs=1))
    )
    with pytest.raises(ValueError, match="a regression has no classes"):
        odds_of_one(numbers, positive=0, split="train")


def load(**settings: object) -> Dataset:
    return load_run_dataset(RunConfig(dataset=DatasetConfig.model_validate(settings)))

"""Counts and scores at every threshold of the slider."""

import json

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, hamming_loss

from annlab import Run
from annlab.analysis.decision_costs import NEVER
from annlab.analysis.decisions import LogOdds, odds_of_one
from annlab.ui.results.decision_data import decision_data, slider_thresholds, together_data

THRESHOLDS = slider_thresholds([])


def test_chosen_thresholds_are_steps_of_the_slider() -> None:
    found = slider_thresholds([0.00137, NEVER, 0.5])
    assert len(found) == 103
    assert (np.diff(found) > 0).all()
    assert {0.00137, NEVER} < set(found.tolist())


def test_counts_are_of_one_network_and_scores_of_those_that_count(binary_run: Run) -> None:
    odds = odds_of_one(binary_run, positive=0, split="test")
    counted = np.array([True, False, True])
    data = json.loads(json.dumps(decision_data(odds, THRESHOLDS, counted, 1)))
    assert THRESHOLDS[[0, 50, -1]].tolist() == [0, 0.5, 1]
    k = 40
    called = odds.probability >= THRESHOLDS[k]
    assert data["true_positive"][k] == (called[1] & odds.is_positive[1]).sum()
    assert data["false_positive"][k] == (called[1] & ~odds.is_positive[1]).sum()
    assert data["n_positive"] + data["n_negative"] == called.shape[1]
    scores = [f1_score(odds.is_positive[i], called[i]) for i in (0, 2)]
    assert data["f1"][k] == pytest.approx([np.mean(scores), np.std(scores, ddof=1)], abs=1e-4)


def test_a_single_network_has_no_spread(binary_run: Run) -> None:
    odds = odds_of_one(binary_run, positive=1, split="test")
    data = decision_data(odds, THRESHOLDS, np.array([False, True, False]), 1)
    assert data["recall"][0] == [1.0, None]


def test_labels_together_move_with_the_threshold_of_one() -> None:
    random = np.random.default_rng(0)
    odds = [LogOdds(random.normal(size=(3, 40)), random.random((3, 40)) < 0.4) for _ in range(3)]
    counted, chosen = np.array([True, False, True]), (0.3, 0.9, 0.6)
    data = json.loads(json.dumps(together_data(odds, chosen, 1, THRESHOLDS, counted)))
    for k in (0, 45, 100):
        scores = []
        for i in (0, 2):
            called = np.stack(
                [
                    of_label.probability[i] >= at
                    for of_label, at in zip(odds, (0.3, THRESHOLDS[k], 0.6), strict=True)
                ],
                axis=1,
            ).astype(int)
            y = np.stack([of_label.is_positive[i] for of_label in odds], axis=1).astype(int)
            scores.append((1 - hamming_loss(y, called), accuracy_score(y, called)))
        for name, values in zip(
            ("label_accuracy", "subset_accuracy"), zip(*scores, strict=True), strict=True
        ):
            expected = [np.mean(values), np.std(values, ddof=1)]
            assert data[name][k] == pytest.approx(expected, abs=1e-4)

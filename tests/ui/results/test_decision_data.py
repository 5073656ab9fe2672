"""Counts and scores at every threshold of the slider."""

import json

import numpy as np
import pytest
from sklearn.metrics import f1_score

from annlab import Run
from annlab.analysis.decision_costs import NEVER
from annlab.analysis.decisions import class_odds
from annlab.ui.results.decision_data import decision_data, slider_thresholds

THRESHOLDS = slider_thresholds([])


def test_chosen_thresholds_are_steps_of_the_slider() -> None:
    found = slider_thresholds([0.00137, NEVER, 0.5])
    assert len(found) == 103
    assert (np.diff(found) > 0).all()
    assert {0.00137, NEVER} < set(found.tolist())


def test_counts_are_of_one_network_and_scores_of_those_that_count(binary_run: Run) -> None:
    odds = class_odds(binary_run, positive=0, split="test")
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
    odds = class_odds(binary_run, positive=1, split="test")
    data = decision_data(odds, THRESHOLDS, np.array([False, True, False]), 1)
    assert data["recall"][0] == [1.0, None]

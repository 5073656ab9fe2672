"""Cheapest thresholds against a search through all of them."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from annlab.analysis.decision_costs import (
    NEVER,
    Costs,
    cheapest_thresholds,
    choose_thresholds,
)
from annlab.analysis.decisions import LogOdds
from tests.analysis.test_decisions import odds_of


def cost_of(odds: LogOdds, k: int, threshold: float, costs: Costs) -> float:
    """Mean cost of one network, by scikit-learn's confusion matrix."""
    called = odds.probability[k] >= threshold
    matrix = confusion_matrix(odds.is_positive[k], called, labels=[False, True])
    return float((matrix * [[0, costs.false_alarm], [costs.missed, 0]]).sum() / matrix.sum())


@pytest.mark.parametrize("costs", [Costs(1, 1), Costs(20, 1), Costs(1, 7.5), Costs(3, 0)])
def test_no_threshold_is_cheaper(costs: Costs) -> None:
    odds = odds_of(3, 60)
    thresholds = cheapest_thresholds(odds, costs)
    for k in range(3):
        everywhere = [cost_of(odds, k, at, costs) for at in [*odds.probability[k], NEVER]]
        found = cost_of(odds, k, thresholds[k], costs)
        assert found == pytest.approx(min(everywhere), abs=1e-9)


def test_costs_on_the_other_split_match_scikit_learn() -> None:
    choosing, scored, costs = odds_of(3, 60), odds_of(3, 90, seed=1), Costs(5, 1)
    found = choose_thresholds(choosing, scored, costs)
    for k in range(3):
        expected = cost_of(scored, k, found.thresholds[k], costs)
        assert found.cost[k] == pytest.approx(expected, abs=1e-9)
        assert found.usual_cost[k] == pytest.approx(cost_of(scored, k, 0.5, costs), abs=1e-9)
        ends = [0.0, NEVER]
        cheaper = min(ends, key=lambda at: cost_of(choosing, k, at, costs))
        expected = cost_of(scored, k, cheaper, costs)
        assert found.constant_cost[k] == pytest.approx(expected, abs=1e-9)


def test_of_equally_cheap_thresholds_the_one_nearest_to_the_ideal_one() -> None:
    # Everything between 0.1 and 0.9 separates the classes.
    p = np.array([[0.05, 0.1, 0.9, 0.95]])
    odds = LogOdds(np.log(p / (1 - p)), p > 0.5)
    assert cheapest_thresholds(odds, Costs(9, 1)) == pytest.approx([0.5])
    # Mistakes that cost nothing: all are equally cheap.
    assert cheapest_thresholds(odds, Costs(0, 0)) == pytest.approx([0.5])


def test_one_decision_for_all_samples_can_be_the_cheapest() -> None:
    odds = LogOdds(np.array([[2.0, 1.0, 40.0]]), np.array([[False, True, False]]))
    assert cheapest_thresholds(odds, Costs(1, 100)) == [NEVER]
    assert cheapest_thresholds(odds, Costs(100, 0.1)) < odds.probability.min() + 0.1


def test_the_ideal_threshold_is_the_cheapest_for_true_probabilities() -> None:
    rng = np.random.default_rng(0)
    p = rng.random((1, 20_000))
    odds = LogOdds(np.log(p / (1 - p)), rng.random(p.shape) < p)
    for costs in (Costs(4, 1), Costs(1, 4)):
        (threshold,) = cheapest_thresholds(odds, costs)
        assert threshold == pytest.approx(costs.ideal_threshold, abs=0.06)

"""ROC and precision-recall curves against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from annlab import Run
from annlab.analysis.decision_curves import precision_recall_curves, roc_curves
from annlab.analysis.decisions import LogOdds, odds_of_one
from tests.analysis.test_decisions import odds_of


@pytest.fixture(params=["random", "binary", "one against the rest"])
def odds(request, binary_run: Run, multiclass_run: Run) -> LogOdds:
    return {
        "random": odds_of(4, 83),
        "binary": odds_of_one(binary_run, positive=0, split="test"),
        "one against the rest": odds_of_one(multiclass_run, positive=1, split="validation"),
    }[request.param]


def test_areas_match_scikit_learn(odds: LogOdds) -> None:
    roc, precision_recall = roc_curves(odds), precision_recall_curves(odds)
    for k, (p, y) in enumerate(zip(odds.probability, odds.is_positive, strict=True)):
        assert roc.areas[k] == pytest.approx(roc_auc_score(y, p), abs=1e-9)
        expected = average_precision_score(y, p)
        assert precision_recall.areas[k] == pytest.approx(expected, abs=1e-9)


def test_a_roc_curve_goes_through_scikit_learns_points(odds: LogOdds) -> None:
    found = roc_curves(odds, n_grid=2001)
    for k, (p, y) in enumerate(zip(odds.probability, odds.is_positive, strict=True)):
        x, height, _ = roc_curve(y, p, drop_intermediate=False)
        # At a vertical piece, the upper end: just behind it.
        expected = np.interp(np.minimum(found.grid + 1e-11, 1), x, height)
        np.testing.assert_allclose(found.heights[k], expected, atol=1e-8)
        if not k:
            assert (np.diff(x) == 0).any()  # vertical pieces occur


def test_precision_at_a_recall_is_that_of_the_highest_threshold_that_reaches_it(
    odds: LogOdds,
) -> None:
    found = precision_recall_curves(odds, n_grid=37)
    for k, (p, y) in enumerate(zip(odds.probability, odds.is_positive, strict=True)):
        precision, recall, _ = precision_recall_curve(y, p)
        for at, height in zip(found.grid, found.heights[k], strict=True):
            reached = recall[:-1] >= (at - 1e-12 if at else 1e-12)
            assert height == pytest.approx(precision[:-1][reached][-1], abs=1e-9)


def test_the_area_of_chance() -> None:
    odds = odds_of()
    assert roc_curves(odds).chance == 0.5
    assert precision_recall_curves(odds).chance == pytest.approx(odds.is_positive.mean())
    tied = LogOdds(np.zeros((1, 40)), np.arange(40)[None] < 10)
    assert roc_curves(tied).areas == [0.5]
    assert precision_recall_curves(tied).areas == [0.25]


def test_every_roc_curve_ends_at_one() -> None:
    found = roc_curves(odds_of())
    assert found.heights[:, -1].tolist() == [1, 1, 1]


@pytest.mark.parametrize("curves", [roc_curves, precision_recall_curves])
@pytest.mark.parametrize("only", [True, False])
def test_a_single_class_has_no_curve(curves, only: bool) -> None:
    odds = LogOdds(np.zeros((2, 5)), np.full((2, 5), only))
    with pytest.raises(ValueError, match="needs samples of the positive class and"):
        curves(odds)

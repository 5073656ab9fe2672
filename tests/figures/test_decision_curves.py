"""ROC and precision-recall curves of several models."""

import numpy as np
import pytest

from annlab.analysis.decision_curves import DecisionCurves
from annlab.figures import MODEL_COLORS, ModelCurves, precision_recall_curve, roc_curve

GRID = np.linspace(0, 1, 5)
HEIGHTS = np.array([[0.1, 0.4, 0.6, 0.9, 1.0], [0.3, 0.6, 0.8, 1.0, 1.0]])
CURVES = DecisionCurves(GRID, HEIGHTS, np.array([0.61, 0.75]), 0.2)


def models(network=1, curves=CURVES):
    return [ModelCurves("B", MODEL_COLORS[1], curves, network)]


def test_the_roc_curve_is_the_mean_and_starts_at_zero():
    chance, band, one, mean = roc_curve(models(), "malignant").data
    np.testing.assert_allclose(mean.x, [0, *GRID], rtol=1e-6)
    np.testing.assert_allclose(mean.y, [0, *HEIGHTS.mean(axis=0)], rtol=1e-6)
    assert mean.name == "B 0.680 ± 0.099"
    np.testing.assert_allclose(one.y, [0, *HEIGHTS[1]], rtol=1e-6)
    np.testing.assert_allclose(band.y[:6], [0, *HEIGHTS.max(axis=0)], rtol=1e-6)
    assert (tuple(chance.x), tuple(chance.y)) == ((0, 1), (0, 1))


def test_the_precision_recall_curve_has_steps_and_ends_where_all_are_positive():
    figure = precision_recall_curve(models(), "malignant")
    chance, _, _, mean = figure.data
    np.testing.assert_allclose(mean.x, [*GRID, 1], rtol=1e-6)
    np.testing.assert_allclose(mean.y, [*HEIGHTS.mean(axis=0), 0.2], rtol=1e-6)
    assert mean.line.shape == "vh"
    assert tuple(chance.y) == (0.2, 0.2)
    assert "malignant" in figure.layout.xaxis.title.text


@pytest.mark.parametrize("draw", [roc_curve, precision_recall_curve])
def test_a_single_network_has_neither_band_nor_spread(draw):
    single = DecisionCurves(GRID, HEIGHTS[:1], np.array([0.61]), 0.5)
    traces = draw(models(0, single), "yes").data
    assert len(traces) == 2
    assert traces[1].name == "B 0.610"


def test_a_network_that_diverged_is_not_drawn():
    assert len(roc_curve(models(None), "yes").data) == 3

"""Reliability diagram."""

import numpy as np

from annlab.analysis.calibration import Reliability
from annlab.figures import MODEL_COLORS, reliability_diagram
from annlab.figures.reliability import ModelReliability

BINS = Reliability(
    np.linspace(0, 1, 4),
    np.array([[100, 0, 25]]),
    np.array([[0.1, np.nan, 0.9]]),
    np.array([[0.2, np.nan, 0.8]]),
)


def test_full_bins_are_dots_whose_area_is_their_share():
    model = ModelReliability("A", MODEL_COLORS[0], BINS)
    diagonal, dots = reliability_diagram([model], "malignant").data
    np.testing.assert_allclose(dots.x, [0.1, 0.9], rtol=1e-6)
    np.testing.assert_allclose(dots.y, [0.2, 0.8], rtol=1e-6)
    large, small = dots.marker.size
    assert large / small == 2
    assert tuple(dots.customdata) == ("100", "25")
    assert tuple(diagonal.x) == tuple(diagonal.y) == (0, 1)

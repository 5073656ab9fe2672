"""The range of several curves."""

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.figures.base.band import add_band
from annlab.figures.base.theme import rgba

X = np.arange(4, dtype=np.float32)
VALUES = np.random.default_rng(0).random((3, 4)).astype(np.float32)


@pytest.mark.parametrize("name", [None, "range"])
def test_band_follows_the_largest_then_the_smallest_values(name: str | None) -> None:
    figure = go.Figure()
    add_band(figure, X, VALUES, "#0072b2", "A", name=name)
    (band,) = figure.data
    np.testing.assert_array_equal(band.x, [0, 1, 2, 3, 3, 2, 1, 0])
    np.testing.assert_array_equal(band.y[:4], VALUES.max(axis=0))
    np.testing.assert_array_equal(band.y[4:][::-1], VALUES.min(axis=0))
    assert band.fillcolor == rgba("#0072b2", 0.18)
    assert band.showlegend is (name is not None)
    assert band.name == name


def test_one_curve_has_no_range() -> None:
    figure = go.Figure()
    add_band(figure, X, VALUES[:1], "#0072b2", "A")
    assert figure.data == ()

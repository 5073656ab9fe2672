"""Scatter markers: positions, limit, hover text."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.figures.base.layout import new_figure
from annlab.figures.base.markers import add_markers

X = np.arange(7.0)
LOOK = {"color": "#123456", "size": 4}


def _points(**options: Any) -> go.Scatter:
    figure = new_figure(300, "light")
    n_drawn = add_markers(figure, X, -X, LOOK, name="kept", **options)
    (points,) = figure.build().data
    assert n_drawn == len(points.x)
    return points


@pytest.mark.parametrize(
    ("at_most", "expected"), [(None, X), (9, X), (7, X), (3, [0, 3, 6]), (2, [0, 6])]
)
def test_number_of_points_is_limited(at_most: int | None, expected: list[float]) -> None:
    points = _points(at_most=at_most)
    np.testing.assert_array_equal(points.x, expected)
    np.testing.assert_array_equal(points.y, -np.asarray(expected))
    assert points.x.dtype == points.y.dtype == np.float32


def test_hover_is_name_and_position_or_the_given_template() -> None:
    assert _points().hovertemplate == "kept<br>(%{x:.3g}, %{y:.3g})<extra></extra>"
    assert _points(hover="at %{x}").hovertemplate == "at %{x}<extra></extra>"


def test_marker_properties_are_used() -> None:
    points = _points(in_legend=False)
    assert (points.marker.color, points.marker.size) == ("#123456", 4)
    assert (points.name, points.showlegend, points.mode) == ("kept", False, "markers")

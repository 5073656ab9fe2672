"""The fitted curve, its band, the samples, and intervals without samples."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.figures import MODEL_COLORS, ThemeName, fitted_curve
from annlab.figures.base.subsample import MAX_POINTS
from annlab.figures.base.theme import THEMES, rgba

RANDOM = np.random.default_rng(0)
X = np.linspace(-3, 3, 300)
BAND = RANDOM.normal(size=(5, 300)).astype(np.float32)
POINTS = (RANDOM.random(50), RANDOM.random(50))
COLOR = MODEL_COLORS[1]


def _figure(band: np.ndarray = BAND, seed: int = 2, **options: Any) -> go.Figure:
    arguments: dict[str, Any] = {
        "name": "B",
        "color": COLOR,
        "axis_names": ("x (m)", "y (s)"),
        **options,
    }
    return fitted_curve(X, band, seed, *POINTS, **arguments)


def _trace(figure: go.Figure, name: str) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


@pytest.mark.parametrize("seed", [0, 4])
def test_the_curve_is_that_of_one_network(seed: int) -> None:
    curve = _trace(_figure(seed=seed), "B")
    np.testing.assert_allclose(curve.x, X, rtol=1e-6)
    np.testing.assert_array_equal(curve.y, BAND[seed])
    assert (curve.line.color, curve.line.dash) == (COLOR, None)
    assert curve.x.dtype == curve.y.dtype == np.float32


def test_the_band_is_the_range_of_all_networks() -> None:
    band = _trace(_figure(), "all 5 networks")
    np.testing.assert_array_equal(band.y[:300], BAND.max(axis=0))
    np.testing.assert_array_equal(band.y[300:][::-1], BAND.min(axis=0))
    assert band.fillcolor == rgba(COLOR, 0.18)


def test_one_network_has_no_band() -> None:
    assert [t.name for t in _figure(BAND[:1], 0).data] == ["training", "B"]


def test_points_are_filled_and_held_out_ones_open(theme: ThemeName) -> None:
    held_out = (RANDOM.random(7), RANDOM.random(7))
    figure = _figure(held_out=held_out, theme=theme)
    for name, (x, y), symbol in (
        ("training", POINTS, "circle"),
        ("held out", held_out, "circle-open"),
    ):
        trace = _trace(figure, name)
        np.testing.assert_allclose(trace.x, x, rtol=1e-6)
        np.testing.assert_allclose(trace.y, y, rtol=1e-6)
        assert trace.marker.symbol == symbol
        assert trace.marker.color == THEMES[theme].ink


def test_too_many_points_are_thinned_out() -> None:
    many = np.arange(MAX_POINTS + 500.0)
    figure = fitted_curve(
        X, BAND, 0, many, many, name="A", color=COLOR, axis_names=("x", "y"),
        held_out=(many, many),
    )  # fmt: skip
    for name in ("training", "held out"):
        trace = _trace(figure, name)
        assert len(trace.x) == MAX_POINTS
        assert (trace.x[0], trace.x[-1]) == (0, many[-1])
        np.testing.assert_array_equal(trace.x, trace.y)
    (note,) = figure.layout.annotations
    assert note.text == "600 of 1,100 training samples<br>600 of 1,100 held-out samples"


def test_the_truth_is_dashed(theme: ThemeName) -> None:
    truth = _trace(_figure(truth=np.sin(X), theme=theme), "truth")
    np.testing.assert_allclose(truth.y, np.sin(X), atol=1e-6)
    assert (truth.line.dash, truth.line.color) == ("dash", THEMES[theme].ink)


def test_intervals_without_data_are_shaded_with_one_legend_entry() -> None:
    figure = _figure(without_data=[(-3, -1), (1, 1), (2, 3)])
    assert [(s.x0, s.x1) for s in figure.layout.shapes] == [(-3, -1), (2, 3)]
    assert all((s.y0, s.y1, s.yref) == (0, 1, "y domain") for s in figure.layout.shapes)
    assert all(s.layer == "below" for s in figure.layout.shapes)
    assert _trace(figure, "no data here").marker.color == figure.layout.shapes[0].fillcolor


@pytest.mark.parametrize("intervals", [[], [(1.0, 1.0)]])
def test_no_intervals_without_data(intervals: list[tuple[float, float]]) -> None:
    figure = _figure(without_data=intervals)
    assert figure.layout.shapes == ()
    assert "no data here" not in [trace.name for trace in figure.data]


def test_the_axes(theme: ThemeName) -> None:
    layout = _figure(y_range=(-2, 2), theme=theme).layout
    assert (layout.xaxis.title.text, layout.yaxis.title.text) == ("x (m)", "y (s)")
    assert layout.xaxis.range == (-3, 3)
    assert layout.yaxis.range == (-2, 2)
    assert _figure().layout.yaxis.range is None
    assert layout.font.color == THEMES[theme].ink


def test_networks_that_diverged_are_left_out_of_the_range() -> None:
    lines = BAND.copy()
    lines[1] = 1e6
    counted = np.array([True, False, True, True, True])
    figure = _figure(lines, counted=counted)
    band = _trace(figure, "4 of 5 networks")
    np.testing.assert_array_equal(band.y[:300], lines[counted].max(axis=0))
    np.testing.assert_array_equal(_trace(figure, "B").y, lines[2])
    assert _trace(_figure(counted=np.ones(5, bool)), "all 5 networks").fill == "toself"

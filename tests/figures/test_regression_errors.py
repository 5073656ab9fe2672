"""Predicted vs. true values, residuals, and their histogram."""

from typing import Any

import numpy as np
import pytest

from annlab.figures import (
    MODEL_COLORS,
    ThemeName,
    predicted_against_true,
    residual_histogram,
    residuals,
)
from annlab.figures.base.subsample import MAX_POINTS
from annlab.figures.base.theme import THEMES, rgba
from annlab.figures.regression_errors import N_BINS

RANDOM = np.random.default_rng(0)
TRUE = RANDOM.normal(size=100)
PREDICTED = TRUE + RANDOM.normal(size=100)
LOOK: dict[str, Any] = {"color": MODEL_COLORS[1], "target_name": "price ($)"}
AGAINST = {**LOOK, "name": "B", "lim": (-3.0, 3.0)}


def test_predictions_are_drawn_over_true_values() -> None:
    points, _ = predicted_against_true(TRUE, PREDICTED, **AGAINST).data
    np.testing.assert_allclose(points.x, TRUE, rtol=1e-6)
    np.testing.assert_allclose(points.y, PREDICTED, rtol=1e-6)
    assert points.x.dtype == points.y.dtype == np.float32
    assert points.marker.color == rgba(MODEL_COLORS[1], 0.55)
    assert points.name == "B"


def test_the_diagonal_goes_from_corner_to_corner(theme: ThemeName) -> None:
    figure = predicted_against_true(TRUE, PREDICTED, **AGAINST, theme=theme)
    diagonal = figure.data[1]
    assert diagonal.x.tolist() == diagonal.y.tolist() == [-3, 3]
    layout = figure.layout
    assert diagonal.line.color == THEMES[theme].ink == layout.font.color
    assert layout.xaxis.range == layout.yaxis.range == (-3, 3)
    assert layout.yaxis.scaleanchor == "x"
    assert (layout.xaxis.title.text, layout.yaxis.title.text) == (
        "true price ($)",
        "predicted price ($)",
    )


def test_predictions_beyond_the_axis_are_counted() -> None:
    said = PREDICTED.copy()
    said[:2] = 3.5, -99.0
    inside = np.clip(said, -3, 3)
    for values, notes in ((inside, []), (np.r_[said[:2], inside[2:]], ["2 predicted"])):
        figure = predicted_against_true(TRUE, values, **AGAINST)
        assert [note.text[: len("2 predicted")] for note in figure.layout.annotations] == notes


def test_a_long_target_name_goes_on_two_lines_of_the_short_axis() -> None:
    long = {**AGAINST, "target_name": "median house value (100,000 $)"}
    layout = predicted_against_true(TRUE, PREDICTED, **long).layout
    assert layout.yaxis.title.text == "predicted median house value<br>(100,000 $)"


def test_residuals_are_drawn_over_predictions(theme: ThemeName) -> None:
    figure = residuals(PREDICTED, TRUE - PREDICTED, **LOOK, theme=theme)
    (points,) = figure.data
    order = np.argsort(TRUE - PREDICTED, kind="stable")
    np.testing.assert_allclose(points.x, PREDICTED[order], rtol=1e-6)
    np.testing.assert_allclose(points.y, (TRUE - PREDICTED)[order], rtol=1e-5)
    (zero,) = figure.layout.shapes
    assert zero.y0 == zero.y1 == 0
    assert zero.line.color == THEMES[theme].ink == figure.layout.font.color
    assert figure.layout.xaxis.title.text == "predicted price ($)"
    assert figure.layout.yaxis.title.text == "residual: true − predicted"


@pytest.mark.parametrize("n", [MAX_POINTS, MAX_POINTS + 1, 20_640])
def test_many_points_are_thinned_out_evenly(n: int) -> None:
    values = np.arange(float(n))
    for figure in (
        predicted_against_true(values, values, **AGAINST),
        residuals(values, values, **LOOK),
    ):
        points = figure.data[0]
        assert len(points.x) == MAX_POINTS
        assert (points.x[0], points.x[-1]) == (0, n - 1)
        np.testing.assert_array_equal(points.x, points.y)
        assert np.ptp(np.diff(points.x)) <= 1
        said = [note.text for note in figure.layout.annotations if note.text.endswith("samples")]
        assert said == ([f"600 of {n:,} samples"] if n > MAX_POINTS else [])
        assert len(figure.to_json()) < 60_000


def test_the_bars_count_every_residual() -> None:
    residual = RANDOM.normal(size=5000)
    (bars,) = residual_histogram(residual, **LOOK).data
    counts, edges = np.histogram(residual, bins=N_BINS)
    np.testing.assert_array_equal(bars.y, counts)
    assert bars.y.dtype == np.int32
    assert bars.y.sum() == 5000
    np.testing.assert_allclose(bars.x, (edges[:-1] + edges[1:]) / 2, rtol=1e-5, atol=1e-6)
    assert bars.width == pytest.approx(np.ptp(residual) / N_BINS)
    assert bars.marker.color == MODEL_COLORS[1]


@pytest.mark.parametrize("residual", [np.zeros(9), np.full(9, 2.5), np.zeros(1), np.zeros(0)])
def test_equal_residuals_are_accepted(residual: np.ndarray) -> None:
    (bars,) = residual_histogram(residual, **LOOK).data
    assert bars.y.sum() == len(residual)
    assert bars.width > 0


def test_nonfinite_residuals_are_counted_in_a_note() -> None:
    residual = np.array([np.nan, 1.0, np.inf, 2.0])
    predicted = np.arange(4.0)
    histogram = residual_histogram(residual, **LOOK)
    assert histogram.data[0].y.sum() == 2
    points = residuals(predicted, residual, **LOOK)
    assert list(points.data[0].y) == [1, 2]
    for figure in (histogram, points):
        assert [a.text for a in figure.layout.annotations] == ["2 not finite"]
    finite = residual[[1, 3]]
    assert residual_histogram(finite, **LOOK).layout.annotations == ()
    assert residuals(finite, finite, **LOOK).layout.annotations == ()


def test_nonfinite_predictions_are_counted_in_a_note() -> None:
    said = np.r_[np.nan, np.inf, PREDICTED[2:].clip(-3, 3)]
    (note,) = predicted_against_true(TRUE, said, **AGAINST).layout.annotations
    assert note.text == "2 predictions not finite"


def test_residuals_of_several_models_share_their_axes() -> None:
    ends: dict[str, Any] = {"x_range": (-4.0, 4.0), "y_range": (-2.0, 2.0)}
    layout = residuals(PREDICTED, TRUE - PREDICTED, **LOOK, **ends).layout
    assert (layout.xaxis.range, layout.yaxis.range) == ((-4, 4), (-2, 2))
    free = residuals(PREDICTED, TRUE - PREDICTED, **LOOK).layout
    assert (free.xaxis.range, free.yaxis.range) == (None, None)


def test_histograms_of_several_models_share_their_bins() -> None:
    ends: dict[str, Any] = {"x_range": (-2.0, 1.0), "y_range": (0.0, 50.0)}
    figures = [
        residual_histogram(np.array(values), **LOOK, **ends)
        for values in ([0.1, 0.2, 0.3], [-1.9, 5.0, -7.0, np.nan, 1.0])
    ]
    np.testing.assert_array_equal(*(figure.data[0].x for figure in figures))
    assert figures[0].data[0].width == pytest.approx(3 / N_BINS)
    assert [figure.data[0].y.sum() for figure in figures] == [3, 2]
    assert figures[0].layout.annotations == ()
    (note,) = figures[1].layout.annotations
    assert note.text == "2 beyond the axis<br>1 not finite"
    for figure in figures:
        assert figure.layout.xaxis.range == (-2, 1)
        assert figure.layout.yaxis.range == (0, 50)


def test_the_histogram_follows_the_theme(theme: ThemeName) -> None:
    layout = residual_histogram(TRUE, **LOOK, theme=theme).layout
    assert layout.font.color == layout.shapes[0].line.color == THEMES[theme].ink
    assert layout.xaxis.title.text == "residual of price ($)"
    assert layout.yaxis.title.text == "samples"


def test_the_smallest_and_the_largest_residual_are_always_drawn() -> None:
    residual = RANDOM.normal(size=MAX_POINTS * 7)
    predicted = RANDOM.normal(size=len(residual))
    residual[::10] = np.nan
    residual[7] = np.inf
    finite = np.where(np.isfinite(residual), residual, 0)
    points = residuals(predicted, residual, **LOOK).data[0]
    assert len(points.y) == MAX_POINTS
    assert np.isfinite(points.y).all()
    assert (points.y[0], points.y[-1]) == pytest.approx((finite.min(), finite.max()))
    assert points.x[-1] == pytest.approx(predicted[finite.argmax()])

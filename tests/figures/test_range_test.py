"""Losses of a range test over the learning rate."""

import numpy as np
import pytest

from annlab.figures import MODEL_COLORS, range_test

RATES = np.geomspace(1e-5, 10, 50)
FIXED = np.geomspace(1e-5, 10, 7)


def _draw(losses, fixed=None, marks=()):
    fixed = np.full((7, 2), 0.4) if fixed is None else fixed
    return range_test(RATES, losses, FIXED, fixed, 0.7, marks=list(marks), model=1)


def _line(figure, start):
    (trace,) = (t for t in figure.data if t.mode == "lines" and not t.fill and start in t.name)
    return trace


@pytest.mark.parametrize("n", [4, 5])
def test_the_line_is_the_median(n):
    losses = np.random.default_rng(0).uniform(0.1, 0.9, (50, n))
    line = _line(_draw(losses), "rising")
    np.testing.assert_allclose(line.x, RATES)
    np.testing.assert_allclose(line.y, np.median(losses, axis=1), rtol=1e-6)
    assert line.line.color == MODEL_COLORS[1]
    assert f"of {n} networks" in line.name


def test_the_median_ends_where_half_are_lost_and_the_band_goes_on():
    losses = np.full((50, 3), 0.5)
    losses[20:, 0] = np.nan
    losses[30:, 1] = np.nan
    figure = _draw(losses)
    np.testing.assert_allclose(_line(figure, "rising").x, RATES[:30])
    bands = [trace for trace in figure.data if trace.fill]
    assert len(bands) == 2
    assert len(bands[0].x) == 100
    losses[40:, 2] = np.nan
    assert len(next(trace for trace in _draw(losses).data if trace.fill).x) == 80


def test_rules_are_marked_at_their_rates():
    figure = _draw(np.full((50, 3), 0.5), marks=[("Steepest", 0.01), ("Stable", 1.0)])
    assert [(a.text, a.x) for a in figure.layout.annotations] == [
        ("Steepest", pytest.approx(-2)),
        ("Stable", pytest.approx(0)),
    ]
    lines = [shape.x0 for shape in figure.layout.shapes if shape.x0 == shape.x1]
    assert lines == [0.01, 1.0]


def test_exploding_losses_do_not_hide_the_valley():
    losses = np.full((50, 3), 0.5)
    losses[-5:] = 1e9
    low, high = _draw(losses).layout.yaxis.range
    assert low < 0.4
    assert 0.7 < high < 2


def test_all_may_be_lost():
    figure = _draw(np.full((50, 3), np.nan), fixed=np.full((7, 2), np.nan))
    assert len(_line(figure, "rising").x) == 0
    low, high = figure.layout.yaxis.range
    assert low < 0.7 < high

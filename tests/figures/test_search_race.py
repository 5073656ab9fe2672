"""Race of search strategies."""

import numpy as np
import pytest

from annlab.figures import MODEL_COLORS, RaceCurve, ThemeName, search_race

RANDOM = np.random.default_rng(0)
VALUES = np.maximum.accumulate(RANDOM.random((200, 4)), axis=1)
GRID = RaceCurve("Grid", np.array([10, 20, 30, 40]), VALUES, 0.5)
GUESSES = RaceCurve("Your guesses", np.array([10, 20]), VALUES[:, :2], 0.25)


def _line(figure, name: str):
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


def test_a_line_is_the_median_and_holds_until_the_next_step(theme: ThemeName) -> None:
    figure = search_race([GRID], "Accuracy", theme=theme)
    line = _line(figure, "Grid")
    assert list(line.x) == [10, 20, 20, 30, 30, 40, 40, 40]
    np.testing.assert_allclose(line.y, np.repeat(np.median(VALUES, axis=0), 2))
    assert figure.layout.yaxis.title.text == "best accuracy so far"


def test_the_band_holds_the_middle_of_the_repeats() -> None:
    figure = search_race([GRID], "Accuracy")
    (band,) = (trace for trace in figure.data if trace.fill)
    high, low = np.split(np.array(band.y), 2)
    inside = (low[::-1][::2] <= VALUES) & (high[::2] >= VALUES)
    np.testing.assert_allclose(inside.mean(axis=0), 0.8, atol=0.02)
    np.testing.assert_allclose(_line(figure, "Grid").customdata[:, 1], high)


def test_all_curves_end_at_the_same_cost() -> None:
    figure = search_race([GRID, GUESSES], "Accuracy")
    guesses = _line(figure, "Your guesses")
    assert list(guesses.x) == [10, 20, 20, 40]
    assert guesses.y[-1] == pytest.approx(np.median(VALUES[:, 1]))
    assert figure.layout.xaxis.range == (0, 40)
    assert guesses.line.color == MODEL_COLORS[1]
    assert guesses.line.dash != _line(figure, "Grid").line.dash


def test_the_goal_is_a_line() -> None:
    (goal,) = search_race([GRID], "Accuracy", goal=0.9).layout.shapes
    assert (goal.y0, goal.y1) == (0.9, 0.9)
    assert search_race([GRID], "Accuracy").layout.shapes == ()

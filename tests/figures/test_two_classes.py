"""Frame, lines and areas of two classes in a plane."""

import numpy as np
import pytest

from annlab.figures import ThemeName
from annlab.figures.base.layout import new_figure
from annlab.figures.base.theme import CLASS_COLORS, CLASS_SYMBOLS, MISTAKE_COLOR, THEMES
from annlab.figures.two_classes import (
    SIDE_COLORS,
    Marked,
    add_region,
    add_samples,
    add_sides,
    frame_of,
    line_ends,
)

X = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 1.0], [4.0, 2.0]])
Y = np.array([0, 1, 1, 0])
FRAME = frame_of(X, Y, ("no", "yes"), margin=0.5)


def test_frame_has_space_around_the_samples() -> None:
    assert FRAME.x_range == (-2.0, 6.0)
    assert FRAME.y_range == (-1.0, 3.0)
    flat = frame_of(X * [1, 0], Y, ("no", "yes"), margin=0.5)
    assert flat.y_range == (-0.5, 0.5)


def test_ends_lie_on_the_line_and_on_the_border() -> None:
    random = np.random.default_rng(0)
    n_crossing = 0
    low, high = FRAME.corners.min(axis=0), FRAME.corners.max(axis=0)
    for weights in random.normal(size=(200, 3)) * [1, 1, 2]:
        ends = line_ends(FRAME.corners, weights)
        sums = FRAME.corners @ weights[:2] + weights[2]
        assert len(ends) == (2 if sums.min() < 0 < sums.max() else 0)
        n_crossing += len(ends) == 2
        for end in ends:
            assert end @ weights[:2] + weights[2] == pytest.approx(0, abs=1e-9)
            assert np.isclose(end, low).any() or np.isclose(end, high).any()
    assert 20 < n_crossing < 180


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((1, -2, 0), {(-2.0, -1.0), (6.0, 3.0)}),  # through two corners
        ((0, 1, 1), {(-2.0, -1.0), (6.0, -1.0)}),  # along an edge
        ((1, 2, 4), set()),  # touches a corner
        ((0, 0, 1), set()),  # no line
    ],
)
def test_ends_at_corners(weights: tuple[float, ...], expected: set) -> None:
    ends = line_ends(FRAME.corners, np.array(weights, float))
    assert {tuple(end) for end in ends.tolist()} == expected


def _areas(weights: list[float]) -> dict[str, np.ndarray]:
    figure = new_figure(300, "light")
    add_sides(figure, FRAME.corners, np.array(weights))
    return {t["fillcolor"]: np.column_stack([t["x"], t["y"]]) for t in figure.data}


def test_sides_have_the_colors_of_what_the_unit_says() -> None:
    weights = np.array([1.0, 0.5, -2.0])
    areas = _areas(weights.tolist())
    for k, color in enumerate(SIDE_COLORS):
        sums = areas[color] @ weights[:2] + weights[2]
        assert (sums * (1 if k else -1) > -1e-5).all()
        assert len(sums) >= 3


@pytest.mark.parametrize(("bias", "said"), [(-1.0, 0), (0.0, 1), (2.0, 1)])
def test_unit_without_weights_says_the_same_everywhere(bias: float, said: int) -> None:
    (area,) = _areas([0.0, 0.0, bias]).items()
    assert area[0] == SIDE_COLORS[said]
    np.testing.assert_array_equal(area[1], FRAME.corners)


def test_samples_have_the_colors_of_their_classes(theme: ThemeName) -> None:
    figure = new_figure(300, theme)
    marked = Marked(
        wrong=np.array([0, 1, 0, 0], bool), held_out=np.array([0, 0, 0, 1], bool), current=2
    )
    add_samples(figure, FRAME, theme, marked)
    traces = {trace["name"]: trace for trace in figure.data}
    assert list(traces) == ["no", "yes", "no, test", "yes, test", "mistakes", "this sample"] or (
        list(traces) == ["no", "yes", "no, test", "mistakes", "this sample"]
    )
    assert traces["no"]["x"].tolist() == [0]
    assert traces["yes"]["x"].tolist() == [1, 2]
    assert traces["no, test"]["x"].tolist() == [4]
    assert traces["mistakes"]["x"].tolist() == [1]
    assert traces["this sample"]["x"].tolist() == [2]
    assert traces["yes"]["marker"]["color"] == CLASS_COLORS[1]
    assert traces["no, test"]["marker"]["symbol"] == f"{CLASS_SYMBOLS[0]}-open"
    assert traces["mistakes"]["marker"]["color"] == MISTAKE_COLOR
    assert traces["this sample"]["marker"]["color"] == THEMES[theme].ink


def test_region_is_where_the_score_is_at_least_zero() -> None:
    figure = new_figure(300, "light")
    surface = add_region(figure, FRAME, lambda X: X[:, 0] - X[:, 1], resolution=9)
    (trace,) = figure.data
    for i, y in enumerate(np.linspace(-1, 3, 9)):
        for j, x in enumerate(np.linspace(-2, 6, 9)):
            assert trace["z"][i, j] == (x >= y)
            assert surface.scores[i, j] == pytest.approx(x - y)

"""The plane of a threshold unit, and of a network."""

import numpy as np
import pytest

from annlab.figures import ThemeName
from annlab.figures.base.theme import THEMES
from annlab.figures.two_classes import Marked, frame_of
from annlab.figures.unit_plane import region_plane, unit_plane

X = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 1.0], [4.0, 2.0]])
FRAME = frame_of(X, np.array([0, 1, 1, 0]), ("no", "yes"), ("a", "b"), margin=0.5)
WEIGHTS = np.array([1.0, 1.0, -2.0])


def _lines(figure) -> list[tuple[str, float]]:
    """Dash of each line, and its value of a + b."""
    return [
        (trace.line.dash or "solid", float(trace.x[0] + trace.y[0]))
        for trace in figure.data
        if trace.type == "scatter" and trace.mode == "lines" and trace.fill is None
    ]


def test_line_of_the_unit_is_drawn(theme: ThemeName) -> None:
    figure = unit_plane(FRAME, WEIGHTS, theme=theme)
    assert _lines(figure) == [("solid", pytest.approx(2))]
    assert figure.data[2].line.color == THEMES[theme].ink
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("a", "b")
    assert figure.layout.xaxis.range == FRAME.x_range


def test_line_before_the_update_is_dashed() -> None:
    figure = unit_plane(FRAME, WEIGHTS, before=np.array([1.0, 1.0, -1.0]))
    assert _lines(figure) == [("dash", pytest.approx(1)), ("solid", pytest.approx(2))]
    assert len(_lines(unit_plane(FRAME, WEIGHTS, before=WEIGHTS))) == 1


def test_margins_are_where_the_sum_is_one() -> None:
    lines = _lines(unit_plane(FRAME, WEIGHTS, margins=True))
    assert sorted(lines) == [
        ("dot", pytest.approx(1)),
        ("dot", pytest.approx(3)),
        ("solid", pytest.approx(2)),
    ]


def test_region_and_lines_of_a_network() -> None:
    figure = region_plane(
        FRAME,
        lambda X: X[:, 0] - 1.0,
        boundary=True,
        lines=[("h", WEIGHTS), ("g", np.array([1.0, 1.0, 0.0]))],
        marked=Marked(np.array([1, 0, 0, 0], bool)),
    )
    heat, contour = figure.data[:2]
    assert (heat.type, contour.type) == ("heatmap", "contour")
    x = np.array(heat.x)
    np.testing.assert_array_equal(np.array(heat.z)[0], x >= 1)
    assert contour.contours.start == contour.contours.end == 0
    assert _lines(figure) == [("solid", pytest.approx(2)), ("dash", pytest.approx(0))]
    assert [trace.name for trace in figure.data if trace.name in ("h", "g")] == ["h", "g"]


@pytest.mark.parametrize("legend", [True, False])
def test_legend_can_be_left_out(legend: bool) -> None:
    assert unit_plane(FRAME, WEIGHTS, legend=legend).layout.showlegend is legend

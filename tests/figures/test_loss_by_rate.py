"""Losses over the learning rate: curves that end, chosen rates, limits."""

import numpy as np

from annlab.figures.loss_by_rate import RateCurve, loss_by_rate


def test_curves_end_where_steps_go_too_far() -> None:
    rates = np.array([0.01, 0.1, 1.0, 10.0])
    first = RateCurve("SGD", np.array([2.0, 0.5, 4.0, np.inf]), 0.3, 0.4, limit=0.6)
    second = RateCurve("Adam", np.array([1.5, 0.6, 0.9, 2.5]), 5.0, np.inf)
    figure = loss_by_rate(rates, [first, second], 1.0, lowest=0.3)
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    markers = [trace for trace in figure.data if trace.mode == "markers"]
    assert [line.name for line in lines] == ["SGD", "Adam"]
    assert list(lines[0].y) == [2.0, 0.5, None, None]
    assert list(lines[1].y) == [1.5, 0.6, 0.9, 2.5]
    assert (markers[0].x[0], markers[0].y[0]) == (0.3, 0.4)
    assert (markers[1].x[0], markers[1].y[0]) == (5.0, 3.0)  # at the edge, as it diverged
    upright = [shape for shape in figure.layout.shapes if shape.x0 == shape.x1]
    assert [shape.x0 for shape in upright] == [0.6]
    level = sorted(shape.y0 for shape in figure.layout.shapes if shape.y0 == shape.y1)
    assert level == [0.3, 1.0]

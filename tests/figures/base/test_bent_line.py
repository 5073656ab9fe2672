"""A bent line starts and ends at its points, and its middle reaches the height."""

import pytest

from annlab.figures.base.bent_line import N_POINTS, bent_line


@pytest.mark.parametrize(("start", "end"), [((0.0, 0.75), (3.0, 0.5)), ((1.0, 0.2), (2.0, 0.9))])
def test_the_middle_reaches_the_height(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    points = bent_line(start, end, -0.3)
    assert len(points) == N_POINTS
    assert points[0] == pytest.approx(start)
    assert points[-1] == pytest.approx(end)
    assert points[N_POINTS // 2] == pytest.approx(((start[0] + end[0]) / 2, -0.3))
    x = [x for x, _ in points]
    assert x == sorted(x)

"""Bent line between two points, around what lies between them."""

import numpy as np

N_POINTS = 21

Point = tuple[float, float]


def bent_line(start: Point, end: Point, middle: float) -> list[Point]:
    """Points of a cubic Bézier curve whose middle reaches a height.

    Parameters
    ----------
    start, end : (float, float)
        x and y.
    middle : float
        y halfway between both.

    Returns
    -------
    list of (float, float)
        From the start to the end.
    """
    (x0, y0), (x1, y1) = start, end
    control = (middle - (y0 + y1) / 8) / 0.75  # height of both control points
    quarter = (x1 - x0) / 4
    t = np.linspace(0, 1, N_POINTS)[:, None]
    first, second = np.array([x0 + quarter, control]), np.array([x1 - quarter, control])
    points = (1 - t) ** 3 * np.array(start) + t**3 * np.array(end)
    points = points + 3 * t * (1 - t) ** 2 * first + 3 * t**2 * (1 - t) * second
    return [(x, y) for x, y in points.tolist()]

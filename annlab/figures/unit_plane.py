"""The plane of two inputs: samples of two classes, and where a threshold unit fires."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.layout import new_figure
from annlab.figures.base.theme import THEMES, ThemeName
from annlab.figures.two_classes import (
    HEIGHT,
    UNMARKED,
    Frame,
    Marked,
    add_line,
    add_region,
    add_samples,
    add_sides,
    finish_plane,
)

Array = NDArray[Any]
# Line of a unit: name for the legend, and weights and bias of shape (3,).
NamedLine = tuple[str, Array]

_DASHES = ("solid", "dash", "dot", "dashdot")


def unit_plane(
    frame: Frame,
    weights: Array,
    *,
    before: Array | None = None,
    margins: bool = False,
    marked: Marked = UNMARKED,
    legend: bool = True,
    height: int = HEIGHT,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw samples, and on which side of a unit's line they lie.

    Parameters
    ----------
    frame : Frame
        Samples and axes.
    weights : ndarray, shape (3,)
        Weights of both features, and bias. The side on which the unit fires has the color of
        class 1.
    before : ndarray, shape (3,), or None
        Weights before an update, whose line is dashed.
    margins : bool
        Draw the lines where the weighted sum is −1 and 1.
    marked : Marked
    legend : bool
        Draw a legend above the plane.
    height : int
        Pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    weights = np.asarray(weights, float)
    figure = new_figure(height, theme)
    ink = THEMES[theme].ink
    add_sides(figure, frame.corners, weights)
    if before is not None and not np.array_equal(before, weights):
        add_line(figure, frame.corners, before, {"color": ink, "width": 1.5, "dash": "dash"})
    for shift in (-1.0, 1.0) if margins else ():
        shifted = weights + np.array([0.0, 0.0, shift])
        add_line(figure, frame.corners, shifted, {"color": ink, "width": 1.2, "dash": "dot"})
    add_line(figure, frame.corners, weights, {"color": ink, "width": 3})
    add_samples(figure, frame, theme, marked)
    finish_plane(figure, frame, legend)
    return figure.build()


def region_plane(
    frame: Frame,
    score: Callable[[Array], Array],
    *,
    boundary: bool = False,
    lines: Sequence[NamedLine] = (),
    marked: Marked = UNMARKED,
    legend: bool = True,
    height: int = HEIGHT,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw samples, and where a network with two inputs says class 1.

    Parameters
    ----------
    frame : Frame
        Samples and axes.
    score : callable
        Samples of shape (n, 2) to scores of shape (n,), which are at least 0 for class 1.
    boundary : bool
        Draw a line where the score is 0; for continuous scores.
    lines : sequence of (name, weights)
        Lines of hidden units.
    marked : Marked
    legend : bool
        Draw a legend above the plane.
    height : int
        Pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(height, theme)
    surface = add_region(figure, frame, score)
    if boundary:
        figure.add_contour(
            x=surface.x.astype(np.float32),
            y=surface.y.astype(np.float32),
            z=surface.scores.astype(np.float16),
            contours={"coloring": "none", "start": 0, "end": 0, "size": 1},
            line={"color": THEMES[theme].ink, "width": 3},
            showscale=False,
            showlegend=False,
            hoverinfo="skip",
        )
    for (name, weights), dash in zip(lines, _DASHES, strict=False):
        line = {"color": THEMES[theme].ink, "width": 2.5, "dash": dash}
        add_line(figure, frame.corners, weights, line, name=name, showlegend=True)
    add_samples(figure, frame, theme, marked)
    finish_plane(figure, frame, legend)
    return figure.build()

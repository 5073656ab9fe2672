"""Parts of plots of two classes in a plane: frame, samples, sides of a line, areas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.theme import (
    CLASS_COLORS,
    CLASS_SYMBOLS,
    MISTAKE_COLOR,
    THEMES,
    ThemeName,
    rgba,
)
from annlab.nn.margin import half_plane

Array = NDArray[Any]

# Pixels.
HEIGHT = 330
# At the top is room for a legend of two lines.
MARGIN = {"l": 46, "r": 10, "t": 44, "b": 44}
# Color of either side of a boundary: that of its class, so pale that samples stand out.
SIDE_COLORS = tuple(rgba(color, 0.22) for color in CLASS_COLORS[:2])
RESOLUTION = 121
# Up to this many samples, their markers have this size in pixels.
_MARKER_SIZES = {4: 14, 120: 8}
_SMALL_MARKER = 6


@dataclass(frozen=True)
class Frame:
    """Samples of two classes in a plane, and the axes.

    Attributes
    ----------
    X : ndarray, shape (n_samples, 2)
    y : ndarray of int, shape (n_samples,)
        Classes, 0 or 1.
    class_names, axis_names : tuple of str
    x_range, y_range : tuple of float
        Ends of the axes.
    """

    X: Array
    y: Array
    class_names: tuple[str, str]
    axis_names: tuple[str, str]
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    @property
    def corners(self) -> Array:
        """Corners of the plane, in order: shape (4, 2)."""
        (left, right), (low, high) = self.x_range, self.y_range
        return np.array([[left, low], [right, low], [right, high], [left, high]])


def frame_of(
    X: Array,
    y: Array,
    class_names: tuple[str, str],
    axis_names: tuple[str, str] = ("x₁", "x₂"),
    margin: float = 0.2,
) -> Frame:
    """Build the frame around samples.

    Parameters
    ----------
    X : ndarray, shape (n_samples, 2)
    y : ndarray of int, shape (n_samples,)
        Classes, 0 or 1.
    class_names, axis_names : tuple of str
    margin : float
        Free space around the samples, as a share of their extent.

    Returns
    -------
    Frame
    """
    ends = []
    for values in (X[:, 0], X[:, 1]):
        low, high = float(values.min()), float(values.max())
        space = margin * ((high - low) or 1.0)
        ends.append((low - space, high + space))
    return Frame(X, np.asarray(y), class_names, axis_names, ends[0], ends[1])


@dataclass(frozen=True)
class Marked:
    """What to mark among the samples of a plane.

    Attributes
    ----------
    wrong : ndarray of bool, shape (n_samples,), or None
        Misclassified samples, which get a ring.
    held_out : ndarray of bool, shape (n_samples,), or None
        Test samples, which are hollow.
    current : int or None
        Index of one sample, which gets a large ring.
    """

    wrong: Array | None = None
    held_out: Array | None = None
    current: int | None = None


UNMARKED = Marked()


class Surface(NamedTuple):
    """Grid positions of shapes (n_x,) and (n_y,), and scores of shape (n_y, n_x)."""

    x: Array
    y: Array
    scores: Array


def add_region(
    figure: FigureBuilder,
    frame: Frame,
    score: Callable[[Array], Array],
    resolution: int = RESOLUTION,
    **axes: Any,
) -> Surface:
    """Fill the areas of both classes: class 1 where the score of a grid of samples is at least 0.

    Returns the grid and its scores.
    """
    x, y = (np.linspace(*ends, resolution) for ends in (frame.x_range, frame.y_range))
    grid = np.column_stack([side.ravel() for side in np.meshgrid(x, y)])
    scores = score(grid).reshape(len(y), len(x))
    (low, high), middle = SIDE_COLORS, 0.5
    figure.add_heatmap(
        x=x.astype(np.float32),
        y=y.astype(np.float32),
        z=(scores >= 0).astype(np.uint8),
        zmin=0,
        zmax=1,
        colorscale=[(0.0, low), (middle, low), (middle, high), (1.0, high)],
        showscale=False,
        hoverinfo="skip",
        **axes,
    )
    return Surface(x, y, scores)


def add_sides(figure: FigureBuilder, corners: Array, weights: Array, **axes: Any) -> None:
    """Fill both sides of a unit's line within a convex polygon, in the colors of the classes."""
    if weights[:2].any():
        sides = {1: half_plane(corners, weights), 0: half_plane(corners, -weights)}
    else:  # no line: the bias decides
        sides = {int(weights[2] >= 0): corners}
    for k, side in sides.items():
        add_area(figure, side, SIDE_COLORS[k], **axes)


def add_area(figure: FigureBuilder, corners: Array, color: str, **more: Any) -> None:
    """Fill a polygon of shape (n_corners, 2)."""
    figure.add_scatter(
        x=corners[:, 0].astype(np.float32),
        y=corners[:, 1].astype(np.float32),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=color,
        hoverinfo="skip",
        **{"showlegend": False, **more},
    )


def add_line(
    figure: FigureBuilder, corners: Array, weights: Array, line: Mapping[str, Any], **more: Any
) -> None:
    """Draw the line of a unit within a convex polygon, if it crosses it."""
    ends = line_ends(corners, weights)
    figure.add_scatter(
        x=ends[:, 0].astype(np.float32),
        y=ends[:, 1].astype(np.float32),
        mode="lines",
        line=line,
        hoverinfo="skip",
        **{"showlegend": False, **more},
    )


def line_ends(corners: Array, weights: Array) -> Array:
    """Find the points where a unit's line enters and leaves a convex polygon.

    Parameters
    ----------
    corners : ndarray, shape (n_corners, 2)
        In order.
    weights : ndarray, shape (3,)
        Weights of both features, and bias.

    Returns
    -------
    ndarray, shape (2, 2) or (0, 2)
        No points if the line does not cross the polygon.
    """
    weights = np.asarray(weights, float)
    if not weights[:2].any():
        return corners[:0]
    ends = [corner for corner in corners if corner @ weights[:2] + weights[2] == 0]
    for corner in half_plane(corners, weights):
        if not (corners == corner).all(axis=1).any():  # else it is no end, or counted already
            ends.append(corner)
    return np.array(ends[:2]) if len(ends) >= 2 else corners[:0]


def add_samples(
    figure: FigureBuilder,
    frame: Frame,
    theme: ThemeName,
    marked: Marked = UNMARKED,
    *,
    size: int | None = None,
    **axes: Any,
) -> None:
    """Draw samples by class, with rings around the marked ones."""
    n = len(frame.X)
    size = size or next((px for most, px in _MARKER_SIZES.items() if n <= most), _SMALL_MARKER)
    hollow = np.zeros(n, bool) if marked.held_out is None else marked.held_out
    for is_hollow, suffix, word in ((False, "", ""), (True, "-open", ", test")):
        for k, name in enumerate(frame.class_names):
            X = frame.X[(frame.y == k) & (hollow == is_hollow)]
            if is_hollow and not len(X):
                continue
            edge = CLASS_COLORS[k] if is_hollow else THEMES[theme].paper
            figure.add_scatter(
                x=X[:, 0].astype(np.float32),
                y=X[:, 1].astype(np.float32),
                mode="markers",
                name=name + word,
                marker={
                    "color": CLASS_COLORS[k],
                    "symbol": CLASS_SYMBOLS[k] + suffix,
                    "size": size,
                    "line": {"color": edge, "width": 1.2},
                },
                hovertemplate=f"{name}{word}<br>(%{{x:.3g}}, %{{y:.3g}})<extra></extra>",
                **axes,
            )
    if marked.wrong is not None:
        _add_rings(figure, frame.X[marked.wrong], MISTAKE_COLOR, size + 6, "mistakes", **axes)
    if marked.current is not None:
        X = frame.X[[marked.current]]
        _add_rings(figure, X, THEMES[theme].ink, size + 13, "this sample", **axes)


def _add_rings(
    figure: FigureBuilder, X: Array, color: str, size: int, name: str, **axes: Any
) -> None:
    figure.add_scatter(
        x=X[:, 0].astype(np.float32),
        y=X[:, 1].astype(np.float32),
        mode="markers",
        name=name,
        marker={"symbol": "circle-open", "size": size, "color": color, "line": {"width": 2}},
        hoverinfo="skip",
        **axes,
    )


def finish_plane(figure: FigureBuilder, frame: Frame, legend: bool = True) -> None:
    """Set margins, legend, titles and ranges of the axes."""
    margin = MARGIN if legend else {**MARGIN, "t": 8}
    figure.update_layout(margin=margin, legend={"font": {"size": 11}}, showlegend=legend)
    figure.update_xaxes(title_text=frame.axis_names[0], range=frame.x_range, zeroline=False)
    figure.update_yaxes(
        title_text=frame.axis_names[1], range=frame.y_range, showgrid=False, zeroline=False
    )

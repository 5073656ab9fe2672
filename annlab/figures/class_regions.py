"""Decision regions of a multiclass network: predicted class and its probability over a plane."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.analysis.surfaces import Plane
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.subsample import MAX_POINTS, subsample_note
from annlab.figures.base.theme import CLASS_COLORS, THEMES, ThemeName, rgba
from annlab.figures.decision_surface import SurfacePoints, add_points, label_plane

Array = NDArray[Any]

# Hover texts are large to send, and a pointer cannot aim at a finer grid.
MAX_HOVERED = 50


def class_regions(
    plane: Plane,
    surface: Array,
    points: SurfacePoints,
    axis_names: tuple[str, str],
    class_names: tuple[str, ...],
    *,
    note: str = "",
    max_points: int = MAX_POINTS,
    rings: Array | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the most probable class as a color, its probability as a shade, and the samples.

    Parameters
    ----------
    plane : Plane
        Plane of the surface.
    surface : ndarray, shape (n_y, n_x, n_classes)
        Probabilities of at least two classes.
    points : SurfacePoints
        Samples, drawn in the colors of their classes; misclassified samples get a ring.
    axis_names : tuple of str
        Names of the two features.
    class_names : tuple of str, length n_classes
    note : str
        Remark about the plane, written below the chart.
    max_points : int
        Largest number of samples drawn; a note gives the total number. Up to 200 mistakes are
        all drawn.
    rings : ndarray of int or None
        Indices into `points.X` of selected samples, which are always drawn with a ring; fewer
        selected samples get larger rings.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the number of names differs from the number of classes, or there are fewer than two.
    """
    n_classes = surface.shape[-1]
    if n_classes < 2 or n_classes != len(class_names):
        raise ValueError(
            f"class_regions needs two classes or more and a name for each. "
            f"Got {n_classes} classes and {len(class_names)} names."
        )
    winner, confidence = surface.argmax(axis=-1), surface.max(axis=-1)
    figure = new_figure(380, theme)
    _add_shades(figure, plane, surface)
    _add_hover(figure, plane, winner, confidence, axis_names, class_names)
    x, y = class_boundaries(plane.x, plane.y, surface)
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": THEMES[theme].ink, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    n_drawn = add_points(figure, plane, points, class_names, theme, max_points, rings)
    label_plane(figure, plane, axis_names, theme, note, subsample_note(n_drawn, len(points.X)))
    return figure.build()


def region_codes(surface: Array) -> NDArray[np.uint8]:
    """Encode class and probability of each grid position in one byte.

    Parameters
    ----------
    surface : ndarray, shape (n_y, n_x, n_classes)

    Returns
    -------
    ndarray of uint8, shape (n_y, n_x)
        Indices into `region_scale`; class k has the codes from ``k * (256 // n_classes)`` on.
    """
    winner, confidence = surface.argmax(axis=-1), surface.max(axis=-1)
    n_classes = surface.shape[-1]
    n_levels = 256 // n_classes
    # The most probable of n classes has a probability of at least 1/n.
    surely = (n_classes * confidence - 1) / (n_classes - 1)
    level = np.rint((n_levels - 1) * np.clip(surely, 0, 1))
    codes: NDArray[np.uint8] = (n_levels * winner + level).astype(np.uint8)
    return codes


def region_scale(n_classes: int) -> list[tuple[float, str]]:
    """Plotly color scale of `region_codes`: the color of each class, from faint to strong."""
    n_levels = 256 // n_classes
    last = n_classes * n_levels - 1
    return [
        (code / last, rgba(CLASS_COLORS[k], alpha))
        for k in range(n_classes)
        for code, alpha in ((k * n_levels, 0.08), (k * n_levels + n_levels - 1, 0.75))
    ]


def _add_shades(figure: FigureBuilder, plane: Plane, surface: Array) -> None:
    """Draw class and probability of each grid position as a heat map."""
    n_classes = surface.shape[-1]
    figure.add_heatmap(
        x=plane.x,
        y=plane.y,
        z=region_codes(surface),
        zmin=0,
        zmax=n_classes * (256 // n_classes) - 1,
        # An unused code separates the codes of two classes.
        zsmooth=False,
        colorscale=region_scale(n_classes),
        showscale=False,
        hoverinfo="skip",
    )


def _add_hover(
    figure: FigureBuilder,
    plane: Plane,
    winner: Array,
    confidence: Array,
    axis_names: tuple[str, str],
    class_names: tuple[str, ...],
) -> None:
    """Add an invisible layer that shows class and probability on hover."""
    every = -(-max(winner.shape) // MAX_HOVERED)
    figure.add_heatmap(
        x=plane.x[::every],
        y=plane.y[::every],
        z=np.rint(100 * confidence[::every, ::every]).astype(np.uint8),
        text=np.array(class_names, object)[winner[::every, ::every]].tolist(),
        colorscale=((0, "rgba(0, 0, 0, 0)"), (1, "rgba(0, 0, 0, 0)")),
        showscale=False,
        hovertemplate=(
            f"{axis_names[0]} %{{x:.3g}}<br>{axis_names[1]} %{{y:.3g}}"
            "<br>%{text}: %{z} %<extra></extra>"
        ),
    )


def class_boundaries(x: Array, y: Array, surface: Array) -> tuple[Array, Array]:
    """Boundaries between the regions of the most probable class.

    Between two neighboring grid positions of different classes, linear interpolation gives the
    point where both classes are equally probable. In a cell where three or more classes meet,
    the lines meet at the mean of their ends.

    Parameters
    ----------
    x, y : ndarray, shapes (n_x,), (n_y,)
        Grid positions.
    surface : ndarray, shape (n_y, n_x, n_classes)

    Returns
    -------
    x, y : ndarray of float32, shape (3 * n_segments,)
        Start and end of each straight segment, then NaN.
    """
    grid = np.stack(np.meshgrid(x, y), axis=-1).astype(float)  # (n_y, n_x, 2)
    across = _crossings(grid[:, :-1], grid[:, 1:], surface[:, :-1], surface[:, 1:])
    along = _crossings(grid[:-1], grid[1:], surface[:-1], surface[1:])
    edges = (across[:-1], across[1:], along[:, :-1], along[:, 1:])
    ends = np.stack(edges, axis=-2).reshape(-1, 4, 2)  # (n_cells, 4, 2)
    crossed = ~np.isnan(ends[..., 0])
    n_crossed = crossed.sum(axis=1)
    two, more = n_crossed == 2, n_crossed > 2
    middles = np.nansum(ends[more], axis=1) / n_crossed[more, None]
    middles = np.broadcast_to(middles[:, None], (len(middles), 4, 2))
    segments = np.concatenate(
        [
            ends[two][crossed[two]].reshape(-1, 2, 2),
            np.stack([ends[more], middles], axis=-2)[crossed[more]],
        ]
    )
    path = np.full((len(segments), 3, 2), np.nan, np.float32)
    path[:, :2] = segments
    return path[..., 0].ravel(), path[..., 1].ravel()


def _crossings(from_: Array, to: Array, p_from: Array, p_to: Array) -> Array:
    """Points on grid edges where two classes are equally probable; NaN if both ends agree.

    `from_` and `to` have shape (..., 2), the probabilities (..., n_classes).
    """
    first = p_from.argmax(axis=-1)[..., None]
    second = p_to.argmax(axis=-1)[..., None]
    lead, lag = (
        np.take_along_axis(p, first, -1).astype(float) - np.take_along_axis(p, second, -1)
        for p in (p_from, p_to)
    )
    differ = first != second
    share = np.divide(lead, lead - lag, out=np.full(lead.shape, np.nan), where=differ)
    return from_ + share * (to - from_)  # (..., 2)

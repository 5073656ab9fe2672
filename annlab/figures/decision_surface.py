"""The decision surface: the probability of a class all over a plane, with samples on it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.analysis.surfaces import Plane
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.markers import add_markers
from annlab.figures.base.notes import add_notes
from annlab.figures.base.subsample import MAX_POINTS, evenly_spaced, subsample_note
from annlab.figures.base.theme import (
    CLASS_COLORS,
    CLASS_SYMBOLS,
    MISTAKE_COLOR,
    PROBABILITY_SCALE,
    THEMES,
    ThemeName,
)

Array = NDArray[Any]

# So many mistakes are drawn whatever is thinned out.
MAX_MISTAKES = 200
# Rings around more chosen samples than this become smaller, thinner and fainter.
MAX_LARGE_RINGS = 30


@dataclass(frozen=True)
class SurfacePoints:
    """Samples to be drawn on a surface.

    Attributes
    ----------
    X : ndarray, shape (n_samples, n_features)
    y : ndarray of int, shape (n_samples,)
        True classes.
    wrong : ndarray of bool, shape (n_samples,)
        Which of them the network gets wrong.
    """

    X: Array
    y: Array
    wrong: Array


def decision_surface(
    plane: Plane,
    surface: Array,
    points: SurfacePoints,
    axis_names: tuple[str, str],
    class_names: tuple[str, ...],
    *,
    note: str = "",
    max_points: int = MAX_POINTS,
    rings: Array | None = None,
    color_bar: bool = True,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the probability of the second class as a shade, and the samples on it.

    Parameters
    ----------
    plane : Plane
        Where the surface was computed.
    surface : ndarray, shape (n_y, n_x, 1)
        Probability of the second class.
    points : SurfacePoints
        Drawn in the colors of their classes; those the network gets wrong are ringed.
    axis_names : tuple of str
        The two features.
    class_names : tuple of str
        Names of the classes.
    note : str
        What else is to be known about the plane, written on the chart.
    max_points : int
        More samples than this are thinned out evenly, and a note says so; 200 mistakes or fewer
        are all kept.
    rings : ndarray of int or None
        Indices into `points.X` of chosen samples: always drawn, with a ring that is the larger
        the fewer they are.
    color_bar : bool
        Whether a color bar stands beside the surface.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    probability = surface[..., 0]
    figure = new_figure(380, theme)
    # Whole percents are short to send; the line where the network is undecided would be jagged
    # with them.
    figure.add_heatmap(
        x=plane.x,
        y=plane.y,
        z=np.rint(100 * probability).astype(np.uint8),
        zmin=0,
        zmax=100,
        zsmooth="fast",
        colorscale=PROBABILITY_SCALE,
        showscale=None if color_bar else False,
        colorbar={
            "title": {"text": f"P({class_names[1]})", "side": "right"},
            "tickvals": [0, 50, 100],
            "ticktext": ["0 %", "50 %", "100 %"],
            "thickness": 10,
        },
        hovertemplate=(
            f"{axis_names[0]} %{{x:.3g}}<br>{axis_names[1]} %{{y:.3g}}"
            f"<br>P({class_names[1]}) = %{{z}} %<extra></extra>"
        ),
    )
    figure.add_contour(
        x=plane.x,
        y=plane.y,
        z=np.rint(10_000 * probability).astype(np.uint16),
        contours={"coloring": "none", "start": 5000, "end": 5000, "size": 1},
        line={"color": THEMES[theme].ink, "width": 2},
        showscale=False,
        showlegend=False,
        hoverinfo="skip",
    )
    n_drawn = add_points(figure, plane, points, class_names, theme, max_points, rings)
    label_plane(figure, plane, axis_names, theme, note, subsample_note(n_drawn, len(points.X)))
    if color_bar:
        figure.update_layout(margin={"r": 104})
    return figure.build()


def add_points(
    figure: FigureBuilder,
    plane: Plane,
    points: SurfacePoints,
    class_names: tuple[str, ...],
    theme: ThemeName,
    max_points: int,
    rings: Array | None,
) -> int:
    """Draw samples by class, rings around mistakes and larger ones around chosen samples.

    The parameters are those of `decision_surface`; returns how many samples are drawn.
    """
    chosen = np.zeros(0, int) if rings is None else np.asarray(rings, int)
    drawn = np.union1d(evenly_spaced(len(points.X), max_points), chosen)
    mistakes = np.flatnonzero(points.wrong)
    if len(mistakes) <= MAX_MISTAKES:  # few could all be missed
        drawn = np.union1d(drawn, mistakes)
    at = points.X[:, list(plane.axes)]  # (n_samples, 2)
    for k, name in enumerate(class_names):
        of_class = drawn[points.y[drawn] == k]
        marker = {
            "color": CLASS_COLORS[k],
            "symbol": CLASS_SYMBOLS[k],
            "size": 6,
            "line": {"color": THEMES[theme].paper, "width": 0.7},
        }
        add_markers(figure, at[of_class, 0], at[of_class, 1], marker, name=name)
    _add_rings(figure, at[drawn[points.wrong[drawn]]], "mistakes", MISTAKE_COLOR, 9, 1.3, 1)
    if len(chosen):
        # Hundreds of large rings would be a blob.
        room = min(1.0, MAX_LARGE_RINGS / len(chosen))
        look = (8 + 6 * room, 0.8 + 1.2 * room, 0.5 + 0.5 * room)
        _add_rings(figure, at[chosen], "chosen", THEMES[theme].ink, *look)
    if len(class_names) > 2:
        widest = max(map(len, (*class_names, "mistakes")))
        figure.update_layout(legend={"entrywidth": 2 + 5 * widest, "font": {"size": 10}})
    return len(drawn)


def _add_rings(
    figure: FigureBuilder,
    at: Array,
    name: str,
    color: str,
    size: float,
    width: float,
    opacity: float,
) -> None:
    figure.add_scatter(
        x=at[:, 0].astype(np.float32),
        y=at[:, 1].astype(np.float32),
        mode="markers",
        name=name,
        marker={
            "symbol": "circle-open",
            "size": size,
            "color": color,
            "opacity": opacity,
            "line": {"width": width},
        },
        hoverinfo="skip",
        showlegend=True,
    )


def label_plane(
    figure: FigureBuilder, plane: Plane, axis_names: tuple[str, str], theme: ThemeName, *notes: str
) -> None:
    """Name the axes, bound them to the plane and write the notes on it, a line each."""
    add_notes(figure, notes, 0, 0, theme)
    figure.update_xaxes(title_text=axis_names[0], range=plane.x[[0, -1]].tolist())
    figure.update_yaxes(
        title_text=axis_names[1], range=plane.y[[0, -1]].tolist(), showgrid=False, zeroline=False
    )

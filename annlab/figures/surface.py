"""The decision surface: what a network says at every point of a plane."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.theme import (
    CLASS_COLOURS,
    CLASS_SYMBOLS,
    MISTAKE_COLOUR,
    PROBABILITY_SCALE,
    THEMES,
    ThemeName,
    blank,
)
from annlab.forward import Plane

Array = NDArray[Any]

# More points than this would only cover each other.
MAX_POINTS = 2500


@dataclass(frozen=True)
class SurfacePoints:
    """Points to be drawn on a surface.

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
    theme: ThemeName = "light",
    height: int = 380,
    note: str = "",
    max_points: int = MAX_POINTS,
    rings: Array | None = None,
) -> go.Figure:
    """Draw the probability of the second class as a shade, and the points on it.

    Parameters
    ----------
    plane : Plane
        Where the surface was computed.
    surface : ndarray, shape (n_y, n_x, 1)
        Probability of the second class.
    points : SurfacePoints
        Drawn in the colours of their classes; those the network gets wrong are ringed.
    axis_names : tuple of str
        The two features.
    class_names : tuple of str
        Names of the classes.
    theme : {"light", "dark"}
    height : int
        In pixels.
    note : str
        What else is to be known about the plane, written on the chart.
    max_points : int
        More points than this are thinned out evenly.
    rings : ndarray of int or None
        Indices into `points.X` of chosen points: always drawn, with a large ring.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    probability = surface[..., 0]
    figure = blank(height, theme)
    # The shade needs one byte for each grid position: whole percents. The line where the
    # network is undecided needs two: percents would make it jagged.
    figure.add_heatmap(
        x=plane.x,
        y=plane.y,
        z=np.rint(100 * probability).astype(np.uint8),
        zmin=0,
        zmax=100,
        zsmooth="best",
        colorscale=PROBABILITY_SCALE,
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
    add_points(figure, plane, points, class_names, theme, max_points, rings)
    label_plane(figure, plane, axis_names, note, theme)
    return figure


def add_points(
    figure: go.Figure,
    plane: Plane,
    points: SurfacePoints,
    class_names: tuple[str, ...],
    theme: ThemeName,
    max_points: int,
    rings: Array | None,
) -> None:
    """Draw points by class, rings around mistakes and larger ones around the chosen points.

    The parameters are those of `decision_surface`.
    """
    drawn = np.arange(0, len(points.X), max(1, -(-len(points.X) // max_points)))
    chosen = np.zeros(0, int) if rings is None else np.asarray(rings, int)
    drawn = np.union1d(drawn, chosen)
    x, y = points.X[drawn, plane.axes[0]], points.X[drawn, plane.axes[1]]
    labels, wrong = points.y[drawn], points.wrong[drawn]
    for k, name in enumerate(class_names):
        of_class = labels == k
        figure.add_scatter(
            x=x[of_class].astype(np.float32),
            y=y[of_class].astype(np.float32),
            mode="markers",
            name=name,
            marker={
                "color": CLASS_COLOURS[k],
                "symbol": CLASS_SYMBOLS[k],
                "size": 6,
                "line": {"color": THEMES[theme].paper, "width": 0.7},
            },
            hovertemplate=f"{name}<br>(%{{x:.3g}}, %{{y:.3g}})<extra></extra>",
        )
    figure.add_scatter(
        x=x[wrong].astype(np.float32),
        y=y[wrong].astype(np.float32),
        mode="markers",
        name="mistakes",
        marker={
            "symbol": "circle-open",
            "size": 9,
            "color": MISTAKE_COLOUR,
            "line": {"width": 1.3},
        },
        hoverinfo="skip",
        showlegend=True,
    )
    if len(chosen):
        figure.add_scatter(
            x=points.X[chosen, plane.axes[0]].astype(np.float32),
            y=points.X[chosen, plane.axes[1]].astype(np.float32),
            mode="markers",
            name="chosen",
            marker={
                "symbol": "circle-open",
                "size": 14,
                "color": THEMES[theme].ink,
                "line": {"width": 2},
            },
            hoverinfo="skip",
            showlegend=True,
        )
    if len(class_names) > 2:
        widest = max(map(len, (*class_names, "mistakes")))
        figure.update_layout(legend={"entrywidth": 2 + 5 * widest, "font": {"size": 10}})


def label_plane(
    figure: go.Figure, plane: Plane, axis_names: tuple[str, str], note: str, theme: ThemeName
) -> None:
    """Name the axes, bound them to the plane and write the note on it."""
    if note:
        figure.add_annotation(
            text=note,
            x=0,
            y=0,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"size": 11, "color": THEMES[theme].ink},
        )
    figure.update_xaxes(
        title=axis_names[0], range=[plane.x[0], plane.x[-1]], showgrid=False, zeroline=False
    )
    figure.update_yaxes(
        title=axis_names[1], range=[plane.y[0], plane.y[-1]], showgrid=False, zeroline=False
    )

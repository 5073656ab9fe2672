"""Decision surface: predicted probability of a binary classifier over a plane."""

from collections.abc import Sequence
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

# Up to this many mistakes are drawn even if other samples are thinned out.
MAX_MISTAKES = 200
# Above this number of selected samples, rings become smaller, thinner and fainter.
MAX_LARGE_RINGS = 30


@dataclass(frozen=True)
class SurfacePoints:
    """Samples to draw on a decision surface.

    Attributes
    ----------
    X : ndarray, shape (n_samples, n_features)
    y : ndarray of int, shape (n_samples,)
        True classes.
    wrong : ndarray of bool, shape (n_samples,)
        Mask of the misclassified samples.
    predicted : sequence of str, length n_samples, or None
        What is predicted for each sample and how probable it is, shown on hover.
    """

    X: Array
    y: Array
    wrong: Array
    predicted: Sequence[str] | None = None


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
    """Draw the probability of the second class as a shade, with the samples on it.

    Parameters
    ----------
    plane : Plane
        Plane of the surface.
    surface : ndarray, shape (n_y, n_x, 1)
        Probability of the second class.
    points : SurfacePoints
        Samples, drawn in the colors of their classes; misclassified samples get a ring.
    axis_names : tuple of str
        Names of the two features.
    class_names : tuple of str
        Names of the classes.
    note : str
        Remark about the plane, written below the chart.
    max_points : int
        Largest number of samples drawn; a note gives the total number. Up to 200 mistakes are
        all drawn.
    rings : ndarray of int or None
        Indices into `points.X` of selected samples, which are always drawn with a ring; fewer
        selected samples get larger rings.
    color_bar : bool
        Draw a color bar beside the surface.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    probability = surface[..., 0]
    figure = new_figure(380, theme)
    # Whole percents are short to send, but would make the boundary line at 50 % jagged.
    figure.add_heatmap(
        x=plane.x,
        y=plane.y,
        z=probability_codes(probability),
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


def probability_codes(probability: Array) -> NDArray[np.uint8]:
    """Percent of each probability: indices into `PROBABILITY_SCALE` with 101 colors."""
    codes: NDArray[np.uint8] = np.rint(100 * probability).astype(np.uint8)
    return codes


def add_points(
    figure: FigureBuilder,
    plane: Plane,
    points: SurfacePoints,
    class_names: tuple[str, ...],
    theme: ThemeName,
    max_points: int,
    rings: Array | None,
) -> int:
    """Draw samples by class, with rings around mistakes and larger rings around selected samples.

    Takes the parameters of `decision_surface` and returns the number of samples drawn.
    """
    chosen = np.zeros(0, int) if rings is None else np.asarray(rings, int)
    drawn = np.union1d(evenly_spaced(len(points.X), max_points), chosen)
    mistakes = np.flatnonzero(points.wrong)
    if len(mistakes) <= MAX_MISTAKES:  # thinning could drop all of a few mistakes
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
        texts = None if points.predicted is None else [points.predicted[i] for i in of_class]
        add_markers(figure, at[of_class, 0], at[of_class, 1], marker, name=name, texts=texts)
    _add_rings(figure, at[drawn[points.wrong[drawn]]], "mistakes", MISTAKE_COLOR, 9, 1.3, 1)
    if len(chosen):
        # Hundreds of large rings would merge into a blob.
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
    """Set titles and ranges of the axes; write the first note below, the others into a corner."""
    below, *inside = notes
    add_notes(figure, inside, 0, 0, theme)
    title = f"{axis_names[0]}<br><span style='font-size: 10px'>{below}</span>" if below else ""
    figure.update_xaxes(title_text=title or axis_names[0], range=plane.x[[0, -1]].tolist())
    figure.update_yaxes(
        title_text=axis_names[1], range=plane.y[[0, -1]].tolist(), showgrid=False, zeroline=False
    )

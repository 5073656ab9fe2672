"""Regions of several labels over a plane, which overlap."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.analysis.surfaces import Plane
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.subsample import MAX_POINTS, subsample_note
from annlab.figures.base.theme import CLASS_COLORS, ThemeName, rgba
from annlab.figures.class_regions import MAX_HOVERED
from annlab.figures.decision_surface import label_plane, probability_codes
from annlab.figures.label_marks import MAX_LABELS, LabeledPoints, add_labeled_points

Array = NDArray[Any]
Stops = tuple[tuple[float, str], ...]

# Dashes of the lines at one half, by label.
LABEL_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
# The same dashes in pixels for lines of this width, as Plotly draws them.
LINE_WIDTH = 2.5
DASHES_ON_CANVAS = {
    "solid": [],
    "dash": [9, 9],
    "dot": [3, 3],
    "dashdot": [9, 5, 3, 5],
    "longdash": [13, 13],
    "longdashdot": [13, 5, 3, 5],
}


def label_surfaces(
    plane: Plane,
    surface: Array,
    points: LabeledPoints,
    axis_names: tuple[str, str],
    label_names: Sequence[str],
    *,
    note: str = "",
    max_points: int = MAX_POINTS,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw where a network predicts each label, and samples with all their labels.

    A region has the color of its label, stronger where the network is surer, and ends at a line
    of the label's own dash, where the probability is one half. A sample has one mark for each of
    its labels, one inside the other; a sample without labels is a small dot.

    Parameters
    ----------
    plane : Plane
        Plane of the surfaces.
    surface : ndarray, shape (n_y, n_x, n_labels)
        Probability of each label. The first six are drawn; a note gives their total number.
    points : LabeledPoints
        Samples; those with a wrong label get a ring.
    axis_names : tuple of str
        Names of the two features.
    label_names : sequence of str, length n_labels
    note : str
        Remark about the plane, written below the chart.
    max_points : int
        Largest number of samples drawn; a note gives the total number. Up to 200 mistakes are
        all drawn.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the number of names differs from the number of labels.
    """
    n_labels = surface.shape[-1]
    if n_labels != len(label_names):
        raise ValueError(
            f"label_surfaces needs a name for each label. Got {n_labels} labels and "
            f"{len(label_names)} names."
        )
    figure = new_figure(380, theme)
    for k in range(min(n_labels, MAX_LABELS)):
        _add_region(figure, plane, surface[..., k], k, label_names[k])
    _add_hover(figure, plane, surface, axis_names, label_names)
    n_drawn = add_labeled_points(figure, points, label_names, theme, max_points)
    hidden = f"the first {MAX_LABELS} of {n_labels} labels" if n_labels > MAX_LABELS else ""
    label_plane(
        figure, plane, axis_names, theme, note, subsample_note(n_drawn, len(points.y)), hidden
    )
    return figure.build()


def label_scale(k: int) -> Stops:
    """Color scale of the probability of a label: nothing below one half, then its color."""
    color = CLASS_COLORS[k]
    nothing, faint, strong = rgba(color, 0.0), rgba(color, 0.1), rgba(color, 0.34)
    return ((0.0, nothing), (0.495, nothing), (0.5, faint), (1.0, strong))


def _add_region(figure: FigureBuilder, plane: Plane, surface: Array, k: int, name: str) -> None:
    figure.add_heatmap(
        x=plane.x,
        y=plane.y,
        z=probability_codes(surface),
        zmin=0,
        zmax=100,
        zsmooth="fast",
        colorscale=label_scale(k),
        showscale=False,
        hoverinfo="skip",
    )
    figure.add_contour(
        x=plane.x,
        y=plane.y,
        z=np.rint(10_000 * surface).astype(np.uint16),
        contours={"coloring": "none", "start": 5000, "end": 5000, "size": 1},
        line={"color": CLASS_COLORS[k], "width": LINE_WIDTH, "dash": LABEL_DASHES[k]},
        showscale=False,
        showlegend=False,
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="lines",
        name=f"{name} at 50 %",
        line={"color": CLASS_COLORS[k], "width": LINE_WIDTH, "dash": LABEL_DASHES[k]},
        hoverinfo="skip",
    )


def _add_hover(
    figure: FigureBuilder,
    plane: Plane,
    surface: Array,
    axis_names: tuple[str, str],
    label_names: Sequence[str],
) -> None:
    """Add an invisible layer that shows the probability of each label on hover."""
    every = -(-max(surface.shape[:2]) // MAX_HOVERED)
    percents = probability_codes(surface[::every, ::every])
    figure.add_heatmap(
        x=plane.x[::every],
        y=plane.y[::every],
        z=np.zeros(percents.shape[:2], np.uint8),
        text=[
            [
                "<br>".join(f"{n}: {p} %" for n, p in zip(label_names, cell, strict=True))
                for cell in row
            ]
            for row in percents.tolist()
        ],
        colorscale=((0, "rgba(0, 0, 0, 0)"), (1, "rgba(0, 0, 0, 0)")),
        showscale=False,
        hovertemplate=(
            f"{axis_names[0]} %{{x:.3g}}<br>{axis_names[1]} %{{y:.3g}}<br>%{{text}}<extra></extra>"
        ),
    )

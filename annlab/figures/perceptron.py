"""The perceptron rule in the plane of its weights: updates, solutions, cycles."""

from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.notes import add_notes
from annlab.figures.base.theme import CLASS_COLORS, MISTAKE_COLOR, THEMES, ThemeName, rgba
from annlab.figures.two_classes import HEIGHT, MARGIN, add_area, add_line
from annlab.formatting import written
from annlab.nn.margin import solution_region
from annlab.nn.perceptron import PerceptronTraining

Array = NDArray[Any]

_SOLUTIONS = rgba(CLASS_COLORS[2], 0.35)
# Free space around all weights of a training, as a multiple of the largest.
_REACH = 1.3


def weight_plane(
    training: PerceptronTraining, n_done: int, *, height: int = HEIGHT, theme: ThemeName = "light"
) -> go.Figure:
    """Draw the weights of a unit with two inputs while the perceptron rule changes them.

    The green area holds the weights that put every sample on its side at the present bias: a
    slice of the cone of solutions. Updates are drawn tip to tail, the last one as an arrow.

    Parameters
    ----------
    training : PerceptronTraining
        Training on samples with two features.
    n_done : int
        Number of steps done, from 0 to the number of steps.
    height : int
        Pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    path, bias = training.weights[: n_done + 1], float(training.weights[n_done, 2])
    reach = _reach(training.weights)
    figure = new_figure(height, theme)
    region = solution_region(training.X[:, :2], training.y, bias, reach)
    add_area(figure, region, _SOLUTIONS, name="solutions", showlegend=True)
    # In the plane of weights, a sample is a line, and the weights have to be on its side.
    x1, x2 = training.X[training.sample(n_done - 1), :2] if n_done else (0.0, 0.0)
    look = {"color": THEMES[theme].ink, "width": 1.2, "dash": "dot"}
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * reach
    edge = np.array([x1, x2, bias])
    add_line(figure, square, edge, look, name="sample: sum 0", showlegend=True)
    has_moved = np.append(True, np.diff(path[:, :2], axis=0).any(axis=1))
    figure.add_scatter(
        x=path[has_moved, 0].astype(np.float32),
        y=path[has_moved, 1].astype(np.float32),
        mode="lines+markers",
        line={"color": THEMES[theme].muted, "width": 1.5},
        marker={"size": 4, "color": THEMES[theme].muted},
        hovertemplate="w₁ = %{x:.3g}, w₂ = %{y:.3g}<extra></extra>",
        showlegend=False,
    )
    text = f"b = {written(bias, '.3g')}"
    figure.add_scatter(
        x=path[-1:, 0].astype(np.float32),
        y=path[-1:, 1].astype(np.float32),
        mode="markers",
        marker={"size": 11, "color": THEMES[theme].ink},
        name="now",
        hovertemplate=f"w₁ = %{{x:.3g}}, w₂ = %{{y:.3g}}, {text}<extra></extra>",
    )
    if n_done and training.change(n_done - 1)[:2].any():
        _add_arrow(figure, path[-2], path[-1])
    add_notes(figure, [text if len(region) else f"{text}: no solution"], 0, 1, theme)
    _finish(figure, reach)
    return figure.build()


def cycle_path(
    training: PerceptronTraining, *, height: int = 230, theme: ThemeName = "light"
) -> go.Figure:
    """Draw the closed path of both weights in a cycle.

    Parameters
    ----------
    training : PerceptronTraining
        Training on samples with two features, with the ending "cycle".
    height : int
        Pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    path = training.cycle_weights()
    figure = new_figure(height, theme)
    figure.add_scatter(
        x=path[:, 0].astype(np.float32),
        y=path[:, 1].astype(np.float32),
        mode="lines+markers",
        line={"color": MISTAKE_COLOR, "width": 2},
        marker={"size": 6, "color": MISTAKE_COLOR},
        text=[f"b = {written(bias, '.3g')}" for bias in path[:, 2]],
        hovertemplate="w₁ = %{x:.3g}, w₂ = %{y:.3g}, %{text}<extra></extra>",
        showlegend=False,
    )
    for start, end in pairwise(path):
        if (start[:2] != end[:2]).any():
            _add_arrow(figure, start, end)
    _finish(figure, _reach(path))
    figure.update_layout(margin_t=8)
    return figure.build()


def _reach(weights: Array) -> float:
    """Half the width of a plane that holds all weights."""
    return _REACH * float(np.abs(weights[:, :2]).max() or 1.0)


def _add_arrow(figure: FigureBuilder, start: Array, end: Array) -> None:
    figure.add_annotation(
        x=float(end[0]),
        y=float(end[1]),
        ax=float(start[0]),
        ay=float(start[1]),
        xref="x",
        yref="y",
        axref="x",
        ayref="y",
        showarrow=True,
        arrowhead=2,
        arrowwidth=2.5,
        arrowcolor=MISTAKE_COLOR,
        text="",
    )


def _finish(figure: FigureBuilder, reach: float) -> None:
    figure.update_layout(margin=MARGIN, legend={"font": {"size": 11}})
    axis = {"range": (-reach, reach), "zeroline": True, "showgrid": False}
    figure.update_xaxes(title_text="w₁", **axis)
    figure.update_yaxes(title_text="w₂", **axis)

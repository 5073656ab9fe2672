"""Maps of the units of a network over the plane of its two features."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.analysis.surfaces import Plane
from annlab.figures.base.bent_line import Point, bent_line
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.theme import NEGATIVE, POSITIVE, ThemeName, diverging
from annlab.nn.forward import Layers, layer_values

Array = NDArray[Any]

_HEIGHT = 460
# Widest line of a weight, in pixels.
_WIDEST = 5.0
# Share of a column's width, and of a place's height, that a map takes.
_FILLED = 0.62, 0.74
# Share of the height for lines below the maps.
_BAND = 0.1


def unit_maps(
    layers: Layers,
    plane: Plane,
    inputs: Array,
    activation: str,
    output_activation: str,
    *,
    shown: Sequence[Sequence[int]],
    input_names: Sequence[str],
    output_names: Sequence[str],
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the activation of units over the plane, arranged as the network.

    Parameters
    ----------
    layers : sequence of (weights, biases)
        Layers of one network for data with two features: shapes (n_in, n_out) and (n_out,).
    plane : Plane
        Plane of the maps.
    inputs : ndarray, shape (n_points, n_inputs)
        What the first layer receives at the points of the plane.
    activation, output_activation : str
        Names in `annlab.nn.activations.ACTIVATIONS`.
    shown : sequence of sequence of int
        Indices of the units to draw, for each hidden layer.
    input_names, output_names : sequence of str

    Returns
    -------
    plotly.graph_objects.Figure
        Lines between the maps are the weights: their width is the size, their color the sign. Those
        of inputs that also go straight to the output layer run below the maps.
    """
    values = [inputs, *(a for _, a in layer_values(layers, inputs, activation, output_activation))]
    columns = [range(len(input_names)), *shown, range(len(output_names))]
    figure = new_figure(_HEIGHT, theme)
    bottom = _BAND if len(layers[-1][0]) > values[-2].shape[1] else 0.0
    places = _places([len(units) for units in columns], bottom)
    _add_weights(figure, layers, columns, places, values[-2].shape[1])
    axis = 1
    for column, (units, at) in enumerate(zip(columns, places, strict=True)):
        last = column == len(columns) - 1
        for unit, (x, y) in zip(units, at, strict=True):
            axis += 1
            name = (
                input_names[unit]
                if column == 0
                else output_names[unit]
                if last
                else f"h{column}.{unit + 1}"
            )
            surface = values[column][:, unit].reshape(len(plane.y), len(plane.x))
            of_probability = last and output_activation in ("sigmoid", "softmax")
            _add_map(figure, axis, plane, surface, name, (x, y), of_probability, columns, theme)
            if column:
                bias = float(layers[column - 1][1][unit])
                name = f"{name}<br>b {bias:.2f}"
            half = _half_sizes(columns)[1]
            figure.add_annotation(
                x=x,
                y=y - half,
                xref="x",
                yref="y",
                yanchor="top",
                text=name,
                showarrow=False,
                font={"size": 10},
            )
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[0, 1])
    figure.update_layout(margin={"l": 4, "r": 4, "t": 8, "b": 4})
    return figure.build()


def _places(sizes: Sequence[int], bottom: float) -> list[list[Point]]:
    """Middle of the map of each unit, as shares of the figure, the first unit on top."""
    return [
        [((column + 0.5) / len(sizes), 1 - (1 - bottom) * (k + 0.5) / n) for k in range(n)]
        for column, n in enumerate(sizes)
    ]


def _half_sizes(columns: Sequence[Sequence[int]]) -> tuple[float, float]:
    most = max(map(len, columns))
    return _FILLED[0] / len(columns) / 2, min(_FILLED[1] / most, 0.22) / 2


def _add_map(
    figure: FigureBuilder,
    axis: int,
    plane: Plane,
    surface: Array,
    name: str,
    middle: tuple[float, float],
    of_probability: bool,
    columns: Sequence[Sequence[int]],
    theme: ThemeName,
) -> None:
    """Add a heat map on axes of its own; zero, or a probability of a half, has the page color."""
    half_width, half_height = _half_sizes(columns)
    (x, y), most = middle, float(np.abs(surface).max()) or 1.0
    figure.add_heatmap(
        x=plane.x,
        y=plane.y,
        z=surface,
        zmin=0 if of_probability else -most,
        zmax=1 if of_probability else most,
        colorscale=diverging(theme),
        showscale=False,
        xaxis=f"x{axis}",
        yaxis=f"y{axis}",
        hovertemplate=f"{name} = %{{z:.3g}}<extra></extra>",
    )
    ends = (
        ("xaxis", x, half_width, plane.x, f"y{axis}"),
        ("yaxis", y, half_height, plane.y, f"x{axis}"),
    )
    for side, at, half, positions, anchor in ends:
        figure.layout[f"{side}{axis}"] = {
            "domain": [max(0.0, at - half), min(1.0, at + half)],
            "range": [float(positions[0]), float(positions[-1])],
            "visible": False,
            "anchor": anchor,
        }


def _add_weights(
    figure: FigureBuilder,
    layers: Layers,
    columns: Sequence[Sequence[int]],
    places: Sequence[Sequence[Point]],
    n_before: int,
) -> None:
    """Draw weights as lines; `n_before` units stand before the output layer."""
    largest = max(float(np.abs(W).max(initial=0)) for W, _ in layers) or 1.0

    def add(weight: float, line: Sequence[Point]) -> None:
        figure.add_scatter(
            x=[x for x, _ in line],
            y=[y for _, y in line],
            mode="lines",
            line={
                "color": POSITIVE if weight > 0 else NEGATIVE,
                "width": 0.4 + _WIDEST * abs(weight) / largest,
            },
            hovertemplate=f"weight {weight:.3f}<extra></extra>",
            showlegend=False,
        )

    for column, (W, _) in enumerate(layers):
        for unit, end in zip(columns[column + 1], places[column + 1], strict=True):
            for before, start in zip(columns[column], places[column], strict=True):
                add(float(W[before, unit]), [start, end])
    skipping = layers[-1][0][n_before:]
    for k, row in enumerate(skipping):
        for unit, end in zip(columns[-1], places[-1], strict=True):
            middle = _BAND * (k + 0.5) / len(skipping) / 2
            add(float(row[unit]), bent_line(places[0][k], end, middle))

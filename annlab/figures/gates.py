"""Gates in small planes: a network of gates, the 16 Boolean functions, several networks."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import axis_style, new_figure
from annlab.figures.base.theme import THEMES, ThemeName, rgba
from annlab.figures.two_classes import (
    HEIGHT,
    Frame,
    Marked,
    add_line,
    add_region,
    add_samples,
    add_sides,
    frame_of,
)
from annlab.figures.unit_plane import region_plane
from annlab.formatting import network_name
from annlab.nn.boolean_functions import BOOLEAN_FUNCTIONS, INPUTS, GateNetwork
from annlab.nn.forward import Layers, forward
from annlab.nn.perceptron import PerceptronTraining

Array = NDArray[Any]

_BOARD_COLUMNS, _NETWORK_COLUMNS = 4, 5
# Pixels: the whole board, one row of networks.
_BOARD_HEIGHT, _ROW_HEIGHT = 430, 138
_SMALL_RESOLUTION = 61
# Space between planes, as a share of the figure; above each plane stands its title.
_GAP, _TITLE = 0.03, 0.07
# Contrast of at least 4.5 : 1.
GOOD: dict[ThemeName, str] = {"light": "#0b6e4f", "dark": "#62d2a8"}
BAD: dict[ThemeName, str] = {"light": "#b3261e", "dark": "#ff9d94"}


class _Cell(NamedTuple):
    """One small plane: its frame, the axes of its traces, and its upper left corner."""

    frame: Frame
    axes: dict[str, Any]
    left: float
    top: float


def gate_frame(outputs: Sequence[int], n_inputs: int = 2) -> Frame:
    """Frame of the inputs of a gate, with the wanted outputs as classes.

    Parameters
    ----------
    outputs : sequence of int
        Wanted outputs, 0 or 1, for the four inputs.
    n_inputs : int
        1 for a gate that only sees x₁: its inputs lie on the horizontal axis.

    Returns
    -------
    Frame
    """
    names = ("wanted: 0", "wanted: 1")
    frame = frame_of(INPUTS, np.array(outputs), names, margin=0.5)
    if n_inputs == 2:
        return frame
    seen = INPUTS[:, 1] == 0
    return Frame(INPUTS[seen], frame.y[seen], names, ("x₁", ""), frame.x_range, (-1.0, 1.0))


def gate_network_plane(
    network: GateNetwork,
    outputs: Sequence[int],
    *,
    height: int = HEIGHT,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw where a network of three gates fires, and the lines of its two hidden units.

    Parameters
    ----------
    network : GateNetwork
    outputs : sequence of int
        Wanted outputs, 0 or 1, for the four inputs.
    height : int
        Pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    return region_plane(
        gate_frame(outputs),
        lambda X: np.where(network.fires(X), 1, -1),
        lines=list(zip(("h₁", "h₂"), network.hidden, strict=True)),
        marked=Marked(network.fires(INPUTS) != np.array(outputs, bool)),
        height=height,
        theme=theme,
    )


def function_board(
    trainings: Mapping[str, PerceptronTraining],
    epoch: int = 0,
    *,
    predicted: Sequence[str] = (),
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw all 16 Boolean functions of two inputs, with the perceptron's line for each.

    A number between the inputs counts the mistakes until the training has stopped.

    Parameters
    ----------
    trainings : mapping of str to PerceptronTraining
        Training on each function, by name in `BOOLEAN_FUNCTIONS`; empty before the training.
    epoch : int
        Epoch after which the lines are drawn. A training that has ended keeps its line, and a
        training in a cycle goes on.
    predicted : sequence of str
        Functions that somebody expects never to stop; they get a question mark.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(_BOARD_HEIGHT, theme)
    n_rows = -(-len(BOOLEAN_FUNCTIONS) // _BOARD_COLUMNS)
    for k, (name, entry) in enumerate(BOOLEAN_FUNCTIONS.items()):
        cell = _add_cell(figure, k, _BOARD_COLUMNS, n_rows, gate_frame(entry.outputs), theme)
        if training := trainings.get(name):
            weights = training.weights_after(epoch)
            add_sides(figure, cell.frame.corners, weights, **cell.axes)
            _draw_line(figure, cell, weights, theme)
            _write_state(figure, cell, training, epoch, theme)
        add_samples(figure, cell.frame, theme, size=10, **cell.axes)
        mark = "<b>?</b> " if name in predicted else ""
        _write_title(figure, cell, f"{mark}<b>{entry.label}</b>")
    _finish(figure)
    return figure.build()


def _write_state(
    figure: FigureBuilder,
    cell: _Cell,
    training: PerceptronTraining,
    epoch: int,
    theme: ThemeName,
) -> None:
    """Write between the inputs how far a training is after an epoch."""
    text = "…"
    if training.ending == "separated" and epoch >= training.n_epochs:
        text = _colored(f"✓ {training.n_mistakes}", GOOD[theme])
    elif training.ending == "cycle" and epoch >= training.n_epochs:
        text = _colored("never", BAD[theme])
    figure.add_annotation(
        text=text,
        x=0.5,
        y=0.5,
        xref=cell.axes["xaxis"],
        yref=cell.axes["yaxis"],
        showarrow=False,
        font_size=12,
        bgcolor=rgba(THEMES[theme].paper, 0.7),
    )


def network_lines(
    networks: Sequence[Layers],
    activation: str,
    frame: Frame,
    solved: Sequence[bool],
    *,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw several networks with one hidden layer: predicted classes, and lines of hidden units.

    Parameters
    ----------
    networks : sequence of layers
        Weights and biases of each network, with one output, the logit of class 1.
    activation : str
        Activation of the hidden layer, a name in `annlab.nn.activations.ACTIVATIONS`.
    frame : Frame
        Samples and axes.
    solved : sequence of bool
        Whether each network solves the task.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    n_rows = -(-len(networks) // _NETWORK_COLUMNS)
    figure = new_figure(_ROW_HEIGHT * n_rows, theme)
    for k, (layers, is_solved) in enumerate(zip(networks, solved, strict=True)):
        cell = _add_cell(figure, k, _NETWORK_COLUMNS, n_rows, frame, theme)

        def score(X: Array, layers: Layers = layers) -> Array:
            return forward(layers, X, activation, "linear").logits[..., 0]

        add_region(figure, frame, score, _SMALL_RESOLUTION, **cell.axes)
        W, b = layers[0]
        for weights in np.vstack([W, b]).T:  # (n_units, 3)
            _draw_line(figure, cell, weights, theme)
        add_samples(figure, frame, theme, size=10, **cell.axes)
        mark = _colored("✓", GOOD[theme]) if is_solved else _colored("✗", BAD[theme])
        _write_title(figure, cell, f"{network_name(k)} {mark}")
    _finish(figure)
    return figure.build()


def _add_cell(
    figure: FigureBuilder, k: int, n_columns: int, n_rows: int, frame: Frame, theme: ThemeName
) -> _Cell:
    """Add the axes of the k-th plane of a board, counted row by row."""
    row, column = divmod(k, n_columns)
    width = (1 - _GAP * (n_columns - 1)) / n_columns
    height = (1 - _TITLE * (n_rows - 1)) / n_rows
    left, top = column * (width + _GAP), 1 - row * (height + _TITLE)
    number = str(k + 1) if k else ""
    style = {
        **axis_style(theme, lines=False),
        "showticklabels": False,
        "automargin": False,
        "showline": True,
        "mirror": True,
        "linecolor": THEMES[theme].faint,
    }
    figure.layout[f"xaxis{number}"] = {
        **style,
        "domain": [left, min(left + width, 1.0)],
        "range": list(frame.x_range),
        "anchor": f"y{number}",
    }
    figure.layout[f"yaxis{number}"] = {
        **style,
        "domain": [max(top - height, 0.0), top],
        "range": list(frame.y_range),
        "anchor": f"x{number}",
    }
    return _Cell(frame, {"xaxis": f"x{number}", "yaxis": f"y{number}"}, left, top)


def _draw_line(figure: FigureBuilder, cell: _Cell, weights: Array, theme: ThemeName) -> None:
    look = {"color": THEMES[theme].ink, "width": 2}
    add_line(figure, cell.frame.corners, weights, look, **cell.axes)


def _write_title(figure: FigureBuilder, cell: _Cell, text: str) -> None:
    figure.add_annotation(
        text=text,
        x=cell.left,
        y=cell.top,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
        font_size=11,
    )


def _colored(text: str, color: str) -> str:
    return f"<span style='color: {color}'>{text}</span>"


def _finish(figure: FigureBuilder) -> None:
    figure.update_layout(margin={"l": 6, "r": 6, "t": 24, "b": 6, "pad": 0}, showlegend=False)

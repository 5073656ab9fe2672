"""Graph of one network: units, weights and biases."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from annlab.figures.base.bent_line import Point, bent_line
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.theme import NEGATIVE, POSITIVE, THEMES, ThemeName
from annlab.nn.forward import Layers

# A larger layer shows only its first units and the total.
MAX_UNITS = 12
MANY_LAYERS = 6
_WIDTHS = (0.5, 1.5, 3.0, 5.0)
# Height of the lowest curve around the hidden units, and of the band of curves.
_BELOW, _BAND = -0.28, 0.1


def network_graph(
    layers: Layers,
    input_names: Sequence[str],
    output_names: Sequence[str],
    *,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw one network as a graph; line width shows the size of a weight.

    The bias of a layer starts at a unit marked +1 before the layer. Inputs that also go straight to
    the output layer do so on curves below the hidden units.

    Parameters
    ----------
    layers : sequence of (weights, biases)
        Weights and biases of one network: shapes (n_in, n_out) and (n_out,).
    input_names, output_names : sequence of str
        Names of the inputs and outputs.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    sizes = [layers[0][0].shape[0], *(W.shape[1] for W, _ in layers)]
    shown = [min(size, MAX_UNITS) for size in sizes]
    heights = [np.linspace(1, 0, n + 2)[1:-1] for n in shown]
    n_skips = len(layers[-1][0]) - sizes[-2]
    figure = new_figure(470 if n_skips else 420, theme)
    _add_weights(figure, layers, heights, n_skips)
    ink = THEMES[theme].ink
    for column, (size, y) in enumerate(zip(sizes, heights, strict=True)):
        first, last = column == 0, column == len(sizes) - 1
        names = input_names if first else output_names if last else ()
        hover = [
            (names[i] if i < len(names) else f"unit {i + 1}")
            + ("" if first else f"<br>bias {layers[column - 1][1][i]:.3f}")
            for i in range(len(y))
        ]
        figure.add_scatter(
            x=np.full(len(y), column),
            y=y,
            mode="markers+text" if first or last else "markers",
            text=[str(name) for name in names[: len(y)]],
            textposition="middle left" if first else "middle right",
            marker={"size": 18, "color": THEMES[theme].paper, "line": {"color": ink, "width": 1.5}},
            hovertext=hover,
            hoverinfo="text",
            showlegend=False,
        )
        title = "input" if first else "output" if last else f"hidden {column}"
        if len(sizes) > MANY_LAYERS:  # no room for words
            title = "in" if first else "out" if last else str(column)
        more = f"<br>{len(y)} of {size}" if size > len(y) else f"<br>{size}"
        figure.add_annotation(
            x=column, y=1.12, text=title + more, showarrow=False, yanchor="middle"
        )
    for column in range(len(layers)):
        figure.add_scatter(
            x=[column + 0.18],
            y=[-0.04],
            mode="markers+text",
            text=["+1"],
            textfont={"size": 11, "color": ink},
            marker={
                "symbol": "square",
                "size": 20,
                "color": THEMES[theme].paper,
                "line": {"color": ink, "width": 1},
            },
            hovertext=["constant 1: its weights are the biases of the next layer"],
            hoverinfo="text",
            showlegend=False,
        )
    if n_skips:
        figure.add_annotation(
            x=(len(sizes) - 1) / 2,
            y=_BELOW - 0.04,
            text="inputs straight to the output",
            showarrow=False,
            yanchor="middle",
            font={"size": 11},
        )
    # Margins for the names on both sides, as a share of the width.
    left, right = _share_of(input_names[: shown[0]]), _share_of(output_names)
    unit = (len(sizes) - 1) / (1 - left - right)
    figure.update_xaxes(visible=False, range=[-left * unit, len(sizes) - 1 + right * unit])
    figure.update_yaxes(visible=False, range=[_BELOW - 0.08 if n_skips else -0.14, 1.22])
    figure.update_layout(margin={"l": 8, "r": 8, "t": 38, "b": 8})
    return figure.build()


def _share_of(names: Sequence[str]) -> float:
    """Share of the width needed by names: about 7 of 340 pixels per letter."""
    return min(0.35, 0.05 + 0.021 * max(map(len, names), default=0))


def _add_weights(
    figure: FigureBuilder, layers: Layers, heights: Sequence[np.ndarray], n_skips: int
) -> None:
    """Draw weights as lines: one trace per width and color, because one per weight is slow."""
    largest = max(float(np.abs(W).max(initial=0)) for W, _ in layers)
    largest = max(largest, *(float(np.abs(b).max(initial=0)) for _, b in layers)) or 1.0
    lines: dict[tuple[bool, int], list[list[Point]]] = {}

    def add(value: float, line: list[Point]) -> None:
        size = int(min(abs(value) / largest * len(_WIDTHS), len(_WIDTHS) - 1))
        lines.setdefault((bool(value > 0), size), []).append(line)

    for column, (W, b) in enumerate(layers):
        starts = [(float(column), float(y)) for y in heights[column]] + [(column + 0.18, -0.04)]
        values = np.vstack([W[: len(heights[column])], b])[:, : len(heights[column + 1])]
        for start, row in zip(starts, values, strict=True):
            for y1, value in zip(heights[column + 1], row, strict=True):
                add(value, [start, (column + 1.0, float(y1))])
    if n_skips:
        skipping = layers[-1][0][-n_skips:][: len(heights[0]), : len(heights[-1])]
        for k, row in enumerate(skipping):
            start, middle = (0.0, float(heights[0][k])), _BELOW + _BAND * k / len(skipping)
            for y1, value in zip(heights[-1], row, strict=True):
                add(value, bent_line(start, (float(len(layers)), float(y1)), middle))
    for positive in (False, True):
        for size, width in enumerate(_WIDTHS):
            drawn = lines.get((positive, size), [])
            figure.add_scatter(
                x=[x for line in drawn for x in (*(x for x, _ in line), None)],
                y=[y for line in drawn for y in (*(y for _, y in line), None)],
                mode="lines",
                line={"color": POSITIVE if positive else NEGATIVE, "width": width},
                opacity=0.35 + 0.2 * size,
                showlegend=False,
                hoverinfo="skip",
            )
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="lines",
            line={"color": POSITIVE if positive else NEGATIVE, "width": 3},
            name="positive weight" if positive else "negative weight",
        )

"""The network as a graph: units, weights and biases."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.theme import NEGATIVE, POSITIVE, THEMES, ThemeName
from annlab.nn.forward import Layers

# A layer of more units shows its first ones and says how many there are.
MAX_UNITS = 12
MANY_LAYERS = 6
_WIDTHS = (0.5, 1.5, 3.0, 5.0)


def network_graph(
    layers: Layers,
    feature_names: Sequence[str],
    output_names: Sequence[str],
    *,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw one network: the wider a line, the larger the weight.

    The biases leave the units marked +1, one before each layer.

    Parameters
    ----------
    layers : sequence of (weights, biases)
        Of one network: shapes (n_in, n_out) and (n_out,).
    feature_names, output_names : sequence of str
        What goes in and what comes out.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    sizes = [layers[0][0].shape[0], *(W.shape[1] for W, _ in layers)]
    shown = [min(size, MAX_UNITS) for size in sizes]
    heights = [np.linspace(1, 0, n + 2)[1:-1] for n in shown]
    figure = new_figure(420, theme)
    _add_weights(figure, layers, heights)
    ink = THEMES[theme].ink
    for column, (size, y) in enumerate(zip(sizes, heights, strict=True)):
        first, last = column == 0, column == len(sizes) - 1
        names = feature_names if first else output_names if last else ()
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
        if len(sizes) > MANY_LAYERS:  # there is no room for words
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
    # Room for the names on both sides, as a share of the width.
    left, right = _share_of(feature_names[: shown[0]]), _share_of(output_names)
    unit = (len(sizes) - 1) / (1 - left - right)
    figure.update_xaxes(visible=False, range=[-left * unit, len(sizes) - 1 + right * unit])
    figure.update_yaxes(visible=False, range=[-0.14, 1.22])
    figure.update_layout(margin={"l": 8, "r": 8, "t": 38, "b": 8})
    return figure.build()


def _share_of(names: Sequence[str]) -> float:
    """How much of the width names take beside their units: about 7 of 340 pixels a letter."""
    return min(0.35, 0.05 + 0.021 * max(map(len, names), default=0))


def _add_weights(figure: FigureBuilder, layers: Layers, heights: Sequence[np.ndarray]) -> None:
    """Lines in a few widths and two colors: one trace for each, not one for each weight."""
    largest = max(float(np.abs(W).max(initial=0)) for W, _ in layers)
    largest = max(largest, *(float(np.abs(b).max(initial=0)) for _, b in layers)) or 1.0
    lines: dict[tuple[bool, int], list[tuple[float, float, float, float]]] = {}
    for column, (W, b) in enumerate(layers):
        starts = [(float(column), float(y)) for y in heights[column]] + [(column + 0.18, -0.04)]
        values = np.vstack([W[: len(heights[column])], b])[:, : len(heights[column + 1])]
        for (x0, y0), row in zip(starts, values, strict=True):
            for y1, value in zip(heights[column + 1], row, strict=True):
                size = int(min(abs(value) / largest * len(_WIDTHS), len(_WIDTHS) - 1))
                lines.setdefault((bool(value > 0), size), []).append((x0, y0, column + 1, y1))
    for positive in (False, True):
        for size, width in enumerate(_WIDTHS):
            ends = lines.get((positive, size), [])
            figure.add_scatter(
                x=[x for x0, _, x1, _ in ends for x in (x0, x1, None)],
                y=[y for _, y0, _, y1 in ends for y in (y0, y1, None)],
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

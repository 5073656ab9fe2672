"""Parallel lines of a search: one line per config through all its settings to its score."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.analysis.search_points import SearchPoints
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.model_names import mark_of_model
from annlab.figures.base.notes import add_notes
from annlab.figures.base.subsample import MAX_POINTS, subsample_note
from annlab.figures.base.theme import THEMES, ThemeName, rgba
from annlab.figures.search_axes import Scale, is_log_score, scale_of, scale_of_numbers, with_colors

HEIGHT = 380
# Pixels of a line of text.
_LINE = 18
_GRAY = "#808080"
# Many lines must not become one blob.
_LEAST_OPACITY, _LINES_AT_FULL = 0.15, 20


def search_lines(
    points: SearchPoints, *, chosen: Sequence[int] = (), theme: ThemeName = "light"
) -> go.Figure:
    """Draw every config as a gray line through its settings to its mean score.

    The best score is always on top.

    Parameters
    ----------
    points : SearchPoints
        At least one config. Above `MAX_POINTS`, only the best are drawn.
    chosen : sequence of int
        Rows of configs to draw in the colors of models A, B, ….

    Returns
    -------
    plotly.graph_objects.Figure
        Markers carry the row of their config as `customdata`.
    """
    n_configs = points.n_configs
    points = points.best(MAX_POINTS)
    scales = [*map(scale_of, points.axes), _score_scale(points)]
    heights = np.stack([scale.positions for scale in scales], axis=1)  # (n_configs, n_axes)
    figure = new_figure(HEIGHT, theme)
    x = np.arange(len(scales), dtype=np.float64)
    opacity = max(_LEAST_OPACITY, min(0.7, _LINES_AT_FULL / points.n_configs))
    figure.add_scatter(
        **_joined(x, heights),
        mode="lines",
        name="configs",
        line={"color": rgba(_GRAY, opacity), "width": 1},
        hoverinfo="skip",
    )
    texts = [points.describe(k) for k in range(points.n_configs)]
    figure.add_scatter(
        x=np.tile(x, points.n_configs),
        y=heights.ravel(),
        mode="markers",
        name="settings",
        marker={"color": rgba(_GRAY, 0.6), "size": 5},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        customdata=np.repeat(points.rows, len(x)).tolist(),
        text=[text for text in texts for _ in x],
        hovertemplate="%{text}<extra></extra>",
    )
    for letter, color, k in with_colors(points, chosen):
        figure.add_scatter(
            x=x,
            y=heights[k],
            mode="lines+markers",
            name=letter,
            meta=mark_of_model(letter),
            line={"color": color, "width": 3},
            marker={"color": color, "size": 8},
            text=[texts[k]] * len(x),
            hovertemplate="%{text}<extra></extra>",
        )
    labels = [*(axis.label for axis in points.axes), points.mean_label.capitalize()]
    labels = [_on_lines(label) for label in labels]
    top = _LINE * max(label.count("<br>") + 1 for label in labels) + _LINE
    for place, (label, scale) in enumerate(zip(labels, scales, strict=True)):
        _draw_axis(figure, place, label, scale, len(scales), theme)
    last = len(scales) - 1
    figure.update_xaxes(range=[-0.14 * last, 1.04 * last], visible=False, fixedrange=True)
    figure.update_yaxes(range=[-0.06, 1.06], visible=False, fixedrange=True)
    note = subsample_note(points.n_configs, n_configs, "configs drawn: the best")
    add_notes(figure, [note], 1, 0, theme, outside=-14)
    figure.update_layout(
        showlegend=False, clickmode="event+select", margin={"l": 8, "r": 12, "t": top, "b": 16}
    )
    return figure.build()


def _score_scale(points: SearchPoints) -> Scale:
    """Scale of the means with the best on top."""
    scale = scale_of_numbers(points.means, is_log=is_log_score(points))
    if points.higher_is_better:
        return scale
    return Scale(1 - scale.positions, tuple(1 - tick for tick in scale.ticks), scale.labels)


def _joined(x: NDArray[Any], heights: NDArray[Any]) -> dict[str, Any]:
    """Coordinates of all lines in one trace: NaN lifts the pen."""
    gaps = np.full((len(heights), 1), np.nan)
    return {
        "x": np.tile(np.append(x, np.nan), len(heights)),
        "y": np.hstack([heights, gaps]).ravel(),
    }


def _draw_axis(
    figure: FigureBuilder, place: int, label: str, scale: Scale, n_axes: int, theme: ThemeName
) -> None:
    """Draw a vertical axis with its ticks to the left, and its name above."""
    look = THEMES[theme]
    # The names at both ends stay inside the figure.
    anchor = {0: "left", n_axes - 1: "right"}.get(place, "center")
    figure.add_shape(
        type="line", x0=place, x1=place, y0=0, y1=1, line={"color": look.muted, "width": 1}
    )
    figure.add_annotation(
        text=f"<b>{label}</b>",
        x=place,
        xanchor=anchor,
        align=anchor,
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        font_size=13,
    )
    for tick, text in zip(scale.ticks, scale.labels, strict=True):
        figure.add_annotation(
            text=text,
            x=place,
            y=tick,
            xanchor="right",
            xshift=-4,
            showarrow=False,
            font={"size": 11, "color": look.muted},
            bgcolor=rgba(look.paper, 0.7),
        )


def _on_lines(label: str) -> str:
    """Break a label before its words, and keep "of" and numbers with what they belong to."""
    return (
        label.replace(" of ", "\N{NO-BREAK SPACE}of<br>")
        .replace(" seeds", "\N{NO-BREAK SPACE}seeds")
        .replace(" ", "<br>")
    )

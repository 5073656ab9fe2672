"""Slices of a search: the score against each searched setting, one small plot per setting."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from annlab.analysis.search_points import SearchPoints
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import axis_style, new_figure
from annlab.figures.base.notes import add_notes
from annlab.figures.base.subsample import MAX_POINTS, subsample_note
from annlab.figures.base.theme import MISTAKE_COLOR, THEMES, ThemeName
from annlab.figures.search_axes import (
    RANK_SCALE,
    is_log_score,
    plotly_axis,
    scale_of,
    scale_of_numbers,
    shade_of,
    with_colors,
)

HEIGHT = 340
# Space between plots, as a share of the width, and the strip of the rug below them.
_GAP, _RUG = 0.04, 0.08
# Ticks of all numeric axes together that fit on a phone.
_MOST_TICKS = 8


def search_slices(
    points: SearchPoints, *, chosen: Sequence[int] = (), theme: ThemeName = "light"
) -> go.Figure:
    """Draw the score of each config against each searched setting.

    A dot is the mean over the seeds, colored by rank, and a line reaches from the lowest to the
    highest network. Configs with diverged networks also stand in a rug below the plot.

    Parameters
    ----------
    points : SearchPoints
        At least one config. Above `MAX_POINTS`, only the best are drawn.
    chosen : sequence of int
        Rows of configs to mark, in the colors of models A, B, ….

    Returns
    -------
    plotly.graph_objects.Figure
        Markers carry the row of their config as `customdata`.
    """
    n_configs = points.n_configs
    points = points.best(MAX_POINTS)
    figure = new_figure(HEIGHT, theme)
    score = scale_of_numbers(points.scores.ravel(), is_log=is_log_score(points))
    of_networks = score.positions.reshape(points.scores.shape)
    means = _positions_of_means(points)
    texts = [points.describe(k) for k in range(points.n_configs)]
    bottom = _RUG if points.n_diverged.any() else 0.0
    width = (1 - _GAP * (len(points.axes) - 1)) / len(points.axes)
    figure.layout["yaxis"] |= {
        **plotly_axis(score),
        "domain": [bottom, 1],
        "title": {
            **figure.layout["yaxis"]["title"],
            "text": f"validation {points.score_label.lower()}",
        },
    }
    for k, axis in enumerate(points.axes):
        number = str(k + 1) if k else ""
        scale = scale_of(axis)
        left = k * (width + _GAP)
        style = axis_style(theme, lines=False)
        figure.layout[f"xaxis{number}"] = {
            **style,
            **plotly_axis(scale, _MOST_TICKS // len(points.axes) if axis.is_number else None),
            **({"tickangle": 0} if axis.is_number else {}),
            "domain": [left, min(left + width, 1.0)],
            "anchor": "y9" if bottom else "y",
            "title": {
                "text": axis.label,
                "font": {**style["title"]["font"], "size": 12},
                # Below long names, which turn.
                "standoff": 8,
            },
        }
        x, at = scale.positions, {"xaxis": f"x{number}"}
        _draw_spread(figure, x, of_networks, theme, at)
        look = {
            "color": shade_of(points.ranks).tolist(),
            "colorscale": [list(stop) for stop in RANK_SCALE[theme]],
            "cmin": 0,
            "cmax": 1,
            "size": 7,
        }
        _draw(figure, x, means, points.rows.tolist(), texts, look, at)
        _draw_chosen(figure, x, means, points, chosen, at)
        if bottom:
            _draw_rug(figure, x, points, texts, at)
    if bottom:
        figure.layout["yaxis9"] = {
            "domain": [0, bottom * 0.6],
            "range": [-1, 1],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "tickvals": [0],
            "ticktext": ["diverged"],
            "tickfont": figure.layout["yaxis"]["tickfont"],
            "automargin": True,
        }
    note = subsample_note(points.n_configs, n_configs, "configs drawn: the best")
    add_notes(figure, [note], 1, 1, theme, outside=4)
    figure.update_layout(showlegend=False, clickmode="event+select", margin_t=24, margin_l=70)
    return figure.build()


def _positions_of_means(points: SearchPoints) -> Any:
    """Means on the scale of the single scores."""
    both = np.concatenate([points.scores.ravel(), points.means])
    # A mean lies between its scores, so it does not change the ends of the scale.
    return scale_of_numbers(both, is_log=is_log_score(points)).positions[points.scores.size :]


def _draw_spread(
    figure: FigureBuilder, x: Any, of_networks: Any, theme: ThemeName, at: dict[str, Any]
) -> None:
    """Draw a vertical line from the lowest to the highest network of each config."""
    if of_networks.shape[1] < 2:
        return
    gaps = np.full(len(x), np.nan)
    figure.add_scatter(
        x=np.column_stack([x, x, gaps]).ravel(),
        y=np.column_stack([of_networks.min(axis=1), of_networks.max(axis=1), gaps]).ravel(),
        mode="lines",
        name="lowest to highest network",
        line={"color": THEMES[theme].faint, "width": 1},
        hoverinfo="skip",
        **at,
    )


def _draw(
    figure: FigureBuilder,
    x: Any,
    y: Any,
    rows: list[int],
    texts: list[str],
    look: dict[str, Any],
    at: dict[str, Any],
) -> None:
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        name="mean over the seeds",
        marker=look,
        # A click must not fade the others.
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        customdata=rows,
        text=texts,
        hovertemplate="%{text}<extra></extra>",
        **at,
    )


def _draw_chosen(
    figure: FigureBuilder,
    x: Any,
    y: Any,
    points: SearchPoints,
    chosen: Sequence[int],
    at: dict[str, Any],
) -> None:
    """Draw a ring in the color of its model around each chosen config."""
    shown = with_colors(points, chosen)
    if shown:
        figure.add_scatter(
            x=[float(x[k]) for *_, k in shown],
            y=[float(y[k]) for *_, k in shown],
            mode="markers",
            name="chosen",
            marker={
                "symbol": "circle-open",
                "size": 14,
                "color": [color for _, color, _ in shown],
                "line": {"width": 3},
            },
            cliponaxis=False,
            hoverinfo="skip",
            **at,
        )


def _draw_rug(
    figure: FigureBuilder, x: Any, points: SearchPoints, texts: list[str], at: dict[str, Any]
) -> None:
    bad = np.flatnonzero(points.n_diverged)
    figure.add_scatter(
        x=x[bad],
        y=np.zeros(len(bad)),
        mode="markers",
        name="diverged",
        marker={
            "symbol": "line-ns",
            "size": 10,
            "line": {"width": 2, "color": MISTAKE_COLOR},
        },
        customdata=points.rows[bad].tolist(),
        text=[texts[k] for k in bad],
        hovertemplate="%{text}<extra></extra>",
        yaxis="y9",
        **at,
    )

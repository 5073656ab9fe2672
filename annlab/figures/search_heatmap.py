"""Heat map of a search over two settings."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from annlab.analysis.search_points import SearchAxis, SearchPoints
from annlab.figures.base.layout import new_figure
from annlab.figures.base.theme import MISTAKE_COLOR, THEMES, ThemeName
from annlab.figures.search_axes import RANK_SCALE, is_log_score, scale_of_numbers, with_colors

# Pixels: one row of cells, the least height, and everything but the cells.
_ROW, _LEAST, _FRAME = 16, 300, 110


def search_heatmap(
    points: SearchPoints, *, chosen: Sequence[int] = (), theme: ThemeName = "light"
) -> go.Figure:
    """Draw the mean score of a grid over two settings, one cell per config.

    The best config has a star, and configs with diverged networks a cross.

    Parameters
    ----------
    points : SearchPoints
        Of two settings; a combination that is missing stays empty.
    chosen : sequence of int
        Rows of configs to frame, in the colors of models A, B, ….

    Returns
    -------
    plotly.graph_objects.Figure
        Invisible markers on the cells carry the row of their config as `customdata`.

    Raises
    ------
    ValueError
        If the search varies another number of settings.
    """
    if len(points.axes) != 2:
        raise ValueError(f"axes: a heat map has 2 settings, got {len(points.axes)}")
    (x_levels, columns), (y_levels, lines) = map(_levels, points.axes)
    scale = scale_of_numbers(points.means, is_log=is_log_score(points))
    z = np.full((len(y_levels), len(x_levels)), np.nan)
    z[lines, columns] = scale.positions
    figure = new_figure(max(_LEAST, _ROW * len(y_levels) + _FRAME), theme)
    best_last = [[1 - at, color] for at, color in reversed(RANK_SCALE[theme])]
    figure.add_heatmap(
        z=[[None if np.isnan(at) else at for at in line] for line in z.round(4).tolist()],
        x=list(range(len(x_levels))),
        y=list(range(len(y_levels))),
        zmin=0,
        zmax=1,
        colorscale=best_last
        if points.higher_is_better
        else [list(stop) for stop in RANK_SCALE[theme]],
        colorbar={
            "title": {"text": points.mean_label, "side": "right"},
            "tickvals": list(scale.ticks),
            "ticktext": list(scale.labels),
            "thickness": 14,
            "outlinewidth": 0,
            "tickfont": {"color": THEMES[theme].muted},
        },
        hoverinfo="skip",
        xgap=1,
        ygap=1,
    )
    unseen = {"opacity": 0.0}
    figure.add_scatter(
        x=columns,
        y=lines,
        mode="markers",
        name="configs",
        marker={"symbol": "square", "size": 16, "opacity": 0.0},
        selected={"marker": unseen},
        unselected={"marker": unseen},
        customdata=points.rows.tolist(),
        text=[points.describe(k) for k in range(points.n_configs)],
        hovertemplate="%{text}<extra></extra>",
    )
    look = THEMES[theme]
    edge = {"line": {"color": look.ink, "width": 1}}
    bad, best = np.flatnonzero(points.n_diverged), np.flatnonzero(points.ranks == 1)
    for name, found, marker in (
        ("diverged", bad, {"symbol": "x", "size": 8, "color": MISTAKE_COLOR, **edge}),
        ("best", best, {"symbol": "star", "size": 13, "color": look.paper, **edge}),
    ):
        if len(found):
            where = {"x": [columns[k] for k in found], "y": [lines[k] for k in found]}
            figure.add_scatter(**where, mode="markers", name=name, marker=marker, hoverinfo="skip")
    for _, color, k in with_colors(points, chosen):
        figure.add_shape(
            type="rect",
            x0=columns[k] - 0.5,
            x1=columns[k] + 0.5,
            y0=lines[k] - 0.5,
            y1=lines[k] + 0.5,
            line={"color": color, "width": 3},
        )
    for update, axis, levels in (
        (figure.update_xaxes, points.axes[0], x_levels),
        (figure.update_yaxes, points.axes[1], y_levels),
    ):
        update(title_text=axis.label, showgrid=False, zeroline=False, **_ticks(levels))
    figure.data[0]["showlegend"] = figure.data[1]["showlegend"] = False
    figure.update_layout(clickmode="event+select", margin={"t": 30, "l": 80})
    return figure.build()


# Most labels of an axis.
_MOST_TICKS = 8


def _levels(axis: SearchAxis) -> tuple[list[str], list[int]]:
    """Labels of all levels, ascending for numbers, and the level of each config."""
    if not axis.is_number:
        return list(axis.levels), [axis.levels.index(value) for value in axis.values]
    levels = sorted(set(axis.values))
    return [f"{level:.3g}" for level in levels], [levels.index(value) for value in axis.values]


def _ticks(levels: list[str]) -> dict[str, Any]:
    step = -(-len(levels) // _MOST_TICKS)
    shown = list(range(0, len(levels), step))
    return {
        "tickmode": "array",
        "tickvals": shown,
        "ticktext": [levels[k] for k in shown],
        "range": [-0.5, len(levels) - 0.5],
    }

"""The numbers of a chart as a table, for people who cannot see it."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from annlab.figures.base.plain_text import as_shown
from annlab.figures.base.subsample import evenly_spaced
from annlab.figures.html_report import ReportTable
from annlab.formatting import written

MAX_ROWS = 41
# Positions along each side of a table of a surface.
MAX_GRID = 11


def chart_table(figure: go.Figure) -> ReportTable:
    """Numbers of a chart.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure

    Returns
    -------
    ReportTable
        Columns "series", x and y, with the titles of the axes; for a heat map one row per y and
        one column per x, from the top. Long series are thinned evenly to 41 rows, heat maps to
        11 × 11. Bands and lines without a name are left out.
    """
    content = figure.to_dict()
    maps = [trace for trace in content["data"] if trace["type"] == "heatmap"]
    if maps:  # of several, the one with texts has the meaning of the others
        return _of_grid(max(maps, key=lambda trace: "text" in trace), content["layout"])
    heads = ["series", *(_title(content["layout"], axis) for axis in ("xaxis", "yaxis"))]
    rows = [
        row
        for trace in content["data"]
        if trace["type"] in ("scatter", "bar") and trace.get("name") and not trace.get("fill")
        for row in _of_series(trace)
    ]
    return ReportTable(heads, rows)


def _title(layout: Mapping[str, Any], axis: str) -> str:
    title = layout.get(axis, {}).get("title", {}).get("text") or axis[0]
    return as_shown(str(title).replace("<br>", " "))


def _of_series(trace: Mapping[str, Any]) -> list[list[str]]:
    pairs = [
        pair for pair in zip(trace.get("x", ()), trace.get("y", ()), strict=False) if _has(*pair)
    ]
    shown = (pairs[i] for i in evenly_spaced(len(pairs), MAX_ROWS))
    return [[as_shown(str(trace["name"])), _written(x), _written(y)] for x, y in shown]


def _has(x: Any, y: Any) -> bool:
    return x is not None and y is not None


def _of_grid(trace: Mapping[str, Any], layout: Mapping[str, Any]) -> ReportTable:
    z = np.asarray(trace["z"])
    x, y = (list(trace.get(axis, range(n))) for axis, n in zip("xy", z.shape[::-1], strict=True))
    texts = trace.get("text")
    unit = " %" if "%{z} %" in trace.get("hovertemplate", "") else ""

    def cell(i: int, j: int) -> str:
        number = f"{_written(z[i, j])}{unit}"
        if texts is None:
            return number
        text = as_shown(re.sub("<[^>]*>", " ", str(texts[i][j])).strip())
        return f"{text}: {number}" if unit else text

    rows, columns = (evenly_spaced(n, MAX_GRID) for n in z.shape)
    return ReportTable(
        [
            f"{_title(layout, 'yaxis')} ↓ {_title(layout, 'xaxis')} →",
            *(_written(x[j]) for j in columns),
        ],
        [[_written(y[i]), *(cell(i, j) for j in columns)] for i in rows[::-1]],
    )


def _written(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return written(float(value), ".4g")
    return as_shown(str(value))

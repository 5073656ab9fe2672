"""Compact layout of a finished figure for a small place, and its legend as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go

from annlab.figures.base.builder import FigureBuilder, StaticFigure
from annlab.figures.base.model_names import mark_of_model

_LEFT = 50  # pixels of the margin for numbers at the ticks


def compact(
    figure: go.Figure, meta: Mapping[str, Any] | None = None, *, title: str = ""
) -> StaticFigure:
    """Give a figure small margins, small texts, and no height of its own.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        Must not change any more: it keeps its compact versions.
    meta : mapping or None
        Facts for scripts on the page, as ``layout.meta``.
    title : str
        Title in place of the figure's own, with the legend beside it. Without a title there is no
        legend: the page draws it from `legend_entries`.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    # Pages draw a shared figure again and again, and copying it takes longer than drawing.
    kept = figure.__dict__.setdefault("_annlab_compact", {})
    key = (title, repr(meta))
    if key not in kept:
        kept[key] = _compact(figure, dict(meta or {}), title)
    small: StaticFigure = kept[key]
    return small


def _compact(figure: go.Figure, meta: dict[str, Any], title: str) -> StaticFigure:
    content = figure.to_dict()
    layout = FigureBuilder(content["layout"])
    # Only names at the ticks need more room than numbers, and their figure knows how much.
    has_names = content["layout"].get("yaxis", {}).get("type") == "category"
    left = max(_LEFT, content["layout"]["margin"]["l"]) if has_names else _LEFT
    # A second line of the title of the horizontal axis.
    below = "<br>" in str(content["layout"].get("xaxis", {}).get("title", {}).get("text", ""))
    layout.update_layout(
        height=None,
        margin={"l": left, "r": 8, "t": 24 if title else 6, "b": 54 if below else 40},
        title={"text": title, "font": {"size": 13}},
        showlegend=bool(title),
        meta=meta,
    )
    if title:
        beside = {"x": 1, "xanchor": "right", "y": 1, "yref": "paper", "yanchor": "bottom"}
        layout.update_layout(legend={**beside, "font": {"size": 11}, "title": {"text": ""}})
    for update in (layout.update_xaxes, layout.update_yaxes):
        update(automargin=False, tickfont_size=11, title_font_size=12, title_standoff=4)
    return StaticFigure.of_plain(content["data"], layout.layout)


@dataclass(frozen=True)
class LegendEntry:
    """Entry of a legend.

    Attributes
    ----------
    name, color : str
    kind : {"marker", "line", "area"}
    look : str
        Plotly name of the symbol of a marker, or of the dash of a line.
    is_model : bool
        Whether the name is that of a model.
    """

    name: str
    color: str
    kind: Literal["marker", "line", "area"]
    look: str = ""
    is_model: bool = False


def legend_entries(figure: go.Figure) -> list[LegendEntry]:
    """Entries of the legend of a figure that does not change any more, in the order of traces."""
    kept = figure.__dict__.get("_annlab_legend")
    if kept is None:
        kept = figure.__dict__["_annlab_legend"] = [
            _entry(trace)
            for trace in figure.to_dict()["data"]
            if trace.get("name") and trace.get("showlegend", True)
        ]
    entries: list[LegendEntry] = kept
    return entries


def _entry(trace: Mapping[str, Any]) -> LegendEntry:
    name = str(trace["name"])
    is_model = trace.get("meta") == mark_of_model(name)
    if trace.get("fill"):
        return LegendEntry(name, trace["fillcolor"], "area", is_model=is_model)
    if trace.get("mode") == "lines":
        line = trace["line"]
        return LegendEntry(name, line["color"], "line", line.get("dash", "solid"), is_model)
    marker = trace["marker"]
    return LegendEntry(name, marker["color"], "marker", marker.get("symbol", "circle"), is_model)

"""Charts on a page: drawing, descriptions for screen readers, list for exports."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from annlab.figures import MODEL_NAMES, compact, renamed
from annlab.ui.shell import DRAWN
from annlab.ui.text.model_names import given_names

# Over a picture in space, the wheel scrolls the page too.
PLOT_CONFIG = {"displaylogo": False, "displayModeBar": False, "scrollZoom": False}
# Parts of the keys of charts that show no results.
_NOT_RESULTS = ("live-", "explorer-")


def show_chart(figure: go.Figure, key: str, description: str, **more: Any) -> Any:
    """Draw a chart and add it to the list of charts on the page.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
    key : str
        Unique key on the page.
    description : str
        Text for screen readers.
    **more
        Arguments of `st.plotly_chart`.
    """
    return _draw(_noted(figure, key, description), key, description, **more)


def show_on_stage(
    figure: go.Figure,
    key: str,
    description: str,
    meta: Mapping[str, Any] | None = None,
    *,
    title: str = "",
    **more: Any,
) -> Any:
    """Draw a chart that fills its container, with small margins; exports get the whole figure.

    Parameters
    ----------
    figure, key, description, **more
        As for `show_chart`.
    meta : mapping or None
        Facts for the film: ``epoch`` that the chart shows; ``over`` and ``splits`` of curves.
    title : str
        Title in place of the figure's own, with the legend beside it.
    """
    metas_on_page()[key] = dict(meta or {})
    small = compact(_noted(figure, key, description), meta, title=title)
    return _draw(small, key, description, height="stretch", **more)


def _noted(figure: go.Figure, key: str, description: str) -> go.Figure:
    """Add a chart to the list of charts; return it with the user's names of the models."""
    figure = renamed(figure, {MODEL_NAMES[place]: name for place, name in given_names().items()})
    charts_on_page()[key] = (description[:1].upper() + description[1:], figure)
    return figure


def _draw(figure: go.Figure, key: str, description: str, **more: Any) -> Any:
    return st.plotly_chart(figure, key=key, config=PLOT_CONFIG, theme=None, alt=description, **more)


def charts_on_page() -> dict[str, tuple[str, go.Figure]]:
    """Description and figure of each chart on this page, by key."""
    return st.session_state.setdefault(DRAWN, {})


def metas_on_page() -> dict[str, dict[str, Any]]:
    """Facts for the film of each chart on the stage, by key."""
    return st.session_state.setdefault(f"{DRAWN}-metas", {})


def charts_of_results() -> dict[str, tuple[str, go.Figure]]:
    """Description and figure of each chart that shows results, by key."""
    return {
        key: chart
        for key, chart in charts_on_page().items()
        if not any(word in key for word in _NOT_RESULTS)
    }


def forget_results() -> None:
    """Remove result charts from the list, so that charts of an earlier view are not exported."""
    for key in charts_of_results():
        del charts_on_page()[key]

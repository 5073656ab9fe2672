"""Charts on a page: drawing, descriptions for screen readers, list for exports."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from annlab.ui.shell import DRAWN

PLOT_CONFIG = {"displaylogo": False, "displayModeBar": False}
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
    charts_on_page()[key] = (description[:1].upper() + description[1:], figure)
    return st.plotly_chart(figure, key=key, config=PLOT_CONFIG, theme=None, alt=description, **more)


def charts_on_page() -> dict[str, tuple[str, go.Figure]]:
    """Description and figure of each chart on this page, by key."""
    return st.session_state.setdefault(DRAWN, {})


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

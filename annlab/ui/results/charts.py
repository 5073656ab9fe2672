"""Charts on a page: shown, described for screen readers, and noted for reports and exports."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from annlab.ui.shell import DRAWN

PLOT_CONFIG = {"displaylogo": False, "displayModeBar": False}
# In the keys of charts that show no results.
_NOT_RESULTS = ("live-", "explorer-")


def show_chart(figure: go.Figure, key: str, description: str, **more: Any) -> Any:
    """Put a chart on the page.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
    key : str
        Its name on the page.
    description : str
        Read by screen readers.
    **more
        For `st.plotly_chart`.
    """
    charts_on_page()[key] = (description[:1].upper() + description[1:], figure)
    return st.plotly_chart(figure, key=key, config=PLOT_CONFIG, theme=None, alt=description, **more)


def charts_on_page() -> dict[str, tuple[str, go.Figure]]:
    """The charts on this page, and what each shows, by key."""
    return st.session_state.setdefault(DRAWN, {})


def charts_of_results() -> dict[str, tuple[str, go.Figure]]:
    """Those of the charts on this page that show results."""
    return {
        key: chart
        for key, chart in charts_on_page().items()
        if not any(word in key for word in _NOT_RESULTS)
    }


def forget_results() -> None:
    """Drop the charts of the results: those that are not drawn again are of an earlier view."""
    for key in charts_of_results():
        del charts_on_page()[key]

"""Figures as one page that opens in any browser."""

from collections.abc import Iterable
from html import escape

import plotly.graph_objects as go

from annlab.figures.base.theme import THEMES, ThemeName


def charts_page(
    charts: Iterable[tuple[str, go.Figure]], title: str, *, theme: ThemeName = "light"
) -> str:
    """Write charts as HTML, interactive as they are; the page needs no network.

    Parameters
    ----------
    charts : iterable of (str, plotly.graph_objects.Figure)
        What each shows, and the figure.
    title : str
        Of the page.

    Returns
    -------
    str
        About 5 MB: Plotly itself stands in it, once.
    """
    look = THEMES[theme]
    parts = [
        f"<h3>{escape(description)}</h3>"
        + figure.to_html(full_html=False, include_plotlyjs=i == 0, config={"displaylogo": False})
        for i, (description, figure) in enumerate(charts)
    ]
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{escape(title)}</title></head>"
        f"<body style='font-family: sans-serif; color: {look.ink}; background: {look.paper}; "
        f"max-width: 60em; margin: 2em auto'><h1>{escape(title)}</h1>{''.join(parts)}</body></html>"
    )

"""Export of several figures as one HTML page."""

from collections.abc import Iterable
from html import escape

import plotly.graph_objects as go

from annlab.figures.base.theme import THEMES, ThemeName


def charts_page(
    charts: Iterable[tuple[str, go.Figure]], title: str, *, theme: ThemeName = "light"
) -> str:
    """Return an HTML page with interactive charts that works offline.

    Parameters
    ----------
    charts : iterable of (str, plotly.graph_objects.Figure)
        Caption and figure of each chart.
    title : str
        Title of the page.

    Returns
    -------
    str
        HTML of about 5 MB, because it contains Plotly once.
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

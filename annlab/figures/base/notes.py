"""Notes: a few small words in a corner of a chart."""

from collections.abc import Iterable
from typing import Literal

import plotly.graph_objects as go

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.theme import THEMES, ThemeName, rgba


def add_notes(
    figure: FigureBuilder | go.Figure,
    texts: Iterable[str],
    x: Literal[0, 1],
    y: Literal[0, 1],
    theme: ThemeName,
    *,
    outside: int | None = None,
) -> None:
    """Write notes into a corner of the plot, or above or below that corner.

    Parameters
    ----------
    figure : FigureBuilder or plotly.graph_objects.Figure
        Drawn on.
    texts : iterable of str
        What is to be known, a line each. Empty ones are left out; if all are, nothing is drawn.
    x, y : {0, 1}
        The corner: left or right, bottom or top.
    theme : {"light", "dark"}
        Of the page, whose color veils what is behind the words.
    outside : int or None
        How far above or below the edge the bottom of the words stands, in pixels; None: within
        the plot.
    """
    lines = [text for text in texts if text]
    if not lines:
        return
    # A plot whose axes share a scale is smaller than the room that there is for it.
    xref, yref = ("x domain", "y domain") if outside is None else ("paper", "paper")
    figure.add_annotation(
        text="<br>".join(lines),
        x=x,
        y=y,
        xref=xref,
        yref=yref,
        yshift=outside or 0,
        xanchor="right" if x else "left",
        yanchor="top" if y and outside is None else "bottom",
        align="right" if x else "left",
        showarrow=False,
        font_size=11,
        bgcolor=rgba(THEMES[theme].paper, 0.7),
    )

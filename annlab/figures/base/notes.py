"""Small notes in a corner of a chart."""

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
    """Write notes into a corner of the plot, or above or below the corner.

    Parameters
    ----------
    figure : FigureBuilder or plotly.graph_objects.Figure
        Figure to draw on.
    texts : iterable of str
        One line of text each; empty texts are skipped.
    x, y : {0, 1}
        Corner: left or right, bottom or top.
    theme : {"light", "dark"}
        Theme of the page; the note has a translucent background in the color of the page.
    outside : int or None
        Distance in pixels from the edge of the plot to the bottom of the text; None: inside the
        plot.
    """
    lines = [text for text in texts if text]
    if not lines:
        return
    # A plot with equal axis scales is smaller than the space available.
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

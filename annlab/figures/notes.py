"""A note: a few small words in a corner of a chart."""

from typing import Literal

import plotly.graph_objects as go

from annlab.figures.chart import Draft
from annlab.figures.theme import THEMES, ThemeName, rgba


def add_note(
    figure: Draft | go.Figure,
    text: str,
    x: Literal[0, 1],
    y: Literal[0, 1],
    theme: ThemeName,
    *,
    outside: int | None = None,
) -> None:
    """Write a note into a corner of the plot, or above or below that corner.

    Parameters
    ----------
    figure : Draft or plotly.graph_objects.Figure
        Drawn on.
    text : str
        What is to be known.
    x, y : {0, 1}
        The corner: left or right, bottom or top.
    theme : {"light", "dark"}
        Of the page, whose colour veils what is behind the words.
    outside : int or None
        How far above or below the edge the bottom of the words stands, in pixels; None: within
        the plot.
    """
    figure.add_annotation(
        text=text,
        x=x,
        y=y,
        xref="paper",
        yref="paper",
        yshift=outside or 0,
        xanchor="right" if x else "left",
        yanchor="top" if y and outside is None else "bottom",
        align="right" if x else "left",
        showarrow=False,
        font_size=11,
        bgcolor=rgba(THEMES[theme].paper, 0.7),
    )

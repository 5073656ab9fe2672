"""A band: the range of several networks along a curve."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.theme import rgba


def add_band(
    figure: FigureBuilder,
    x: NDArray[Any],
    values: NDArray[Any],
    color: str,
    group: str,
    *,
    name: str | None = None,
) -> None:
    """Shade the range from the smallest to the largest value; nothing for a single curve.

    Parameters
    ----------
    figure : FigureBuilder
        Drawn on.
    x : ndarray, shape (n_x,)
    values : ndarray, shape (n_curves, n_x)
    color : str
        ``#rrggbb`` of the curves.
    group : str
        What is hidden and shown together with the band, from the legend.
    name : str or None
        In the legend, where the band has an entry of its own.
    """
    if len(values) < 2:
        return
    figure.add_scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([values.max(axis=0), values.min(axis=0)[::-1]]),
        mode="lines",
        fill="toself",
        fillcolor=rgba(color, 0.18),
        line={"width": 0},
        hoverinfo="skip",
        name=name,
        showlegend=name is not None,
        legendgroup=group,
    )

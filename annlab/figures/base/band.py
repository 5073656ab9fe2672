"""Band between the smallest and largest value of several curves."""

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
    """Shade the range of several curves; a single curve gets no band.

    Parameters
    ----------
    figure : FigureBuilder
        Figure to draw on.
    x : ndarray, shape (n_x,)
    values : ndarray, shape (n_curves, n_x)
    color : str
        Color of the curves as ``#rrggbb``.
    group : str
        Legend group: a click in the legend hides or shows the whole group.
    name : str or None
        Legend entry of the band; None: no entry.
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

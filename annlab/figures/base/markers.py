"""Scatter markers with a limit on their number and hover texts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.subsample import evenly_spaced


def add_markers(
    figure: FigureBuilder,
    x: NDArray[Any],
    y: NDArray[Any],
    marker: dict[str, Any],
    *,
    name: str,
    at_most: int | None = None,
    hover: str | None = None,
    texts: Sequence[str] | None = None,
    in_legend: bool = True,
    **more: Any,
) -> int:
    """Draw points as markers; return the number drawn.

    Parameters
    ----------
    figure : FigureBuilder
        Figure to draw on.
    x, y : ndarray, shape (n_samples,)
    marker : dict
        Plotly marker properties: color, symbol, size.
    name : str
        Name of the points.
    at_most : int or None
        Largest number of points drawn, evenly spaced; None draws all.
    hover : str or None
        Plotly hover template; None: name and position, and the text of the point.
    texts : sequence of str, length n_samples, or None
        Text of each point, shown on hover.
    in_legend : bool
        Whether the legend names the points.
    **more
        Other properties of the Plotly trace.
    """
    shown = evenly_spaced(len(x), len(x) if at_most is None else at_most)
    text = "" if texts is None else "<br>%{text}"
    figure.add_scatter(
        x=x[shown].astype(np.float32),
        y=y[shown].astype(np.float32),
        mode="markers",
        name=name,
        marker=marker,
        text=None if texts is None else [texts[i] for i in shown],
        hovertemplate=(hover or f"{name}<br>(%{{x:.3g}}, %{{y:.3g}}){text}") + "<extra></extra>",
        showlegend=in_legend,
        **more,
    )
    return len(shown)

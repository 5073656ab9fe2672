"""Samples as markers: as many as a chart can show, and what is read at each."""

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
    in_legend: bool = True,
) -> int:
    """Draw samples; returns how many.

    Parameters
    ----------
    figure : FigureBuilder
        Drawn on.
    x, y : ndarray, shape (n_samples,)
    marker : dict
        Plotly's: color, symbol, size.
    name : str
        Of the samples.
    at_most : int or None
        More samples than this are thinned out evenly; None draws them all.
    hover : str or None
        Plotly's template; None: the name and the position.
    in_legend : bool
        Whether the legend names them.
    """
    shown = evenly_spaced(len(x), len(x) if at_most is None else at_most)
    figure.add_scatter(
        x=x[shown].astype(np.float32),
        y=y[shown].astype(np.float32),
        mode="markers",
        name=name,
        marker=marker,
        hovertemplate=(hover or f"{name}<br>(%{{x:.3g}}, %{{y:.3g}})") + "<extra></extra>",
        showlegend=in_legend,
    )
    return len(shown)

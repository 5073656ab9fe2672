"""Confusion matrix."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.layout import LEFT_MARGIN, margin_of_names, new_figure
from annlab.figures.base.theme import THEMES, ThemeName, rgba

# With more classes, the cells are too small for percents.
MAX_WITH_PERCENTS = 4
# Opacity of the model's color in an empty cell, and in one with all samples of its class.
CELL_OPACITY = (0.04, 0.7)
CELL_GAP = 2  # pixels
_TITLE = 26  # pixels of the title left of the names


def confusion_matrix(
    counts: NDArray[Any],
    class_names: tuple[str, ...],
    color: str,
    *,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw a confusion matrix with counts and row percents, in selectable cells.

    Parameters
    ----------
    counts : ndarray of int, shape (n_classes, n_classes)
        Rows are true classes, columns predicted ones.
    class_names : tuple of str
    color : str
        Color of the model as ``#rrggbb``.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    share = shares_of_rows(counts)
    texts = [
        [f"<b>{n}</b><br>{percents(p)}" for n, p in zip(row, shares, strict=True)]
        for row, shares in zip(counts, share, strict=True)
    ]
    n_classes = len(class_names)
    few = n_classes <= MAX_WITH_PERCENTS
    figure = new_figure(150 + 45 * n_classes if few else 90 + 32 * n_classes, theme)
    figure.add_heatmap(
        z=whole_percents(share),
        x=class_names,
        y=class_names,
        text=texts if few else counts.astype(str),
        texttemplate="%{text}",
        textfont={"color": THEMES[theme].ink},
        zmin=0,
        zmax=100,
        colorscale=[[k, rgba(color, opacity)] for k, opacity in enumerate(CELL_OPACITY)],
        showscale=False,
        xgap=CELL_GAP,
        ygap=CELL_GAP,
        hoverinfo="skip",
    )
    # Plotly cannot select cells of a heat map, so an invisible marker lies on each cell.
    unseen = {"opacity": 0.0}
    figure.add_scatter(
        x=[name for _ in class_names for name in class_names],
        y=[name for name in class_names for _ in class_names],
        mode="markers",
        marker={"symbol": "square", "size": 60 if few else 26, "opacity": 0.0},
        selected={"marker": unseen},
        unselected={"marker": unseen},
        showlegend=False,
        customdata=[cell for row in texts for cell in row],
        hovertemplate="%{y} classified as %{x}<br>%{customdata} of the row<extra></extra>",
    )
    # Plotly would leave room for whole markers around the cells.
    ends = (-0.5, n_classes - 0.5)
    figure.update_xaxes(title_text="predicted", type="category", range=ends, fixedrange=True)
    figure.update_yaxes(
        title_text="true",
        type="category",
        range=ends[::-1],
        showgrid=False,
        tickangle=-90 if n_classes == 2 else 0,
        fixedrange=True,
    )
    # Two rows are tall enough for vertical names, which fit into the usual margin.
    left = LEFT_MARGIN if n_classes == 2 else margin_of_names(class_names, _TITLE)
    figure.update_layout(margin={"t": 10, "l": left}, clickmode="event+select", hoverdistance=-1)
    return figure.build()


def shares_of_rows(counts: NDArray[Any]) -> NDArray[np.float64]:
    """Share of each cell in its row, from 0 to 1; 0 in rows without samples. Any leading axes."""
    rows = counts.sum(axis=-1, keepdims=True)
    return np.divide(counts, rows, out=np.zeros(counts.shape), where=rows > 0)


def whole_percents(shares: NDArray[Any]) -> NDArray[np.uint8]:
    """Values of the color scale for shares of rows."""
    return np.rint(100 * shares).astype(np.uint8)


def percents(share: float) -> str:
    """Text of a share in a cell."""
    return f"{share:.1%}"

"""The confusion matrix: what was taken for what."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.theme import THEMES, ThemeName, blank, rgba


def confusion_matrix(
    counts: NDArray[Any],
    class_names: tuple[str, ...],
    colour: str,
    theme: ThemeName = "light",
    height: int = 240,
) -> go.Figure:
    """Draw counts and row percents.

    Parameters
    ----------
    counts : ndarray of int, shape (n_classes, n_classes)
        Rows are true classes, columns predicted ones.
    class_names : tuple of str
    colour : str
        ``#rrggbb`` of the model.
    theme : {"light", "dark"}
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    rows = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, rows, out=np.zeros(counts.shape), where=rows > 0)
    text = [
        [f"<b>{n}</b><br>{p:.1%}" for n, p in zip(row, shares, strict=True)]
        for row, shares in zip(counts, share, strict=True)
    ]
    figure = blank(height, theme)
    figure.add_heatmap(
        z=np.rint(100 * share).astype(np.uint8),
        x=class_names,
        y=class_names,
        text=text,
        texttemplate="%{text}",
        textfont={"color": THEMES[theme].ink},
        zmin=0,
        zmax=100,
        colorscale=[[0, rgba(colour, 0.04)], [1, rgba(colour, 0.7)]],
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate="%{y} taken for %{x}<br>%{text} of the row<extra></extra>",
    )
    figure.update_xaxes(title="predicted", type="category", showgrid=False)
    figure.update_yaxes(
        title="true", type="category", autorange="reversed", showgrid=False, tickangle=-90
    )
    figure.update_layout(margin={"t": 10})
    return figure

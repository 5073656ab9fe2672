"""Horizontal bars with their numbers at their ends: one for each class."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.theme import CLASS_COLORS, THEMES, ThemeName

# An axis of probabilities; its range leaves room for the numbers.
PROBABILITY_AXIS = {"title_text": "probability", "tickvals": [0, 0.5, 1], "tickformat": ".0%"}


def add_class_bars(
    figure: FigureBuilder,
    values: NDArray[Any],
    class_names: Sequence[str],
    texts: Sequence[str],
    *,
    hover: str,
    axis: str = "x",
) -> None:
    """Draw a bar for each class in the class's color.

    Parameters
    ----------
    figure : FigureBuilder
        Drawn on.
    values : ndarray, shape (n_classes,)
        How long the bars are.
    class_names, texts : sequence of str, length n_classes
        What stands before each bar, and at its end.
    hover : str
        Plotly's template.
    axis : str
        Plotly's name of the horizontal axis.
    """
    figure.add_bar(
        x=values.astype(np.float32),
        y=list(class_names),
        orientation="h",
        xaxis=axis,
        marker={"color": [CLASS_COLORS[k % len(CLASS_COLORS)] for k in range(len(values))]},
        text=list(texts),
        textposition="outside",
        textangle=0,
        cliponaxis=False,
        hovertemplate=f"{hover}<extra></extra>",
        showlegend=False,
    )


def label_class_bars(figure: FigureBuilder, theme: ThemeName) -> None:
    """Put the first class on top, and a line where the bars begin."""
    figure.update_xaxes(zeroline=True, zerolinecolor=THEMES[theme].ink, zerolinewidth=1)
    figure.update_yaxes(autorange="reversed", type="category", ticklabelstandoff=4, showgrid=False)
    figure.update_layout(margin={"t": 10})

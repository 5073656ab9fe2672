"""Right and wrong predictions of each label, as bars."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.layout import margin_of_names, new_figure
from annlab.figures.base.plain_text import short_names
from annlab.figures.base.theme import MISTAKE_COLOR, POSITIVE, THEMES, ThemeName, rgba

Array = NDArray[Any]

# True and predicted value, name, and Plotly's pattern of each part of a bar, from left to right.
_PARTS = (
    (1, 1, "found", ""),
    (1, 0, "missed", "/"),
    (0, 1, "false alarm", "x"),
    (0, 0, "rightly without", ""),
)
_GAP = 12  # pixels between names and bars


def label_counts(
    counts: Array, label_names: Sequence[str], *, theme: ThemeName = "light"
) -> go.Figure:
    """Draw how many samples a network is right and wrong about, in a bar for each label.

    Parameters
    ----------
    counts : ndarray of int, shape (n_labels, 2, 2)
        Samples by true (rows) and predicted (columns) value of each label, as in scikit-learn's
        ``multilabel_confusion_matrix``.
    label_names : sequence of str, length n_labels

    Returns
    -------
    plotly.graph_objects.Figure
    """
    colors = {
        (1, 1): POSITIVE,
        (1, 0): MISTAKE_COLOR,
        (0, 1): rgba(MISTAKE_COLOR, 0.6),
        (0, 0): THEMES[theme].faint,
    }
    figure = new_figure(max(220, 90 + 34 * len(label_names)), theme)
    for true, predicted, name, pattern in _PARTS:
        figure.add_bar(
            y=list(label_names),
            x=counts[:, true, predicted].astype(np.int32),
            orientation="h",
            name=name,
            marker={
                "color": colors[true, predicted],
                "pattern": {"shape": pattern, "fgcolor": THEMES[theme].paper, "size": 6},
                "line": {"width": 0},
            },
            customdata=list(label_names),
            hovertemplate=f"%{{customdata}}, {name}: %{{x}} samples<extra></extra>",
        )
    figure.update_xaxes(title_text="samples", showgrid=True)
    short = short_names(label_names)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False, labelalias=short)
    left = margin_of_names((short.get(name, name) for name in label_names), beside=_GAP)
    figure.update_layout(barmode="stack", bargap=0.3, margin={"l": left})
    return figure.build()

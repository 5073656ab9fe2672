"""Histograms of features, and of targets."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import axis_style, new_figure
from annlab.figures.base.notes import add_notes
from annlab.figures.base.plain_text import wrapped
from annlab.figures.base.theme import CLASS_COLORS, THEMES, ThemeName, rgba

Array = NDArray[Any]

N_BINS = 20
_N_COLUMNS = 3
_TITLE_WIDTH = 14  # letters in a line
_POINTS = {"text": "samples", "font": {"size": 11}}


def feature_histograms(
    X: Array,
    feature_names: Sequence[str],
    *,
    y: Array | None = None,
    class_names: Sequence[str] = (),
    max_features: int = 12,
    noun: str = "features",
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw a small histogram of every feature, with bars stacked by class.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_features)
        Features; non-finite values are not counted.
    feature_names : sequence of str
        Names of the features, with units.
    y : ndarray of int, shape (n_samples,), or None
        Classes, used only if `class_names` is not empty.
    class_names : sequence of str
        Empty for a regression.
    max_features : int
        Number of features drawn, from the first; a note gives the total.
    noun : str
        What the note calls the columns: "features" or "targets".

    Returns
    -------
    plotly.graph_objects.Figure
    """
    n_shown = min(len(feature_names), max_features)
    n_columns = min(_N_COLUMNS, n_shown)
    n_rows = -(-n_shown // n_columns)
    height = 90 + 125 * n_rows
    figure = make_subplots(
        rows=n_rows,
        cols=n_columns,
        subplot_titles=[wrapped(name, _TITLE_WIDTH) for name in feature_names[:n_shown]],
        vertical_spacing=min(0.6 / n_rows, 58 / (height - 70)),
        horizontal_spacing=0.1,
        figure=new_figure(height, theme).build(),
    )
    figure.update_annotations(font_size=11)
    figure.update_xaxes(**axis_style(theme, lines=False))
    figure.update_yaxes(**axis_style(theme, lines=True))
    for j in range(n_shown):
        place = {"row": j // n_columns + 1, "col": j % n_columns + 1}
        known = np.isfinite(X[:, j])
        values = X[known, j].astype(float)
        edges = np.histogram_bin_edges(values, bins=N_BINS)
        groups = [("all samples", values, rgba(THEMES[theme].ink, 0.6))]
        if y is not None and class_names:
            groups = [
                (name, values[y[known] == k], CLASS_COLORS[k]) for k, name in enumerate(class_names)
            ]
        for name, of_group, color in groups:
            in_legend = j == 0 and len(groups) > 1
            _add_bins(figure, of_group, edges, name, color, showlegend=in_legend, **place)
    _style_axes_of_counts(figure)
    figure.update_yaxes(title=_POINTS, col=1)
    figure.update_layout(
        barmode="stack",
        # The feature names of the first row need room below the legend.
        legend={"y": 1 + 34 / (height - 70)},
        margin={"t": 48, "b": 40},
    )
    if n_shown < len(feature_names):
        note = f"the first {n_shown} of {len(feature_names)} {noun}"
        add_notes(figure, [note], 1, 0, theme, outside=-38)
    return figure


def target_histogram(
    y: Array,
    name: str,
    class_names: Sequence[str] = (),
    *,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the distribution of the target, or the number of samples in each class.

    Parameters
    ----------
    y : ndarray, shape (n_samples,)
        Values in the unit of the target, of which only finite ones are counted; or classes if
        `class_names` is not empty.
    name : str
        Name of the target, with its unit.
    class_names : sequence of str
        Empty for a regression.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(220, theme)
    _style_axes_of_counts(figure)
    if class_names:
        figure.add_bar(
            x=list(class_names),
            y=np.bincount(y, minlength=len(class_names)).astype(np.int32),
            marker={"color": list(CLASS_COLORS[: len(class_names)]), "line": {"width": 0}},
            hovertemplate="%{x}: %{y} samples<extra></extra>",
            showlegend=False,
        )
        # One tick per class, and gaps between the bars.
        figure.update_xaxes(type="category", nticks=0, tickangle=None)
        figure.update_layout(bargap=0.15)
    else:
        values = y[np.isfinite(y)].astype(float)
        edges = np.histogram_bin_edges(values, bins=N_BINS)
        _add_bins(figure, values, edges, name, rgba(THEMES[theme].ink, 0.6), showlegend=False)
        figure.update_xaxes(nticks=7)
    figure.update_xaxes(title={"text": name, "font": {"size": 11}})
    figure.update_yaxes(title=_POINTS, nticks=5)
    figure.update_layout(margin={"t": 10})
    return figure.build()


def _add_bins(
    figure: FigureBuilder | go.Figure,
    values: Array,
    edges: Array,
    name: str,
    color: str,
    **more: Any,
) -> None:
    figure.add_bar(
        x0=float(edges[0] + edges[1]) / 2,
        dx=float(edges[1] - edges[0]),
        y=np.histogram(values, edges)[0].astype(np.int32),
        name=name,
        legendgroup=name,
        marker={"color": color, "line": {"width": 0}},
        hovertemplate=f"{name}, about %{{x:.3g}}: %{{y}} samples<extra></extra>",
        **more,
    )


def _style_axes_of_counts(figure: FigureBuilder | go.Figure) -> None:
    figure.update_xaxes(nticks=3, tickfont_size=10, tickangle=0)
    figure.update_yaxes(nticks=3, tickfont_size=10, rangemode="tozero")
    figure.update_layout(bargap=0)

"""Data described: how features are distributed, how they move together, where points lie."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from annlab.figures.theme import CLASS_COLOURS, THEMES, ThemeName, blank, diverging, rgba
from annlab.figures.thinning import thin

Array = NDArray[Any]

N_BINS = 20
# More features than this could not be named on the axes of a map.
MAX_CORRELATED = 40
MAX_PLACES = 4000
_N_COLUMNS = 3


def feature_histograms(
    X: Array,
    feature_names: Sequence[str],
    *,
    y: Array | None = None,
    class_names: Sequence[str] = (),
    max_features: int = 12,
    theme: ThemeName = "light",
    height: int | None = None,
) -> go.Figure:
    """Draw a small histogram for every feature, its bars stacked by class.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_features)
        Values that are not finite are not counted.
    feature_names : sequence of str
        With their units.
    y : ndarray of int, shape (n_samples,), or None
        Classes. They count only where `class_names` has names for them.
    class_names : sequence of str
        Empty for a regression.
    max_features : int
        The first ones are drawn; a note says of how many.
    theme : {"light", "dark"}
    height : int or None
        In pixels; None makes it as high as its rows need.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    n_shown = min(len(feature_names), max_features)
    n_columns = min(_N_COLUMNS, n_shown)
    n_rows = -(-n_shown // n_columns)
    height = height or 90 + 125 * n_rows
    figure = make_subplots(
        rows=n_rows,
        cols=n_columns,
        subplot_titles=["<br>".join(wrap(name, 14)) for name in feature_names[:n_shown]],
        vertical_spacing=min(0.6 / n_rows, 58 / (height - 70)),
        horizontal_spacing=0.1,
        figure=blank(height, theme),
    )
    figure.update_annotations(font_size=11)
    for j in range(n_shown):
        place = {"row": j // n_columns + 1, "col": j % n_columns + 1}
        known = np.isfinite(X[:, j])
        values = X[known, j].astype(float)
        edges = np.histogram_bin_edges(values, bins=N_BINS)
        groups = [("all points", values, rgba(THEMES[theme].ink, 0.6))]
        if y is not None and class_names:
            groups = [
                (name, values[y[known] == k], CLASS_COLOURS[k])
                for k, name in enumerate(class_names)
            ]
        for name, of_group, colour in groups:
            figure.add_bar(
                x0=float(edges[0] + edges[1]) / 2,
                dx=float(edges[1] - edges[0]),
                y=np.histogram(of_group, edges)[0].astype(np.int32),
                name=name,
                legendgroup=name,
                showlegend=j == 0 and len(groups) > 1,
                marker={"color": colour, "line": {"width": 0}},
                hovertemplate=f"{name}, about %{{x:.3g}}: %{{y}} points<extra></extra>",
                **place,
            )
    faint = THEMES[theme].faint
    figure.update_xaxes(nticks=3, tickfont_size=10, showgrid=False, zeroline=False, tickangle=0)
    figure.update_yaxes(nticks=3, tickfont_size=10, gridcolor=faint, rangemode="tozero")
    figure.update_yaxes(title={"text": "points", "font": {"size": 11}}, col=1)
    figure.update_layout(
        barmode="stack",
        bargap=0,
        # The names of the features stand between the legend and the first row.
        legend={"y": 1 + 34 / (height - 70)},
        margin={"t": 48, "b": 40},
    )
    if n_shown < len(feature_names):
        _say(figure, f"the first {n_shown} of {len(feature_names)} features")
    return figure


def correlation_map(
    X: Array,
    y: Array | None,
    feature_names: Sequence[str],
    target_name: str,
    *,
    theme: ThemeName = "light",
    height: int | None = None,
) -> go.Figure:
    """Draw Pearson's correlation of every feature with every other one and with the target.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_features)
        The first 40 features are drawn; a note says of how many.
    y : ndarray, shape (n_samples,), or None
        The target, which stands last; None leaves it out.
    feature_names : sequence of str
    target_name : str
    theme : {"light", "dark"}
    height : int or None
        In pixels; None makes it as high as its rows need.

    Returns
    -------
    plotly.graph_objects.Figure
        Fields of a constant feature, which has no correlation, stay empty.
    """
    n_shown = min(len(feature_names), MAX_CORRELATED)
    names = list(feature_names[:n_shown])
    columns = X[:, :n_shown].astype(float)
    if y is not None:
        names.append(target_name)
        columns = np.column_stack([columns, y])
    figure = blank(height or max(300, 110 + 16 * len(names)), theme)
    figure.add_heatmap(
        x=names,
        y=names,
        z=correlations(columns).astype(np.float32),
        zmin=-1,
        zmax=1,
        colorscale=diverging(theme),
        xgap=1,
        ygap=1,
        hoverongaps=False,
        colorbar={
            "thickness": 10,
            "tickvals": [-1, 0, 1],
            "ticktext": ["−1", "0", "1"],
        },
        hovertemplate="%{x}<br>%{y}<br>correlation %{z:.2f}<extra></extra>",
    )
    short = {name: name[:21] + "…" for name in names if len(name) > 22}
    axes = {"type": "category", "showgrid": False, "tickfont": {"size": 10}, "labelalias": short}
    figure.update_xaxes(tickangle=-90, automargin=True, **axes)
    figure.update_yaxes(autorange="reversed", automargin=True, **axes)
    figure.update_layout(margin={"t": 12})
    if n_shown < len(feature_names):
        figure.update_layout(margin={"t": 28})
        _say(figure, f"the first {n_shown} of {len(feature_names)} features")
    return figure


def correlations(columns: Array) -> Array:
    """Pearson's correlation of each two columns.

    Parameters
    ----------
    columns : ndarray of float, shape (n_samples, n_columns)

    Returns
    -------
    ndarray, shape (n_columns, n_columns)
        In [-1, 1]; NaN for a constant column.
    """
    centred = columns - columns.mean(axis=0)
    # A mean is rounded: what is left of a constant is not always zero.
    centred[:, np.ptp(columns, axis=0) == 0] = 0
    norms = np.linalg.norm(centred, axis=0)
    products = np.outer(norms, norms)
    empty = np.full(products.shape, np.nan)
    return np.clip(np.divide(centred.T @ centred, products, out=empty, where=products > 0), -1, 1)


def geographic_map(
    longitude: Array,
    latitude: Array,
    value: Array,
    value_name: str,
    *,
    theme: ThemeName = "light",
    height: int = 420,
) -> go.Figure:
    """Draw places on the map, coloured by a value; there is no map below them.

    Parameters
    ----------
    longitude, latitude : ndarray, shape (n_samples,)
        In degrees. A kilometre is as long to the north as it is to the east, in the middle of
        the map.
    value : ndarray, shape (n_samples,)
        At most 4,000 places are drawn.
    value_name : str
        With its unit.
    theme : {"light", "dark"}
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    shown = thin(len(value), MAX_PLACES)
    figure = blank(height, theme)
    figure.add_scatter(
        x=longitude[shown].astype(np.float32),
        y=latitude[shown].astype(np.float32),
        mode="markers",
        marker={
            "size": 3.5,
            "color": value[shown].astype(np.float32),
            "colorscale": "Viridis",
            "showscale": True,
            "colorbar": {
                "title": {"text": value_name, "side": "top"},
                "orientation": "h",
                "thickness": 10,
                "x": 0,
                "xanchor": "left",
                "y": 1.02,
                "yanchor": "bottom",
            },
        },
        hovertemplate=(
            f"{value_name} %{{marker.color:.3g}}<br>%{{y:.2f}}°, %{{x:.2f}}°<extra></extra>"
        ),
        showlegend=False,
    )
    faint = THEMES[theme].faint
    middle = np.radians((latitude.min() + latitude.max()) / 2)
    figure.update_xaxes(title="longitude (°)", gridcolor=faint, zeroline=False, constrain="domain")
    figure.update_yaxes(
        title="latitude (°)",
        gridcolor=faint,
        zeroline=False,
        constrain="domain",
        scaleanchor="x",
        scaleratio=float(1 / np.cos(middle)),
    )
    return figure


def _say(figure: go.Figure, text: str) -> None:
    figure.add_annotation(
        text=text,
        x=1,
        y=0,
        xref="paper",
        yref="paper",
        yshift=-38,
        xanchor="right",
        yanchor="bottom",
        showarrow=False,
        font_size=11,
    )

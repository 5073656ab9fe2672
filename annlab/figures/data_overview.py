"""Overview of a data set: correlation map and geographic map."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.colors import get_colorscale

from annlab.figures.base.layout import new_figure
from annlab.figures.base.notes import add_notes
from annlab.figures.base.plain_text import short_names
from annlab.figures.base.subsample import evenly_spaced, subsample_note
from annlab.figures.base.theme import ThemeName, diverging

Array = NDArray[Any]

# The axes have no room for the names of more features.
MAX_CORRELATED = 40
MAX_PLACES = 4000


def correlation_map(
    X: Array,
    y: Array | None,
    feature_names: Sequence[str],
    target_names: Sequence[str],
    *,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw Pearson correlations between all features and the targets.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_features)
        Features. Only the first 40 are drawn; a note gives the total.
    y : ndarray, shape (n_samples,) or (n_samples, n_targets), or None
        Targets, drawn last; None leaves them out.
    feature_names, target_names : sequence of str

    Returns
    -------
    plotly.graph_objects.Figure
        Cells of a constant feature are empty, because its correlation is undefined.
    """
    n_shown = min(len(feature_names), MAX_CORRELATED)
    names = list(feature_names[:n_shown])
    columns = X[:, :n_shown].astype(float)
    if y is not None:
        names.extend(target_names)
        columns = np.column_stack([columns, y])
    figure = new_figure(max(300, 110 + 16 * len(names)), theme)
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
    axes = {
        "type": "category",
        "showgrid": False,
        "tickfont": {"size": 10},
        "labelalias": short_names(names),
    }
    figure.update_xaxes(tickangle=-90, **axes)
    figure.update_yaxes(autorange="reversed", **axes)
    figure.update_layout(margin={"t": 12})
    if n_shown < len(feature_names):
        figure.update_layout(margin={"t": 28})
        note = f"the first {n_shown} of {len(feature_names)} features"
        add_notes(figure, [note], 1, 0, theme, outside=-38)
    return figure.build()


def correlations(columns: Array) -> Array:
    """Pearson correlation matrix of columns.

    Parameters
    ----------
    columns : ndarray of float, shape (n_samples, n_columns)

    Returns
    -------
    ndarray, shape (n_columns, n_columns)
        In [-1, 1]; NaN for a constant column.
    """
    centered = columns - columns.mean(axis=0)
    # Rounding of the mean can leave a constant column slightly different from zero.
    centered[:, np.ptp(columns, axis=0) == 0] = 0
    norms = np.linalg.norm(centered, axis=0)
    products = np.outer(norms, norms)
    empty = np.full(products.shape, np.nan)
    return np.clip(np.divide(centered.T @ centered, products, out=empty, where=products > 0), -1, 1)


def geographic_map(
    longitude: Array,
    latitude: Array,
    value: Array,
    value_name: str,
    *,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw geographic coordinates colored by a value, without a background map.

    Parameters
    ----------
    longitude, latitude : ndarray, shape (n_samples,)
        In degrees. North–south and east–west distances have the same scale in the middle of the
        map.
    value : ndarray, shape (n_samples,)
        Values of the color scale. Above 4,000 samples, an evenly spaced subsample is drawn.
    value_name : str
        Name of the value, with its unit.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    shown = evenly_spaced(len(value), MAX_PLACES)
    figure = new_figure(420, theme)
    figure.add_scatter(
        x=longitude[shown].astype(np.float32),
        y=latitude[shown].astype(np.float32),
        mode="markers",
        marker={
            "size": 3.5,
            "color": value[shown].astype(np.float32),
            "colorscale": get_colorscale("Viridis"),
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
    add_notes(figure, [subsample_note(len(shown), len(value), "places")], 1, 1, theme)
    middle = np.radians((latitude.min() + latitude.max()) / 2)
    figure.update_xaxes(
        # Plotly measures an automatic distance before it makes room for the color bar.
        title={"text": "longitude (°)", "standoff": None},
        showgrid=True,
        constrain="domain",
    )
    figure.update_yaxes(
        title_text="latitude (°)",
        zeroline=False,
        constrain="domain",
        scaleanchor="x",
        scaleratio=float(1 / np.cos(middle)),
    )
    return figure.build()

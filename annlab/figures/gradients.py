"""Gradient norms by layer, shares of inactive units, and shares of clipped steps."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.band import add_band
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.lines import cursor_line
from annlab.figures.base.model_names import MODEL_NAMES, mark_of_model
from annlab.figures.base.subsample import evenly_spaced
from annlab.figures.base.theme import MODEL_COLORS, ThemeName

Array = NDArray[Any]

MAX_EPOCHS = 300
# Smallest drawn value: a logarithmic axis has no zero.
SMALLEST = 1e-12
# Color scale from the first layer to the last; both ends contrast with the page.
_FIRST_AND_LAST = {"light": ("#8cc5e3", "#0b2f66"), "dark": ("#e3f1fb", "#2f74c0")}
_NORM = "norm of the gradient"
_SHARE_AXIS = {"range": [-0.02, 1.02], "tickformat": ".0%"}
# A longer legend would be taller than the chart.
_MAX_NAMED = 6


def gradient_norms_by_layer(
    models: list[tuple[str, Array]],
    *,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw gradient norms over the layers at one epoch, on a logarithmic axis.

    Parameters
    ----------
    models : list of (name, norms)
        Models A to F, which determine the colors; norms of shape (n_layers, n_seeds). Values
        below 1e-12, including zero, are drawn at 1e-12.

    Returns
    -------
    plotly.graph_objects.Figure
        Means over the networks, with bands from the smallest to the largest.
    """
    figure = new_figure(300, theme)
    for name, norms in models:
        if not len(norms):
            continue
        layers = np.arange(1, len(norms) + 1, dtype=np.int32)
        values = np.maximum(norms, SMALLEST).astype(np.float32)
        add_band(figure, layers, values.T, _color(name), name)
        _add_mean(
            figure,
            name,
            layers,
            values.mean(axis=1),
            "layer",
            mode="lines+markers",
            marker={"size": 7},
            legendgroup=name,
        )
    last = max((len(norms) for _, norms in models), default=1)
    figure.update_xaxes(
        title_text="layer",
        range=[0.8, max(1, last) + 0.2],
        tick0=1,
        dtick=1 if last <= 12 else 5,
    )
    _label_decades(figure, [norms for _, norms in models], _NORM)
    return figure.build()


def gradient_norms_over_epochs(
    norms: Array,
    name: str,
    *,
    cursor: int | None = None,
    last_epoch: int | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the gradient norm of every layer over the epochs, on a logarithmic axis.

    Parameters
    ----------
    norms : ndarray, shape (n_epochs + 1, n_layers, n_seeds)
        Norms of one model. Values below 1e-12, including zero, are drawn at 1e-12.
    name : str
        Name of the model.
    cursor : int or None
        Epoch marked by a vertical line.
    last_epoch : int or None
        Last epoch drawn; None draws all epochs.

    Returns
    -------
    plotly.graph_objects.Figure
        Means over the seeds; shades run from the first layer to the last.
    """
    figure = new_figure(300, theme)
    norms = _until(norms, last_epoch)
    epochs = evenly_spaced(len(norms), MAX_EPOCHS)
    values = np.maximum(norms[epochs], SMALLEST).astype(np.float32).mean(axis=2)
    n_layers = values.shape[1]
    named = set(evenly_spaced(n_layers, _MAX_NAMED).tolist())
    for k in range(n_layers):
        figure.add_scatter(
            x=epochs.astype(np.int32),
            y=values[:, k],
            mode="lines",
            name=f"layer {k + 1}",
            meta=mark_of_model(name),
            line={"color": layer_color(k, n_layers, theme), "width": 2},
            hovertemplate=f"{name}, layer {k + 1}, epoch %{{x}}: %{{y:.3g}}<extra></extra>",
            showlegend=k in named,
        )
    figure.update_layout(legend={"entrywidth": 42, "font": {"size": 10}})
    _label_epochs(figure, len(norms) - 1, cursor, theme)
    _label_decades(figure, [values], _NORM)
    return figure.build()


def layer_color(layer: int, n_layers: int, theme: ThemeName) -> str:
    """Color of a layer, counted from 0, as ``#rrggbb``."""
    first, last = (
        np.array([int(end[i : i + 2], 16) for i in (1, 3, 5)]) for end in _FIRST_AND_LAST[theme]
    )
    share = layer / max(1, n_layers - 1)
    red, green, blue = np.rint(first + share * (last - first)).astype(int).tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"


def gradient_reach(
    models: list[tuple[str, Array]],
    *,
    cursor: int | None = None,
    last_epoch: int | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the first layer's gradient as a multiple of the last layer's, over the epochs.

    Parameters
    ----------
    models : list of (name, norms)
        Models A to F, which determine the colors; norms of shape
        (n_epochs + 1, n_layers, n_seeds). A model with one layer has no line. Values below
        1e-12 count as 1e-12.
    cursor : int or None
        Epoch marked by a vertical line.
    last_epoch : int or None
        Last epoch drawn; None draws all epochs.

    Returns
    -------
    plotly.graph_objects.Figure
        On a logarithmic axis: geometric means over the networks, with bands from the smallest
        to the largest. At 1 both layers have gradients of the same size.
    """
    figure = new_figure(300, theme)
    drawn = []
    longest = 0
    for name, norms in models:
        norms = np.maximum(_until(norms, last_epoch), SMALLEST).astype(np.float64)
        longest = max(longest, len(norms) - 1)
        if norms.shape[1] < 2:
            continue
        epochs = evenly_spaced(len(norms), MAX_EPOCHS)
        ratio = norms[epochs, 0] / norms[epochs, -1]  # (n_epochs, n_seeds)
        x, mean = epochs.astype(np.int32), np.exp(np.log(ratio).mean(axis=1)).astype(np.float32)
        add_band(figure, x, ratio.T.astype(np.float32), _color(name), name)
        _add_mean(figure, name, x, mean, "epoch", legendgroup=name)
        drawn.append(ratio)
    _label_epochs(figure, longest, cursor, theme)
    _label_decades(figure, drawn, "first layer / last layer")
    return figure.build()


def inactive_units(
    models: list[tuple[str, Array]],
    *,
    cursor: int | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the share of inactive hidden units over the epochs.

    Parameters
    ----------
    models : list of (name, shares)
        Models A to F, which determine the colors; shares in [0, 1], of shape
        (n_epochs + 1, n_layers, n_seeds). A model without hidden layers has none.
    cursor : int or None
        Epoch marked by a vertical line.

    Returns
    -------
    plotly.graph_objects.Figure
        Means over layers and networks.
    """
    figure = new_figure(300, theme)
    for name, shares in models:
        if not shares.shape[1]:
            continue
        epochs = evenly_spaced(len(shares), MAX_EPOCHS)
        mean = shares[epochs].mean(axis=(1, 2)).astype(np.float32)
        _add_mean(figure, name, epochs.astype(np.int32), mean, "epoch", form=".1%")
    _label_epochs(figure, max((len(s) - 1 for _, s in models), default=1), cursor, theme)
    figure.update_yaxes(title_text="share of inactive units", **_SHARE_AXIS)
    return figure.build()


def clipped_steps(
    models: list[tuple[str, Array]],
    *,
    cursor: int | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the share of each epoch's steps in which the gradient was clipped.

    Parameters
    ----------
    models : list of (name, shares)
        Models A to F, which determine the colors; shares in [0, 1], of shape
        (n_epochs + 1, n_seeds). The first row is before training, so it is not drawn.
    cursor : int or None
        Epoch marked by a vertical line.

    Returns
    -------
    plotly.graph_objects.Figure
        Means over the networks, with bands from the smallest to the largest.
    """
    figure = new_figure(300, theme)
    for name, shares in models:
        epochs = evenly_spaced(len(shares) - 1, MAX_EPOCHS) + 1
        if not len(epochs) or not shares.shape[1]:
            continue
        x, drawn = epochs.astype(np.int32), shares[epochs].astype(np.float32)
        add_band(figure, x, drawn.T, _color(name), name)
        _add_mean(figure, name, x, drawn.mean(axis=1), "epoch", form=".1%", legendgroup=name)
    _label_epochs(figure, max((len(s) - 1 for _, s in models), default=1), cursor, theme)
    figure.update_yaxes(title_text="share of clipped steps", **_SHARE_AXIS)
    return figure.build()


def _color(name: str) -> str:
    return MODEL_COLORS[MODEL_NAMES.index(name)]


def _add_mean(
    figure: FigureBuilder,
    name: str,
    x: Array,
    mean: Array,
    axis: str,
    *,
    form: str = ".3g",
    **trace: Any,
) -> None:
    """Draw the mean over the networks of a model; `axis` names the unit of x."""
    figure.add_scatter(
        x=x,
        y=mean,
        name=name,
        meta=mark_of_model(name),
        line={"color": _color(name), "width": 2.5},
        hovertemplate=f"{name}, {axis} %{{x}}: %{{y:{form}}}<extra></extra>",
        showlegend=True,
        **{"mode": "lines", **trace},
    )


def _until(history: Array, last_epoch: int | None) -> Array:
    return history if last_epoch is None else history[: last_epoch + 1]


def _label_epochs(figure: FigureBuilder, last: int, cursor: int | None, theme: ThemeName) -> None:
    if cursor is not None and cursor <= max(1, last):
        figure.add_vline(x=cursor, line=cursor_line(theme))
    figure.update_xaxes(title_text="epoch", range=[0, max(1, last)])


def _label_decades(figure: FigureBuilder, values: list[Array], title: str) -> None:
    """Whole decades, and not more of them labeled than there is room for."""
    every = np.concatenate([array.ravel() for array in values] or [np.ones(1)])
    every = every[np.isfinite(every)]
    decades = np.log10(np.maximum(every if len(every) else np.ones(1), SMALLEST))
    low, high = int(np.floor(decades.min())), int(np.ceil(decades.max()))
    high = max(high, low + 1)
    figure.update_yaxes(
        title_text=title,
        type="log",
        exponentformat="power",
        range=[low - 0.1, high + 0.1],
        dtick=-(-(high - low) // 6),
    )

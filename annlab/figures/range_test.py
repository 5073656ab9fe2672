"""Losses of a range test over the learning rate."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.band import add_band
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.lines import reference_line
from annlab.figures.base.log_axis import log_axis
from annlab.figures.base.theme import MODEL_COLORS, THEMES, ThemeName

Array = NDArray[Any]

# The axis ends at this multiple of the loss before training: above it, rates are useless anyway.
_ABOVE_START = 2.0
_HEIGHT = 380


def range_test(
    rates: Array,
    losses: Array,
    fixed_rates: Array,
    fixed_losses: Array,
    start: float,
    *,
    marks: list[tuple[str, float]],
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the losses of a range test on a log axis of learning rates.

    Parameters
    ----------
    rates : ndarray, shape (n_steps,)
        Rate of each step of the sweep.
    losses : ndarray, shape (n_steps, n_networks)
        Loss after each step; NaN for a network that is lost.
    fixed_rates : ndarray, shape (n_rates,)
    fixed_losses : ndarray, shape (n_rates, n_networks)
        Loss after some steps at one rate.
    start : float
        Loss before training.
    marks : list of (str, float)
        Names of rules, and the rates that they choose.
    model : int
        Index of the model's color.

    Returns
    -------
    plotly.graph_objects.Figure
        Medians, with bands from the smallest to the largest finite loss. A median ends where half
        of the networks are lost.
    """
    figure = new_figure(_HEIGHT, theme)
    color = MODEL_COLORS[model]
    ink = THEMES[theme].ink
    n = losses.shape[1]
    _add(figure, rates, losses, color, f"rising rate, median of {n} networks", {"width": 2.5})
    n = fixed_losses.shape[1]
    _add(
        figure,
        fixed_rates,
        fixed_losses,
        ink,
        f"fixed rate, median of {n} networks each",
        {"width": 1.5, "dash": "dot"},
    )
    figure.add_hline(y=start, line=reference_line(theme) | {"width": 1})
    top = _ABOVE_START * start
    low = min(
        float(np.nanmin(losses, initial=start)), float(np.nanmin(fixed_losses, initial=start))
    )
    bottom = low - 0.05 * (top - low)
    for name, rate in marks:
        figure.add_vline(x=rate, line={"color": ink, "width": 1.5})
        figure.add_annotation(
            x=np.log10(rate),
            y=1.0,
            yref="paper",
            yanchor="top",
            xanchor="right",
            textangle=-90,
            text=name,
            showarrow=False,
            font={"size": 11, "color": ink},
        )
    axis = log_axis([np.concatenate([rates, fixed_rates])])
    figure.update_xaxes(
        title_text="learning rate",
        type="log",
        range=axis.range,
        tickvals=axis.ticks,
        ticktext=axis.labels,
    )
    figure.update_yaxes(title_text="training loss", range=[bottom, top])
    return figure.build()


def _add(
    figure: FigureBuilder,
    rates: Array,
    losses: Array,
    color: str,
    name: str,
    line: dict[str, Any],
) -> None:
    """Draw the median of some curves, and the band of those that are finite."""
    finite = np.isfinite(losses)
    some = finite.any(axis=1)
    low = np.where(finite, losses, np.inf).min(axis=1)[some]
    high = np.where(finite, losses, -np.inf).max(axis=1)[some]
    add_band(figure, rates[some], np.stack([low, high]).astype(np.float32), color, name)
    # A lost network counts as larger than every other.
    ordered = np.sort(np.where(finite, losses, np.inf), axis=1)
    n = ordered.shape[1]
    middle = ordered[:, [(n - 1) // 2, n // 2]]
    drawn = np.isfinite(middle).all(axis=1)
    figure.add_scatter(
        x=rates[drawn],
        y=middle[drawn].mean(axis=1).astype(np.float32),
        mode="lines",
        name=name,
        legendgroup=name,
        line={"color": color, **line},
        hovertemplate=f"rate %{{x:.3g}}: loss %{{y:.3g}}<extra>{name}</extra>",
        showlegend=True,
    )

"""Loss that optimizers reach with each learning rate, and the largest stable rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.layout import new_figure
from annlab.figures.base.log_axis import log_axis
from annlab.figures.base.theme import MODEL_COLORS, THEMES, ThemeName
from annlab.formatting import written

Array = NDArray[Any]

# Losses above this multiple of the loss at the start are cut off: the steps went too far.
CEILING = 3.0
_SYMBOLS = ("circle", "square", "diamond", "triangle-up")


@dataclass(frozen=True, eq=False)
class RateCurve:
    """Losses of one optimizer.

    Attributes
    ----------
    name : str
    losses : ndarray, shape (n_rates,)
        inf where the steps diverged.
    rate, loss : float
        The chosen learning rate, and the loss that it reaches.
    limit : float or None
        Largest stable rate, if there is one.
    """

    name: str
    losses: Array
    rate: float
    loss: float
    limit: float | None = None


def loss_by_rate(
    rates: Array,
    curves: Sequence[RateCurve],
    start: float,
    *,
    lowest: float | None = None,
    height: int = 340,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the loss after some steps over the learning rate, both on log scales.

    Parameters
    ----------
    rates : ndarray, shape (n_rates,)
        Ascending.
    curves : sequence of RateCurve
        At most as many as there are model colors.
    start : float
        Loss at the start, drawn as a line: above it, the steps did harm.
    lowest : float or None
        Loss at the minimum.
    height : int
        Pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    look = THEMES[theme]
    figure = new_figure(height, theme)
    ceiling = CEILING * start
    for curve, color, symbol in zip(curves, MODEL_COLORS, _SYMBOLS, strict=False):
        figure.add_scatter(
            x=rates.astype(np.float32),
            # A curve ends where the steps go too far.
            y=[float(loss) if loss <= ceiling else None for loss in curve.losses],
            mode="lines",
            name=curve.name,
            line={"color": color, "width": 2.5},
            hovertemplate="rate %{x:.3g}<br>loss %{y:.4g}<extra></extra>",
        )
        figure.add_scatter(
            x=[curve.rate],
            y=[float(min(curve.loss, ceiling))],
            mode="markers",
            marker={"color": color, "size": 11, "symbol": symbol},
            showlegend=False,
            hovertemplate=f"chosen: {written(curve.rate, 'g')}<br>loss "
            f"{written(curve.loss, '.4g')}<extra></extra>",
        )
        if curve.limit is not None and rates[0] <= curve.limit <= rates[-1]:
            # Shapes on a log axis are placed by value.
            figure.add_vline(curve.limit, line={"color": color, "width": 1.5, "dash": "dash"})
    figure.add_hline(start, line={"color": look.muted, "width": 1, "dash": "dot"})
    if lowest is not None:
        figure.add_hline(lowest, line={"color": look.ink, "width": 1, "dash": "dash"})
    shown = [np.array([start, lowest or start])]
    shown += [curve.losses[curve.losses <= ceiling] for curve in curves]
    for update, axis, title in (
        (figure.update_xaxes, log_axis([rates]), "learning rate"),
        (figure.update_yaxes, log_axis(shown), "loss"),
    ):
        update(
            type="log",
            range=axis.range,
            tickvals=axis.ticks,
            ticktext=axis.labels,
            title_text=f"{title} (log scale)",
        )
    return figure.build()

"""Fitted curve of a regression with one feature, inside and outside the data."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.band import add_band
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.lines import reference_line
from annlab.figures.base.model_names import mark_of_model
from annlab.figures.base.notes import add_notes
from annlab.figures.base.subsample import MAX_POINTS, subsample_note
from annlab.figures.base.theme import THEMES, ThemeName
from annlab.figures.points import add_samples

Array = NDArray[Any]


def fitted_curve(
    x: Array,
    band: Array,
    network: int,
    points_x: Array,
    points_y: Array,
    *,
    name: str,
    color: str,
    truth: Array | None = None,
    held_out: tuple[Array, Array] | None = None,
    without_data: Sequence[tuple[float, float]] = (),
    axis_names: tuple[str, str],
    y_range: tuple[float, float] | None = None,
    counted: NDArray[np.bool_] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the curve of one network, the range of all of them, and the samples.

    Parameters
    ----------
    x : ndarray, shape (n_x,)
        Ascending positions.
    band : ndarray, shape (n_seeds, n_x)
        Predictions of each network at `x`.
    network : int
        Index of the network to draw as a line.
    points_x, points_y : ndarray, shape (n_samples,)
        Training samples. Above 600, an evenly spaced subsample is drawn, with a note.
    name, color : str
        Name of the model, and its color as ``#rrggbb``.
    truth : ndarray, shape (n_x,), or None
        True function of the data, if known.
    held_out : tuple of ndarray or None
        x and y of held-out samples.
    without_data : sequence of (low, high)
        Intervals of x without samples, to be shaded.
    axis_names : tuple of str
        Names of the feature and the target.
    y_range : tuple of float or None
        Range of the vertical axis; None fits all values.
    counted : ndarray of bool, shape (n_seeds,), or None
        Mask of the networks in the range (those that did not diverge); None: all.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(380, theme)
    _shade(figure, [(low, high) for low, high in without_data if high > low], theme)
    x, band = x.astype(np.float32), band.astype(np.float32)
    kept = band if counted is None or counted.all() else band[counted]
    count = f"all {len(band)}" if kept is band else f"{len(kept)} of {len(band)}"
    add_band(figure, x, kept, color, "band", name=f"{count} networks")
    n_drawn = add_samples(figure, points_x, points_y, "training", "circle", theme, MAX_POINTS)
    notes = [subsample_note(n_drawn, len(points_x), "training samples")]
    if held_out is not None:
        n_drawn = add_samples(figure, *held_out, "held out", "circle-open", theme, MAX_POINTS)
        notes.append(subsample_note(n_drawn, len(held_out[0]), "held-out samples"))
    add_notes(figure, notes, 1, 0, theme)
    if truth is not None:
        figure.add_scatter(
            x=x,
            y=truth.astype(np.float32),
            mode="lines",
            name="truth",
            line=reference_line(theme),
            hovertemplate="truth %{y:.3g}<extra></extra>",
        )
    figure.add_scatter(
        x=x,
        y=band[network],
        mode="lines",
        name=name,
        meta=mark_of_model(name),
        line={"color": color, "width": 3},
        hovertemplate=f"{name} %{{y:.3g}}<extra></extra>",
    )
    figure.update_xaxes(title_text=axis_names[0], range=x[[0, -1]].tolist())
    figure.update_yaxes(title_text=axis_names[1], range=y_range, zeroline=False)
    figure.update_layout(margin={"t": 72})  # the legend takes two rows
    return figure.build()


def _shade(figure: FigureBuilder, intervals: list[tuple[float, float]], theme: ThemeName) -> None:
    """Shade intervals without data and name them in the legend, where no curve covers the text."""
    if not intervals:
        return
    for low, high in intervals:
        figure.add_vrect(
            x0=low, x1=high, fillcolor=THEMES[theme].faint, opacity=0.5, line_width=0, layer="below"
        )
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="markers",
        name="no data here",
        marker={"symbol": "square", "size": 12, "color": THEMES[theme].faint},
        hoverinfo="skip",
    )

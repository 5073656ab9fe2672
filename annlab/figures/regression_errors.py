"""Regression errors: predicted vs. true values, residuals, and their histogram."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.layout import new_figure
from annlab.figures.base.lines import reference_line
from annlab.figures.base.markers import add_markers
from annlab.figures.base.model_names import mark_of_model
from annlab.figures.base.notes import add_notes
from annlab.figures.base.subsample import MAX_POINTS, subsample_note
from annlab.figures.base.theme import THEMES, ThemeName, rgba

Array = NDArray[Any]

N_BINS = 30


def predicted_against_true(
    true: Array,
    predicted: Array,
    *,
    name: str,
    color: str,
    target_name: str,
    lim: tuple[float, float],
    theme: ThemeName = "light",
    max_points: int = MAX_POINTS,
) -> go.Figure:
    """Draw predicted over true values, with the diagonal of perfect predictions.

    Parameters
    ----------
    true, predicted : ndarray, shape (n_samples,)
        Values in the unit of the target.
    name, color : str
        Name of the model, and its color as ``#rrggbb``.
    target_name : str
        Name of the target, with its unit.
    lim : tuple of float
        Range of both axes.
    max_points : int
        Largest number of samples drawn; a note gives the total number.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(340, theme)
    n_drawn = add_markers(
        figure,
        true,
        predicted,
        {"color": rgba(color, 0.55), "size": 5},
        name=name,
        at_most=max_points,
        hover="true %{x:.4g}<br>predicted %{y:.4g}",
        meta=mark_of_model(name),
    )
    figure.add_scatter(
        x=np.array(lim, np.float32),
        y=np.array(lim, np.float32),
        mode="lines",
        name="predicted = true",
        line=reference_line(theme),
        hoverinfo="skip",
    )
    low, high = lim
    finite = predicted[np.isfinite(predicted)]
    n_beyond = int(((finite < low) | (finite > high)).sum())
    missing = [
        _note(n_beyond, "predicted beyond the axis"),
        _note(len(predicted) - len(finite), "predictions not finite"),
    ]
    add_notes(figure, missing, 1, 1, theme)
    add_notes(figure, [subsample_note(n_drawn, len(true))], 1, 0, theme)
    axes = {"range": list(lim), "showgrid": True, "zeroline": False, "nticks": 6}
    figure.update_xaxes(title=_small(f"true {target_name}"), constrain="domain", **axes)
    figure.update_yaxes(
        title=_small(_wrapped(f"predicted {target_name}")),
        scaleanchor="x",
        constrain="domain",
        **axes,
    )
    return figure.build()


def residuals(
    predicted: Array,
    residual: Array,
    *,
    color: str,
    target_name: str,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw residuals over predictions; a perfect fit leaves only noise around zero.

    Parameters
    ----------
    predicted, residual : ndarray, shape (n_samples,)
        Predictions, and true minus predicted values, in the unit of the target. Above 600, an
        evenly spaced subsample is drawn, with a note.
    color : str
        Color of the model as ``#rrggbb``.
    target_name : str
        Name of the target, with its unit.
    x_range, y_range : tuple of float or None
        Ranges of the axes, for charts that share a scale; None fits all values.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(260, theme)
    # Sorting keeps the smallest and the largest residual in the subsample.
    finite = np.flatnonzero(np.isfinite(residual))
    order = finite[np.argsort(residual[finite], kind="stable")]
    n_drawn = add_markers(
        figure,
        predicted[order],
        residual[order],
        {"color": rgba(color, 0.55), "size": 5},
        name="residuals",
        at_most=MAX_POINTS,
        hover="predicted %{x:.4g}<br>residual %{y:.4g}",
        in_legend=False,
    )
    figure.add_hline(y=0, line=reference_line(theme))
    add_notes(figure, [subsample_note(n_drawn, len(finite))], 1, 0, theme)
    add_notes(figure, [_note(len(residual) - len(finite), "not finite")], 1, 1, theme)
    figure.update_xaxes(title=_small(f"predicted {target_name}"), range=x_range)
    figure.update_yaxes(title=_small("residual: true − predicted"), range=y_range, zeroline=False)
    figure.update_layout(margin={"t": 10})
    return figure.build()


def residual_histogram(
    residual: Array,
    *,
    color: str,
    target_name: str,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw a histogram of residuals in 30 bins of equal width.

    Parameters
    ----------
    residual : ndarray, shape (n_samples,)
        True minus predicted values, in the unit of the target. A note counts residuals that are
        not finite or lie beyond `x_range`.
    color : str
        Color of the model as ``#rrggbb``.
    target_name : str
        Name of the target, with its unit.
    x_range : tuple of float or None
        Range of the horizontal axis and of the bins, for charts that share a scale; None: from
        the smallest to the largest residual.
    y_range : tuple of float or None
        Range of the vertical axis, in samples; None: from 0 to the fullest bin.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    finite = residual[np.isfinite(residual)].astype(float)
    counts, edges = np.histogram(finite, bins=N_BINS, range=x_range)
    figure = new_figure(220, theme)
    figure.add_bar(
        x=((edges[:-1] + edges[1:]) / 2).astype(np.float32),
        y=counts.astype(np.int32),
        width=float(edges[1] - edges[0]),
        marker={"color": color, "line": {"color": THEMES[theme].paper, "width": 0.5}},
        hovertemplate="about %{x:.3g}: %{y} samples<extra></extra>",
        showlegend=False,
    )
    figure.add_vline(x=0, line=reference_line(theme))
    missing = [
        _note(len(finite) - int(counts.sum()), "beyond the axis"),
        _note(len(residual) - len(finite), "not finite"),
    ]
    add_notes(figure, missing, 1, 1, theme)
    figure.update_xaxes(title=_small(f"residual of {target_name}"), range=x_range)
    figure.update_yaxes(
        title_text="samples",
        range=y_range,
        rangemode="tozero",
    )
    figure.update_layout(margin={"t": 10}, bargap=0)
    return figure.build()


def _small(title: str) -> dict[str, Any]:
    """Axis title in a small font, because target names are long."""
    return {"text": title, "font": {"size": 12}}


def _wrapped(title: str) -> str:
    """Wrap a long axis title before its unit."""
    return title.replace(" (", "<br>(", 1) if len(title) > 30 else title


def _note(n: int, what: str) -> str:
    """Note with the number of samples left out; empty if none."""
    return f"{n:,} {what}" if n else ""

"""Learning curves: loss and metrics over epochs or seconds, mean and range of the networks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.band import add_band
from annlab.figures.chart import blank
from annlab.figures.draft import Draft
from annlab.figures.theme import MODEL_COLOURS, THEMES, ThemeName, rgba
from annlab.figures.thinning import thin

Array = NDArray[Any]
CurvePart = Literal["train", "val"]

MAX_EPOCHS = 300
# Of the networks that are drawn one by one in a curve: so many lines, and points in all.
MAX_LINES = 50
MAX_LINE_POINTS = 3000
# What a part is called, how it is drawn, and how that is called.
_PARTS: dict[CurvePart, tuple[str, str, str]] = {
    "train": ("training", "solid", "solid"),
    "val": ("validation", "dash", "dashed"),
}
# What is written at the horizontal axis, how far a pointer reaches, and what it reads there.
_OVER = {
    "epoch": ("epoch", "x", "%{y:.4g}"),
    "seconds": ("seconds of training", "closest", "%{y:.4g} after %{x:.3g} s"),
}


@dataclass(frozen=True)
class Curves:
    """One model's history, as far as it goes.

    Attributes
    ----------
    name : str
        Of the model, such as "A".
    history : dict of ndarray, shape (n_epochs + 1, n_seeds)
        As in a Run.
    colour : str or None
        ``#rrggbb``; None: the model's by its position.
    seconds : ndarray, shape (n_epochs + 1,), or None
        Time since the start at the end of each epoch.
    """

    name: str
    history: dict[str, Array]
    colour: str | None = None
    seconds: Array | None = None


def learning_curves(
    models: list[Curves],
    column: str,
    title: str,
    *,
    max_epochs: int,
    cursor: int | None = None,
    over: Literal["epoch", "seconds"] = "epoch",
    parts: Sequence[CurvePart] = ("train", "val"),
    individual: bool = False,
    log_scale: bool = False,
    percent: bool = False,
    theme: ThemeName = "light",
    height: int = 300,
) -> go.Figure:
    """Draw one column of the histories of several models.

    Parameters
    ----------
    models : list of Curves
        In the order of their colours.
    column : str
        "loss", "accuracy" …: the training part is drawn solid, validation dashed.
    title : str
        What the chart shows, with its unit.
    max_epochs : int
        Right end of an axis of epochs, so that it does not move while a model trains. An axis
        of seconds ends with the slowest model.
    cursor : int or None
        Epoch at which a marker stands on each curve, or on its end where it is shorter: in
        seconds, each at its own time.
    over : {"epoch", "seconds"}
        What the horizontal axis counts.
    parts : sequence of {"train", "val"}
        Those that are drawn, where a history has them.
    individual : bool
        Whether thin lines show the single networks too: at most 50 of each curve.
    log_scale, percent : bool
        How the vertical axis counts.
    theme : {"light", "dark"}
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If a curve is to be drawn over seconds that its model does not have.
    """
    figure = blank(height, theme)
    axis, hovermode, hover = _OVER[over]
    curves = [
        _Curve(
            model.name,
            model.colour or MODEL_COLOURS[i],
            part,
            _positions(model, len(values), over),
            values,
        )
        for i, model in enumerate(models)
        for part in parts
        if (values := model.history.get(f"{part}_{column}")) is not None and len(values)
    ]
    # Each layer over all curves: nothing covers what is read off.
    if individual:
        for curve in curves:
            _add_networks(figure, curve)
    for curve in curves:
        _add_mean(figure, curve, hover)
    if cursor is not None:
        for curve in curves:
            _add_marker(figure, curve, min(cursor, len(curve.x) - 1), theme)
    for name, colour in {curve.name: curve.colour for curve in curves}.items():
        _add_to_legend(figure, name, colour)
    last = max([float(curve.x[-1]) for curve in curves], default=0.0)
    if cursor is not None and over == "epoch":
        line = {"color": THEMES[theme].ink, "width": 1, "dash": "dot"}
        figure.add_vline(x=cursor, line=line, layer="below")
    figure.update_layout(title_text=title, hovermode=hovermode, margin={"l": 52, "t": 34, "b": 97})
    _label_legend(figure, list(dict.fromkeys(curve.part for curve in curves)))
    figure.update_xaxes(
        title={"text": axis, "standoff": 6},
        range=[0, max(last, max_epochs if over == "epoch" else 0) or 1],
    )
    figure.update_yaxes(
        type="log" if log_scale else "linear",
        # Otherwise a digit alone stands between powers of ten: "3" for 0.3 and for 30.
        tickformat=".0%" if percent else ",.3~r" if log_scale else None,
        rangemode="normal" if percent or log_scale else "tozero",
    )
    return figure.chart()


@dataclass(frozen=True)
class _Curve:
    """One part of a model's history: `x` of shape (n_rows,), `values` (n_rows, n_seeds)."""

    name: str
    colour: str
    part: CurvePart
    x: Array
    values: Array


def _positions(model: Curves, n_rows: int, over: str) -> Array:
    """Where on the horizontal axis each row of a history stands."""
    if over == "epoch":
        return np.arange(n_rows, dtype=np.int32)
    n_times = 0 if model.seconds is None else len(model.seconds)
    if model.seconds is None or n_times < n_rows:
        raise ValueError(f"{model.name} needs a time for each of {n_rows} rows. Got {n_times}.")
    return model.seconds[:n_rows].astype(np.float32)


def _add_mean(figure: Draft, curve: _Curve, hover: str) -> None:
    label, dash, _ = _PARTS[curve.part]
    rows = thin(len(curve.x), MAX_EPOCHS)
    x, values = curve.x[rows], curve.values[rows].astype(np.float32)
    add_band(figure, x, values.T, curve.colour, curve.name)
    figure.add_scatter(
        x=x,
        y=values.mean(axis=1),
        mode="lines",
        name=f"{curve.name} {label}",
        line={"color": curve.colour, "dash": dash, "width": 2.5},
        hovertemplate=hover,
        showlegend=False,
        legendgroup=curve.name,
    )


def _add_networks(figure: Draft, curve: _Curve) -> None:
    """A thin line for each network, all of them in one trace: a gap ends each line."""
    n_rows, n_seeds = curve.values.shape
    if n_seeds < 2:
        return
    seeds = thin(n_seeds, MAX_LINES)
    rows = thin(n_rows, min(MAX_EPOCHS, MAX_LINE_POINTS // len(seeds)))
    lines = np.full((len(seeds), len(rows) + 1), np.nan, np.float32)
    lines[:, :-1] = curve.values[np.ix_(rows, seeds)].T
    figure.add_scatter(
        x=np.tile(curve.x[np.append(rows, rows[-1])], len(seeds)),
        y=lines.ravel(),
        mode="lines",
        line={"color": rgba(curve.colour, 0.45), "dash": _PARTS[curve.part][1], "width": 0.8},
        hoverinfo="skip",
        showlegend=False,
        legendgroup=curve.name,
    )


def _add_marker(figure: Draft, curve: _Curve, row: int, theme: ThemeName) -> None:
    """Where a curve stands at the cursor: filled on training, hollow on what is kept back."""
    paper = THEMES[theme].paper
    inside, around = (curve.colour, paper) if curve.part == "train" else (paper, curve.colour)
    figure.add_scatter(
        x=[float(curve.x[row])],
        y=[float(curve.values[row].mean())],
        mode="markers",
        marker={"size": 9, "color": inside, "line": {"color": around, "width": 1.5}},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        legendgroup=curve.name,
    )


def _add_to_legend(figure: Draft, name: str, colour: str) -> None:
    """One entry for all that belongs to a model: one for each line would fill the chart."""
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="lines",
        name=name,
        legendgroup=name,
        line={"color": colour, "width": 2.5},
        hoverinfo="skip",
    )


def _label_legend(figure: Draft, parts: Sequence[CurvePart]) -> None:
    """Below the chart: however many rows it takes there, it never meets the title."""
    words = [_PARTS[part][0] for part in parts]
    if len(parts) > 1:
        words = [f"{_PARTS[part][2]}: {_PARTS[part][0]}" for part in parts]
    figure.update_layout(
        legend={
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "title": {"text": " · ".join(words), "side": "top", "font": {"size": 12}},
        },
    )

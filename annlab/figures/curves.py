"""Learning curves: loss and metrics over epochs, steps or seconds, mean and range of networks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.band import add_band
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.lines import cursor_line
from annlab.figures.base.log_axis import LogAxis, log_axis
from annlab.figures.base.notes import add_notes
from annlab.figures.base.subsample import evenly_spaced, subsample_note
from annlab.figures.base.theme import MODEL_COLORS, THEMES, ThemeName, rgba

Array = NDArray[Any]
CurvePart = Literal["train", "val", "test"]
Over = Literal["epoch", "steps", "seconds"]

MAX_EPOCHS = 300
# Of the networks that are drawn one by one in a curve: so many lines, and points in all.
MAX_LINES = 50
MAX_LINE_POINTS = 3000
# What a part is called, how it is drawn, and how that is called.
_PARTS: dict[CurvePart, tuple[str, str, str]] = {
    "train": ("training", "solid", "solid"),
    "val": ("validation", "dash", "dashed"),
    "test": ("test", "dot", "dotted"),
}
# What is written at the horizontal axis, how far a pointer reaches, and what it reads there.
_OVER: dict[Over, tuple[str, str, str]] = {
    "epoch": ("epoch", "x", "{y}"),
    "steps": ("training steps (batches)", "closest", "{y} after %{{x:,}} steps"),
    "seconds": ("seconds of training", "closest", "{y} after %{{x:.3g}} s"),
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
    color : str or None
        ``#rrggbb``; None: the model's by its position.
    seconds : ndarray, shape (n_epochs + 1,), or None
        Time since the start at the end of each epoch.
    steps_per_epoch : int
        Batches in an epoch; 0: not known.
    diverged : ndarray of int, shape (n_seeds,), or None
        Epoch in which each network diverged, 0: it did not. Those that diverged are left out,
        unless all of them did.
    marked : ndarray of int, shape (n_seeds,), or None
        Epoch of each network whose weights are shown: a marker stands there, instead of at the
        cursor.
    """

    name: str
    history: dict[str, Array]
    color: str | None = None
    seconds: Array | None = None
    steps_per_epoch: int = 0
    diverged: Array | None = None
    marked: Array | None = None

    @property
    def counted(self) -> slice | NDArray[np.bool_]:
        """Which networks the mean and the range are of."""
        if self.diverged is None or self.diverged.all() or not self.diverged.any():
            return slice(None)
        counted: NDArray[np.bool_] = self.diverged == 0
        return counted


def learning_curves(
    models: list[Curves],
    column: str,
    title: str,
    *,
    max_epochs: int,
    cursor: int | None = None,
    over: Over = "epoch",
    parts: Sequence[CurvePart] = ("train", "val", "test"),
    individual: bool = False,
    log_scale: bool = False,
    percent: bool = False,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw one column of the histories of several models.

    Parameters
    ----------
    models : list of Curves
        In the order of their colors.
    column : str
        "loss", "accuracy" …: training is drawn solid, validation dashed, test dotted.
    title : str
        What the chart shows, with its unit.
    max_epochs : int
        Right end of an axis of epochs, so that it does not move while a model trains. Other
        axes end with the longest model.
    cursor : int or None
        Epoch at which a marker stands on each curve, or on its end where it is shorter: in
        seconds, each at its own time.
    over : {"epoch", "steps", "seconds"}
        What the horizontal axis counts.
    parts : sequence of {"train", "val", "test"}
        The splits that are drawn, where a history has them.
    individual : bool
        Whether thin lines show the single networks too: at most 50 of each curve, and a note
        says so.
    log_scale, percent : bool
        How the vertical axis counts. On a log scale, a value of 0 stands at a floor marked "0".

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If a curve is to be drawn over seconds or steps that its model does not have.
    """
    figure = new_figure(300, theme)
    axis, hovermode, hover = _OVER[over]
    curves = [
        _Curve(
            model.name,
            model.color or MODEL_COLORS[i],
            part,
            _positions(model, len(values), over),
            values[:, model.counted],
            hover,
            None if model.marked is None else model.marked[model.counted],
        )
        for i, model in enumerate(models)
        for part in parts
        if (values := model.history.get(f"{part}_{column}")) is not None and len(values)
    ]
    logs: LogAxis | None = None
    if log_scale:
        everything = [part for curve in curves for part in (curve.values, curve.mean)]
        logs = log_axis(everything)
        curves = [replace(curve, logs=logs) for curve in curves]
    # Each layer over all curves: nothing covers what is read off.
    notes = _left_out(models)
    if individual:
        notes += [_add_networks(figure, curve) for curve in curves]
    for curve in curves:
        _add_mean(figure, curve)
    for curve in curves:
        if curve.marked is not None:
            _add_marks(figure, curve, theme)
        elif cursor is not None:
            _add_marker(figure, curve, min(cursor, len(curve.x) - 1), theme)
    for name, color in {curve.name: curve.color for curve in curves}.items():
        _add_to_legend(figure, name, color)
    last = max([float(curve.x[-1]) for curve in curves], default=0.0)
    if cursor is not None and over == "epoch" and all(model.marked is None for model in models):
        figure.add_vline(x=cursor, line=cursor_line(theme), layer="below")
    figure.update_layout(title_text=title, hovermode=hovermode, margin={"l": 52, "t": 34, "b": 97})
    _label_legend(figure, [part for part in _PARTS if part in {curve.part for curve in curves}])
    # Where a curve mostly is not: a loss has fallen from there, and an accuracy risen.
    add_notes(figure, dict.fromkeys(notes), 1, 0 if percent else 1, theme)
    figure.update_xaxes(
        title={"text": axis, "standoff": 6},
        range=[0, max(last, max_epochs if over == "epoch" else 0) or 1],
    )
    if logs is not None:
        figure.update_yaxes(
            type="log",
            range=logs.range,
            tickmode="array",
            tickvals=logs.ticks,
            ticktext=logs.labels,
        )
    else:
        figure.update_yaxes(
            type="linear",
            tickformat=".0%" if percent else None,
            rangemode="normal" if percent else "tozero",
        )
    return figure.build()


def _left_out(models: Sequence[Curves]) -> list[str]:
    """A note for each model of which not all networks count."""
    notes = []
    for model in models:
        if not isinstance(model.counted, slice):
            n, left_out = len(model.counted), int((~model.counted).sum())
            notes.append(f"{model.name}: {left_out} of {n} networks diverged, left out")
    return notes


@dataclass(frozen=True)
class _Curve:
    """One split of a model's history: `x` of shape (n_rows,), `values` (n_rows, n_seeds)."""

    name: str
    color: str
    part: CurvePart
    x: Array
    values: Array
    hover: str
    marked: Array | None = None
    logs: LogAxis | None = None

    @property
    def mean(self) -> Array:
        """The mean over the networks, of shape (n_rows,)."""
        mean: Array = self.values.mean(axis=1, dtype=np.float64).astype(np.float32)
        return mean

    def drawn(self, values: Array) -> Array:
        """Values at the height where they are drawn."""
        return values if self.logs is None else self.logs.drawn(values)


def _positions(model: Curves, n_rows: int, over: Over) -> Array:
    """Where on the horizontal axis each row of a history stands."""
    if over == "epoch":
        return np.arange(n_rows, dtype=np.int32)
    if over == "steps":
        if model.steps_per_epoch < 1:
            raise ValueError(f"{model.name} needs its steps per epoch. Got none.")
        return model.steps_per_epoch * np.arange(n_rows, dtype=np.int64)
    n_times = 0 if model.seconds is None else len(model.seconds)
    if model.seconds is None or n_times < n_rows:
        raise ValueError(f"{model.name} needs a time for each of {n_rows} rows. Got {n_times}.")
    return model.seconds[:n_rows].astype(np.float32)


def _add_mean(figure: FigureBuilder, curve: _Curve) -> None:
    label, dash, _ = _PARTS[curve.part]
    rows = evenly_spaced(len(curve.x), MAX_EPOCHS)
    x, values, mean = curve.x[rows], curve.values[rows].astype(np.float32), curve.mean[rows]
    add_band(figure, x, curve.drawn(values).T, curve.color, curve.name)
    # At the floor, the height is not what is to be read.
    at_floor = curve.logs is not None and not mean.all()
    figure.add_scatter(
        x=x,
        y=curve.drawn(mean),
        mode="lines",
        name=f"{curve.name} {label}",
        line={"color": curve.color, "dash": dash, "width": 2.5},
        hovertemplate=curve.hover.format(y="%{customdata:.4g}" if at_floor else "%{y:.4g}"),
        customdata=mean if at_floor else None,
        showlegend=False,
        legendgroup=curve.name,
    )


def _add_networks(figure: FigureBuilder, curve: _Curve) -> str:
    """A thin line for each network, all of them in one trace: a gap ends each line.

    Returns a note if not all networks have one.
    """
    n_rows, n_seeds = curve.values.shape
    if n_seeds < 2:
        return ""
    seeds = evenly_spaced(n_seeds, MAX_LINES)
    rows = evenly_spaced(n_rows, min(MAX_EPOCHS, MAX_LINE_POINTS // len(seeds)))
    lines = np.full((len(seeds), len(rows) + 1), np.nan, np.float32)
    lines[:, :-1] = curve.drawn(curve.values[np.ix_(rows, seeds)].T)
    figure.add_scatter(
        x=np.tile(curve.x[np.append(rows, rows[-1])], len(seeds)),
        y=lines.ravel(),
        mode="lines",
        line={"color": rgba(curve.color, 0.45), "dash": _PARTS[curve.part][1], "width": 0.8},
        hoverinfo="skip",
        showlegend=False,
        legendgroup=curve.name,
    )
    return subsample_note(len(seeds), n_seeds, "lines drawn")


def _add_marks(figure: FigureBuilder, curve: _Curve, theme: ThemeName) -> None:
    """Where each network stands whose weights are shown, each at its own epoch."""
    assert curve.marked is not None
    n_rows, n_seeds = curve.values.shape
    seeds = evenly_spaced(n_seeds, MAX_LINES)
    rows = np.minimum(curve.marked[seeds], n_rows - 1)
    size = 9 if n_seeds == 1 else 6
    _add_dots(figure, curve, curve.x[rows], curve.values[rows, seeds], size, theme)


def _add_marker(figure: FigureBuilder, curve: _Curve, row: int, theme: ThemeName) -> None:
    """Where the mean of a curve stands at the cursor."""
    _add_dots(figure, curve, curve.x[[row]], curve.mean[[row]], 9, theme)


def _add_dots(
    figure: FigureBuilder, curve: _Curve, x: Array, y: Array, size: int, theme: ThemeName
) -> None:
    """Markers on a curve: filled on training, hollow on what is kept back."""
    paper = THEMES[theme].paper
    inside, around = (curve.color, paper) if curve.part == "train" else (paper, curve.color)
    figure.add_scatter(
        x=x.tolist(),
        y=curve.drawn(y).astype(float).tolist(),
        mode="markers",
        marker={"size": size, "color": inside, "line": {"color": around, "width": 1.5}},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        legendgroup=curve.name,
    )


def _add_to_legend(figure: FigureBuilder, name: str, color: str) -> None:
    """One entry for all that belongs to a model: one for each line would fill the chart."""
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="lines",
        name=name,
        legendgroup=name,
        line={"color": color, "width": 2.5},
        hoverinfo="skip",
    )


def _label_legend(figure: FigureBuilder, parts: Sequence[CurvePart]) -> None:
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

"""Learning curves: loss and metrics over epochs, steps or seconds, mean and range of networks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.lines import cursor_line
from annlab.figures.base.log_axis import LogAxis, log_axis
from annlab.figures.base.notes import add_notes
from annlab.figures.base.theme import MODEL_COLORS, ThemeName
from annlab.figures.curve_layers import (
    SPLITS,
    Curve,
    CurveSplit,
    add_marker,
    add_marks,
    add_mean,
    add_networks,
)

Array = NDArray[Any]
CurveAxis = Literal["epoch", "steps", "seconds"]

# Of each kind of horizontal axis: its title, Plotly's mode of hovering, and the text at a pointer.
_AXES: dict[CurveAxis, tuple[str, str, str]] = {
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


def curve_splits(columns: Collection[str], test: bool | None = None) -> tuple[CurveSplit, ...]:
    """The splits whose curves are drawn.

    Parameters
    ----------
    columns : collection of str
        Names of the columns of all histories.
    test : bool or None
        Whether the test curve was asked for; None: nobody has said. Then it is drawn only where
        there is no validation split.

    Returns
    -------
    tuple of {"train", "val", "test"}
    """
    if test is None:
        test = "val_loss" not in columns
    return ("train", "val", "test") if test else ("train", "val")


def metric_title(metric: str) -> str:
    """Title of a chart of one column of the history: "loss" → "Loss"."""
    return {"mse": "Mean squared error"}.get(metric, metric.capitalize())


def learning_curves(
    models: list[Curves],
    column: str,
    title: str,
    *,
    max_epochs: int,
    cursor: int | None = None,
    over: CurveAxis = "epoch",
    splits: Sequence[CurveSplit] = ("train", "val", "test"),
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
    splits : sequence of {"train", "val", "test"}
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
    axis, hovermode, hover = _AXES[over]
    curves = [
        Curve(
            model.name,
            model.color or MODEL_COLORS[i],
            split,
            _positions(model, len(values), over),
            values[:, model.counted],
            hover,
            None if model.marked is None else model.marked[model.counted],
        )
        for i, model in enumerate(models)
        for split in splits
        if (values := model.history.get(f"{split}_{column}")) is not None and len(values)
    ]
    logs: LogAxis | None = None
    if log_scale:
        everything = [values for curve in curves for values in (curve.values, curve.mean)]
        logs = log_axis(everything)
        curves = [replace(curve, logs=logs) for curve in curves]
    # Each layer over all curves: nothing covers what is read off.
    notes = _left_out(models)
    if individual:
        notes += [add_networks(figure, curve) for curve in curves]
    for curve in curves:
        add_mean(figure, curve)
    for curve in curves:
        if curve.marked is not None:
            add_marks(figure, curve, theme)
        elif cursor is not None:
            add_marker(figure, curve, min(cursor, len(curve.x) - 1), theme)
    for name, color in {curve.name: curve.color for curve in curves}.items():
        _add_to_legend(figure, name, color)
    last = max([float(curve.x[-1]) for curve in curves], default=0.0)
    if cursor is not None and over == "epoch" and all(model.marked is None for model in models):
        figure.add_vline(x=cursor, line=cursor_line(theme), layer="below")
    figure.update_layout(title_text=title, hovermode=hovermode, margin={"l": 52, "t": 34, "b": 97})
    _label_legend(figure, [split for split in SPLITS if split in {curve.split for curve in curves}])
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


def _positions(model: Curves, n_rows: int, over: CurveAxis) -> Array:
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


def _label_legend(figure: FigureBuilder, splits: Sequence[CurveSplit]) -> None:
    """Below the chart: however many rows it takes there, it never meets the title."""
    words = [SPLITS[split][0] for split in splits]
    if len(splits) > 1:
        words = [f"{SPLITS[split][2]}: {SPLITS[split][0]}" for split in splits]
    figure.update_layout(
        legend={
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "title": {"text": " · ".join(words), "side": "top", "font": {"size": 12}},
        },
    )

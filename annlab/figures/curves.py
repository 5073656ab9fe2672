"""Learning curves: mean and range of loss and metrics over epochs, steps or seconds."""

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
from annlab.figures.base.model_names import mark_of_model
from annlab.figures.base.notes import add_notes
from annlab.figures.base.theme import MODEL_COLORS, ThemeName
from annlab.figures.curve_layers import (
    SPLITS,
    Curve,
    CurveSplit,
    add_letter,
    add_marker,
    add_marks,
    add_mean,
    add_networks,
)
from annlab.nn.tasks import TASKS, Score

Array = NDArray[Any]
CurveAxis = Literal["epoch", "steps", "seconds"]

# Title, Plotly hover mode and hover text, by kind of horizontal axis.
_AXES: dict[CurveAxis, tuple[str, str, str]] = {
    "epoch": ("epoch", "x", "{y}"),
    "steps": ("training steps (batches)", "closest", "{y} after %{{x:,}} steps"),
    "seconds": ("seconds of training", "closest", "{y} after %{{x:.3g}} s"),
}


@dataclass(frozen=True)
class Curves:
    """History of one model, complete or still growing.

    Attributes
    ----------
    name : str
        Name of the model, such as "A".
    history : dict of ndarray, shape (n_epochs + 1, n_seeds)
        History columns of a `Run`.
    color : str or None
        Color as ``#rrggbb``; None: color by the position of the model.
    seconds : ndarray, shape (n_epochs + 1,), or None
        Seconds from the start of the training to the end of each epoch.
    steps_per_epoch : int
        Batches per epoch; 0 if unknown.
    diverged : ndarray of int, shape (n_seeds,), or None
        Epoch in which each network diverged, 0 if it did not. Diverged networks are left out
        unless all networks diverged.
    marked : ndarray of int, shape (n_seeds,), or None
        Epoch of the shown weights of each network, marked instead of the cursor.
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
        """Indices of the networks included in mean and range."""
        if self.diverged is None or self.diverged.all() or not self.diverged.any():
            return slice(None)
        counted: NDArray[np.bool_] = self.diverged == 0
        return counted


def curve_splits(columns: Collection[str], test: bool | None = None) -> tuple[CurveSplit, ...]:
    """Splits to draw as learning curves.

    Parameters
    ----------
    columns : collection of str
        Column names of all histories.
    test : bool or None
        Whether to draw the test curve; None draws it only if there is no validation split.

    Returns
    -------
    tuple of {"train", "val", "test"}
    """
    if test is None:
        test = "val_loss" not in columns
    return ("train", "val", "test") if test else ("train", "val")


def metric_title(metric: str) -> str:
    """Chart title of a history column: "loss" → "Loss"."""
    score = _score(metric)
    return score.label if score else metric.capitalize()


def is_share(metric: str) -> bool:
    """Whether a history column is a share, whose axis is in percent."""
    score = _score(metric)
    return score is not None and score.is_share


def _score(metric: str) -> Score | None:
    every = (score for task in TASKS.values() for score in task.scores)
    return next((score for score in every if score.name == metric), None)


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
    """Draw learning curves of one history column for several models.

    Parameters
    ----------
    models : list of Curves
        Models in the order of their colors.
    column : str
        "loss", "accuracy" …; the training curve is solid, validation dashed, test dotted.
    title : str
        Title of the chart, with the unit.
    max_epochs : int
        Right end of an epoch axis, which keeps the axis fixed during training. Axes of steps and
        seconds end with the longest model.
    cursor : int or None
        Epoch marked on each curve, or on the end of a shorter curve. On an axis of seconds, each
        marker is at the time of its own model.
    over : {"epoch", "steps", "seconds"}
        Unit of the horizontal axis.
    splits : sequence of {"train", "val", "test"}
        Splits to draw if a history has them.
    individual : bool
        Add thin lines for individual networks, at most 50 per curve; a note gives the total
        number.
    log_scale, percent : bool
        Scale and format of the vertical axis. On a log scale, a value of 0 is drawn at a floor
        labeled "0".

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the horizontal axis is seconds or steps and a model lacks them.
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
    # One layer of all curves at a time: bands must not cover lines or markers of other models.
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
    for curve in curves:
        if curve.split == curves[0].split:
            add_letter(figure, curve, [model.name for model in models].index(curve.name))
    last = max([float(curve.x[-1]) for curve in curves], default=0.0)
    if cursor is not None and over == "epoch" and all(model.marked is None for model in models):
        figure.add_vline(x=cursor, line=cursor_line(theme), layer="below")
    figure.update_layout(title_text=title, hovermode=hovermode, margin={"l": 52, "t": 34, "b": 97})
    _label_legend(figure, [split for split in SPLITS if split in {curve.split for curve in curves}])
    # Curves mostly avoid this corner: a loss falls away from it and an accuracy rises.
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
    """Notes on diverged networks, one for each model that has some."""
    notes = []
    for model in models:
        if not isinstance(model.counted, slice):
            n, left_out = len(model.counted), int((~model.counted).sum())
            notes.append(f"{model.name}: {left_out} of {n} networks diverged, left out")
    return notes


def _positions(model: Curves, n_rows: int, over: CurveAxis) -> Array:
    """Horizontal position of each row of a history."""
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
    """Add one legend entry per model, because one per line would fill the chart."""
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="lines",
        name=name,
        meta=mark_of_model(name),
        legendgroup=name,
        line={"color": color, "width": 2.5},
        hoverinfo="skip",
    )


def _label_legend(figure: FigureBuilder, splits: Sequence[CurveSplit]) -> None:
    """Put the legend below the chart, where many rows cannot overlap the title."""
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

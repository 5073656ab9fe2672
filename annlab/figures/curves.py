"""Learning curves: loss and metrics over epochs, as a mean with a band over the seeds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.theme import MODEL_COLOURS, THEMES, ThemeName, blank, rgba

Array = NDArray[Any]

# A chart a few hundred pixels wide shows no more.
MAX_EPOCHS = 300


@dataclass(frozen=True)
class Curves:
    """One model's history, as far as it goes.

    Attributes
    ----------
    name : str
        Of the model, such as "A".
    history : dict of ndarray, shape (n_epochs + 1, n_seeds)
        As in a Run.
    """

    name: str
    history: dict[str, Array]


def learning_curves(
    models: list[Curves],
    column: str,
    title: str,
    *,
    max_epochs: int,
    cursor: int | None = None,
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
        Right end of the axis, so that it does not move while a model trains.
    cursor : int or None
        Epoch at which a line stands.
    log_scale, percent : bool
        How the vertical axis counts.
    theme : {"light", "dark"}
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = blank(height, theme)
    for i, model in enumerate(models):
        for part, dash in (("train", "solid"), ("val", "dash")):
            values = model.history.get(f"{part}_{column}")
            if values is not None:
                _add_curve(figure, model.name, MODEL_COLOURS[i], part, dash, values)
    if cursor is not None:
        figure.add_vline(x=cursor, line={"color": THEMES[theme].ink, "width": 1, "dash": "dot"})
    figure.update_layout(title_text=title, margin={"t": 62}, hovermode="x")
    figure.update_xaxes(title="epoch", range=[0, max(1, max_epochs)], gridcolor=THEMES[theme].faint)
    figure.update_yaxes(
        type="log" if log_scale else "linear",
        tickformat=".0%" if percent else None,
        gridcolor=THEMES[theme].faint,
        rangemode="normal" if percent or log_scale else "tozero",
    )
    return figure


def _add_curve(
    figure: go.Figure, name: str, colour: str, part: str, dash: str, values: Array
) -> None:
    n = len(values)
    epochs = np.unique(np.linspace(0, n - 1, min(n, MAX_EPOCHS)).round().astype(int))
    values = values[epochs].astype(np.float32)
    x = epochs.astype(np.int32)
    n_seeds = values.shape[1]
    if n_seeds > 1:
        figure.add_scatter(
            x=np.concatenate([x, x[::-1]]),
            y=np.concatenate([values.max(axis=1), values.min(axis=1)[::-1]]),
            mode="lines",
            fill="toself",
            fillcolor=rgba(colour, 0.18),
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
            legendgroup=f"{name} {part}",
        )
    label = {"train": "training", "val": "validation"}[part]
    figure.add_scatter(
        x=x,
        y=values.mean(axis=1),
        mode="lines",
        name=f"{name} {label}",
        legendgroup=f"{name} {part}",
        line={"color": colour, "dash": dash, "width": 2.5},
        hovertemplate="%{y:.4g}",
    )

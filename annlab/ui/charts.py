"""Charts on a page: drawn once for each result, kept, and labelled for screen readers."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from annlab.config import RunConfig
from annlab.datasets import Dataset, Part
from annlab.evaluation import evaluate, predict
from annlab.figures import (
    MAX_POINTS,
    MODEL_COLOURS,
    MODEL_NAMES,
    Curves,
    SurfacePoints,
    ThemeName,
    confusion_matrix,
    decision_surface,
    learning_curves,
    network_graph,
    points,
)
from annlab.forward import Layers, Plane, plane_through
from annlab.forward import decision_surface as surface_of
from annlab.run import Run

# Figures and scores that a server keeps; the oldest go.
_KEPT = 100
# While a surface moves, the browser has to draw it several times a second.
LIVE_POINTS = 400
PLOT_CONFIG = {"displaylogo": False, "displayModeBar": False}


def show(figure: go.Figure, key: str, description: str) -> None:
    """Put a chart on the page.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
    key : str
        Stays the same while the chart changes, so that the browser redraws it in place.
    description : str
        Read by screen readers.
    """
    st.plotly_chart(figure, key=key, config=PLOT_CONFIG, alt=description)


def live_surface(
    config: RunConfig, layers: Layers, dataset: Dataset, plane: Plane, theme: ThemeName
) -> go.Figure:
    """The surface of one network, with some training points on it."""
    return _surface(config, layers, dataset, "train", plane, theme, LIVE_POINTS)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def surface(
    digest: str,
    epoch: int,
    seed: int,
    axes: tuple[int, int],
    part: Part,
    theme: ThemeName,
    _run: Run,
    _dataset: Dataset,
) -> go.Figure:
    """The surface of one network of a run at one epoch, with the points of a part on it."""
    layers = [(W[seed], b[seed]) for W, b in _run.checkpoints.at(epoch)]
    X, _ = _dataset.part("all")
    return _surface(_run.config, layers, _dataset, part, plane_through(X, axes), theme)


def _surface(
    config: RunConfig,
    layers: Layers,
    dataset: Dataset,
    part: Part,
    plane: Plane,
    theme: ThemeName,
    max_points: int = MAX_POINTS,
) -> go.Figure:
    X, y = dataset.part(part)
    prediction = dataset.task.decode(predict(config, layers, X).output)
    values = surface_of(layers, plane, config.model.activation, config.output_activation)
    names = (dataset.feature_names[plane.axes[0]], dataset.feature_names[plane.axes[1]])
    marked = SurfacePoints(X, y, prediction != y)
    others = X.shape[1] - 2
    note = f"the {others} other features at their median" if others else ""
    return decision_surface(
        plane, values, marked, names, dataset.class_names, theme, note=note, max_points=max_points
    )


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def curves(
    digests_and_epochs: tuple[tuple[str, int], ...],
    metric: str,
    cursor: int,
    log_scale: bool,
    theme: ThemeName,
    _runs: list[Run],
) -> go.Figure:
    """One column of the histories of finished runs, with a cursor at an epoch."""
    many = _runs[0].n_seeds > 1
    return learning_curves(
        [Curves(name, run.history) for name, run in zip(MODEL_NAMES, _runs, strict=False)],
        metric,
        metric.capitalize() + (": mean and range of all networks" if many else ""),
        max_epochs=max(run.n_epochs for run in _runs),
        cursor=cursor,
        log_scale=log_scale and metric == "loss",
        percent=metric == "accuracy",
        theme=theme,
    )


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def preview(digest: str, theme: ThemeName, _dataset: Dataset) -> go.Figure:
    """The points of a data set, small and without axes."""
    figure = points(_dataset, theme=theme, height=150)
    figure.update_layout(showlegend=False, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.update_traces(marker_size=3)
    return figure


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def scores(digest: str, epoch: int, part: Part, _run: Run, _dataset: Dataset) -> Any:
    """The evaluation of a run at one epoch on one part."""
    return evaluate(_run, split=part, epoch=epoch, dataset=_dataset)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def confusion(
    digest: str,
    epoch: int,
    seed: int,
    part: Part,
    model: int,
    theme: ThemeName,
    _counts: np.ndarray,
    _class_names: tuple[str, ...],
) -> go.Figure:
    """The confusion matrix of one network, in its model's colour."""
    return confusion_matrix(_counts, _class_names, MODEL_COLOURS[model], theme)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def graph(
    digest: str, epoch: int, seed: int, theme: ThemeName, _run: Run, _dataset: Dataset
) -> go.Figure:
    """One network of a run, drawn with its weights at one epoch."""
    layers = [(W[seed], b[seed]) for W, b in _run.checkpoints.at(epoch)]
    outputs = (
        _dataset.class_names
        if len(layers[-1][1]) > 1
        else (f"P({_dataset.class_names[1]})",)
        if _dataset.class_names
        else ("prediction",)
    )
    return network_graph(layers, _dataset.feature_names, outputs, theme)

"""Charts on a page: drawn once for each result, kept, and labelled for screen readers."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from annlab.config import RunConfig
from annlab.datasets import Dataset, Part
from annlab.evaluation import evaluate, predict
from annlab.figures import (
    MODEL_COLOURS,
    SurfacePoints,
    ThemeName,
    confusion_matrix,
    decision_surface,
    network_graph,
)
from annlab.forward import Layers, Plane, plane_through
from annlab.forward import decision_surface as surface_of
from annlab.run import Run

# Figures and scores that a server keeps; the oldest go.
_KEPT = 200
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
    """The surface of one network, with the training points on it."""
    return _surface(config, layers, dataset, "train", plane, theme)


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
) -> go.Figure:
    X, y = dataset.part(part)
    prediction = dataset.task.decode(predict(config, layers, X).output)
    values = surface_of(layers, plane, config.model.activation, config.output_activation)
    names = (dataset.feature_names[plane.axes[0]], dataset.feature_names[plane.axes[1]])
    points = SurfacePoints(X, y, prediction != y)
    others = X.shape[1] - 2
    note = f"the {others} other features at their median" if others else ""
    return decision_surface(plane, values, points, names, dataset.class_names, theme, note=note)


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

"""Charts on a page: drawn once for each result, kept, and labelled for screen readers."""

from collections.abc import Collection
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from annlab.analysis.evaluation import evaluate
from annlab.analysis.prediction import predict
from annlab.analysis.surfaces import (
    Plane,
    line_beyond,
    output_surface,
    plane_through,
    ranges_without_samples,
)
from annlab.analysis.truth import TruthScores, score_against_truth
from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import FUNCTIONS, Dataset, Split, load_for_training
from annlab.figures import (
    MAX_POINTS,
    MODEL_COLOURS,
    MODEL_NAMES,
    CurvePart,
    Curves,
    Over,
    SurfacePoints,
    ThemeName,
    class_regions,
    confusion_matrix,
    decision_surface,
    fitted_curve,
    image_grid,
    learning_curves,
    network_graph,
    points,
    points_on_line,
    predicted_against_true,
    residual_histogram,
    residuals,
)
from annlab.nn.forward import Layers
from annlab.runs.run import Epoch, Run
from annlab.ui.shell import DRAWN

# Figures and scores that a server keeps; the oldest go.
_KEPT = 100
# While a surface moves, the browser has to draw it several times a second.
LIVE_POINTS = 400
LIVE_RESOLUTION = 60
PREVIEW_POINTS = 300
PLOT_CONFIG = {"displaylogo": False, "displayModeBar": False}
# In the keys of charts that show no results.
_NOT_RESULTS = ("live-", "explorer-")


def show(figure: go.Figure, key: str, description: str, **more: Any) -> Any:
    """Put a chart on the page.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
    key : str
        Its name on the page.
    description : str
        Read by screen readers.
    **more
        For `st.plotly_chart`.
    """
    drawn()[key] = (description[:1].upper() + description[1:], figure)
    return st.plotly_chart(figure, key=key, config=PLOT_CONFIG, theme=None, alt=description, **more)


def drawn() -> dict[str, tuple[str, go.Figure]]:
    """The charts on this page, and what each shows, by key."""
    return st.session_state.setdefault(DRAWN, {})


def results_drawn() -> dict[str, tuple[str, go.Figure]]:
    """Those of the charts on this page that show results."""
    return {
        key: chart
        for key, chart in drawn().items()
        if not any(word in key for word in _NOT_RESULTS)
    }


def forget_results() -> None:
    """Drop the charts of the results: those that are not drawn again are of an earlier view."""
    for key in results_drawn():
        del drawn()[key]


# --- while a network learns -------------------------------------------------------------------


def live(
    config: RunConfig,
    layers: Layers,
    dataset: Dataset,
    axes: tuple[int, int],
    model: int,
    theme: ThemeName,
) -> go.Figure | None:
    """What one network says now about the training points; None where that is no picture."""
    if config.dataset.spec.image_shape:
        return None
    if not dataset.class_names:
        stack = [(W[None], b[None]) for W, b in layers]
        if dataset.X_train.shape[1] == 1:
            x = line_beyond(dataset.X_train[:, 0])
            said = predict(config, stack, dataset, x[:, None])
            return _fit(config, x, said, dataset, 0, model, theme)
        said = predict(config, stack, dataset, dataset.X_train)[0]
        return _against_true(config, dataset.y_train, said, dataset, model, theme, LIVE_POINTS)
    plane = plane_through(dataset.X_train, axes, LIVE_RESOLUTION)
    return _surface(config, layers, dataset, "train", plane, theme, LIVE_POINTS)


def _network(run: Run, epoch: Epoch, seed: int) -> Layers:
    """The weights and biases of one network of a run."""
    return [(W[seed], b[seed]) for W, b in run.layers(epoch)]


# --- classes on a plane -----------------------------------------------------------------------


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def surface(
    fingerprint: str,
    epoch: Epoch,
    seed: int,
    axes: tuple[int, int],
    part: Split,
    theme: ThemeName,
    cell: tuple[int, int] | None,
    narrow: bool,
    _run: Run,
    _dataset: Dataset,
) -> go.Figure:
    """The surface of one network of a run at one epoch, with the points of a part on it.

    `cell` is a cell of the confusion matrix, (true, predicted), whose points are ringed;
    `narrow` leaves the colour bar out.
    """
    layers = _network(_run, epoch, seed)
    X, _ = _dataset.split("all")
    plane = plane_through(X, axes)
    figure = _surface(_run.config, layers, _dataset, part, plane, theme, cell=cell)
    if narrow:
        figure.update_traces(showscale=False, selector={"type": "heatmap"})
        figure.update_layout(margin={"r": 22})
    return figure


def _surface(
    config: RunConfig,
    layers: Layers,
    dataset: Dataset,
    part: Split,
    plane: Plane,
    theme: ThemeName,
    max_points: int = MAX_POINTS,
    cell: tuple[int, int] | None = None,
) -> go.Figure:
    X, y = dataset.split(part)
    said = predict(config, layers, dataset, X)
    values = output_surface(layers, plane, config.model.activation, config.output_activation)
    names = (_feature(config, dataset, plane.axes[0]), _feature(config, dataset, plane.axes[1]))
    others = X.shape[1] - 2
    draw = decision_surface if values.shape[-1] == 1 else class_regions
    return draw(
        plane,
        values,
        SurfacePoints(X, y, said != y),
        names,
        dataset.class_names,
        note=f"the {others} other features at their median" if others else "",
        max_points=max_points,
        rings=None if cell is None else np.flatnonzero((y == cell[0]) & (said == cell[1])),
        theme=theme,
    )


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def confusion(
    fingerprint: str,
    epoch: Epoch,
    seed: int,
    part: Split,
    model: int,
    theme: ThemeName,
    _counts: np.ndarray,
    _class_names: tuple[str, ...],
) -> go.Figure:
    """The confusion matrix of one network, in its model's colour."""
    return confusion_matrix(_counts, _class_names, MODEL_COLOURS[model], theme)


# --- values -----------------------------------------------------------------------------------


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def fit(
    fingerprint: str,
    epoch: Epoch,
    seed: int,
    model: int,
    theme: ThemeName,
    _run: Run,
    _dataset: Dataset,
    _whole: Dataset,
) -> go.Figure:
    """The curve that one network of a run has fitted, and the range of all of them.

    `_dataset` is what that network sees, `_whole` what all see.
    """
    layers, x = _run.layers(epoch), line_beyond(_dataset.X_train[:, 0])
    said = predict(_run.config, layers, _dataset, x[:, None])
    if _whole.networks:
        said = _each_in_its_scale(_run, layers, _whole, seed, x)
    return _fit(_run.config, x, said, _dataset, seed, model, theme, _run.counted)


def _each_in_its_scale(
    run: Run, layers: Layers, whole: Dataset, seed: int, x: np.ndarray
) -> np.ndarray:
    """What networks say that were each scaled on their own data: shape (n_seeds, n_x).

    `x` is in the scale of the network `seed`.
    """
    # Runs of an earlier version do not say how they were scaled.
    scales = run.preprocessing or load_for_training(run.config).preprocessing
    raw = (x - scales.shift[seed, 0]) / scales.factor[seed, 0]
    said = []
    for k, network in enumerate(whole.networks):
        own = (raw * scales.factor[k, 0] + scales.shift[k, 0]).astype(np.float32)
        one = [(W[k], b[k]) for W, b in layers]
        said.append(predict(run.config, one, network, own[:, None]))
    return np.stack(said)


def _fit(
    config: RunConfig,
    line: np.ndarray,
    said: np.ndarray,
    dataset: Dataset,
    seed: int,
    model: int,
    theme: ThemeName,
    counted: np.ndarray | None = None,
) -> go.Figure:
    x = dataset.X_train[:, 0]
    _, y = dataset.split("all")
    space = 0.4 * float(np.ptp(y))
    kept = (
        np.concatenate([dataset.X_validation, dataset.X_test]),
        np.concatenate([dataset.y_validation, dataset.y_test]),
    )
    function = config.dataset.function if config.dataset.scaling == "none" else None
    return fitted_curve(
        line,
        said,
        seed,
        x,
        dataset.y_train,
        name=MODEL_NAMES[model],
        colour=MODEL_COLOURS[model],
        truth=FUNCTIONS[function].f(line) if function else None,
        held_out=(kept[0][:, 0], kept[1]) if len(kept[1]) else None,
        without_data=ranges_without_samples(x, line),
        axis_names=(_feature(config, dataset, 0), config.dataset.spec.target_name),
        y_range=(float(y.min()) - space, float(y.max()) + space),
        counted=counted,
        theme=theme,
    )


def _feature(config: RunConfig, dataset: Dataset, k: int) -> str:
    scaled = "" if config.dataset.scaling == "none" else " (scaled)"
    return dataset.feature_names[k] + scaled


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def against_true(
    fingerprint: str,
    epoch: Epoch,
    seed: int,
    part: Split,
    model: int,
    theme: ThemeName,
    _run: Run,
    _dataset: Dataset,
) -> go.Figure:
    """What one network of a run predicts against what is true."""
    y, said = _said(_run, _dataset, part, epoch, seed)
    return _against_true(_run.config, y, said, _dataset, model, theme)


def _against_true(
    config: RunConfig,
    y: np.ndarray,
    said: np.ndarray,
    dataset: Dataset,
    model: int,
    theme: ThemeName,
    max_points: int = MAX_POINTS,
) -> go.Figure:
    _, everything = dataset.split("all")
    space = 0.1 * float(np.ptp(everything))
    return predicted_against_true(
        y,
        said,
        name=MODEL_NAMES[model],
        colour=MODEL_COLOURS[model],
        target_name=config.dataset.spec.target_name,
        lim=(float(everything.min()) - space, float(everything.max()) + space),
        theme=theme,
        max_points=max_points,
    )


def _said(
    run: Run, dataset: Dataset, part: Split, epoch: Epoch, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    X, y = dataset.split(part)
    layers = _network(run, epoch, seed)
    return y, predict(run.config, layers, dataset, X)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def errors(
    fingerprint: str,
    epoch: Epoch,
    seed: int,
    part: Split,
    model: int,
    theme: ThemeName,
    predictions: tuple[float, float],
    most: float,
    _run: Run,
    _dataset: Dataset,
) -> tuple[go.Figure, go.Figure]:
    """The residuals of one network of a run: against the prediction, and their histogram.

    `predictions` is the range of the predictions of all models, `most` their largest residual.
    """
    y, said = _said(_run, _dataset, part, epoch, seed)
    look: dict[str, Any] = {
        "colour": MODEL_COLOURS[model],
        "target_name": _run.config.dataset.spec.target_name,
        "theme": theme,
    }
    ends = (-most, most)
    return (
        residuals(said, y - said, x_range=predictions, y_range=ends, **look),
        residual_histogram(y - said, x_range=ends, **look),
    )


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def range_of_errors(
    models: tuple[tuple[str, Epoch], ...],
    seed: int,
    part: Split,
    _runs: list[Run],
    _dataset: Dataset,
) -> tuple[tuple[float, float], float]:
    """The range of the predictions of several models, and their largest residual: one scale.

    `models` holds the fingerprint and the epoch of each.
    """
    found = [
        _said(run, _dataset, part, epoch, seed)
        for (_, epoch), run in zip(models, _runs, strict=True)
    ]
    low, high = (float(end([end(said) for _, said in found])) for end in (np.min, np.max))
    space = 0.05 * (high - low) or 1.0
    most = max(float(np.abs(y - said).max()) for y, said in found)
    return (low - space, high + space), 1.05 * most or 1.0


# --- of all models ----------------------------------------------------------------------------


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def curves(
    models: tuple[tuple[int, str], ...],
    metric: str,
    cursor: int,
    weights: tuple[Epoch, ...],
    over: Over,
    parts: tuple[CurvePart, ...],
    log_scale: bool,
    individual: bool,
    theme: ThemeName,
    _runs: list[Run],
) -> go.Figure:
    """One column of the histories of finished runs, with a cursor at an epoch.

    `models` holds the place of each run among letters and colours, and its fingerprint;
    `weights` whose weights are shown: those of networks that stopped early are marked.
    """
    many = any(run.n_seeds > 1 for run in _runs)
    return learning_curves(
        [
            Curves(
                MODEL_NAMES[place],
                run.history,
                MODEL_COLOURS[place],
                run.epoch_seconds,
                run.steps_per_epoch,
                run.diverged_epochs,
                run.shown_epochs(at) if run.stops_early and isinstance(at, str) else None,
            )
            for (place, _), at, run in zip(models, weights, _runs, strict=True)
        ],
        metric,
        curve_title(metric) + (": mean and range of the networks" if many else ""),
        max_epochs=max(run.n_epochs for run in _runs),
        cursor=cursor,
        over=over,
        parts=parts,
        individual=individual,
        log_scale=log_scale and metric == "loss",
        percent=metric == "accuracy",
        theme=theme,
    )


def curve_parts(columns: Collection[str], test: bool | None = None) -> tuple[CurvePart, ...]:
    """The splits whose curves are drawn.

    Parameters
    ----------
    columns : collection of str
        Names of the columns of all histories.
    test : bool or None
        Whether the test curve was asked for; None: nobody has said. Then it is drawn only where
        there is no validation split.
    """
    if test is None:
        test = "val_loss" not in columns
    return ("train", "val", "test") if test else ("train", "val")


def curve_title(metric: str) -> str:
    """What a column of the history is called on a chart."""
    return {"mse": "Mean squared error"}.get(metric, metric.capitalize())


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def preview(digest: str, theme: ThemeName, _config: DatasetConfig, _dataset: Dataset) -> go.Figure:
    """The points of a data set, small and without axes."""
    if _config.spec.image_shape:
        images = _dataset.X_train[:6].reshape(-1, *_config.spec.image_shape)
        names = [_dataset.class_names[k] for k in _dataset.y_train[:6]]
        figure = image_grid(in_unit_range(images), names, n_columns=3, theme=theme)
        figure.update_layout(height=150)
    elif _dataset.class_names:
        figure = points(_dataset, theme=theme, height=150, max_points=PREVIEW_POINTS)
    else:
        target = _config.spec.target_name
        figure = points_on_line(_dataset, target, theme, 150, PREVIEW_POINTS)
    figure.update_layout(showlegend=False, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    if _dataset.n_samples > PREVIEW_POINTS and not _config.spec.image_shape:
        # There is no room for the note among the points.
        figure.update_layout(margin={"b": 16}).update_annotations(yshift=-17, bgcolor=None)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.update_traces(marker_size=3, selector={"type": "scatter"})
    return figure


def in_unit_range(images: np.ndarray) -> np.ndarray:
    """Pixels between 0 and 1, of images as they were measured."""
    return np.clip(images / (float(images.max()) or 1.0), 0, 1)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def scores(fingerprint: str, epoch: Epoch, part: Split, _run: Run, _dataset: Dataset) -> Any:
    """The evaluation of a run at one epoch on one part."""
    return evaluate(_run, split=part, epoch=epoch, dataset=_dataset)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def truth(fingerprint: str, epoch: Epoch, _run: Run) -> TruthScores:
    """The errors of a run against the true function, at one epoch."""
    return score_against_truth(_run, epoch)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def graph(
    fingerprint: str, epoch: Epoch, seed: int, theme: ThemeName, _run: Run, _dataset: Dataset
) -> go.Figure:
    """One network of a run, drawn with its weights at one epoch."""
    layers = _network(_run, epoch, seed)
    outputs = (
        _dataset.class_names
        if len(layers[-1][1]) > 1
        else (f"P({_dataset.class_names[1]})",)
        if _dataset.class_names
        else (_run.config.dataset.spec.target_name,)
    )
    return network_graph(layers, _dataset.feature_names, outputs, theme)

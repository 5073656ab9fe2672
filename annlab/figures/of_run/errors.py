"""Error figures of a regression run, with shared axis ranges for several runs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from annlab import figures
from annlab.analysis.median_network import median_network
from annlab.datasets import Dataset, Split
from annlab.figures import MODEL_COLORS, MODEL_NAMES, ThemeName
from annlab.figures.base.plain_text import plain_text
from annlab.figures.base.subsample import MAX_POINTS
from annlab.figures.of_run.one_network import OneNetwork, network_that_draws
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch


def predicted_against_true(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    split: Split | None = None,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw predicted over true values of one network.

    Parameters
    ----------
    run, dataset, epoch, network, split, model, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the run is a classification, or has no samples in that split.
    """
    one = network_that_draws("residuals", run, dataset, epoch, network)
    return draw_against_true(one, split, model=model, theme=theme)


def draw_against_true(
    one: OneNetwork,
    split: Split | None,
    *,
    model: int = 0,
    max_points: int = MAX_POINTS,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw predicted over true values of a given network, like `predicted_against_true`."""
    X, y = one.samples(split)
    return figures.predicted_against_true(
        y,
        one.predict(X),
        name=MODEL_NAMES[model],
        color=MODEL_COLORS[model],
        target_name=plain_text(one.config.dataset.spec.target_name),
        lim=one.target_ranges()[0],
        max_points=max_points,
        theme=theme,
    )


def residuals(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    split: Split | None = None,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the residuals of one network over its predictions.

    Parameters
    ----------
    run, dataset, epoch, network, split, model, theme
        As described in `annlab.figures.of_run`.
    x_range, y_range : tuple of float or None
        Ranges of the axes, from `error_ranges` for several runs on one scale; None fits all
        values.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the run is a classification, or has no samples in that split.
    """
    one = network_that_draws("residuals", run, dataset, epoch, network)
    X, y = one.samples(split)
    prediction = one.predict(X)
    return figures.residuals(
        prediction,
        y - prediction,
        color=MODEL_COLORS[model],
        target_name=plain_text(one.config.dataset.spec.target_name),
        x_range=x_range,
        y_range=y_range,
        theme=theme,
    )


def residual_histogram(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    split: Split | None = None,
    x_range: tuple[float, float] | None = None,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw a histogram of the residuals of one network.

    Parameters
    ----------
    run, dataset, epoch, network, split, model, theme
        As described in `annlab.figures.of_run`.
    x_range : tuple of float or None
        Range of the horizontal axis, such as the residuals of `error_ranges`; None: all
        residuals.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the run is a classification, or has no samples in that split.
    """
    one = network_that_draws("residuals", run, dataset, epoch, network)
    X, y = one.samples(split)
    return figures.residual_histogram(
        y - one.predict(X),
        color=MODEL_COLORS[model],
        target_name=plain_text(one.config.dataset.spec.target_name),
        x_range=x_range,
        theme=theme,
    )


class ErrorRanges(NamedTuple):
    """Axis ranges that put the errors of several runs on one scale.

    Attributes
    ----------
    predictions, residuals : tuple of float
        Ranges in the unit of the target; the range of residuals is symmetric around 0.
    """

    predictions: tuple[float, float]
    residuals: tuple[float, float]


def error_ranges(
    runs: Sequence[Run],
    dataset: Dataset | None = None,
    *,
    epochs: Sequence[Epoch | None] | None = None,
    network: int | None = None,
    split: Split | None = None,
) -> ErrorRanges:
    """Common ranges of predictions and residuals of several runs on the same data.

    Parameters
    ----------
    runs : sequence of Run
    dataset, network, split
        As described in `annlab.figures.of_run`.
    epochs : sequence or None
        Epoch of each run; None: default epoch of each run.

    Returns
    -------
    ErrorRanges

    Raises
    ------
    ValueError
        If a run is a classification, or has no samples in that split.
    """
    k = median_network(runs) if network is None else network
    predictions, errors = [], []
    for run, epoch in zip(runs, epochs or [None] * len(runs), strict=True):
        one = network_that_draws("residuals", run, dataset, epoch, k)
        X, y = one.samples(split)
        predictions.append(one.predict(X))
        errors.append(float(np.abs(y - predictions[-1]).max()))
    low = float(np.min([found.min() for found in predictions]))
    high = float(np.max([found.max() for found in predictions]))
    space = 0.05 * (high - low) or 1.0
    most = 1.05 * max(errors) or 1.0
    return ErrorRanges((low - space, high + space), (-most, most))

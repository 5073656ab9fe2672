"""Figures of a run that predicts several numbers: curve in the plane, panels of targets."""

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab import figures
from annlab.analysis.surfaces import LINE_MARGIN, line_beyond
from annlab.datasets import Dataset, Split
from annlab.figures import MODEL_COLORS, MODEL_NAMES, ThemeName
from annlab.figures.base.plain_text import plain_texts
from annlab.figures.base.subsample import MAX_POINTS
from annlab.figures.curve_ticks import positions_along
from annlab.figures.of_run.fits import curves_of_all
from annlab.figures.of_run.one_network import (
    OneNetwork,
    loaded,
    network_index,
    network_that_draws,
)
from annlab.figures.plane_curve import PlaneSamples, draws_in_plane
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]
Range = tuple[float, float]

# Positions of a curve along its feature, beside the round values.
CURVE_RESOLUTION = 150


def plane_curve(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the curve of one network in the plane of two targets, as its one feature grows.

    Parameters
    ----------
    run, dataset, epoch, network, model, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the run does not predict two numbers from one feature.

    Examples
    --------
    >>> from annlab import DatasetConfig, RunConfig, TrainingConfig, train
    >>> config = RunConfig(
    ...     dataset=DatasetConfig(name="plane_curve"), training=TrainingConfig(max_epochs=1)
    ... )
    >>> plane_curve(train(config)).layout.xaxis.title.text
    'u'
    """
    whole, k = loaded(run, dataset), network_index(run, network)
    one = network_that_draws("plane_curve", run, whole, epoch, k)
    if not draws_in_plane(one.dataset):
        n_features, n_targets = one.dataset.X_train.shape[1], len(one.dataset.target_names)
        raise ValueError(
            f"plane_curve needs one feature and two targets; this data set has {n_features} and "
            f"{n_targets}. Draw it with target_scatters"
        )
    t = times_of(one.dataset)
    curves = curves_of_all(run, whole, epoch, k, t)
    return draw_plane_curve(one, t, curves, k, counted=run.counted, model=model, theme=theme)


def times_of(dataset: Dataset) -> Array:
    """Values of the one feature from its smallest to its largest, with all round ones."""
    x = dataset.split("all")[0][:, 0]
    # Between two equal ends there is nothing to draw, and no round value.
    line = line_beyond(x, 2, margin=0.0 if np.ptp(x) else LINE_MARGIN)
    return positions_along(float(line[0]), float(line[-1]), CURVE_RESOLUTION)


def draw_plane_curve(
    one: OneNetwork,
    t: Array,
    curves: Array,
    network: int,
    *,
    counted: NDArray[np.bool_] | None = None,
    max_points: int = MAX_POINTS,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the curve of the network `one`, at index `network`, and thin lines of others."""
    plane = plane_of_data(one, t)
    u, v = plain_texts(one.dataset.target_names)
    return figures.plane_curve(
        t,
        curves,
        network,
        plane.samples,
        name=MODEL_NAMES[model],
        color=MODEL_COLORS[model],
        axis_names=(u, v, one.feature_name(0)),
        ranges=plane.ranges,
        truth=plane.truth,
        held_out=plane.held_out,
        counted=counted,
        max_points=max_points,
        theme=theme,
    )


class PlaneOfData(NamedTuple):
    """What a picture of a curve in the plane shows beside the curve.

    Attributes
    ----------
    truth : ndarray, shape (n_t, 2), or None
        Targets without noise, if they are known and the feature is not scaled.
    samples : PlaneSamples
        Training samples.
    held_out : PlaneSamples or None
        Validation and test samples.
    ranges : tuple of (low, high)
        Ranges of the axes.
    """

    truth: Array | None
    samples: PlaneSamples
    held_out: PlaneSamples | None
    ranges: tuple[Range, Range]


def plane_of_data(one: OneNetwork, t: Array) -> PlaneOfData:
    """What a picture of the curve of a network shows beside the curve at values of `t`."""
    data, config, held_out = one.dataset, one.config.dataset, one.held_out
    truth = config.spec.truth if config.scaling == "none" else None
    u_range, v_range = one.target_ranges()
    return PlaneOfData(
        truth(t[:, None]) if truth else None,
        PlaneSamples(data.X_train[:, 0], data.y_train),
        PlaneSamples(held_out[0][:, 0], held_out[1]) if held_out else None,
        (u_range, v_range),
    )


def target_scatters(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    split: Split | None = None,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw predicted over true values of one network, in a panel for each target.

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
        If the run does not predict several numbers, or has no samples in that split.

    Examples
    --------
    >>> from annlab import DatasetConfig, RunConfig, TrainingConfig, train
    >>> config = RunConfig(
    ...     dataset=DatasetConfig(name="linnerud"), training=TrainingConfig(max_epochs=1)
    ... )
    >>> [title.text for title in target_scatters(train(config)).layout.annotations]
    ['weight (lb)', 'waist (in)', 'pulse (per minute)']
    """
    one = network_that_draws("targets", run, dataset, epoch, network)
    return draw_target_scatters(one, split, model=model, theme=theme)


def draw_target_scatters(
    one: OneNetwork,
    split: Split | None,
    *,
    max_points: int = MAX_POINTS,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw predicted over true values of a given network, like `target_scatters`."""
    X, y = one.samples(split)
    return figures.target_scatters(
        y,
        one.predict(X),
        name=MODEL_NAMES[model],
        color=MODEL_COLORS[model],
        target_names=plain_texts(one.dataset.target_names),
        limits=one.target_ranges(),
        max_points=max_points,
        theme=theme,
    )

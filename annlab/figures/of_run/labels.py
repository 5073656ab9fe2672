"""Figures of a run that predicts labels: counts of each label, surfaces over two features."""

import numpy as np
import plotly.graph_objects as go

from annlab import figures
from annlab.analysis.surfaces import Plane
from annlab.datasets import Dataset, Split
from annlab.figures import ThemeName
from annlab.figures.base.plain_text import plain_texts
from annlab.figures.base.subsample import MAX_POINTS
from annlab.figures.label_marks import LabeledPoints
from annlab.figures.of_run.one_network import OneNetwork, network_that_draws
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch


def label_counts(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    split: Split | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw how many samples one network is right and wrong about, for each label.

    Parameters
    ----------
    run, dataset, epoch, network, split, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the run does not predict labels, or has no samples in that split.
    """
    one = network_that_draws("label_surfaces", run, dataset, epoch, network)
    X, y = one.samples(split)
    counts = np.zeros((y.shape[1], 2, 2), np.int64)
    np.add.at(counts, (np.arange(y.shape[1]), y, one.predict(X)), 1)
    return figures.label_counts(counts, plain_texts(one.dataset.target_names), theme=theme)


def label_surfaces(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    split: Split | None = None,
    axes: tuple[int, int] = (0, 1),
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw where a network predicts each label over two features, and the samples of a split.

    Parameters
    ----------
    run, dataset, epoch, network, split, theme
        As described in `annlab.figures.of_run`.
    axes : tuple of int
        Indices of the features on x and y; all other features are at their median.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the run does not predict labels, has one feature, or has no samples in that split.

    Examples
    --------
    >>> from annlab import DatasetConfig, RunConfig, TrainingConfig, train
    >>> config = RunConfig(
    ...     dataset=DatasetConfig(name="labels"), training=TrainingConfig(max_epochs=1)
    ... )
    >>> label_surfaces(train(config)).layout.xaxis.title.text
    'x1'
    """
    one = network_that_draws("label_surfaces", run, dataset, epoch, network)
    return draw_label_surfaces(one, one.plane(axes), split, theme=theme)


def draw_label_surfaces(
    one: OneNetwork,
    plane: Plane,
    split: Split | None,
    *,
    max_points: int = MAX_POINTS,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the label surfaces of one network over a plane, like `label_surfaces`."""
    X, y = one.samples(split)
    return figures.label_surfaces(
        plane,
        one.surface(plane),
        LabeledPoints(X[:, list(plane.axes)], y, one.predict(X)),
        one.axis_names(plane),
        plain_texts(one.dataset.target_names),
        note=one.plane_note,
        max_points=max_points,
        theme=theme,
    )

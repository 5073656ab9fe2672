"""Figures of a classification run: decision surface, confusion matrix, class probabilities."""

import numpy as np
import plotly.graph_objects as go

from annlab import figures
from annlab.analysis.prediction import class_probabilities, forward_pass
from annlab.analysis.surfaces import Plane
from annlab.datasets import Dataset, Split
from annlab.figures import MODEL_COLORS, SurfacePoints, ThemeName
from annlab.figures.base.plain_text import plain_texts
from annlab.figures.base.subsample import MAX_POINTS
from annlab.figures.of_run.one_network import OneNetwork, network_that_draws
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch


def decision_surface(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    split: Split | None = None,
    axes: tuple[int, int] = (0, 1),
    cell: tuple[int, int] | None = None,
    color_bar: bool = True,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw class probabilities over two features, and the samples of a split.

    Parameters
    ----------
    run, dataset, epoch, network, split, theme
        As described in `annlab.figures.of_run`.
    axes : tuple of int
        Indices of the features on x and y; all other features are at their median.
    cell : (true, predicted) or None
        Cell of the confusion matrix; samples in the cell get a ring.
    color_bar : bool
        Draw a color bar beside a surface of two classes.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the run is a regression, has one feature, or has no samples in that split.
    """
    one = network_that_draws("surface", run, dataset, epoch, network)
    return draw_surface(one, one.plane(axes), split, cell=cell, color_bar=color_bar, theme=theme)


def draw_surface(
    one: OneNetwork,
    plane: Plane,
    split: Split | None,
    *,
    cell: tuple[int, int] | None = None,
    color_bar: bool = True,
    max_points: int = MAX_POINTS,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the decision surface of one network, with the options of `decision_surface`."""
    X, y = one.samples(split)
    called = one.predict(X)
    config, names = one.config, plain_texts(one.dataset.class_names)
    probabilities = class_probabilities(forward_pass(config, one.layers, X).output)
    sure = probabilities[np.arange(len(X)), called]
    predicted = [f"predicted: {names[k]}, {p:.0%}" for k, p in zip(called, sure, strict=True)]
    values = one.surface(plane)
    what = (
        plane,
        values,
        SurfacePoints(X, y, called != y, predicted),
        one.axis_names(plane),
        names,
    )
    rings = None if cell is None else np.flatnonzero((y == cell[0]) & (called == cell[1]))
    if values.shape[-1] == 1:
        return figures.decision_surface(
            *what,
            note=one.plane_note,
            max_points=max_points,
            rings=rings,
            color_bar=color_bar,
            theme=theme,
        )
    return figures.class_regions(
        *what, note=one.plane_note, max_points=max_points, rings=rings, theme=theme
    )


def confusion_matrix(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    split: Split | None = None,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the confusion matrix of one network.

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
        If the run is a regression, or has no samples in that split.
    """
    one = network_that_draws("confusion", run, dataset, epoch, network)
    names = plain_texts(one.dataset.class_names)
    color = MODEL_COLORS[model]
    return figures.confusion_matrix(one.confusion(split), names, color, theme=theme)


def probability_bars(
    run: Run,
    dataset: Dataset | None = None,
    *,
    sample: int,
    epoch: Epoch | None = None,
    network: int | None = None,
    split: Split | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the predicted probability of each class for one sample.

    Parameters
    ----------
    run, dataset, epoch, network, split, theme
        As described in `annlab.figures.of_run`.
    sample : int
        Index of the sample in its split.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the run is a regression, or has no samples in that split.
    """
    one = network_that_draws("confusion", run, dataset, epoch, network)
    X, y = one.samples(split)
    output = forward_pass(one.config, one.layers, X[[sample]]).output[0]
    return figures.probability_bars(
        class_probabilities(output),
        plain_texts(one.dataset.class_names),
        int(y[sample]),
        theme=theme,
    )

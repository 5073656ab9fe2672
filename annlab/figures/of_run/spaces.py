"""Units and layers of one network of a run: maps of units, and the space of a layer."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab import figures
from annlab.analysis.layer_space import boundary_space, layer_spaces, space_values
from annlab.analysis.surfaces import plane_through
from annlab.analysis.unit_importance import most_important, unit_importance
from annlab.datasets import Dataset, Split
from annlab.figures import ThemeName
from annlab.figures.base.plain_text import plain_texts
from annlab.figures.base.subsample import MAX_POINTS, evenly_spaced
from annlab.figures.of_run.inside import MAX_UNITS
from annlab.figures.of_run.one_network import OneNetwork, one_network
from annlab.nn.tasks import TargetKind, as_columns
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]

MAP_RESOLUTION = 40
# Lines of the grid in each direction, and points of a line.
GRID_LINES, GRID_POINTS = 13, 33


def unit_maps(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the activation of every unit over the plane; of large layers, the most important ones.

    Parameters
    ----------
    run, dataset, epoch, network, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the data do not have two features.
    """
    one = one_network(run, dataset, epoch, network)
    X, _ = one.samples("all")
    if X.shape[1] != 2:
        raise ValueError(f"unit_maps needs two features; these data have {X.shape[1]}")
    importance = unit_importance(one.layers, one.inputs(one.dataset.X_train), *one.functions)
    plane = plane_through(X, resolution=MAP_RESOLUTION)
    return figures.unit_maps(
        one.layers,
        plane,
        one.inputs(plane.points),
        *one.functions,
        shown=[most_important(of_layer, MAX_UNITS).tolist() for of_layer in importance],
        input_names=plain_texts(one.input_names),
        output_names=plain_texts(one.output_names),
        theme=theme,
    )


def layer_space(
    run: Run,
    dataset: Dataset | None = None,
    *,
    layer: int,
    epoch: Epoch | None = None,
    network: int | None = None,
    split: Split | None = None,
    target: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the samples, and the grid of the plane, in the space of one layer.

    In the last hidden space of two classes, or of a label, the output's boundary is a straight
    line.

    Parameters
    ----------
    run, dataset, epoch, network, split, theme
        As described in `annlab.figures.of_run`.
    layer : int
        0 is the input, the number of hidden layers + 1 the output.
    target : int
        Index of the target that colors the samples, or of the label that colors them and has the
        boundary.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the network has no such layer or target.
    """
    one = one_network(run, dataset, epoch, network)
    last = one_network(run, dataset, None, network)
    n_layers = len(one.layers)
    if not 0 <= layer <= n_layers:
        raise ValueError(f"layer: must be from 0 to {n_layers}; got {layer}")
    space = layer_spaces(last.layers, one.inputs(one.dataset.X_train), *one.functions)[layer]
    X, y = one.samples(split)
    y = as_columns(y)
    if not 0 <= target < y.shape[1]:
        raise ValueError(f"target: must be from 0 to {y.shape[1] - 1}; got {target}")
    some = evenly_spaced(len(X), MAX_POINTS)
    A = activations(one, X[some], layer)
    W, b = one.layers[-1]
    boundary = None
    names = [f"principal axis {k + 1}" for k in range(2)]
    if space.share is None:
        names = _unit_names(one, layer, A.shape[1])
    of_boundary = _BOUNDARIES[run.config.task.kind](one, target)
    if layer == n_layers - 1 and of_boundary is not None:
        boundary = W[:, of_boundary].astype(float), float(b[of_boundary])
        if space.share is not None:
            seen = activations(last, one.dataset.X_train, layer)
            w, bias = last.layers[-1][0][:, of_boundary], last.layers[-1][1][of_boundary]
            fitted = boundary_space(seen, w.astype(float), float(bias))
            space = boundary_space(A, *boundary, fitted)
            names = ["distance to the boundary", "along the boundary"]
    return figures.layer_space(
        space,
        A,
        y[some, target],
        plain_texts(one.value_names),
        axis_names=names,
        grid=[activations(one, line, layer) for line in grid_lines(one)],
        boundary=boundary,
        theme=theme,
    )


# Output whose boundary is drawn, or None, by the kind of the targets.
_BOUNDARIES: dict[TargetKind, Callable[[OneNetwork, int], int | None]] = {
    "class": lambda one, target: 0 if len(one.layers[-1][1]) == 1 else None,
    "values": lambda one, target: None,
    "labels": lambda one, target: target,
}


def activations(one: OneNetwork, X: Array, layer: int) -> Array:
    """Positions of samples in the space of one layer, as in `space_values`; 0 is the input."""
    values = space_values(one.layers, one.inputs(X), *one.functions)
    return next(islice(values, layer, None))


def grid_lines(one: OneNetwork) -> list[Array]:
    """Lines of a grid over the plane, each (n_points, 2); none without a plane."""
    X, _ = one.samples("all")
    if X.shape[1] != 2:
        return []
    plane = plane_through(X, resolution=GRID_POINTS)
    across = [np.linspace(side[0], side[-1], GRID_LINES) for side in (plane.x, plane.y)]
    upright = [np.stack([np.full(GRID_POINTS, x), plane.y], axis=1) for x in across[0]]
    level = [np.stack([plane.x, np.full(GRID_POINTS, y)], axis=1) for y in across[1]]
    return upright + level


def _unit_names(one: OneNetwork, layer: int, n: int) -> list[str]:
    if layer == 0:
        return list(plain_texts(one.input_names))
    if layer == len(one.layers):
        return list(plain_texts(one.output_names))
    names = [f"h{layer}.{k + 1}" for k in range(one.layers[layer - 1][0].shape[1])]
    return [*names, *plain_texts(one.input_names)][:n]

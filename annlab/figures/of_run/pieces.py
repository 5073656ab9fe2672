"""Linear pieces of networks of a run with two features and a piecewise-linear activation."""

from math import inf
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab import figures
from annlab.analysis.pieces import Pieces, Range, count_pieces, largest_count, typical_count
from annlab.analysis.pieces import linear_pieces as pieces_of_network
from annlab.analysis.surfaces import plane_through
from annlab.datasets import Dataset, Split
from annlab.figures import MODEL_NAMES, SurfacePoints, ThemeName
from annlab.figures.base.subsample import evenly_spaced
from annlab.figures.of_run.one_network import OneNetwork, network_index, one_network
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]

# Time for counting the pieces of all networks.
COUNT_SECONDS = 2.0
# Epochs of which the pieces are counted where all epochs take too long.
FEW_EPOCHS = 6


def linear_pieces(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    split: Split | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the polygons on which a network is linear, its boundary, and the samples of a split.

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
        If the activation is not piecewise linear, the data do not have two features, or there
        are more pieces than can be drawn.
    """
    pieces, one = pieces_of(run, dataset, epoch=epoch, network=network)
    points, names = None, one.dataset.class_names
    if names:
        X, y = one.samples(split)
        points = SurfacePoints(X, y, one.predict(X) != y)
    axis_names = (one.feature_name(0), one.feature_name(1))
    return figures.linear_pieces(pieces, axis_names, names, points=points, theme=theme)


def pieces_of(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
) -> tuple[Pieces, OneNetwork]:
    """Linear pieces of one network over the plane of its samples, and the network.

    Parameters and errors are those of `linear_pieces`.
    """
    one = one_network(run, dataset, epoch, network)
    return pieces_of_network(one.layers, run.config.model.activation, *_rectangle(one)), one


def piece_counts(
    run: Run,
    dataset: Dataset | None = None,
    *,
    network: int | None = None,
    cursor: int | None = None,
    seconds: float = COUNT_SECONDS,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the number of linear pieces over the epochs, for all networks if time allows.

    Parameters
    ----------
    run, dataset, network, model, theme
        As described in `annlab.figures.of_run`.
    cursor : int or None
        Epoch marked by a vertical line.
    seconds : float
        If counting all networks takes longer, only `network` is drawn; if that takes longer, it is
        drawn at six epochs.

    Returns
    -------
    plotly.graph_objects.Figure
        Without diverged networks. The pieces are those in the rectangle of `linear_pieces`.

    Raises
    ------
    ValueError
        As for `linear_pieces`.
    """
    k = network_index(run, network)
    what = run.config.model.activation, *_rectangle(one_network(run, dataset, None, k))
    epochs, networks = run.checkpoints.epochs, np.flatnonzero(run.counted)
    alone = np.array([k])
    every, some = np.arange(len(epochs)), evenly_spaced(len(epochs), FEW_EPOCHS)
    # Only the last of them may take as long as it needs.
    for shown, of, limit in (
        (every, networks, seconds),
        (every, alone, seconds),
        (some, alone, inf),
    ):
        layers = [(W[np.ix_(shown, of)], b[np.ix_(shown, of)]) for W, b in run.checkpoints.layers]
        counts = count_pieces(layers, *what, seconds=limit)
        if counts is not None:
            break
    else:
        raise ValueError("the network has more linear pieces than can be counted")
    sizes = run.config.model.hidden_sizes
    bound = largest_count(sizes, run.config.model.activation)
    return figures.piece_counts(
        epochs[shown],
        counts,
        bound=bound,
        typical=typical_count(sizes) if bound is None else None,
        name=MODEL_NAMES[model],
        cursor=cursor,
        theme=theme,
    )


def _rectangle(one: OneNetwork) -> tuple[Range, Range]:
    """Sides of the plane of `annlab.figures.of_run.decision_surface`."""
    X, _ = one.samples("all")
    if X.shape[1] != 2:
        raise ValueError(f"linear pieces need two features; these data have {X.shape[1]}")
    plane = plane_through(X)
    return (float(plane.x[0]), float(plane.x[-1])), (float(plane.y[0]), float(plane.y[-1]))

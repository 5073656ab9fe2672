"""Loss of a network around its weights, on a plane, and the path of its training there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.minimized_loss import minimized_loss
from annlab.analysis.prediction import pieces_of_pass
from annlab.analysis.weight_planes import WeightPlane, flat, layered
from annlab.config import RunConfig
from annlab.datasets import Dataset
from annlab.runs.run import Run

Array = NDArray[Any]

# Networks along each side of a grid, the finest first; and samples that a coarser grid is better
# than going below.
GRIDS, FEWEST_SAMPLES = (25, 15), 200
# Most multiplications of one picture: about a second on one core in a page, a minute in a worker.
MOST_WORK, MOST_WORK_OF_WORKER = 1_000_000_000, 60_000_000_000
# Most parameters in memory at a time.
_NUMBERS = 4_000_000
# Free space around path and marks, as a share of their extent; and smallest extent of an axis.
_MARGIN, _LEAST_EXTENT = 0.25, 1.0


class Effort(NamedTuple):
    """How finely a landscape is computed.

    Attributes
    ----------
    grid : int
        Networks along each side.
    n_samples : int
        Samples of the training split that count.
    """

    grid: int
    n_samples: int


@dataclass(frozen=True, eq=False)
class PlanePath:
    """Training of one network, projected on a plane.

    Attributes
    ----------
    network : int
        Index in the run.
    epochs : ndarray of int, shape (n_checkpoints,)
    places : ndarray, shape (n_checkpoints, 2)
        Nearest places on the plane.
    distances : ndarray, shape (n_checkpoints,)
        Distance from the plane.
    losses : ndarray, shape (n_checkpoints,)
        Training loss of the network itself, which the plane shows only where the distance is 0.
    share : float
        Share of the path's variance in the plane, from 0 to 1; NaN for a network that never moved.
    """

    network: int
    epochs: NDArray[np.int64]
    places: Array
    distances: Array
    losses: Array
    share: float


@dataclass(frozen=True, eq=False)
class Landscape:
    """Training loss on a plane of networks.

    Attributes
    ----------
    plane : WeightPlane
    x, y : ndarray, shape (n,)
        Grid positions.
    losses : ndarray, shape (n, n)
        Mean loss, a row for each y; inf where a network overflows.
    paths : tuple of PlanePath
    n_samples, n_total : int
        Samples that count, and samples of the training split.
    """

    plane: WeightPlane
    x: Array
    y: Array
    losses: Array
    paths: tuple[PlanePath, ...]
    n_samples: int
    n_total: int


def effort_for(n_parameters: int, n_total: int, most_work: int = MOST_WORK) -> Effort:
    """Choose grid and samples so that a landscape takes about a second.

    Parameters
    ----------
    n_parameters : int
        Weights and biases of one network.
    n_total : int
        Samples in the training split.
    most_work : int
        Most multiplications.

    Raises
    ------
    ValueError
        If the network is too large even for a coarse grid and few samples.
    """
    fewest = min(FEWEST_SAMPLES, n_total)
    for grid in GRIDS:
        affordable = most_work // (grid**2 * n_parameters)
        if affordable >= fewest:
            return Effort(grid, min(n_total, affordable))
    largest = most_work // (GRIDS[-1] ** 2 * FEWEST_SAMPLES)
    raise ValueError(
        f"This network has {n_parameters:,} weights and biases. A landscape is drawn for networks "
        f"with up to {largest:,}, because each of its {GRIDS[-1] ** 2} places is a whole network"
    )


def landscape(
    run: Run,
    dataset: Dataset,
    plane: WeightPlane,
    networks: Sequence[int],
    effort: Effort | None = None,
    losses: Array | None = None,
) -> Landscape:
    """Compute the training loss around the weights of a run, on a plane.

    Dropout is off, and L2 is left out, as in `evaluate`.

    Parameters
    ----------
    run : Run
    dataset : Dataset
        Data of the run's networks from `load_run_dataset`. The first network's samples count.
    plane : WeightPlane
        From `annlab.analysis.weight_planes`.
    networks : sequence of int
        Indices of the networks whose paths are projected, at least one.
    effort : Effort or None
        None: as `effort_for` chooses.
    losses : ndarray, shape (grid ** 2,), optional
        Losses at the places of `grid_of`, if they are known.

    Returns
    -------
    Landscape

    Raises
    ------
    ValueError
        If the network is too large.
    """
    data = dataset.of(networks[0])
    n_total = data.n_train_samples
    effort = effort or effort_for(run.n_parameters, len(data.X_train))
    paths = tuple(_path(run, plane, k) for k in networks)
    grid = _grid(paths, plane, effort, len(data.X_train))
    if losses is None:
        losses = losses_on_plane(run.config, data, plane, grid.places, grid.rows)
    shape = (len(grid.y), len(grid.x))
    return Landscape(plane, grid.x, grid.y, losses.reshape(shape), paths, effort.n_samples, n_total)


class Grid(NamedTuple):
    """Where a landscape is computed.

    Attributes
    ----------
    x, y : ndarray, shape (n,)
    rows : ndarray of int
        Samples of the training split that count.
    """

    x: Array
    y: Array
    rows: NDArray[np.int64]

    @property
    def places(self) -> Array:
        """All places, shape (n ** 2, 2), a row of the picture after another."""
        return np.stack(np.meshgrid(self.x, self.y), axis=-1).reshape(-1, 2)


def grid_of(run: Run, plane: WeightPlane, networks: Sequence[int], effort: Effort) -> Grid:
    """Return the grid of a landscape; parameters are those of `landscape`."""
    paths = tuple(_path(run, plane, k) for k in networks)
    return _grid(paths, plane, effort, run.config.n_train)


def _grid(paths: Sequence[PlanePath], plane: WeightPlane, effort: Effort, n_total: int) -> Grid:
    shown = [*(path.places for path in paths), np.array([mark[1:] for mark in plane.marks])]
    x, y = _ranges(np.concatenate(shown), effort.grid)
    return Grid(x, y, evenly_spaced_rows(n_total, effort.n_samples))


def evenly_spaced_rows(n_total: int, n: int) -> NDArray[np.int64]:
    """Rows of `n` evenly spaced samples, because those of a class may follow each other."""
    return np.linspace(0, n_total - 1, n).round().astype(np.int64)


def losses_on_plane(
    config: RunConfig, data: Dataset, plane: WeightPlane, places: Array, rows: Array | None = None
) -> Array:
    """Mean training loss of networks on a plane.

    Parameters
    ----------
    config : RunConfig
    data : Dataset
        Data of one network.
    plane : WeightPlane
    places : ndarray, shape (n, 2)
    rows : ndarray of int or None
        Samples of the training split; None: all.

    Returns
    -------
    ndarray, shape (n,)
        inf where a network overflows.
    """
    architecture, loss = config.architecture, minimized_loss(config, data)
    X, target = data.X_train, data.encoded_targets("train", architecture.n_outputs)
    if rows is not None:
        X, target = X[rows], target[rows]
    totals = np.zeros(len(places))
    at_once = max(1, _NUMBERS // architecture.n_parameters)
    with np.errstate(over="ignore", invalid="ignore"):
        for first in range(0, len(places), at_once):
            some = places[first : first + at_once]
            layers = layered(plane.networks(some).astype(np.float32), architecture)
            part = totals[first : first + at_once]
            for stack, samples, passed in pieces_of_pass(config, layers, X):
                values = loss.value(np, target[samples], passed.output, passed.logits)
                part[stack] += values.sum(axis=-1, dtype=np.float64)
    return np.where(np.isfinite(totals), totals, np.inf) / len(X)


def _path(run: Run, plane: WeightPlane, network: int) -> PlanePath:
    """Path of one network over the run's checkpoints."""
    layers = [(W[:, network], b[:, network]) for W, b in run.checkpoints.layers]
    parameters, epochs = flat(layers), run.checkpoints.epochs
    places, distances = plane.project(parameters)
    losses = run.history["train_loss"][epochs, network]
    share = plane.share_of_variance(parameters)
    return PlanePath(network, epochs, places, distances, losses, share)


def _ranges(places: Array, n: int) -> tuple[Array, Array]:
    """Grid positions along both axes that cover some places, with a margin."""
    low, high = places.min(axis=0), places.max(axis=0)
    half = np.maximum((high - low) * (0.5 + _MARGIN), _LEAST_EXTENT / 2)
    middle = (low + high) / 2
    x, y = (np.linspace(middle[k] - half[k], middle[k] + half[k], n) for k in range(2))
    return x, y

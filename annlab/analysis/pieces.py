"""Linear pieces: the exact polygons of the plane on which a piecewise-linear network is linear."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf, prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.linear_parts import linear_parts
from annlab.analysis.piece_bounds import typical_count
from annlab.analysis.polygons import (
    Cells,
    areas,
    centers,
    cross,
    ragged,
    split,
    values_at,
)
from annlab.nn.forward import Layers

Array = NDArray[Any]
Range = tuple[float, float]

# More pieces would take hundreds of megabytes.
MAX_PIECES = 50_000
# Pieces that networks cut at the same time are expected to have.
_AT_ONCE = 20_000


@dataclass(frozen=True)
class Pieces:
    """Convex polygons that tile a rectangle of the plane, with the network's logits on each.

    Attributes
    ----------
    x_range, y_range : tuple of float
        Sides of the rectangle.
    vertices : ndarray, shape (n_vertices, 2)
        Corners of all polygons, polygon after polygon, counterclockwise.
    starts : ndarray of int, shape (n + 1,)
        Piece k has the vertices from ``starts[k]`` up to ``starts[k + 1]``.
    pattern : ndarray of uint8, shape (n, n_hidden_units)
        Number of breakpoints below each hidden unit's pre-activation, layer after layer. For
        ReLU: 1 for a unit that is on, 0 for one that is off.
    gradients : ndarray, shape (n, 2, n_outputs)
        Gradient of each logit.
    intercepts : ndarray, shape (n, n_outputs)
        The logits are ``x @ gradients[k] + intercepts[k]`` on piece k.
    areas : ndarray, shape (n,)
        In the units of the features.
    cuts : ndarray, shape (n - 1, 2, 2)
        Both ends of the segments that separate the pieces. A later cut may end on an earlier one.
    cut_units : ndarray of int, shape (n - 1,)
        Hidden unit, in the order of `pattern`, that makes each cut.
    """

    x_range: Range
    y_range: Range
    vertices: Array
    starts: NDArray[np.int64]
    pattern: NDArray[np.uint8]
    gradients: Array
    intercepts: Array
    areas: Array
    cuts: Array
    cut_units: NDArray[np.int64]

    @property
    def n(self) -> int:
        """Number of pieces."""
        return len(self.areas)

    @property
    def slopes(self) -> Array:
        """Length of the gradient on each piece, over all logits: shape (n,)."""
        return np.sqrt((self.gradients**2).sum(axis=(1, 2)))

    def of_output(self, output: int) -> "Pieces":
        """Return the same polygons with one of the logits."""
        some = slice(output, output + 1)
        return replace(
            self, gradients=self.gradients[:, :, some], intercepts=self.intercepts[:, some]
        )

    def polygon(self, k: int) -> Array:
        """Corners of piece k, counterclockwise: shape (n_corners, 2)."""
        return self.vertices[self.starts[k] : self.starts[k + 1]]


class _Clipped(NamedTuple):
    """Cells of a stack of networks, in the order of the networks."""

    cells: Cells
    network: Array  # (n_cells,)
    pattern: Array  # (n_cells, n_hidden_units)
    planes: Array  # (3, n_outputs, n_cells): slopes along x and y, and intercept, of the logits
    cuts: Array  # (n_cuts, 2, 2)
    cut_units: Array  # (n_cuts,)


class _GaveUpError(Exception):
    """Too many cells, or out of time."""


def linear_pieces(layers: Layers, activation: str, x_range: Range, y_range: Range) -> Pieces:
    """Cut a rectangle into the pieces on which all hidden units keep their linear part.

    Each unit is linear on every piece of the layers before it, so its breakpoints are straight
    lines there, and cut the piece in two. A cut is left out where it would make a piece smaller
    than 1e-9 of the rectangle.

    Parameters
    ----------
    layers : sequence of (weights, biases)
        Layers of one network with two features: shapes (n_in, n_out) and (n_out,).
    activation : str
        Piecewise-linear activation of the hidden layers, by its name in
        `annlab.nn.activations.ACTIVATIONS`.
    x_range, y_range : tuple of float
        Smallest and largest value of each feature.

    Returns
    -------
    Pieces

    Raises
    ------
    ValueError
        If the hidden units are not piecewise linear, the network does not have two features, or
        there are more than 50,000 pieces.

    References
    ----------
    Montúfar, Pascanu, Cho & Bengio (2014), On the number of linear regions of deep neural
    networks. Humayun, Balestriero, Balakrishnan & Baraniuk (2023), SplineCam: exact visualization
    and characterization of deep network geometry and decision boundaries.
    """
    stack = [(W[None], b[None]) for W, b in layers]
    try:
        found = _clip(stack, activation, x_range, y_range)
    except _GaveUpError:
        raise ValueError(f"the network has more than {MAX_PIECES:,} linear pieces") from None
    origin, size = frame_of(x_range, y_range)
    gradients = found.planes[:2].transpose(2, 0, 1) / size[:, None]  # (n, 2, n_outputs)
    points, starts, sizes, _ = found.cells
    return Pieces(
        x_range,
        y_range,
        vertices=origin + size * points,
        starts=np.append(starts, sizes.sum()),
        pattern=found.pattern,
        gradients=gradients,
        intercepts=found.planes[2].T - origin @ gradients,
        areas=areas(points, sizes) * prod(size.tolist()),
        cuts=origin + size * found.cuts,
        cut_units=found.cut_units,
    )


def count_pieces(
    layers: Layers, activation: str, x_range: Range, y_range: Range, *, seconds: float = inf
) -> NDArray[np.int64] | None:
    """Number of linear pieces of every network of a stack.

    Parameters
    ----------
    layers : sequence of (weights, biases)
        Of shapes (..., 2, n_out), (..., n_in, n_out) and (..., n_out); leading axes stack
        networks, such as the epochs and seeds of `annlab.runs.run_record.Checkpoints`.
    activation, x_range, y_range
        As for `linear_pieces`.
    seconds : float
        Time after which to give up, or as soon as the first networks show that all together will
        take more than twice as long.

    Returns
    -------
    ndarray of int, or None
        Leading axes as in `layers`. None if the time is over, or there are too many pieces.

    Raises
    ------
    ValueError
        If the activation is not piecewise linear, or the networks do not have two features.
    """
    start = time.monotonic()
    leading = layers[0][0].shape[:-2]
    stack = [(W.reshape(-1, *W.shape[-2:]), b.reshape(-1, b.shape[-1])) for W, b in layers]
    n_networks = prod(leading)
    counts = np.zeros(n_networks, np.int64)
    step = networks_at_once([W.shape[-1] for W, _ in layers[:-1]])
    for k in range(0, n_networks, step):
        some = [(W[k : k + step], b[k : k + step]) for W, b in stack]
        try:
            found = _clip(some, activation, x_range, y_range, start + seconds)
        except _GaveUpError:
            return None
        done = k + len(some[0][0])
        if (time.monotonic() - start) * n_networks > 2 * seconds * done:
            return None
        counts[k : k + step] = np.bincount(found.network, minlength=len(some[0][0]))
    return counts.reshape(leading)


def networks_at_once(hidden_sizes: Sequence[int]) -> int:
    """Number of networks that are cut together, which takes less than a second."""
    return max(1, _AT_ONCE // typical_count(hidden_sizes))


def _clip(
    layers: Layers, activation: str, x_range: Range, y_range: Range, deadline: float = inf
) -> _Clipped:
    """Cut the rectangle layer by layer, for every network of a stack (n_networks, n_in, n_out)."""
    # A network without hidden layers does not use the activation.
    breakpoints, slopes, intercepts, closed = linear_parts(
        activation if len(layers) > 1 else "linear"
    )
    (W, b), *others = [(W.astype(float).swapaxes(1, 2), b.astype(float)) for W, b in layers]
    if W.shape[2] != 2:
        raise ValueError(f"linear pieces need two features; this network has {W.shape[2]}")
    origin, size = frame_of(x_range, y_range)
    n = len(W)
    planes = np.concatenate([W * size, (W @ origin + b)[..., None]], axis=2).transpose(2, 1, 0)
    inputs = np.stack([*np.diag(size), origin])[..., None]  # (3, 2, 1): planes of the features
    square = np.tile([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], (n, 1))
    cells = Cells(square, 4 * np.arange(n), np.full(n, 4), np.arange(n))
    network, pattern = np.arange(n), np.zeros((n, 0), np.uint8)
    cuts, cut_units = [np.zeros((0, 2, 2))], [np.zeros(0, np.int64)]
    for W, b in others:  # of the next layer: (n_networks, n_out, n_in), (n_networks, n_out)
        cells, ends, units = _cut_layer(cells, planes, breakpoints, deadline)
        cuts.append(ends)
        cut_units.append(units + pattern.shape[1])
        order = np.argsort(network[cells.parents], kind="stable")
        flat, _ = ragged(cells.starts[order], cells.sizes[order])
        sizes, parents = cells.sizes[order], cells.parents[order]
        cells = Cells(cells.points[flat], np.cumsum(sizes) - sizes, sizes, parents)
        network, planes = network[parents], planes[:, :, parents]
        z = values_at(planes, centers(cells.points, sizes))[..., None]  # (n_units, n_cells, 1)
        part = ((z > breakpoints) | (closed & (z == breakpoints))).sum(axis=-1)
        pattern = np.concatenate([pattern[parents], part.T.astype(np.uint8)], axis=1)
        planes = planes * slopes[part]
        planes[2] += intercepts[part]
        if W.shape[2] == planes.shape[1] + 2:  # the inputs also go straight to the output layer
            skipping = np.broadcast_to(inputs, (3, 2, planes.shape[2]))
            planes = np.concatenate([planes, skipping], axis=1)
        first = np.searchsorted(network, np.arange(n + 1))
        groups = [slice(*pair) for pair in pairwise(first.tolist())]
        planes = np.concatenate([W[k] @ planes[:, :, of] for k, of in enumerate(groups)], axis=2)
        planes[2] += b[network].T
    all_cuts = np.concatenate(cuts), np.concatenate(cut_units)
    return _Clipped(cells, network, pattern, planes, *all_cuts)


def _cut_layer(
    cells: Cells, planes: Array, breakpoints: Array, deadline: float
) -> tuple[Cells, Array, Array]:
    """Cut cells by the units of a layer, (3, n_units, n_cells); return the cuts and their units."""
    before, n = cells, len(cells.sizes)
    cells = cells._replace(parents=np.arange(n))
    cuts, units = [np.zeros((0, 2, 2))], [np.zeros(0, np.int64)]
    for unit in range(planes.shape[1]):
        for breakpoint_ in breakpoints:
            line = planes[:, unit] - np.array([[0], [0], [breakpoint_]])
            crossed = np.zeros(n, bool)
            crossed[cross(before.points, before.sizes, line)[0]] = True
            chosen = np.flatnonzero(crossed[cells.parents])
            cells, ends = split(cells, chosen, line[:, cells.parents[chosen]])
            cuts.append(ends)
            units.append(np.full(len(ends), unit))
        if len(cells.sizes) > MAX_PIECES or time.monotonic() > deadline:
            raise _GaveUpError
    return cells, np.concatenate(cuts), np.concatenate(units)


def frame_of(x_range: Range, y_range: Range) -> tuple[Array, Array]:
    """Lower left corner, (2,), and sides, (2,), of a rectangle."""
    ranges = np.array([x_range, y_range], float)
    return ranges[:, 0], ranges[:, 1] - ranges[:, 0]

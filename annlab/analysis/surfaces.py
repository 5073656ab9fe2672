"""Planes and lines through the feature space, and the output of a network over them."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.prediction import forward_pass
from annlab.config import RunConfig
from annlab.nn.forward import Layers

Array = NDArray[Any]

SURFACE_RESOLUTION = 100
LINE_RESOLUTION = 300
# Margin of a line beyond the samples on each side, as a share of their extent.
LINE_MARGIN = 0.5


@dataclass(frozen=True)
class Plane:
    """Rectangular grid in two features, with the other features held fixed.

    Attributes
    ----------
    axes : tuple of int
        Features along x and y.
    x, y : ndarray, shapes (n_x,), (n_y,)
        Grid positions.
    rest : ndarray, shape (n_features,)
        Fixed value of each other feature.
    """

    axes: tuple[int, int]
    x: Array
    y: Array
    rest: Array

    @property
    def points(self) -> Array:
        """All grid points, row by row: shape (n_y * n_x, n_features)."""
        grid_x, grid_y = np.meshgrid(self.x, self.y)
        points = np.tile(self.rest.astype(np.float32), (grid_x.size, 1))
        points[:, self.axes[0]] = grid_x.ravel()
        points[:, self.axes[1]] = grid_y.ravel()
        return points


def plane_through(
    X: Array,
    axes: tuple[int, int] = (0, 1),
    resolution: int = SURFACE_RESOLUTION,
    margin: float = 0.1,
) -> Plane:
    """Build a plane of two features that covers all samples; other features at their median.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_features)
        Samples to cover.
    axes : tuple of int
        Features along x and y.
    resolution : int
        Grid positions along each side.
    margin : float
        Free space around the samples, as a share of their extent.

    Returns
    -------
    Plane
    """
    sides = []
    for axis in axes:
        low, high = float(X[:, axis].min()), float(X[:, axis].max())
        space = margin * ((high - low) or 1.0)
        sides.append(np.linspace(low - space, high + space, resolution, dtype=np.float32))
    return Plane(axes, sides[0], sides[1], np.median(X, axis=0))


def output_surface(config: RunConfig, layers: Layers, plane: Plane) -> Array:
    """Compute the output of one network over a plane.

    Parameters
    ----------
    config : RunConfig
        Config with the features and activations.
    layers : sequence of (weights, biases)
        Layers of one network: shapes (n_in, n_out) and (n_out,).
    plane : Plane
        Grid of features.

    Returns
    -------
    ndarray, shape (n_y, n_x, n_outputs)
    """
    output = forward_pass(config, layers, plane.points).output
    return output.reshape(len(plane.y), len(plane.x), -1)


def line_beyond(x: Array, resolution: int = LINE_RESOLUTION, margin: float = LINE_MARGIN) -> Array:
    """Positions along one feature, within the samples and beyond.

    Parameters
    ----------
    x : ndarray, shape (n_samples,)
    resolution : int
        Number of positions.
    margin : float
        Margin beyond the samples on each side, as a share of their extent.

    Returns
    -------
    ndarray of float32, shape (resolution,)
    """
    low, high = float(x.min()), float(x.max())
    space = margin * ((high - low) or 1.0)
    return np.linspace(low - space, high + space, resolution, dtype=np.float32)


def ranges_without_samples(x: Array, line: Array, least: float = 0.1) -> list[tuple[float, float]]:
    """Find the ranges of a line without samples.

    Parameters
    ----------
    x : ndarray, shape (n_samples,)
    line : ndarray, shape (n,)
        Ascending positions, reaching beyond the samples.
    least : float
        Smallest gap between neighboring samples, as a share of the extent of all samples.

    Returns
    -------
    list of (low, high)
    """
    found = np.unique(x)
    extent = (found[-1] - found[0]) or 1.0
    inner = [
        (float(a), float(b)) for a, b in pairwise(found.tolist()) if b - a > least * float(extent)
    ]
    return [(float(line[0]), float(found[0])), *inner, (float(found[-1]), float(line[-1]))]

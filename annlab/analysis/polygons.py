"""Convex polygons of the plane in flat arrays: areas, centers, and cuts along straight lines."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# No part of a polygon is smaller than this share of the unit square.
SMALLEST = 1e-9
# Rounding errors of a value, as a share of its terms.
_ROUNDING = 1e-12


class Cells(NamedTuple):
    """Convex polygons in the unit square, each cut out of one of its parents."""

    points: Array  # (n_points, 2)
    starts: Array  # (n_cells,): first point
    sizes: Array  # (n_cells,): number of points
    parents: Array  # (n_cells,): cell of the layer before


def cross(points: Array, sizes: Array, line: Array) -> tuple[Array, Array, Array]:
    """Polygons that their line, (3, n), crosses.

    Returns their indices, (n_cut,), both ends of each cut, (n_cut, 2, 2), and which corners are
    on the upper side, (n_points,).
    """
    line = line / np.maximum(np.abs(line).sum(axis=0), np.finfo(float).tiny)
    z, after = values_at(np.repeat(line, sizes, axis=1), points), next_corner(sizes)
    # Without biases all lines meet in one point, whose side rounding must not decide.
    above = z > -_ROUNDING
    # A convex polygon has two changes of side, or none.
    change = np.flatnonzero(above != above[after])
    share = np.clip(z[change] / (z[change] - z[after[change]]), 0, 1)
    ends = points[change] + share[:, None] * (points[after[change]] - points[change])
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return owner[change[::2]], ends.reshape(-1, 2, 2), above


def where_positive(ends: Array, planes: Array) -> Array:
    """Parts of segments, (n, 2, 2), on which all planes, (3, n_planes, n), are positive."""
    start, stop = values_at(planes, ends[:, 0]), values_at(planes, ends[:, 1])  # (n_planes, n)
    share = start / np.where(start == stop, 1, start - stop)
    low = np.where((start < 0) & (stop > 0), share, 0).max(axis=0, initial=0)
    high = np.where((start > 0) & (stop < 0), share, 1).min(axis=0, initial=1)
    some = ~((start <= 0) & (stop <= 0)).any(axis=0) & (low < high)
    along = (ends[:, 1] - ends[:, 0])[:, None]
    return (ends[:, :1] + np.stack([low, high], axis=1)[..., None] * along)[some]


def split(cells: Cells, chosen: Array, line: Array) -> tuple[Cells, Array]:
    """Cut the chosen cells that their lines, (3, n_chosen), cross; return also the cuts."""
    sizes = cells.sizes[chosen]
    flat, owner = ragged(cells.starts[chosen], sizes)
    points = cells.points[flat]
    cut, ends, above = cross(points, sizes, line)
    if len(cut) < len(chosen):
        return split(cells, chosen[cut], line[:, cut]) if len(cut) else (cells, ends)
    change = above != above[next_corner(sizes)]
    # Each corner, and behind it the end of the cut on the edge to the next corner.
    corners = np.repeat(points, 2, axis=0)
    corners[1::2][change] = ends.reshape(-1, 2)
    halves = []
    for side in (above, ~above):
        kept = np.stack([side, change], axis=1)
        of_half = np.bincount(owner, kept.sum(axis=1)).astype(np.int64)
        halves.append((corners[kept.ravel()], of_half))
    large = np.min([areas(*half) for half in halves], axis=0) >= SMALLEST
    if not large.all():
        return split(cells, chosen[large], line[:, large])
    (first, n_first), (second, n_second) = halves
    end = len(cells.points)
    starts = np.append(cells.starts, end + len(first) + np.cumsum(n_second) - n_second)
    starts[chosen] = end + np.cumsum(n_first) - n_first
    sizes = np.append(cells.sizes, n_second)
    sizes[chosen] = n_first
    parents = np.append(cells.parents, cells.parents[chosen])
    return Cells(np.concatenate([cells.points, first, second]), starts, sizes, parents), ends


def areas(points: Array, sizes: Array) -> Array:
    """Areas of polygons, (n,)."""
    return _moments(points, sizes)[0]


def centers(points: Array, sizes: Array) -> Array:
    """Centers of gravity of polygons, (n, 2)."""
    areas, moments = _moments(points, sizes)
    return points[np.cumsum(sizes) - sizes] + moments / areas[:, None]


def _moments(points: Array, sizes: Array) -> tuple[Array, Array]:
    """Areas, and first moments about the first corner."""
    first = np.cumsum(sizes) - sizes
    # Differences of corners are small numbers, which keep the digits of small polygons.
    sides = points - np.repeat(points[first], sizes, axis=0)
    after = sides[next_corner(sizes)]
    triangles = (sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]) / 2
    moments = np.add.reduceat((sides + after) * triangles[:, None] / 3, first)
    return np.add.reduceat(triangles, first), moments


def values_at(planes: Array, points: Array) -> Array:
    """Values of planes, (3, ..., n), each at its own point, (n, 2)."""
    return planes[0] * points[:, 0] + planes[1] * points[:, 1] + planes[2]


def next_corner(sizes: Array) -> Array:
    """Index of the corner behind each corner of polygons that stand one after the other."""
    ends = np.cumsum(sizes)
    after = np.arange(1, sizes.sum() + 1)
    after[ends - 1] = ends - sizes
    return after


def ragged(starts: Array, sizes: Array) -> tuple[Array, Array]:
    """For every k, `sizes[k]` indices from `starts[k]` on; and the k of each index."""
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return np.arange(len(owner)) - (np.cumsum(sizes) - sizes - starts)[owner], owner

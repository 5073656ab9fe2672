"""Where the linear pieces of a network lie: the piece at a point, and the decision boundary."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.pieces import Array, Pieces, frame_of
from annlab.analysis.polygons import cross, next_corner, ragged, where_positive


def piece_at(pieces: Pieces, x: float, y: float) -> int | None:
    """Index of the piece that contains a point; None outside the rectangle."""
    (left, right), (low, high) = pieces.x_range, pieces.y_range
    if not (left <= x <= right and low <= y <= high):
        return None
    return int(piece_grid(pieces, np.array([x]), np.array([y]))[0, 0])


def piece_grid(pieces: Pieces, x: Array, y: Array) -> NDArray[np.int64]:
    """Index of the piece at each position of a grid.

    Parameters
    ----------
    pieces : Pieces
    x, y : ndarray, shapes (n_x,), (n_y,)
        Positions inside the rectangle; `y` ascends.

    Returns
    -------
    ndarray of int, shape (n_y, n_x)
    """
    origin, size = frame_of(pieces.x_range, pieces.y_range)
    points, sizes = (pieces.vertices - origin) / size, np.diff(pieces.starts)
    after = points[next_corner(sizes)]
    # No polygon begins on the upper side: its points belong to the polygons below.
    row = np.minimum((y - origin[1]) / size[1], np.nextafter(1, 0))
    # In every row a polygon begins on the one edge that leads down through the row.
    top, bottom = np.searchsorted(row, points[:, 1]), np.searchsorted(row, after[:, 1])
    rows, edges = ragged(bottom, np.maximum(top - bottom, 0))
    share = (points[edges, 1] - row[rows]) / (points[edges, 1] - after[edges, 1])
    begin = points[edges, 0] + share * (after[edges, 0] - points[edges, 0])
    key = 2 * rows + begin  # sorts by row, then along the row: all of them begin from 0 to 1
    order = np.argsort(key, kind="stable")
    numbers = np.arange(len(row))[:, None]
    found = np.searchsorted(key[order], 2 * numbers + (x - origin[0]) / size[0], "right") - 1
    piece: NDArray[np.int64] = np.repeat(np.arange(pieces.n), sizes)[edges[order][found]]
    return piece


def class_boundary(pieces: Pieces) -> Array:
    """Exact decision boundary: where the logit is zero, or the two largest logits are equal.

    Parameters
    ----------
    pieces : Pieces
        With one logit for two classes, or one for each class.

    Returns
    -------
    ndarray, shape (n_segments, 2, 2)
        Both ends of each straight segment.
    """
    sizes = np.diff(pieces.starts)
    planes = np.concatenate([pieces.gradients, pieces.intercepts[:, None]], axis=1)
    planes = planes.transpose(1, 2, 0)  # (3, n_outputs, n)
    if planes.shape[1] == 1:
        return cross(pieces.vertices, sizes, planes[:, 0])[1]
    segments = []
    for i, j in combinations(range(planes.shape[1]), 2):
        cut, ends, _ = cross(pieces.vertices, sizes, planes[:, i] - planes[:, j])
        lead = planes[:, i][:, None, cut] - np.delete(planes, [i, j], axis=1)[:, :, cut]
        segments.append(where_positive(ends, lead))
    return np.concatenate(segments)

"""The largest margin between two classes, and all weights that separate them.

Samples are vectors with a 1 appended, so that every boundary passes through the origin.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.nn.perceptron import signs, with_one

Array = NDArray[Any]

# Margin, as a share of the radius, that rounding alone can cause.
_NO_MARGIN = 1e-9


@dataclass(frozen=True)
class LargestMargin:
    """The boundary through the origin with the largest margin.

    Attributes
    ----------
    weights : ndarray, shape (n_features + 1,)
        Unit vector: weights, and the bias last.
    margin : float
        γ: smallest distance of a sample (with a 1 appended) from the boundary.
    radius : float
        R: length of the longest sample (with a 1 appended).
    """

    weights: Array
    margin: float
    radius: float

    @property
    def bound(self) -> float:
        """Upper bound (R/γ)² on the mistakes of the perceptron rule from zero weights.

        References
        ----------
        Novikoff (1962), On convergence proofs on perceptrons.
        """
        return (self.radius / self.margin) ** 2


def largest_margin(X: Array, y: Array) -> LargestMargin | None:
    """Separate two classes with the largest margin through the origin, a 1 appended.

    The shortest vector w with ``sign · w · x ≥ 1`` for all samples is a least distance problem,
    which non-negative least squares solves.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_features)
    y : ndarray of int, shape (n_samples,)
        Classes, 0 or 1.

    Returns
    -------
    LargestMargin or None
        None if no line separates the classes.

    References
    ----------
    Lawson & Hanson (1974), Solving least squares problems, chapter 23.
    """
    # Imported late, because its import costs the web process memory.
    from scipy.optimize import nnls

    rows = with_one(X)
    radius = float(np.linalg.norm(rows, axis=1).max())
    signed = signs(y)[:, None] * rows / radius  # (n_samples, n_features + 1)
    system = np.vstack([signed.T, np.ones(len(signed))])
    target = np.zeros(len(system))
    target[-1] = 1.0
    residual = system @ nnls(system, target)[0] - target
    length = float(np.linalg.norm(residual[:-1]))
    if length == 0:
        return None
    weights = residual[:-1] / length  # points to the solutions, as the last entry is negative
    margin = float((signed @ weights).min())
    # Rounding leaves a residual where there is no separation; its direction then separates nothing.
    return LargestMargin(weights, margin * radius, radius) if margin > _NO_MARGIN else None


def solution_region(X: Array, y: Array, bias: float, half_width: float) -> Array:
    """Weights of two inputs that put every sample on its side, at one value of the bias.

    The solutions form a cone in the space of both weights and the bias; at one bias this is a
    convex polygon, the intersection of one half-plane per sample.

    Parameters
    ----------
    X : ndarray, shape (n_samples, 2)
    y : ndarray of int, shape (n_samples,)
        Classes, 0 or 1.
    bias : float
    half_width : float
        The region is cut off where a weight is larger than this, in size.

    Returns
    -------
    ndarray, shape (n_corners, 2)
        Corners in order; no corners if there is no solution.
    """
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half_width
    planes = signs(y)[:, None] * with_one(X) * [1.0, 1.0, bias]
    for plane in planes:
        square = half_plane(square, plane)
    return square


def half_plane(corners: Array, weights: Array) -> Array:
    """Cut off the part of a convex polygon where a weighted sum is not above 0.

    Parameters
    ----------
    corners : ndarray, shape (n_corners, 2)
        In order.
    weights : ndarray, shape (3,)
        Two weights and the bias.

    Returns
    -------
    ndarray, shape (n_corners_left, 2)
        No corners if nothing is left.

    References
    ----------
    Sutherland & Hodgman (1974), Reentrant polygon clipping.
    """
    values = corners @ weights[:2] + weights[2]
    kept = []
    for k, (here, value) in enumerate(zip(corners, values, strict=True)):
        before, last = corners[k - 1], values[k - 1]
        if (value > 0) != (last > 0):
            kept.append(before + last / (last - value) * (here - before))
        if value > 0:
            kept.append(here)
    return np.array(kept).reshape(-1, 2)

"""Linear parts of an activation: its breakpoints, and a line between each two."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.nn.activations import ACTIVATIONS

Array = NDArray[Any]


def linear_parts(activation: str) -> tuple[Array, Array, Array, Array]:
    """Split a piecewise-linear activation into its linear parts.

    Parameters
    ----------
    activation : str
        A name in `ACTIVATIONS`.

    Returns
    -------
    breakpoints : ndarray, shape (n,)
        Ascending.
    slopes, intercepts : ndarray, shape (n + 1,)
        Of each part.
    closed : ndarray of bool, shape (n,)
        Which breakpoints belong to the part above.

    Raises
    ------
    ValueError
        If the activation is not piecewise linear.
    """
    entry = ACTIVATIONS[activation]
    if entry.breakpoints is None:
        some = ", ".join(other.label for other in ACTIVATIONS.values() if other.breakpoints)
        raise ValueError(
            f"activation: {entry.label} is not piecewise linear. Linear pieces need one of {some}"
        )
    breakpoints = np.array(entry.breakpoints, float)
    ends = np.array([-1.0, *breakpoints, 1.0])
    ends[[0, -1]] += [breakpoints.min(initial=0), breakpoints.max(initial=0)]
    inside = (ends[:-1] + ends[1:]) / 2
    slopes = entry.derivative(inside)
    intercepts = entry.f(inside) - slopes * inside
    closed = ~np.isclose(entry.f(breakpoints), slopes[:-1] * breakpoints + intercepts[:-1])
    return breakpoints, slopes, intercepts, closed

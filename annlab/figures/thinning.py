"""Fewer of many: a chart a few hundred pixels wide shows no more."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# More points than this cover each other, and the surface below them. And a browser lays each of
# them out again whenever anything on its page moves.
MAX_POINTS = 600


def thin(n: int, at_most: int) -> NDArray[Any]:
    """Indices of some of `n` things, evenly spaced, the first and the last among them.

    Parameters
    ----------
    n : int
        How many there are.
    at_most : int
        How many to keep; all, where there are fewer.

    Returns
    -------
    ndarray of int, shape (min(n, at_most),)
        Ascending.
    """
    return np.linspace(0, n - 1, min(n, at_most)).round().astype(int)


def thinned(n: int, at_most: int, what: str = "points") -> str:
    """A note for a chart that says how many of its points are drawn; empty if all are."""
    return f"{at_most:,} of {n:,} {what}" if n > at_most else ""

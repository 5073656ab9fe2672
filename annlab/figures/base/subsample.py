"""Evenly spaced subsamples for plotting."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# More samples than this cover each other, and what is drawn below them. And a browser lays each
# of them out again whenever anything on its page moves.
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


def thinning_note(n_drawn: int, n: int, what: str = "samples") -> str:
    """Say on a chart that not everything is drawn.

    Parameters
    ----------
    n_drawn, n : int
        Number drawn, and total number.
    what : str
        What they are called.

    Returns
    -------
    str
        Empty where all are drawn.
    """
    return f"{n_drawn:,} of {n:,} {what}" if n_drawn < n else ""

"""Evenly spaced subsamples for plotting."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# More samples than this cover each other and what is drawn below them, and a browser lays out
# each of them again whenever anything on its page moves.
MAX_POINTS = 600


def evenly_spaced(n: int, at_most: int) -> NDArray[Any]:
    """Indices of at most `at_most` of `n` items, evenly spaced from the first to the last.

    Parameters
    ----------
    n : int
        Number of items.
    at_most : int
        Number to keep; all, if there are fewer.

    Returns
    -------
    ndarray of int, shape (min(n, at_most),)
        Ascending.
    """
    return np.linspace(0, n - 1, min(n, at_most)).round().astype(int)


def subsample_note(n_drawn: int, n: int, what: str = "samples") -> str:
    """Note for a chart that does not draw everything.

    Parameters
    ----------
    n_drawn, n : int
        Number drawn, and total number.
    what : str
        Noun for what is drawn.

    Returns
    -------
    str
        Such as "600 of 2,000 samples"; empty if everything is drawn.
    """
    return f"{n_drawn:,} of {n:,} {what}" if n_drawn < n else ""

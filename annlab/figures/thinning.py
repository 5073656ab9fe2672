"""Fewer of many: a chart a few hundred pixels wide shows no more."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


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

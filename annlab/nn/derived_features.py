"""FEATURES: inputs that a network computes from one or two features before its first layer.

The registry for a plane is that of TensorFlow Playground; that for one input is a polynomial.

References
----------
Smilkov, Carter, Sculley, Viégas & Wattenberg (2017), Direct-manipulation visualization of deep
networks. Bishop (2006), Pattern Recognition and Machine Learning, 1.1 and 4.3.1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Feature:
    """One input of a network, as a function of the features of the data.

    Attributes
    ----------
    label : str
        Display name without the names of the data, such as "x₁²".
    template : str
        Display name with ``{0}`` and ``{1}`` for the names of the features: "{0}²".
    n_features : int
        Features of the data that it belongs to.
    f : callable
        The columns of X, one argument each, to a column.
    code : str
        The same as an expression of Python with NumPy, of ``x``, or of ``x1`` and ``x2``.
    """

    label: str
    template: str
    n_features: int
    f: Callable[..., Array]
    code: str


FEATURES: dict[str, Feature] = {
    "x1": Feature("x₁", "{0}", 2, lambda x1, x2: x1, "x1"),
    "x2": Feature("x₂", "{1}", 2, lambda x1, x2: x2, "x2"),
    "x1_squared": Feature("x₁²", "{0}²", 2, lambda x1, x2: x1**2, "x1**2"),
    "x2_squared": Feature("x₂²", "{1}²", 2, lambda x1, x2: x2**2, "x2**2"),
    "x1_x2": Feature("x₁·x₂", "{0}·{1}", 2, lambda x1, x2: x1 * x2, "x1 * x2"),
    "sin_x1": Feature("sin x₁", "sin {0}", 2, lambda x1, x2: np.sin(x1), "np.sin(x1)"),
    "sin_x2": Feature("sin x₂", "sin {1}", 2, lambda x1, x2: np.sin(x2), "np.sin(x2)"),
    "x": Feature("x", "{0}", 1, lambda x: x, "x"),
    "x_squared": Feature("x²", "{0}²", 1, lambda x: x**2, "x**2"),
    "x_cubed": Feature("x³", "{0}³", 1, lambda x: x**3, "x**3"),
    "x_to_4": Feature("x⁴", "{0}⁴", 1, lambda x: x**4, "x**4"),
    "x_to_5": Feature("x⁵", "{0}⁵", 1, lambda x: x**5, "x**5"),
}
# The features of the data as they are, by their number.
PLAIN: dict[int, tuple[str, ...]] = {1: ("x",), 2: ("x1", "x2")}


def features_of(n_features: int) -> tuple[str, ...]:
    """Names in `FEATURES` for data with a number of features; none for three or more."""
    return tuple(name for name, entry in FEATURES.items() if entry.n_features == n_features)


def network_inputs(X: Array, features: Sequence[str]) -> Array:
    """Inputs of a network, from the features of samples.

    Parameters
    ----------
    X : ndarray, shape (..., n_features)
        Features, scaled as the config says.
    features : sequence of str
        Names in `FEATURES`; none: the features as they are.

    Returns
    -------
    ndarray, shape (..., n_inputs)
        Of the type of `X`, which is returned itself without names.

    Examples
    --------
    >>> network_inputs(np.array([[3.0, 2.0]]), ("x1", "x1_squared", "x1_x2"))
    array([[3., 9., 6.]])
    """
    if not features:
        return X
    columns = np.moveaxis(X, -1, 0)
    return np.stack([FEATURES[name].f(*columns) for name in features], axis=-1)


def input_names(feature_names: Sequence[str], features: Sequence[str]) -> list[str]:
    """Names of a network's inputs, from those of the features: "petal width²"."""
    if not features:
        return list(feature_names)
    return [FEATURES[name].template.format(*feature_names) for name in features]

"""Which units of a layer matter most to the next layer."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.nn.forward import Layers, layer_values

Array = NDArray[Any]


def unit_importance(
    layers: Layers, X: Array, activation: str, output_activation: str
) -> list[Array]:
    """How much each hidden unit moves the sums of the next layer.

    The spread of a unit's activation over the samples, times the length of the vector of its
    outgoing weights. A unit that is constant, or that nobody reads, has importance 0.

    Parameters
    ----------
    layers : sequence of (weights, biases)
        Layers of one network: shapes (n_in, n_out) and (n_out,).
    X : ndarray, shape (n_samples, n_inputs)
        What the first layer receives.
    activation, output_activation : str
        Names in `annlab.nn.activations.ACTIVATIONS`.

    Returns
    -------
    list of ndarray, shape (n_units,)
        One array for each hidden layer, in the order of the layers.
    """
    values = layer_values(layers, X, activation, output_activation)
    return [
        # Behind the rows of the units are those of inputs that skip the hidden layers.
        a.std(axis=0, dtype=np.float64) * np.linalg.norm(W_out[: a.shape[1]], axis=1)
        for (_, a), (W_out, _) in zip(values, layers[1:], strict=False)
    ]


def most_important(importance: Array, n: int) -> Array:
    """Indices of the `n` units with the largest importance, ascending."""
    largest = np.argsort(-importance, kind="stable")[:n]
    return np.sort(largest)

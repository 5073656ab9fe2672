"""Forward pass of networks in NumPy, from weights, biases and activation functions."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.nn.activations import ACTIVATIONS

Array = NDArray[Any]
# Weights and biases of each layer: shapes (..., n_in, n_out) and (..., n_out).
Layers = Sequence[tuple[Array, Array]]


class LayerValues(NamedTuple):
    """Pre-activations and activations of one layer.

    Attributes
    ----------
    z, a : ndarray, shape (..., n_samples, n_units)
        Pre-activations, and activations.
    """

    z: Array
    a: Array


class ForwardPass(NamedTuple):
    """Logits and output of a network.

    Attributes
    ----------
    logits, output : ndarray, shape (..., n_samples, n_outputs)
        Before and after the output activation.
    """

    logits: Array
    output: Array


def layer_values(
    layers: Layers, X: Array, activation: str, output_activation: str
) -> Iterator[LayerValues]:
    """Send samples through a network, or through a stack of networks, layer by layer.

    Parameters
    ----------
    layers : sequence of (weights, biases)
        Of shapes (..., n_in, n_out) and (..., n_out); leading axes stack networks. The output layer
        of a wide and deep network has a row for each unit before it, and one for each input.
    X : ndarray, shape (..., n_samples, n_inputs)
        What the first layer receives, as `annlab.nn.derived_features.network_inputs` returns it;
        without leading axes the same for every network.
    activation, output_activation : str
        Names in `annlab.nn.activations.ACTIVATIONS`.

    Yields
    ------
    LayerValues
        Values of each hidden layer, then of the output layer, one at a time: a caller who keeps
        none never holds the values of all layers in memory.
    """
    a = X
    names = [activation] * (len(layers) - 1) + [output_activation]
    for (W, b), name in zip(layers, names, strict=True):
        n = a.shape[-1]
        z = a @ W[..., :n, :] + b[..., None, :]  # (..., n_samples, n_units)
        if receives_inputs(W, a, X):
            z = z + X @ W[..., n:, :]
        a = ACTIVATIONS[name].f(z)
        yield LayerValues(z, a)


def receives_inputs(W: Array, a: Array, X: Array) -> bool:
    """Whether a layer has weights for the inputs of the network too, as in wide and deep networks.

    Parameters
    ----------
    W : ndarray, shape (..., n_in, n_out)
        Weights of the layer: a row for each activation, then one for each input, if any.
    a : ndarray, shape (..., n_samples, n_units)
        Activations of the layer before; for the first layer, the inputs.
    X : ndarray, shape (..., n_samples, n_inputs)
        Inputs of the network.

    References
    ----------
    Cheng et al. (2016), Wide & deep learning for recommender systems.
    """
    return bool(W.shape[-2] == a.shape[-1] + X.shape[-1])


def received(W: Array, a: Array, X: Array) -> Array:
    """Values that a layer receives, shape (..., n_samples, n_in); as for `receives_inputs`."""
    if not receives_inputs(W, a, X):
        return a
    return np.concatenate([a, np.broadcast_to(X, (*a.shape[:-1], X.shape[-1]))], axis=-1)


def forward(layers: Layers, X: Array, activation: str, output_activation: str) -> ForwardPass:
    """Send samples through a network, or through a stack of networks at once.

    Parameters
    ----------
    layers, X, activation, output_activation
        As for `layer_values`.

    Returns
    -------
    ForwardPass
        Leading axes as in `layers`.
    """
    for values in layer_values(layers, X, activation, output_activation):
        passed = ForwardPass(*values)
    return passed

"""Forward pass of networks in NumPy, from weights, biases and activation functions."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

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
        Of shapes (..., n_in, n_out) and (..., n_out); leading axes stack networks.
    X : ndarray, shape (..., n_samples, n_features)
        The samples; without leading axes the same for every network.
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
        z = a @ W + b[..., None, :]  # (..., n_samples, n_units)
        a = ACTIVATIONS[name].f(z)
        yield LayerValues(z, a)


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

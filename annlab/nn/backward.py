"""Backward pass of networks in NumPy: the errors of all units and the gradients of all weights."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.nn.activations import ACTIVATIONS, Activation
from annlab.nn.forward import Layers, LayerValues, layer_values, received
from annlab.nn.losses import Loss

Array = NDArray[Any]


class LayerGradients(NamedTuple):
    """Forward and backward values of one layer.

    `arriving` and `delta` belong to the loss of each sample by itself, the gradients to the
    mean loss over the samples.

    Attributes
    ----------
    incoming : ndarray, shape (..., n_samples, n_in)
        What the layer receives: the inputs, or the activations of the layer before; in the output
        layer of a wide and deep network, these and then the inputs.
    z, a : ndarray, shape (..., n_samples, n_out)
        Pre-activations, and activations.
    slope : ndarray, shape (..., n_samples, n_out)
        f'(z); for softmax its Jacobian, of shape (..., n_samples, n_out, n_out).
    arriving : ndarray, shape (..., n_samples, n_out), or None
        dL/da, the error that arrives at each unit from ahead. None at the output of a loss whose
        gradient already includes the slope of the output activation (`Loss.canonical`).
    delta : ndarray, shape (..., n_samples, n_out)
        dL/dz, the error of each unit: `arriving` times `slope`.
    weight_gradient, bias_gradient : ndarray, shapes (..., n_in, n_out), (..., n_out)
        Gradients of the mean loss: for one sample ``incoming[i] * delta[j]`` and ``delta[j]``.
    """

    incoming: Array
    z: Array
    a: Array
    slope: Array
    arriving: Array | None
    delta: Array
    weight_gradient: Array
    bias_gradient: Array


def backward(
    layers: Layers,
    X: Array,
    target: Array,
    activation: str,
    output_activation: str,
    loss: Loss,
) -> list[LayerGradients]:
    """Send samples through a network, or a stack of networks, and their errors back.

    Dropout is off. The loss is without L2, which the optimizer adds.

    Parameters
    ----------
    layers : sequence of (weights, biases)
        Of shapes (..., n_in, n_out) and (..., n_out); leading axes stack networks.
    X : ndarray, shape (..., n_samples, n_inputs)
        What the first layer receives; without leading axes the same for every network.
    target : ndarray, shape (..., n_samples, n_outputs)
        Ideal outputs, as `Task.encode` makes them.
    activation, output_activation : str
        Names in `annlab.nn.activations.ACTIVATIONS`.
    loss : Loss
        Loss of one sample.

    Returns
    -------
    list of LayerGradients
        Hidden layers first, the output layer last.

    Raises
    ------
    ValueError
        If the loss needs another output activation.

    References
    ----------
    Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors.
    """
    if loss.canonical not in (None, output_activation):
        raise ValueError(f"loss: {loss.name} needs {loss.canonical}; got {output_activation}")
    values = list(layer_values(layers, X, activation, output_activation))
    incoming = [X, *(a for _, a in values)]
    incoming[-2] = received(layers[-1][0], incoming[-2], X)
    logits, output = values[-1]
    gradient = loss.gradient(np, target, output, logits)
    found = [
        _layer_gradients(
            incoming[-2],
            values[-1],
            ACTIVATIONS[output_activation],
            gradient,
            includes_slope=loss.canonical is not None,
        )
    ]
    for layer in reversed(range(len(layers) - 1)):
        W, _ = layers[layer + 1]
        n_units = values[layer].a.shape[-1]  # behind them are the rows of the inputs, if any
        arriving = found[-1].delta @ W[..., :n_units, :].mT  # (..., n_samples, n_units)
        found.append(
            _layer_gradients(incoming[layer], values[layer], ACTIVATIONS[activation], arriving)
        )
    return found[::-1]


def _layer_gradients(
    incoming: Array,
    values: LayerValues,
    entry: Activation,
    gradient: Array,
    includes_slope: bool = False,
) -> LayerGradients:
    slope = entry.derivative(values.z)
    if includes_slope:
        delta = gradient
    elif entry.elementwise:
        delta = gradient * slope
    else:
        delta = (gradient[..., None, :] @ slope)[..., 0, :]  # sum over i of dL/da_i * da_i/dz_j
    return LayerGradients(
        incoming=incoming,
        z=values.z,
        a=values.a,
        slope=slope,
        arriving=None if includes_slope else gradient,
        delta=delta,
        weight_gradient=incoming.mT @ delta / delta.shape[-2],
        bias_gradient=delta.mean(axis=-2),
    )

"""Predict samples with the networks of a run."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.config import RunConfig
from annlab.datasets import Dataset
from annlab.nn.derived_features import network_inputs
from annlab.nn.forward import ForwardPass, Layers, forward

Array = NDArray[Any]

# Most numbers of one layer in memory at a time: outputs of 1,000 networks for thousands of samples
# would fill the memory.
_NUMBERS = 1_000_000


def forward_pass(config: RunConfig, layers: Layers, X: Array) -> ForwardPass:
    """Send samples through the networks of a run.

    Parameters
    ----------
    config : RunConfig
        Config with the features and activations.
    layers : sequence of (weights, biases)
        Layers from `Run.layers`.
    X : ndarray, shape (n_samples, n_features)
        Features of the data; those that the network derives from them are computed here.

    Returns
    -------
    ForwardPass
    """
    inputs = network_inputs(X, config.model.features)
    return forward(layers, inputs, config.model.activation, config.output_activation)


def predict(config: RunConfig, layers: Layers, dataset: Dataset, X: Array) -> Array:
    """Predict the targets of samples with the networks of a run.

    Parameters
    ----------
    config : RunConfig
        Config with the activations.
    layers : sequence of (weights, biases)
        Layers from `Run.layers`, or layers of one network.
    dataset : Dataset
        Data that the networks learned from.
    X : ndarray, shape (n_samples, n_features)

    Returns
    -------
    ndarray, shape (..., n_samples)
        Class indices, or values in the target's own unit. Leading axes as in `layers`: one axis
        of networks, or none. Several targets have shape (..., n_samples, n_targets).
    """
    if layers[0][0].ndim == 2:
        one = [(W[None], b[None]) for W, b in layers]
        return predict(config, one, dataset, X)[0]
    pieces = [
        (networks, rows, dataset.task.decode(passed.output))
        for networks, rows, passed in pieces_of_pass(config, layers, X)
    ]
    first = pieces[0][2]
    found = np.empty((len(layers[0][0]), len(X), first.shape[-1]), first.dtype)
    for networks, rows, piece in pieces:
        found[networks, rows] = piece
    found = in_own_unit(dataset, found)
    return found[..., 0] if found.shape[-1] == 1 else found


def pieces_of_pass(
    config: RunConfig, layers: Layers, X: Array
) -> Iterator[tuple[slice, slice, ForwardPass]]:
    """Forward pass in pieces: yields some networks, some samples, and their outputs."""
    widest = config.architecture.widest
    n_rows = min(len(X), max(1, _NUMBERS // widest))
    n_networks = max(1, _NUMBERS // (widest * n_rows))
    for k in range(0, len(layers[0][0]), n_networks):
        networks = slice(k, k + n_networks)
        some = [(W[networks], b[networks]) for W, b in layers]
        for i in range(0, len(X), n_rows):
            rows = slice(i, i + n_rows)
            yield networks, rows, forward_pass(config, some, X[rows])


def class_probabilities(output: Array) -> Array:
    """Probability of each class, from the outputs of a classification.

    Parameters
    ----------
    output : ndarray, shape (..., n_outputs)
        Of a softmax; or a single one, of the sigmoid that gives the second of two classes.

    Returns
    -------
    ndarray, shape (..., n_classes)
    """
    if output.shape[-1] > 1:
        return output
    return np.concatenate([1 - output, output], axis=-1)


def in_own_unit(dataset: Dataset, prediction: Array) -> Array:
    """Convert decoded predictions to the target's own unit; class indices stay unchanged."""
    if not dataset.task.scales_target:
        return prediction
    return prediction * dataset.target_scale + dataset.target_mean

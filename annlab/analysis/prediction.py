"""Predictions of the networks of a run."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.config import RunConfig
from annlab.datasets import Dataset
from annlab.nn.forward import ForwardPass, Layers, forward

Array = NDArray[Any]

# Numbers of one layer that are in memory at a time: what a thousand networks say about thousands
# of samples would fill it.
_NUMBERS = 1_000_000


def forward_pass(config: RunConfig, layers: Layers, X: Array) -> ForwardPass:
    """Send samples through the networks of a run.

    Parameters
    ----------
    config : RunConfig
        Whose activations are used.
    layers : sequence of (weights, biases)
        As `Run.layers` gives them.
    X : ndarray, shape (n_samples, n_features)

    Returns
    -------
    ForwardPass
    """
    return forward(layers, X, config.model.activation, config.output_activation)


def predict(config: RunConfig, layers: Layers, dataset: Dataset, X: Array) -> Array:
    """Predict the targets of samples with the networks of a run.

    Parameters
    ----------
    config : RunConfig
        Whose activations are used.
    layers : sequence of (weights, biases)
        As `Run.layers` gives them, or those of one network.
    dataset : Dataset
        The data that they learned from.
    X : ndarray, shape (n_samples, n_features)

    Returns
    -------
    ndarray, shape (..., n_samples)
        Class indices, or values in the target's own unit; leading axes as in `layers`: one, of
        the networks, or none. Of several targets, of shape (..., n_samples, n_targets).
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
    """Pieces of a forward pass: some networks, some samples, and what comes out."""
    widest = config.architecture.widest
    n_rows = min(len(X), max(1, _NUMBERS // widest))
    n_networks = max(1, _NUMBERS // (widest * n_rows))
    for k in range(0, len(layers[0][0]), n_networks):
        networks = slice(k, k + n_networks)
        some = [(W[networks], b[networks]) for W, b in layers]
        for i in range(0, len(X), n_rows):
            rows = slice(i, i + n_rows)
            yield networks, rows, forward_pass(config, some, X[rows])


def in_own_unit(dataset: Dataset, prediction: Array) -> Array:
    """Decoded predictions in the target's own unit; class indices have none."""
    if not dataset.task.scales_target:
        return prediction
    return prediction * dataset.target_scale + dataset.target_mean

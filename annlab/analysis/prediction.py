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
        As `Checkpoints.at` gives them.
    X : ndarray, shape (n_samples, n_features)

    Returns
    -------
    ForwardPass
    """
    return forward(layers, X, config.model.activation, config.output_activation)


def predict(config: RunConfig, layers: Layers, dataset: Dataset, X: Array) -> Array:
    """Predict the targets of samples with every network of a run.

    Returns
    -------
    ndarray, shape (..., n_samples)
        Class indices, or values in the target's own unit; leading axes as in `layers`: one, of
        the seeds, or none.
    """
    if layers[0][0].ndim == 2:
        one = [(W[None], b[None]) for W, b in layers]
        return predict(config, one, dataset, X)[0]
    pieces = [
        (networks, rows, dataset.task.decode(passed.output))
        for networks, rows, passed in pieces_of_pass(config, layers, X)
    ]
    said = np.empty((len(layers[0][0]), len(X)), pieces[0][2].dtype)
    for networks, rows, piece in pieces:
        said[networks, rows] = piece
    return in_unit(dataset, said)


def pieces_of_pass(
    config: RunConfig, layers: Layers, X: Array
) -> Iterator[tuple[slice, slice, ForwardPass]]:
    """Pieces of a forward pass: some networks, some samples, and what comes out."""
    widest = max(W.shape[-1] for W, _ in layers)
    n_rows = min(len(X), max(1, _NUMBERS // widest))
    n_networks = max(1, _NUMBERS // (widest * n_rows))
    for k in range(0, len(layers[0][0]), n_networks):
        networks = slice(k, k + n_networks)
        some = [(W[networks], b[networks]) for W, b in layers]
        for i in range(0, len(X), n_rows):
            rows = slice(i, i + n_rows)
            yield networks, rows, forward_pass(config, some, X[rows])


def in_unit(dataset: Dataset, prediction: Array) -> Array:
    """Predictions in the target's own unit; class indices as they are."""
    if dataset.class_names:
        return prediction
    return prediction * dataset.target_scale + dataset.target_mean

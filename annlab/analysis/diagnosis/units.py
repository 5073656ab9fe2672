"""Find hidden units that are inactive, and layers with identical units."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.datasets import Dataset
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.derived_features import network_inputs
from annlab.nn.forward import layer_values
from annlab.runs.history import GRADIENT_SAMPLES
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]

# Multiplications spent on finding inactive units: about 1 s. Larger runs check fewer networks.
_WORK = 4e9
# Relative tolerance: gradients of equal units differ only by float32 rounding.
_EQUAL = 1e-4


def inactive_units(run: Run, dataset: Dataset, epoch: Epoch | None = None) -> Array:
    """Share of inactive units in each hidden layer: units with a small slope for every sample.

    The samples are those over which a training records gradients; very large runs check only
    the first networks.

    Parameters
    ----------
    run : Run
    dataset : Dataset
        Data of the run's networks.
    epoch : int, "best", "last" or None
        Weights to check, as in `Run.layers`.

    Returns
    -------
    ndarray, shape (n_hidden_layers, n_networks)
        In [0, 1], for the networks that did not diverge.
    """
    config = run.config
    activation = ACTIVATIONS[config.model.activation]
    n_samples = min(len(dataset.X_train), GRADIENT_SAMPLES)
    n = int(np.clip(_WORK // (n_samples * run.n_parameters), 1, run.n_seeds))
    layers, networks = run.layers(epoch), np.flatnonzero(run.counted)[:n]
    shares = np.zeros((len(config.model.hidden_sizes), len(networks)))
    for column, k in enumerate(networks):  # one at a time to limit memory
        X = dataset.of(k).X_train
        values = layer_values(
            [(W[k], b[k]) for W, b in layers],
            network_inputs(X[:: -(-len(X) // GRADIENT_SAMPLES)], config.model.features),
            config.model.activation,
            config.output_activation,
        )
        for layer, (z, _) in zip(range(len(shares)), values, strict=False):  # (n_samples, n_units)
            slope = np.abs(activation.derivative(z))
            shares[layer, column] = (slope.max(axis=0) < activation.inactive_below).mean()
    return shares


def equal_layer(run: Run) -> int | None:
    """Find the first hidden layer with identical units before and after training.

    Units with the same initial weights get the same gradients, so they stay equal without
    dropout.

    Parameters
    ----------
    run : Run

    Returns
    -------
    int or None
        Number of the layer, from 1; None without a layer that has identical units in all
        networks that did not diverge.
    """
    start, end = run.checkpoints.at(0)[:-1], run.layers()[:-1]
    for layer, (first, last) in enumerate(zip(start, end, strict=True), 1):
        n_units = last[1].shape[-1]
        if n_units > 1 and all(_equal(run, *weights) for weights in (first, last)):
            return layer
    return None


def _equal(run: Run, W: Array, b: Array) -> bool:
    incoming = np.concatenate([W, b[:, None]], axis=1)[run.counted]  # (n, n_in + 1, n_units)
    spread = np.ptp(incoming, axis=-1).max()
    return bool(spread <= _EQUAL * np.abs(incoming).max())

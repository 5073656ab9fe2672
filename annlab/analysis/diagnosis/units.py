"""Hidden units that do not learn, or that learn the same as all others of their layer."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.datasets import Dataset
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.forward import layer_values
from annlab.runs.history import GRADIENT_SAMPLES
from annlab.runs.run import Epoch, Run

Array = NDArray[Any]

# Multiplications spent on finding inactive units: about a second. Of larger runs, not all
# networks are looked at.
_WORK = 4e9
# Equal units get equal gradients but for the rounding of float32.
_EQUAL = 1e-4


def inactive_units(run: Run, dataset: Dataset, epoch: Epoch | None = None) -> Array:
    """Share of units of each hidden layer whose slope is small for every training sample.

    Looks at the training samples that a training records gradients over, and of very large
    runs at the first networks only.

    Parameters
    ----------
    run : Run
    dataset : Dataset
        Its data; each network is looked at with its own.
    epoch : int, "best", "last" or None
        Whose weights: as for `Run.layers`.

    Returns
    -------
    ndarray, shape (n_hidden_layers, n_networks)
        In [0, 1]; of networks that did not diverge.
    """
    config = run.config
    activation = ACTIVATIONS[config.model.activation]
    n_samples = min(len(dataset.X_train), GRADIENT_SAMPLES)
    n = int(np.clip(_WORK // (n_samples * run.n_parameters), 1, run.n_seeds))
    layers, networks = run.layers(epoch), np.flatnonzero(run.counted)[:n]
    shares = np.zeros((len(config.model.hidden_sizes), len(networks)))
    for column, k in enumerate(networks):  # one by one: together they would fill the memory
        X = dataset.of(k).X_train
        values = layer_values(
            [(W[k], b[k]) for W, b in layers],
            X[:: -(-len(X) // GRADIENT_SAMPLES)],
            config.model.activation,
            config.output_activation,
        )
        for layer, (z, _) in zip(range(len(shares)), values, strict=False):  # (n_samples, n_units)
            slope = np.abs(activation.derivative(z))
            shares[layer, column] = (slope.max(axis=0) < activation.inactive_below).mean()
    return shares


def equal_layer(run: Run) -> int | None:
    """The first hidden layer whose units started equal and are equal still.

    Units that start from the same weights get the same gradient, so they stay equal unless
    dropout tells them apart.

    Parameters
    ----------
    run : Run

    Returns
    -------
    int or None
        Its number, from 1; None if no layer is so in all networks that did not diverge.
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

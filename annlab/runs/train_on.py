"""Config of a run that trains on from the weights of another run."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from annlab.config import RunConfig
from annlab.runs.run_record import Epoch, RunRecord


class Entry(NamedTuple):
    """Place of a weight in a network: layer, row (n_in: the bias), and unit, each from 0."""

    layer: int
    row: int
    unit: int


def train_on(
    run: RunRecord,
    *,
    epoch: Epoch | None = None,
    network: int = 0,
    changes: Mapping[Entry, float] | None = None,
) -> RunConfig:
    """Config with the settings of a run, whose networks start from one of its networks.

    Only the weights are taken: the optimizer starts afresh.

    Parameters
    ----------
    run : RunRecord
    epoch : int, "best", "last" or None
        Weights to start from, as in `RunRecord.layers`.
    network : int
        Index of the network.
    changes : mapping of Entry to float or None
        Weights and biases to replace.

    Returns
    -------
    RunConfig

    Raises
    ------
    IndexError
        If the network or a changed weight does not exist.
    ValueError
        If no weights were kept at that epoch, there are too many, or one is not finite.
    """
    layers = [(W[network].copy(), b[network].copy()) for W, b in run.layers(epoch)]
    for (layer, row, unit), value in (changes or {}).items():
        if min(layer, row, unit) < 0:
            raise IndexError(f"there is no weight {(layer, row, unit)}")
        W, b = layers[layer]
        with np.errstate(over="ignore"):  # what float32 cannot hold is refused below
            if row == len(W):
                b[unit] = value
            else:
                W[row, unit] = value
    values = run.config.model_dump()
    weights = np.concatenate([part.ravel() for layer in layers for part in layer])
    values["model"]["initial_weights"] = weights.tolist()
    return RunConfig.model_validate(values)

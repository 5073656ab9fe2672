"""History columns and checkpoint epochs of a run."""

from collections.abc import Container

import numpy as np

from annlab.config import RunConfig
from annlab.datasets import Split, watched_split

# Gradients are recorded over so many training samples at most, evenly chosen.
GRADIENT_SAMPLES = 1000
MAX_CHECKPOINTS = 40
# The first, the last and one between them are kept whatever they weigh.
_FEWEST_CHECKPOINTS = 3
# Weights of all checkpoints together, unless the fewest take more.
CHECKPOINT_BYTES = 4_000_000
BYTES = 4  # of a float32


def checkpoint_epochs(max_epochs: int, n_parameters: int, n_seeds: int) -> tuple[int, ...]:
    """The epochs whose weights are kept: 0, the last, and between them even in log-epochs.

    Parameters
    ----------
    max_epochs : int
        The last epoch.
    n_parameters, n_seeds : int
        Size of one network and number of networks: large ones are kept less often.

    Returns
    -------
    tuple of int
        Ascending, without repetitions; at least 0 and the last.
    """
    n = n_checkpoints(n_parameters * n_seeds)
    inner = np.geomspace(1, max_epochs, n - 1).round().astype(int)
    return tuple(sorted({0, max_epochs, *(int(epoch) for epoch in inner)}))


def n_checkpoints(n_numbers: int) -> int:
    """How often so many weights are kept at most."""
    n = CHECKPOINT_BYTES // (BYTES * n_numbers)
    return min(max(n, _FEWEST_CHECKPOINTS), MAX_CHECKPOINTS)


# What a split is called in the names of columns.
_PREFIXES = {"train": "train", "validation": "val", "test": "test"}


def column(split: Split, name: str) -> str:
    """The history column of a loss or score on a split: "val_loss" for "validation", "loss"."""
    return f"{_PREFIXES[split]}_{name}"


def watched_loss(available: Container[str]) -> str:
    """The history column by which choices are made: the loss on the watched split.

    Parameters
    ----------
    available : container of str
        Names of the splits that have samples.
    """
    return column(watched_split(available), "loss")


def history_columns(config: RunConfig) -> list[str]:
    """The names of what is recorded after every epoch.

    Loss and metrics of the training split (``train_…``), and of the validation split (``val_…``)
    and the test split (``test_…``) where there are such; if gradients are recorded, for each
    layer from 1 the norm of its weights' gradient (``gradient_norm_…``), and for each hidden
    layer the share of inactive units (``inactive_…``).
    """
    names = [
        column(split, name)
        for split in config.sizes.splits
        for name in ("loss", *config.task.metrics)
    ]
    if config.training.record_gradients:
        n_layers = len(config.architecture.layers)
        names += [f"gradient_norm_{layer}" for layer in range(1, n_layers + 1)]
        names += [f"inactive_{layer}" for layer in range(1, n_layers)]
    return names

"""What is kept of a training: which numbers after each epoch, and the weights of which epochs.

And what memory it takes: to keep that, and to compute it.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from annlab.config import RunConfig

# Gradients are recorded over so many training points at most, evenly chosen.
GRADIENT_SAMPLES = 1000
MAX_CHECKPOINTS = 40
# The first, the last and one between them are kept whatever they weigh.
_FEWEST_CHECKPOINTS = 3
# Weights of all checkpoints together, unless the fewest take more.
CHECKPOINT_BYTES = 4_000_000
_BYTES = 4  # of a float32


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
    n = _n_checkpoints(n_parameters * n_seeds)
    inner = np.geomspace(1, max_epochs, n - 1).round().astype(int)
    return tuple(sorted({0, max_epochs, *(int(epoch) for epoch in inner)}))


def _n_checkpoints(n_numbers: int) -> int:
    """How often so many weights are kept at most."""
    n = CHECKPOINT_BYTES // (_BYTES * n_numbers)
    return min(max(n, _FEWEST_CHECKPOINTS), MAX_CHECKPOINTS)


def history_columns(config: "RunConfig") -> list[str]:
    """The names of what is recorded after every epoch.

    Loss and metrics of the training split (``train_…``), and of the validation split (``val_…``)
    and the test split (``test_…``) where there are such; if gradients are recorded, for each
    layer from 1 the norm of its weights' gradient (``gradient_norm_…``), and for each hidden
    layer the share of inactive units (``inactive_…``).
    """
    splits = {"train": True, "val": config.has_validation, "test": config.has_test}
    names = [
        f"{split}_{name}"
        for split, is_there in splits.items()
        for name in ("loss", *config.task.metrics)
        if is_there
    ]
    if config.training.record_gradients:
        n_layers = len(config.layer_sizes) - 1
        names += [f"gradient_norm_{layer}" for layer in range(1, n_layers + 1)]
        names += [f"inactive_{layer}" for layer in range(1, n_layers)]
    return names


def most_bytes(config: "RunConfig") -> int:
    """What the weights and the history of a run take at most, in bytes."""
    rows, n_seeds = config.training.max_epochs + 1, config.training.n_seeds
    n_checkpoints = min(rows, _n_checkpoints(config.n_parameters * n_seeds))
    n_checkpoints += config.training.early_stopping_patience > 0  # the best ones
    numbers = n_checkpoints * config.n_parameters + rows * len(history_columns(config))
    return _BYTES * n_seeds * numbers


def samples_at_once(config: "RunConfig") -> int:
    """Over how many samples a gradient of each network is computed at most."""
    at_once = config.training.batch_size
    if config.training.record_gradients:
        at_once = max(at_once, GRADIENT_SAMPLES)
    return min(at_once, config.n_train)


def step_bytes(config: "RunConfig") -> int:
    """What a worker needs for the gradients of all networks over a batch, in bytes; about."""
    n_features, units = config.dataset.spec.n_features, sum(config.model.hidden_sizes)
    # Features; activations, and the gradients that go back through them.
    of_a_sample = _BYTES * (n_features + 2 * units)
    masks = 0
    if config.model.dropout:
        of_a_sample += _BYTES * 2 * units  # masks in numbers, and what they leave
        masks = config.n_train * units  # of an epoch, a byte each
    return config.training.n_seeds * (samples_at_once(config) * of_a_sample + masks)


def data_bytes(config: "RunConfig") -> int:
    """What the data take where each network has its own, in bytes; else 0."""
    if config.dataset.resample == "none":
        return 0
    numbers = config.dataset.spec.n_features + 1
    return _BYTES * config.training.n_seeds * config.dataset.n_points * numbers

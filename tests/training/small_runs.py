"""A small run that learns something, and its numbers to compare."""

import numpy as np

from annlab import RunConfig


def make(dataset=None, model=None, **training):
    """Config of a small run that learns something, with changes for a test."""
    return RunConfig(
        dataset={"name": "moons", "n_samples": 200, "noise": 0.3, **(dataset or {})},
        model={"hidden_sizes": (6, 4), "activation": "tanh", **(model or {})},
        training={"learning_rate": 0.02, "max_epochs": 8, "n_seeds": 3, "seed": 7, **training},
    )


def largest_difference(run, other, k=slice(None), k_other=slice(None)):
    """Last weights and biases of some networks."""
    return max(
        float(np.abs(here[k] - there[k_other]).max())
        for pair, pair_other in zip(run.checkpoints.at(), other.checkpoints.at(), strict=True)
        for here, there in zip(pair, pair_other, strict=True)
    )


def numbers(run):
    """All numbers of a run except times, as bytes."""
    arrays = [*(run.history[name] for name in sorted(run.history)), run.checkpoints.epochs]
    arrays += [array for pair in run.checkpoints.layers for array in pair]
    return b"".join(array.tobytes() for array in arrays)

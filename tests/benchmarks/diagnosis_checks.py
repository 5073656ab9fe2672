"""Checks that a rule does not use: twice the epochs, fresh or more samples, other seeds."""

from functools import cache
from typing import Any

import numpy as np

from annlab import Run, RunConfig, load_dataset, train
from annlab.analysis.convergence import NOTHING_LEFT
from annlab.analysis.prediction import forward_pass
from annlab.nn.losses import LOSSES

# Reduction of the loss by twice the epochs: above the first share still improving, below the
# second not.
STILL_FALLS, IS_DONE = 0.10, 0.05
# Final loss on fresh samples above its minimum, as a share of the total fall: above the first
# value overfitting, below the second not.
OVERFITS, FITS = 0.04, 0.01
# Gain in fresh accuracy from ten times the samples: above the first value too few samples, below
# the second enough.
TOO_FEW, ENOUGH = 0.06, 0.02
# Standard deviation of the accuracy over ten other seeds: above the first value the networks
# disagree, below the second they agree.
DISAGREES, AGREES = 0.08, 0.02
_FRESH = {"n_samples": 4000, "seed": 1234}


@cache
def trained(config: RunConfig) -> Run:
    """Train a run, cached because several rules use it."""
    return train(config)


def _mean_of_end(loss: np.ndarray, epoch: int) -> float:
    k = max(1, epoch // 10)
    return float(loss[epoch + 1 - k : epoch + 1].mean())


def goes_on(config: RunConfig) -> bool | None:
    """Whether twice the epochs lower the loss clearly."""
    n = config.training.max_epochs
    loss = trained(_with(config, max_epochs=2 * n)).history
    column = "val_loss" if "val_loss" in loss else "train_loss"
    curve = np.median(loss[column], axis=1)
    if _mean_of_end(curve, n) <= NOTHING_LEFT * curve[0]:
        return None
    fall = 1 - _mean_of_end(curve, 2 * n) / _mean_of_end(curve, n)
    return _between(fall, IS_DONE, STILL_FALLS)


def _with(config: RunConfig, **training: Any) -> RunConfig:
    changed = config.training.model_copy(update=training)
    return config.model_copy(update={"training": changed})


def _between(value: float, low: float, high: float) -> bool | None:
    return None if low < value < high else value >= high


def _fresh(config: RunConfig) -> tuple[np.ndarray, np.ndarray]:
    """Fresh samples from the distribution of a run's data."""
    return load_dataset(
        config.dataset.model_copy(
            update={**_FRESH, "test_fraction": 0.0, "validation_fraction": 0.0}
        )
    ).split("train")


def loss_rises(config: RunConfig) -> bool | None:
    """Whether the loss on fresh samples ends clearly above its minimum."""
    run = trained(config)
    X, y = _fresh(config)
    losses = []
    for epoch in run.checkpoints.epochs:
        passed = forward_pass(config, run.checkpoints.at(int(epoch)), X)
        target = config.task.encode(y[:, None], passed.output.shape[-1])
        value = LOSSES[config.loss].value(np, target, passed.output, passed.logits)
        losses.append(float(np.median(value.mean(axis=-1))))
    training = np.median(run.history["train_loss"], axis=1)
    lowest, end = min(losses), float(np.mean(losses[-2:]))
    fall = max(losses[0] - lowest, float(training[0] - training[-1]))
    return _between((end - lowest) / fall, FITS, OVERFITS)


def _accuracy(run: Run) -> np.ndarray:
    X, y = _fresh(run.config)
    passed = forward_pass(run.config, run.checkpoints.at(), X)
    accuracy: np.ndarray = (run.config.task.decode(passed.output)[..., 0] == y).mean(axis=-1)
    return accuracy


def more_samples_help(config: RunConfig) -> bool | None:
    """Whether ten times the samples, with equal steps, improve the accuracy on fresh samples."""
    data = config.dataset.model_copy(update={"n_samples": 10 * config.dataset.n_samples})
    epochs = max(1, config.training.max_epochs // 10)
    more = _with(config.model_copy(update={"dataset": data}), max_epochs=epochs)
    gain = np.median(_accuracy(trained(more))) - np.median(_accuracy(trained(config)))
    return _between(float(gain), ENOUGH, TOO_FEW)


def others_disagree(config: RunConfig) -> bool | None:
    """Whether ten networks from other seeds differ in the accuracy on fresh samples."""
    others = trained(_with(config, seed=1000, n_seeds=10))
    return _between(float(_accuracy(others).std(ddof=1)), AGREES, DISAGREES)

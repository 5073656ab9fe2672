"""Gradient descent on a loss with two parameters: every step of an optimizer, with its stages."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.two_parameters import TwoParameterLoss
from annlab.config import TrainingConfig
from annlab.nn.optimizer_steps import EMPTY_MEMORY, Stage, Stages, optimizer_step
from annlab.nn.optimizers import OPTIMIZERS

Array = NDArray[Any]

# A path ends where a parameter is larger: it has diverged.
LARGEST_PARAMETER = 1e6


@dataclass(frozen=True, eq=False)
class DescentPath:
    """Steps of one optimizer.

    Attributes
    ----------
    parameters : ndarray, shape (n_steps + 1, 2)
        w and b, the start first. A path that diverged is shorter.
    losses : ndarray, shape (n_steps + 1,)
        Mean loss of all samples, whatever the batch.
    stages : tuple of tuple of Stage
        Stages of each step, with values of shape (2,).
    diverged : bool
        Whether a parameter left the range of `LARGEST_PARAMETER`.
    """

    parameters: Array
    losses: Array
    stages: tuple[tuple[Stage, ...], ...]
    diverged: bool


def sample_order(n_samples: int, n_epochs: int, seed: int) -> NDArray[np.int64]:
    """Order of the samples in each epoch: a permutation per row, shape (n_epochs, n_samples)."""
    random = np.random.default_rng(seed)
    return random.permuted(np.tile(np.arange(n_samples), (n_epochs, 1)), axis=1)


def batches(n_samples: int, batch_size: int, n_steps: int, seed: int) -> list[Array]:
    """Samples of each step.

    Parameters
    ----------
    n_samples, batch_size, n_steps : int
        The last batch of an epoch may be smaller. A batch of all samples keeps their order.
    seed : int
        Seed of the order of the samples.

    Returns
    -------
    list of ndarray of int, length n_steps
    """
    if batch_size >= n_samples:
        return [np.arange(n_samples)] * n_steps
    per_epoch = -(-n_samples // batch_size)
    order = sample_order(n_samples, -(-n_steps // per_epoch), seed)
    return [
        order[step // per_epoch][(at := step % per_epoch * batch_size) : at + batch_size]
        for step in range(n_steps)
    ]


def descend(
    problem: TwoParameterLoss, training: TrainingConfig, start: Array, n_steps: int
) -> DescentPath:
    """Follow an optimizer down a loss with two parameters.

    Parameters
    ----------
    problem : TwoParameterLoss
    training : TrainingConfig
        Optimizer with its settings, batch size, and seed of the order of the samples.
    start : ndarray, shape (2,)
        w and b at first.
    n_steps : int

    Returns
    -------
    DescentPath

    Raises
    ------
    ValueError
        If the training has L2, which would move the minimum.
    """
    stages = _stages_without_l2(training)
    now, memory = np.asarray(start, float), EMPTY_MEMORY
    path, found, diverged = [now], [], False
    for rows in batches(len(problem.x), training.batch_size, n_steps, training.seed):
        step = optimizer_step(stages, training, now, problem.gradient(now, rows), memory)
        now, memory = step.parameter, step.memory
        found.append(step.stages)
        path.append(now)
        if not np.abs(now).max() <= LARGEST_PARAMETER:
            diverged = True
            break
    parameters = np.array(path)
    return DescentPath(parameters, problem.value(parameters), tuple(found), diverged)


def losses_by_rate(
    problem: TwoParameterLoss, training: TrainingConfig, start: Array, n_steps: int, rates: Array
) -> Array:
    """Loss that an optimizer reaches with each of many learning rates.

    Parameters
    ----------
    problem, training, start, n_steps
        As for `descend`; the learning rate of `training` does not matter.
    rates : ndarray, shape (n_rates,)
        Learning rates.

    Returns
    -------
    ndarray, shape (n_rates,)
        Mean loss of all samples after the last step; inf where the path diverged.

    Raises
    ------
    ValueError
        If the training has L2.
    """
    stages = _stages_without_l2(training)
    # Only the last stage of a chain depends on the rate, so all rates share the others.
    unit = training.model_copy(update={"learning_rate": 1.0})
    now, memory = np.tile(np.asarray(start, float), (len(rates), 1)), EMPTY_MEMORY
    alive = np.ones(len(rates), bool)
    for rows in batches(len(problem.x), training.batch_size, n_steps, training.seed):
        step = optimizer_step(stages, unit, now, problem.gradient(now, rows), memory)
        memory = step.memory
        after = now + rates[:, None] * step.stages[-1].values
        alive &= np.abs(after).max(axis=1) <= LARGEST_PARAMETER
        now = np.where(alive[:, None], after, now)
    return np.where(alive, problem.value(now), np.inf)


def _stages_without_l2(training: TrainingConfig) -> Stages:
    if training.weight_decay:
        raise ValueError(f"weight_decay: must be 0; got {training.weight_decay:g}")
    return OPTIMIZERS[training.optimizer].stages

"""Measures how fast this machine trains, with two small trainings."""

import numpy as np

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.runs.duration import Speed, seconds_of_epoch
from annlab.training.fit import fit

# One training has many steps with small arrays, the other few steps with large ones.
_CALLS = RunConfig(
    dataset=DatasetConfig(name="moons", n_samples=400),
    model=ModelConfig(hidden_sizes=(2,)),
    training=TrainingConfig(batch_size=8, max_epochs=12, accelerator="cpu"),
)
_ARITHMETIC = RunConfig(
    dataset=DatasetConfig(name="moons", n_samples=400),
    model=ModelConfig(hidden_sizes=(96, 96)),
    training=TrainingConfig(batch_size=400, max_epochs=8, n_seeds=20, accelerator="cpu"),
)


def measure_speed() -> Speed:
    """Measure this machine, in about half a second, whatever the host allows."""
    calls_of_calls, arithmetic_of_calls = seconds_of_epoch(_CALLS)
    calls = max(0.0, _seconds_of_epoch(_CALLS) - arithmetic_of_calls) / calls_of_calls
    calls_of_arithmetic, arithmetic = seconds_of_epoch(_ARITHMETIC)
    rest = _seconds_of_epoch(_ARITHMETIC) - calls * calls_of_arithmetic
    return Speed(_bounded(calls), _bounded(rest / arithmetic))


def _seconds_of_epoch(config: RunConfig) -> float:
    """Seconds of the fastest epoch: what else the machine does makes others slower."""
    times = np.array(fit([config]).recorder.seconds)
    # The first epoch takes its memory for the first time.
    return float(min(np.diff(times)[1:]))


def _bounded(ratio: float) -> float:
    """A ratio that a machine may have: a wrong measurement shall not refuse all trainings."""
    return min(max(ratio, 0.05), 20.0)

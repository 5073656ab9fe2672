"""Measures how fast this machine trains, with two small trainings."""

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.runs.duration import Speed, seconds_of_epoch
from annlab.training.train import train

# Of many steps with small arrays, and of few steps with large ones. The first two epochs, in which
# memory is taken for the first time, do not count.
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
    """Measure this machine, in about half a second."""
    calls_of_calls, arithmetic_of_calls = seconds_of_epoch(_CALLS)
    calls = max(0.0, _seconds_of_epoch(_CALLS) - arithmetic_of_calls) / calls_of_calls
    calls_of_arithmetic, arithmetic = seconds_of_epoch(_ARITHMETIC)
    rest = _seconds_of_epoch(_ARITHMETIC) - calls * calls_of_arithmetic
    return Speed(_bounded(calls), _bounded(rest / arithmetic))


def _seconds_of_epoch(config: RunConfig) -> float:
    """Seconds of the fastest epoch: what else the machine does makes others slower."""
    times = train(config).epoch_seconds
    return float(min(times[2:] - times[1:-1]))


def _bounded(ratio: float) -> float:
    """A ratio that a machine may have: a wrong measurement shall not refuse all trainings."""
    return min(max(ratio, 0.05), 20.0)

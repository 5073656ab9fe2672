"""The largest stable rate against the rate at which simulated descents begin to grow."""

import numpy as np
import pytest

from annlab.analysis.stability import largest_stable_rate
from annlab.config import TrainingConfig
from annlab.nn.optimizer_steps import EMPTY_MEMORY, optimizer_step
from annlab.nn.optimizers import OPTIMIZERS

CURVATURES = np.array([0.3, 7.0])
N_STEPS = 700


def grows(optimizer: str, momentum: float, rate: float) -> bool:
    training = TrainingConfig(optimizer=optimizer, momentum=momentum, learning_rate=rate)
    w, memory = np.array([1.0, 1.0]), EMPTY_MEMORY
    for _ in range(N_STEPS):
        step = optimizer_step(OPTIMIZERS[optimizer].stages, training, w, CURVATURES * w, memory)
        w, memory = step.parameter, step.memory
        if np.abs(w).max() > 1e3:
            return True
    return False


@pytest.mark.parametrize(
    ("optimizer", "momentum"),
    [("sgd", 0.0), ("momentum", 0.0), ("momentum", 0.5), ("momentum", 0.9), ("nesterov", 0.8)],
)
def test_bisection_finds_the_same_rate(optimizer: str, momentum: float) -> None:
    low, high = 0.01, 2.0
    while high / low > 1.002:
        middle = np.sqrt(low * high)
        low, high = (low, middle) if grows(optimizer, momentum, middle) else (middle, high)
    found = largest_stable_rate(optimizer, momentum, CURVATURES.max())
    assert found == pytest.approx(low, rel=0.01)


def test_optimizers_that_scale_have_no_such_number() -> None:
    scaled = [name for name in OPTIMIZERS if largest_stable_rate(name, 0.9, 1.0) is None]
    assert scaled == ["adagrad", "rmsprop", "adam", "adamw", "nadam"]
    for name in scaled:  # the registry's chains say so, too
        step = optimizer_step(
            OPTIMIZERS[name].stages, TrainingConfig(), np.ones(1), np.ones(1), EMPTY_MEMORY
        )
        assert "scaling" in [stage.name for stage in step.stages]


def test_a_curvature_that_is_not_positive_is_an_error() -> None:
    with pytest.raises(ValueError, match="curvature: must be positive; got 0"):
        largest_stable_rate("sgd", 0.0, 0.0)

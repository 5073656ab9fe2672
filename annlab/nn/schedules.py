"""SCHEDULES: learning-rate schedules, one entry each; a schedule changes the rate per epoch.

Factors are those of `torch.optim.lr_scheduler` when it is stepped once after every epoch.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Schedule:
    """One learning-rate schedule.

    Attributes
    ----------
    name, label : str
        Name in configs, and display name.
    factor : callable
        ``factor(epoch, training)``: share of the learning rate in an epoch, counted from 0.
    torch_class : str
        Name of the class in `torch.optim.lr_scheduler`; empty for a constant rate.
    settings : mapping of str to str
        Fields of a TrainingConfig that the schedule uses, and their argument names in PyTorch.
    formula : str
        The rate in an epoch e, for display: E is the number of epochs, n and q are the settings.
    python : str
        Python expression of the factor in an ``epoch``, for Keras, with fields of a TrainingConfig
        in braces; needs `math`.
    source : str
        Where the schedule was introduced.
    """

    name: str
    label: str
    factor: Callable[[int, Any], float]
    formula: str
    python: str
    torch_class: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    def torch_arguments(self, training: Any) -> dict[str, Any]:
        """Keyword arguments of the class in `torch.optim.lr_scheduler`."""
        return {argument: getattr(training, name) for name, argument in self.settings.items()}

    def factor_in_python(self, training: Any) -> str:
        """Python expression of the factor in an ``epoch``, with the settings of a training."""
        return self.python.format_map(vars(training))


def _constant(epoch: int, training: Any) -> float:
    return 1.0


def _step(epoch: int, training: Any) -> float:
    return float(training.schedule_factor ** (epoch // training.schedule_epochs))


def _cosine(epoch: int, training: Any) -> float:
    return _half_wave(epoch / training.max_epochs)


def _warm_restarts(epoch: int, training: Any) -> float:
    return _half_wave(epoch % training.schedule_epochs / training.schedule_epochs)


def _half_wave(share: float) -> float:
    return (1 + math.cos(math.pi * share)) / 2


_ENTRIES = (
    Schedule("constant", "Constant", _constant, "rate", "1.0"),
    Schedule(
        "step",
        "Steps",
        _step,
        "rate · qᵏ, k = ⌊e / n⌋",
        "{schedule_factor} ** (epoch // {schedule_epochs})",
        torch_class="StepLR",
        settings={"schedule_epochs": "step_size", "schedule_factor": "gamma"},
    ),
    Schedule(
        "cosine",
        "Cosine",
        _cosine,
        "rate · (1 + cos(π e / E)) / 2",
        "(1 + math.cos(math.pi * epoch / {max_epochs})) / 2",
        torch_class="CosineAnnealingLR",
        settings={"max_epochs": "T_max"},
        source="Loshchilov & Hutter (2017), SGDR: stochastic gradient descent with warm restarts",
    ),
    Schedule(
        "restarts",
        "Cosine with warm restarts",
        _warm_restarts,
        "rate · (1 + cos(π (e mod n) / n)) / 2",
        "(1 + math.cos(math.pi * (epoch % {schedule_epochs}) / {schedule_epochs})) / 2",
        torch_class="CosineAnnealingWarmRestarts",
        settings={"schedule_epochs": "T_0"},
        source="Loshchilov & Hutter (2017), SGDR: stochastic gradient descent with warm restarts",
    ),
)

SCHEDULES: dict[str, Schedule] = {entry.name: entry for entry in _ENTRIES}


def rate_factors(training: Any) -> NDArray[np.float64]:
    """Shares of the learning rate in all epochs of a training.

    Parameters
    ----------
    training : TrainingConfig

    Returns
    -------
    ndarray, shape (max_epochs,)
        From 0 to 1; the first is 1.
    """
    factor = SCHEDULES[training.schedule].factor
    return np.array([factor(epoch, training) for epoch in range(training.max_epochs)])


def learning_rate_after(epoch: int, training: Any) -> float:
    """Learning rate of the step that follows a number of epochs; after the last, its own."""
    factor = SCHEDULES[training.schedule].factor(min(epoch, training.max_epochs - 1), training)
    return float(training.learning_rate * factor)

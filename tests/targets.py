"""Random targets of each task."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.nn.tasks import TASKS

N_CLASSES, N_TARGETS = 3, 2


def random_targets(task: str, n: int, random: np.random.Generator) -> NDArray[Any]:
    """Targets of shape (n, n_targets): of 2 or 3 classes, or of 1 or 2 numbers, or 2 labels."""
    several = TASKS[task].n_outputs(0, N_TARGETS) == N_TARGETS
    shape = (n, N_TARGETS if several else 1)
    if TASKS[task].kind == "values":
        return random.normal(0, 2, shape)
    return random.integers(0, N_CLASSES if task == "multiclass" else 2, shape)


def outputs_of(task: str) -> int:
    """Number of outputs of a network for these targets."""
    return TASKS[task].n_outputs(N_CLASSES, N_TARGETS)

"""Tasks: what the output of a network means, and how targets are encoded for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
TaskName = Literal["binary", "multiclass", "regression"]


@dataclass(frozen=True)
class Task:
    """What a network is asked to do.

    Attributes
    ----------
    name, label : str
        Name in configs and for people.
    losses, output_activations : tuple of str
        What can be chosen; the default stands first.
    metrics : mapping of str to callable
        Recorded in a run's history beside the loss: ``(xp, target, output)``, each of
        shape (..., n_outputs), to the value per sample, shape (...).
    encode : callable
        ``(y, n_outputs)`` to float32 targets of shape (n_samples, n_outputs).
    decode : callable
        Outputs of shape (..., n_outputs) to predictions of shape (...): class indices, or
        values.
    one_output_per_class : bool
        Whether the network has as many outputs as there are classes.
    """

    name: TaskName
    label: str
    losses: tuple[str, ...]
    output_activations: tuple[str, ...]
    metrics: Mapping[str, Callable[[Any, Any, Any], Any]]
    encode: Callable[[Array, int], NDArray[np.float32]]
    decode: Callable[[Array], Array]
    one_output_per_class: bool = False

    def n_outputs(self, n_classes: int) -> int:
        """Number of output units for a data set of `n_classes` classes (0: regression)."""
        return n_classes if self.one_output_per_class else 1


def _column(y: Array, n_outputs: int) -> NDArray[np.float32]:
    return np.asarray(y, dtype=np.float32).reshape(-1, 1)


def _one_hot(y: Array, n_outputs: int) -> NDArray[np.float32]:
    return np.eye(n_outputs, dtype=np.float32)[y]


TASKS: dict[str, Task] = {
    entry.name: entry
    for entry in (
        Task(
            name="binary",
            label="Two classes",
            losses=("binary_cross_entropy", "mse"),
            output_activations=("sigmoid",),
            metrics={
                "accuracy": lambda xp, target, output: ((output >= 0.5) == (target >= 0.5))[..., 0]
            },
            encode=_column,
            decode=lambda output: (output[..., 0] >= 0.5).astype(np.int64),
        ),
        Task(
            name="multiclass",
            label="Several classes",
            losses=("categorical_cross_entropy", "mse"),
            output_activations=("softmax",),
            metrics={
                "accuracy": lambda xp, target, output: (
                    xp.argmax(output, -1) == xp.argmax(target, -1)
                )
            },
            encode=_one_hot,
            decode=lambda output: output.argmax(-1),
            one_output_per_class=True,
        ),
        Task(
            name="regression",
            label="Regression",
            losses=("mse", "mae", "huber"),
            output_activations=("linear", "relu", "softplus", "sigmoid", "tanh"),
            metrics={
                "mse": lambda xp, target, output: ((output - target) ** 2).mean(-1),
            },
            encode=_column,
            decode=lambda output: output[..., 0],
        ),
    )
}

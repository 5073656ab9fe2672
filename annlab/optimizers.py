"""Optimizers: one entry each, naming the class of `torch.optim` and its options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Optimizer:
    """One way to turn gradients into steps.

    Attributes
    ----------
    name, label : str
        Name in configs and for people.
    torch_class : str
        The class in `torch.optim`.
    options : mapping
        Fixed arguments of that class.
    keras_class, keras_options : str, mapping
        The class in `keras.optimizers`, and the arguments with which it does the same.
    keras_note : str
        What it does otherwise all the same, for people; may be empty.
    uses_momentum : bool
        Whether the config's `momentum` is passed on.
    decouples_weight_decay : bool
        Whether L2 shrinks the weights beside the step, instead of adding to the gradient.
    source : str
        Where it was introduced.
    """

    name: str
    label: str
    torch_class: str
    keras_class: str
    source: str
    options: Mapping[str, Any] = field(default_factory=dict)
    keras_options: Mapping[str, Any] = field(default_factory=dict)
    keras_note: str = ""
    uses_momentum: bool = False
    decouples_weight_decay: bool = False

    def arguments(self, learning_rate: float, momentum: float) -> dict[str, Any]:
        """The keyword arguments of the class in `torch.optim`, apart from weight decay."""
        return {"lr": learning_rate, **self._others(self.options, momentum)}

    def keras_arguments(self, learning_rate: float, momentum: float) -> dict[str, Any]:
        """The keyword arguments of the class in `keras.optimizers`, apart from weight decay."""
        return {"learning_rate": learning_rate, **self._others(self.keras_options, momentum)}

    def _others(self, options: Mapping[str, Any], momentum: float) -> dict[str, Any]:
        if not self.uses_momentum:
            return {**options}
        # Without momentum plain SGD; torch refuses Nesterov's form of it.
        return {"momentum": momentum, **options} if momentum else {}


# PyTorch's own values. Its AdaGrad and RMSProp add epsilon to a root, Keras's below it.
_ENTRIES = (
    Optimizer(
        name="sgd",
        label="SGD",
        torch_class="SGD",
        keras_class="SGD",
        source="Robbins & Monro (1951), A stochastic approximation method",
    ),
    Optimizer(
        name="momentum",
        label="SGD with momentum",
        torch_class="SGD",
        keras_class="SGD",
        uses_momentum=True,
        source="Polyak (1964), Some methods of speeding up the convergence of iteration methods",
    ),
    Optimizer(
        name="nesterov",
        label="Nesterov momentum",
        torch_class="SGD",
        keras_class="SGD",
        options={"nesterov": True},
        keras_options={"nesterov": True},
        uses_momentum=True,
        source="Nesterov (1983), A method for solving the convex programming problem with "
        "convergence rate O(1/k²)",
    ),
    Optimizer(
        name="adagrad",
        label="AdaGrad",
        torch_class="Adagrad",
        keras_class="Adagrad",
        keras_options={"initial_accumulator_value": 0.0, "epsilon": 1e-20},
        source="Duchi, Hazan & Singer (2011), Adaptive subgradient methods",
    ),
    Optimizer(
        name="rmsprop",
        label="RMSProp",
        torch_class="RMSprop",
        keras_class="RMSprop",
        keras_options={"rho": 0.99, "epsilon": 1e-16},
        source="Tieleman & Hinton (2012), Lecture 6.5: rmsprop",
    ),
    Optimizer(
        name="adam",
        label="Adam",
        torch_class="Adam",
        keras_class="Adam",
        keras_options={"epsilon": 1e-8},
        source="Kingma & Ba (2015), Adam: a method for stochastic optimization",
    ),
    Optimizer(
        name="adamw",
        label="AdamW",
        torch_class="AdamW",
        keras_class="AdamW",
        keras_options={"epsilon": 1e-8},
        decouples_weight_decay=True,
        source="Loshchilov & Hutter (2019), Decoupled weight decay regularization",
    ),
    Optimizer(
        name="nadam",
        label="Nadam",
        torch_class="NAdam",
        keras_class="Nadam",
        keras_options={"epsilon": 1e-8},
        keras_note="Keras raises Nadam's momentum over dozens of steps, PyTorch over thousands.",
        source="Dozat (2016), Incorporating Nesterov momentum into Adam",
    ),
)

OPTIMIZERS: dict[str, Optimizer] = {entry.name: entry for entry in _ENTRIES}

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
    uses_momentum : bool
        Whether the config's `momentum` is passed on.
    fused : bool
        Whether that class has a fused kernel on the CPU.
    source : str
        Where it was introduced.
    """

    name: str
    label: str
    torch_class: str
    source: str
    options: Mapping[str, Any] = field(default_factory=dict)
    uses_momentum: bool = False
    fused: bool = False

    def arguments(self, learning_rate: float, momentum: float) -> dict[str, Any]:
        """The keyword arguments of the class, apart from weight decay."""
        if self.uses_momentum and not momentum:
            return {"lr": learning_rate}  # plain SGD; torch refuses Nesterov's form of it
        return {
            "lr": learning_rate,
            **({"momentum": momentum} if self.uses_momentum else {}),
            **self.options,
        }


_ENTRIES = (
    Optimizer(
        name="sgd",
        label="SGD",
        torch_class="SGD",
        fused=True,
        source="Robbins & Monro (1951), A stochastic approximation method",
    ),
    Optimizer(
        name="momentum",
        label="SGD with momentum",
        torch_class="SGD",
        uses_momentum=True,
        fused=True,
        source="Polyak (1964), Some methods of speeding up the convergence of iteration methods",
    ),
    Optimizer(
        name="nesterov",
        label="Nesterov momentum",
        torch_class="SGD",
        options={"nesterov": True},
        uses_momentum=True,
        fused=True,
        source="Nesterov (1983), A method for solving the convex programming problem with "
        "convergence rate O(1/k²)",
    ),
    Optimizer(
        name="adagrad",
        label="AdaGrad",
        torch_class="Adagrad",
        fused=True,
        source="Duchi, Hazan & Singer (2011), Adaptive subgradient methods",
    ),
    Optimizer(
        name="rmsprop",
        label="RMSProp",
        torch_class="RMSprop",
        source="Tieleman & Hinton (2012), Lecture 6.5: rmsprop",
    ),
    Optimizer(
        name="adam",
        label="Adam",
        torch_class="Adam",
        fused=True,
        source="Kingma & Ba (2015), Adam: a method for stochastic optimization",
    ),
    Optimizer(
        name="adamw",
        label="AdamW",
        torch_class="AdamW",
        fused=True,
        source="Loshchilov & Hutter (2019), Decoupled weight decay regularization",
    ),
    Optimizer(
        name="nadam",
        label="Nadam",
        torch_class="NAdam",
        source="Dozat (2016), Incorporating Nesterov momentum into Adam",
    ),
)

OPTIMIZERS: dict[str, Optimizer] = {entry.name: entry for entry in _ENTRIES}

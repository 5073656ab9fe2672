"""Optimizers: one entry each, naming the class of `torch.optim` and its options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annlab.nn import optimizer_steps
from annlab.nn.step_chain import Stages


@dataclass(frozen=True)
class Optimizer:
    """One optimizer: its classes in PyTorch and Keras, and its settings.

    Attributes
    ----------
    name, label : str
        Name in configs, and display name.
    torch_class : str
        Name of the class in `torch.optim`.
    options : mapping
        Fixed arguments of the PyTorch class.
    keras_class, keras_options : str, mapping
        Name of the equivalent class in `keras.optimizers`, and its fixed arguments.
    keras_note : str
        Difference between the Keras and PyTorch classes, as a comment in a script; may be empty.
    keras_schedule_note : str
        Difference that only a changing learning rate makes; may be empty.
    settings : mapping of str to (str, str)
        Fields of a TrainingConfig that this optimizer uses, and their argument names in
        `torch.optim` and `keras.optimizers`.
    decouples_weight_decay : bool
        Whether L2 shrinks the weights directly, instead of adding to the gradient.
    source : str
        Where the optimizer was introduced.
    stages : tuple of callable
        Stages of a step between gradient and step, for `optimizer_step`.
    """

    name: str
    label: str
    torch_class: str
    keras_class: str
    source: str
    stages: Stages
    options: Mapping[str, Any] = field(default_factory=dict)
    keras_options: Mapping[str, Any] = field(default_factory=dict)
    keras_note: str = ""
    keras_schedule_note: str = ""
    settings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    decouples_weight_decay: bool = False

    def arguments(self, training: Any) -> dict[str, Any]:
        """Keyword arguments of the class in `torch.optim`, without weight decay.

        Parameters
        ----------
        training : TrainingConfig
        """
        return {"lr": training.learning_rate, **self._setting_arguments(training, self.options, 0)}

    def keras_arguments(self, training: Any) -> dict[str, Any]:
        """Keyword arguments of the class in `keras.optimizers`, without weight decay."""
        return {
            "learning_rate": training.learning_rate,
            **self._setting_arguments(training, self.keras_options, 1),
        }

    def _setting_arguments(
        self, training: Any, options: Mapping[str, Any], library: int
    ) -> dict[str, Any]:
        # A momentum of 0 means plain SGD, and PyTorch rejects Nesterov momentum of 0.
        if "momentum" in self.settings and not training.momentum:
            return {}
        own = {names[library]: getattr(training, name) for name, names in self.settings.items()}
        return {**own, **options}


_MOMENTUM = {"momentum": ("momentum", "momentum")}
_VELOCITY_NOTE = (
    "Where the learning rate changes, scores differ: momentum in Keras keeps a share of the last "
    "step, in annlab and PyTorch of the last gradients."
)

# The defaults are PyTorch's. Its AdaGrad and RMSProp add epsilon outside the root, Keras inside.
_ENTRIES = (
    Optimizer(
        name="sgd",
        label="SGD",
        torch_class="SGD",
        keras_class="SGD",
        stages=optimizer_steps.SGD,
        source="Robbins & Monro (1951), A stochastic approximation method",
    ),
    Optimizer(
        name="momentum",
        label="SGD with momentum",
        torch_class="SGD",
        keras_class="SGD",
        keras_schedule_note=_VELOCITY_NOTE,
        settings=_MOMENTUM,
        stages=optimizer_steps.MOMENTUM,
        source="Polyak (1964), Some methods of speeding up the convergence of iteration methods",
    ),
    Optimizer(
        name="nesterov",
        label="Nesterov momentum",
        torch_class="SGD",
        keras_class="SGD",
        options={"nesterov": True},
        keras_options={"nesterov": True},
        keras_schedule_note=_VELOCITY_NOTE,
        settings=_MOMENTUM,
        stages=optimizer_steps.NESTEROV,
        source="Nesterov (1983), A method for solving the convex programming problem with "
        "convergence rate O(1/k²)",
    ),
    Optimizer(
        name="adagrad",
        label="AdaGrad",
        torch_class="Adagrad",
        keras_class="Adagrad",
        settings={
            "initial_accumulator": ("initial_accumulator_value", "initial_accumulator_value")
        },
        keras_options={"epsilon": 1e-20},
        stages=optimizer_steps.ADAGRAD,
        source="Duchi, Hazan & Singer (2011), Adaptive subgradient methods",
    ),
    Optimizer(
        name="rmsprop",
        label="RMSProp",
        torch_class="RMSprop",
        keras_class="RMSprop",
        settings={"rho": ("alpha", "rho")},
        keras_options={"epsilon": 1e-16},
        stages=optimizer_steps.RMSPROP,
        source="Tieleman & Hinton (2012), Lecture 6.5: rmsprop",
    ),
    Optimizer(
        name="adam",
        label="Adam",
        torch_class="Adam",
        keras_class="Adam",
        keras_options={"epsilon": 1e-8},
        stages=optimizer_steps.ADAM,
        source="Kingma & Ba (2015), Adam: a method for stochastic optimization",
    ),
    Optimizer(
        name="adamw",
        label="AdamW",
        torch_class="AdamW",
        keras_class="AdamW",
        keras_options={"epsilon": 1e-8},
        decouples_weight_decay=True,
        stages=optimizer_steps.ADAMW,
        source="Loshchilov & Hutter (2019), Decoupled weight decay regularization",
    ),
    Optimizer(
        name="nadam",
        label="Nadam",
        torch_class="NAdam",
        keras_class="Nadam",
        keras_options={"epsilon": 1e-8},
        keras_note="Not the Nadam of annlab and PyTorch, so scores differ: Keras raises its "
        "momentum over dozens of steps, PyTorch over thousands.",
        stages=optimizer_steps.NADAM,
        source="Dozat (2016), Incorporating Nesterov momentum into Adam",
    ),
)

OPTIMIZERS: dict[str, Optimizer] = {entry.name: entry for entry in _ENTRIES}

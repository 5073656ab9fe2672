"""ModelConfig: architecture, activations and initializer of a network."""

from typing import Annotated

from pydantic import field_validator

from annlab.nn.activations import ACTIVATIONS
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.tasks import TASKS
from annlab.setting_type import NO_HIDDEN_LAYER, Choice, Number, Setting, Sizes, Values
from annlab.validation import Config, Range

_ELEMENTWISE = tuple(name for name, entry in ACTIVATIONS.items() if entry.elementwise)


def has_hidden_layers(values: Values) -> bool:
    """Whether settings describe a network with hidden layers."""
    return bool(values["hidden"])


class ModelConfig(Config):
    """Architecture, activations, initializer and dropout of a network.

    Attributes
    ----------
    hidden_sizes : tuple of int
        Units of each hidden layer; () is logistic, softmax or linear regression.
    activation : str
        Activation of every hidden layer, a name in `annlab.nn.activations.ACTIVATIONS`.
    output_activation : str or None
        None stands for the task's default.
    init : str
        A name in `annlab.nn.initializers.INITIALIZERS`. Biases start at zero, except that
        "pytorch" draws them like the weights.
    dropout : float
        Probability that a hidden unit is switched off in a training step.
    """

    hidden_sizes: Annotated[
        tuple[int, ...],
        Setting(
            "hidden",
            "Hidden layers",
            Sizes(),
            f"Units of each hidden layer, such as 8 or 4-2; {NO_HIDDEN_LAYER} makes a linear "
            "model.",
            scope="model",
        ),
    ] = ()
    activation: Annotated[
        str,
        Setting(
            "activation",
            "Activation",
            Choice(ACTIVATIONS, offered=lambda values: _ELEMENTWISE),
            scope="model",
            applies=has_hidden_layers,
        ),
    ] = "relu"
    output_activation: Annotated[
        str | None,
        Setting(
            "output",
            "Output activation",
            Choice(
                ACTIVATIONS,
                offered=lambda values: TASKS[values["task"]].output_activations,
                can_be_left_open=True,
            ),
            "Range of the output: ReLU and softplus ≥ 0, sigmoid 0 to 1, tanh −1 to 1.",
            scope="model",
            advanced=True,
        ),
    ] = None
    init: Annotated[
        str,
        Setting(
            "init",
            "Weight initialization",
            Choice(INITIALIZERS),
            "Distribution of the initial weights: He suits ReLU, Glorot tanh, LeCun SELU.",
            scope="model",
            advanced=True,
        ),
    ] = "glorot_uniform"
    dropout: Annotated[
        float,
        Setting(
            "dropout",
            "Dropout",
            Number(Range(0.0, 0.9), step=0.05, percent=True),
            "Share of hidden units switched off at random in each step.",
            scope="model",
            advanced=True,
            applies=has_hidden_layers,
        ),
    ] = 0.0

    @field_validator("activation")
    @classmethod
    def _elementwise(cls, name: str) -> str:
        if not ACTIVATIONS[name].elementwise:
            raise ValueError(f"{ACTIVATIONS[name].label} can only stand at the output")
        return name

    @property
    def label(self) -> str:
        """The network in a few words, such as "MLP 4-2, Tanh"."""
        if not self.hidden_sizes:
            return "No hidden layer"
        sizes = "-".join(str(size) for size in self.hidden_sizes)
        return f"MLP {sizes}, {ACTIVATIONS[self.activation].label}"

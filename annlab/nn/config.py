"""ModelConfig: architecture, activations and initializer of a network."""

from typing import Annotated, Self

from pydantic import field_validator, model_validator

from annlab.nn.activations import ACTIVATIONS
from annlab.nn.derived_features import FEATURES, PLAIN, features_of
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.tasks import TASKS
from annlab.setting_type import (
    NO_HIDDEN_LAYER,
    Choice,
    Flag,
    Number,
    Setting,
    Sizes,
    Values,
    Weights,
)
from annlab.several import Several
from annlab.validation import Config, Range

_ELEMENTWISE = tuple(name for name, entry in ACTIVATIONS.items() if entry.elementwise)


def has_hidden_layers(values: Values) -> bool:
    """Whether settings describe a network with hidden layers."""
    return bool(values["hidden"])


def starts_at_random(values: Values) -> bool:
    """Whether the initial weights are drawn."""
    return values["start"] is None


def can_derive_features(values: Values) -> bool:
    """Whether the data have so few features that others are derived from them."""
    return values["n_features"] in PLAIN


def features_help(values: Values) -> str:
    """Effect of the features, for data with one or two of them."""
    if values["n_features"] == 1:
        return (
            "Inputs of the network. x is the scaled feature, and its powers are computed from it: "
            "a linear model with x and x² draws a parabola."
        )
    return (
        "Inputs of the network. x₁ and x₂ are the scaled features, and the others are computed "
        "from them: a linear model with x₁² and x₂² draws an ellipse."
    )


class ModelConfig(Config):
    """Architecture, activations, initial weights and dropout of a network.

    Attributes
    ----------
    features : tuple of str
        Inputs of the network, names in `annlab.nn.derived_features.FEATURES`, for data with one
        or two features; () stands for the features as they are.
    hidden_sizes : tuple of int
        Units of each hidden layer; () is logistic, softmax or linear regression.
    wide : bool
        Wide and deep: whether the inputs also go straight to the output layer, which then has a
        weight for each unit of the last hidden layer, followed by one for each input. False
        without hidden layers.
    activation : str
        Activation of every hidden layer, a name in `annlab.nn.activations.ACTIVATIONS`.
    output_activation : str or None
        None stands for the task's default.
    init : str
        A name in `annlab.nn.initializers.INITIALIZERS`. Biases start at zero, except that
        "pytorch" draws them like the weights.
    init_scale : float
        Factor of all initial weights and biases.
    initial_weights : tuple of float or None
        Weights and biases from which every network of the run starts: layer by layer the weights,
        row by row of shape (n_in, n_out), then the biases. The networks then differ only in the
        order of their batches and in dropout. None draws them as `init` says.
    dropout : float
        Probability that a hidden unit is switched off in a training step.
    """

    features: Annotated[
        tuple[str, ...],
        Setting(
            "features",
            "Features",
            Several(
                FEATURES,
                offered=lambda values: features_of(values["n_features"]),
                usual=tuple(PLAIN.values()),
            ),
            features_help,
            scope="model",
            advanced=True,
            applies=can_derive_features,
            is_later=True,
        ),
    ] = ()
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
    wide: Annotated[
        bool,
        Setting(
            "wide",
            "Wide and deep",
            Flag(),
            "The inputs also go straight to the output, beside the way through the hidden layers: "
            "a linear model and an MLP, added up and trained together.",
            scope="model",
            advanced=True,
            applies=has_hidden_layers,
            is_later=True,
        ),
    ] = False
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
            applies=starts_at_random,
            told_by="start",
        ),
    ] = "glorot_uniform"
    init_scale: Annotated[
        float,
        Setting(
            "scale",
            "Scale of the initial weights",
            Number(Range(0.0, 100.0), example="0.5"),
            "Multiplies all initial weights: 1 is what the initialization prescribes.",
            scope="model",
            per_network=True,
            advanced=True,
            applies=starts_at_random,
            told_by="start",
            is_later=True,
        ),
    ] = 1.0
    initial_weights: Annotated[
        tuple[float, ...] | None,
        Setting(
            "start",
            "Start",
            Weights(),
            "Every network starts from these weights; only the order of the batches differs.",
            scope="model",
            is_later=True,
        ),
    ] = None
    dropout: Annotated[
        float,
        Setting(
            "dropout",
            "Dropout",
            Number(Range(0.0, 0.9), step=0.05, percent=True),
            "Share of hidden units switched off at random in each step.",
            scope="model",
            per_network=True,
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

    @model_validator(mode="after")
    def _is_wide_beside_hidden_layers(self) -> Self:
        # Without hidden layers the flag has no effect, so configs with and without it are equal.
        if self.wide and not self.hidden_sizes:
            object.__setattr__(self, "wide", False)
        return self

    @property
    def label(self) -> str:
        """The network in a few words, such as "MLP 4-2, Tanh"."""
        if not self.hidden_sizes:
            return "No hidden layer"
        sizes = "-".join(str(size) for size in self.hidden_sizes)
        kind = "Wide and deep" if self.wide else "MLP"
        return f"{kind} {sizes}, {ACTIVATIONS[self.activation].label}"

"""ModelConfig: which network."""

from typing import Annotated

from pydantic import field_validator

from annlab.nn.activations import ACTIVATIONS
from annlab.nn.initializers import INITIALIZERS
from annlab.validation import MAX_LAYERS, MAX_UNITS, AnyInt, Config, Float, name_in

ActivationName = Annotated[str, name_in(ACTIVATIONS)]
InitializerName = Annotated[str, name_in(INITIALIZERS)]


class ModelConfig(Config):
    """The network.

    Attributes
    ----------
    hidden_sizes : tuple of int
        Units of each hidden layer; () is logistic, softmax or linear regression.
    activation : str
        Of every hidden layer, a name in `annlab.nn.activations.ACTIVATIONS`.
    output_activation : str or None
        None: the task's own.
    init : str
        How the weights start; the biases start at zero ("pytorch": both uniform).
    dropout : float
        Share of hidden units that is switched off at random in each training step.
    """

    hidden_sizes: tuple[AnyInt, ...] = ()
    activation: ActivationName = "relu"
    output_activation: ActivationName | None = None
    init: InitializerName = "glorot_uniform"
    dropout: Float = 0.0

    @field_validator("hidden_sizes")
    @classmethod
    def _sizes(cls, sizes: tuple[int, ...]) -> tuple[int, ...]:
        if len(sizes) > MAX_LAYERS:
            raise ValueError(f"at most {MAX_LAYERS} layers, got {len(sizes)}")
        wrong = [size for size in sizes if not 1 <= size <= MAX_UNITS]
        if wrong:
            raise ValueError(f"a layer has 1 to {MAX_UNITS} units, got {wrong[0]}")
        return sizes

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

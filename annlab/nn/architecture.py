"""Architecture of a network: shapes of its layers, and its number of parameters."""

from dataclasses import dataclass
from typing import NamedTuple


class Layer(NamedTuple):
    """Shape of one layer: weights (n_in, n_out), biases (n_out,)."""

    n_in: int
    n_out: int

    @property
    def n_parameters(self) -> int:
        """Number of weights and biases."""
        return (self.n_in + 1) * self.n_out


@dataclass(frozen=True)
class Architecture:
    """Fully connected layers of a network, from the inputs to the outputs.

    Attributes
    ----------
    n_inputs : int
        Inputs of the first layer: the features of the data, or those derived from them.
    hidden_sizes : tuple of int
        Units of each hidden layer; () is a linear model.
    n_outputs : int
        Units of the last layer.
    wide : bool
        Whether the last layer receives the inputs too, behind the last hidden layer's activations.
        Without hidden layers it receives the inputs anyway, once.

    Examples
    --------
    >>> network = Architecture(n_inputs=2, hidden_sizes=(4, 3), n_outputs=1)
    >>> network.layers
    (Layer(n_in=2, n_out=4), Layer(n_in=4, n_out=3), Layer(n_in=3, n_out=1))
    >>> network.n_parameters
    31
    >>> Architecture(n_inputs=2, hidden_sizes=(4, 3), n_outputs=1, wide=True).layers[-1]
    Layer(n_in=5, n_out=1)
    """

    n_inputs: int
    hidden_sizes: tuple[int, ...]
    n_outputs: int
    wide: bool = False

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Shapes of the hidden layers, then of the output layer."""
        n_in = [self.n_inputs, *self.hidden_sizes]
        n_in[-1] += self.n_inputs * self.has_skip
        return tuple(map(Layer, n_in, (*self.hidden_sizes, self.n_outputs)))

    @property
    def has_skip(self) -> bool:
        """Whether the inputs skip the hidden layers, beside the way through them."""
        return self.wide and bool(self.hidden_sizes)

    @property
    def n_parameters(self) -> int:
        """Number of weights and biases of all layers."""
        return sum(layer.n_parameters for layer in self.layers)

    @property
    def widest(self) -> int:
        """Number of units of the widest layer."""
        return max(layer.n_out for layer in self.layers)

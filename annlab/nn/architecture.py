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
    """Fully connected layers of a network, from the features to the outputs.

    Attributes
    ----------
    n_features : int
        Inputs of the first layer.
    hidden_sizes : tuple of int
        Units of each hidden layer; () is a linear model.
    n_outputs : int
        Units of the last layer.

    Examples
    --------
    >>> network = Architecture(n_features=2, hidden_sizes=(4, 3), n_outputs=1)
    >>> network.layers
    (Layer(n_in=2, n_out=4), Layer(n_in=4, n_out=3), Layer(n_in=3, n_out=1))
    >>> network.n_parameters
    31
    """

    n_features: int
    hidden_sizes: tuple[int, ...]
    n_outputs: int

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Shapes of the hidden layers, then of the output layer."""
        n_units = (*self.hidden_sizes, self.n_outputs)
        return tuple(map(Layer, (self.n_features, *self.hidden_sizes), n_units))

    @property
    def n_parameters(self) -> int:
        """Number of weights and biases of all layers."""
        return sum(layer.n_parameters for layer in self.layers)

    @property
    def widest(self) -> int:
        """Number of units of the widest layer."""
        return max(layer.n_out for layer in self.layers)

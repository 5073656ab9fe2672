"""Boolean functions of two inputs, and the threshold units that compute them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.nn.activations import ACTIVATIONS

Array = NDArray[Any]

# The four inputs in the order of a truth table: shape (4, 2).
INPUTS: Array = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
INPUTS.setflags(write=False)
# Numbers typed by hand have few decimals: 0.3 − 0.2 − 0.1 is 0, and not the rounding error.
_DECIMALS = 12


@dataclass(frozen=True)
class BooleanFunction:
    """A Boolean function of two inputs.

    Attributes
    ----------
    name, label : str
        Name in the registry, and display name.
    outputs : tuple of int
        Output, 0 or 1, for each row of `INPUTS`.
    weights : tuple of float or None
        Weights of both inputs and bias of a threshold unit that computes the function; None if
        no unit does.
    """

    name: str
    label: str
    outputs: tuple[int, int, int, int]
    weights: tuple[float, float, float] | None

    @property
    def is_separable(self) -> bool:
        """Whether one line separates the inputs with output 1 from those with output 0."""
        return self.weights is not None


_ENTRIES = (
    BooleanFunction("always_0", "always 0", (0, 0, 0, 0), (0, 0, -1)),
    BooleanFunction("and", "AND", (0, 0, 0, 1), (1, 1, -1.5)),
    BooleanFunction("x1_and_not_x2", "x₁ and not x₂", (0, 0, 1, 0), (1, -1, -0.5)),
    BooleanFunction("x1", "x₁", (0, 0, 1, 1), (1, 0, -0.5)),
    BooleanFunction("x2_and_not_x1", "x₂ and not x₁", (0, 1, 0, 0), (-1, 1, -0.5)),
    BooleanFunction("x2", "x₂", (0, 1, 0, 1), (0, 1, -0.5)),
    BooleanFunction("xor", "XOR", (0, 1, 1, 0), None),
    BooleanFunction("or", "OR", (0, 1, 1, 1), (1, 1, -0.5)),
    BooleanFunction("nor", "NOR", (1, 0, 0, 0), (-1, -1, 0.5)),
    BooleanFunction("xnor", "XNOR", (1, 0, 0, 1), None),
    BooleanFunction("not_x2", "not x₂", (1, 0, 1, 0), (0, -1, 0.5)),
    BooleanFunction("x1_or_not_x2", "x₁ or not x₂", (1, 0, 1, 1), (1, -1, 0.5)),
    BooleanFunction("not_x1", "not x₁", (1, 1, 0, 0), (-1, 0, 0.5)),
    BooleanFunction("x2_or_not_x1", "x₂ or not x₁", (1, 1, 0, 1), (-1, 1, 0.5)),
    BooleanFunction("nand", "NAND", (1, 1, 1, 0), (-1, -1, 1.5)),
    BooleanFunction("always_1", "always 1", (1, 1, 1, 1), (0, 0, 1)),
)
# All 16 functions of two inputs, in the order of their outputs read as binary numbers.
BOOLEAN_FUNCTIONS: dict[str, BooleanFunction] = {entry.name: entry for entry in _ENTRIES}


def function_of(outputs: Iterable[Any]) -> BooleanFunction:
    """Find the Boolean function with these outputs, 0 or 1, for the rows of `INPUTS`."""
    wanted = tuple(int(output) for output in outputs)
    return next(entry for entry in _ENTRIES if entry.outputs == wanted)


def unit_sums(weights: Any, X: Array) -> Array:
    """Compute the weighted sums of units, rounded to 12 decimals.

    Parameters
    ----------
    weights : array-like, shape (..., n_features + 1)
        Weights, and the bias last; leading axes stack units.
    X : ndarray, shape (n_samples, n_features)

    Returns
    -------
    ndarray, shape (..., n_samples)
    """
    weights = np.asarray(weights, float)
    sums = weights[..., :-1] @ X.T + weights[..., -1:]
    return np.round(sums, _DECIMALS) + 0.0  # no negative zero


def fires(weights: Any, X: Array) -> NDArray[np.bool_]:
    """Whether threshold units fire, which they do from a sum of exactly 0 on.

    Parameters
    ----------
    weights, X
        As for `unit_sums`.

    Returns
    -------
    ndarray of bool, shape (..., n_samples)

    References
    ----------
    McCulloch & Pitts (1943), A logical calculus of the ideas immanent in nervous activity.
    """
    fired: NDArray[np.bool_] = ACTIVATIONS["step"].f(unit_sums(weights, X)) == 1
    return fired


@dataclass(frozen=True)
class GateNetwork:
    """Three threshold units: two hidden units that see both inputs, and one that sees these two.

    Attributes
    ----------
    numbers : tuple of float
        Nine numbers: weights of both inputs and bias of hidden unit 1, hidden unit 2 and the
        output unit.
    """

    numbers: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.numbers) != 9:
            raise ValueError(f"numbers: three units have 9. Got {len(self.numbers)}.")

    @property
    def hidden(self) -> Array:
        """Weights and biases of the hidden units: shape (2, 3)."""
        return np.reshape(self.numbers[:6], (2, 3)).astype(float)

    @property
    def output(self) -> Array:
        """Weights and bias of the output unit: shape (3,)."""
        return np.array(self.numbers[6:], float)

    def hidden_fires(self, X: Array) -> NDArray[np.bool_]:
        """Whether each hidden unit fires: shape (2, n_samples)."""
        return fires(self.hidden, X)

    def fires(self, X: Array) -> NDArray[np.bool_]:
        """Whether the output unit fires: shape (n_samples,)."""
        return fires(self.output, self.hidden_fires(X).T.astype(float))


# x₁ XOR x₂ = (x₁ OR x₂) AND (x₁ NAND x₂).
XOR_OF_GATES = GateNetwork(
    tuple(
        number for name in ("or", "nand", "and") for number in BOOLEAN_FUNCTIONS[name].weights or ()
    )
)

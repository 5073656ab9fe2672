"""Boolean functions of two inputs, and threshold units."""

from itertools import product

import numpy as np
import pytest

from annlab.nn.boolean_functions import (
    BOOLEAN_FUNCTIONS,
    INPUTS,
    XOR_OF_GATES,
    GateNetwork,
    fires,
    function_of,
    unit_sums,
)
from annlab.nn.forward import forward

SEPARABLE = [entry for entry in BOOLEAN_FUNCTIONS.values() if entry.is_separable]
# Python's own operators, as an oracle for the tables.
OPERATORS = {
    "always_0": lambda a, b: False,
    "and": lambda a, b: a and b,
    "x1_and_not_x2": lambda a, b: a and not b,
    "x1": lambda a, b: a,
    "x2_and_not_x1": lambda a, b: b and not a,
    "x2": lambda a, b: b,
    "xor": lambda a, b: a != b,
    "or": lambda a, b: a or b,
    "nor": lambda a, b: not (a or b),
    "xnor": lambda a, b: a == b,
    "not_x2": lambda a, b: not b,
    "x1_or_not_x2": lambda a, b: a or not b,
    "not_x1": lambda a, b: not a,
    "x2_or_not_x1": lambda a, b: b or not a,
    "nand": lambda a, b: not (a and b),
    "always_1": lambda a, b: True,
}


def test_outputs_are_those_of_the_operators() -> None:
    assert list(OPERATORS) == list(BOOLEAN_FUNCTIONS)
    for name, operator in OPERATORS.items():
        expected = tuple(int(operator(bool(a), bool(b))) for a, b in INPUTS)
        assert BOOLEAN_FUNCTIONS[name].outputs == expected, name
    assert len({entry.outputs for entry in BOOLEAN_FUNCTIONS.values()}) == 16


@pytest.mark.parametrize("entry", SEPARABLE, ids=lambda entry: entry.name)
def test_weights_of_an_entry_compute_it(entry) -> None:
    assert fires(entry.weights, INPUTS).tolist() == [bool(output) for output in entry.outputs]
    assert function_of(fires(entry.weights, INPUTS)) is entry


def test_units_compute_14_functions_and_xor_only_in_three_rows() -> None:
    # Every linear threshold function of two inputs has weights of this size.
    weights = np.array(list(product((-2, -1, 0, 1, 2), repeat=2)))
    biases = np.arange(-4.5, 5)
    units = np.array([[*w, b] for w in weights for b in biases])
    fired = fires(units, INPUTS)
    found = {function_of(outputs).name for outputs in fired}
    assert found == {entry.name for entry in SEPARABLE}
    assert len(found) == 14
    xor = np.array(BOOLEAN_FUNCTIONS["xor"].outputs, bool)
    assert (fired == xor).sum(axis=1).max() == 3


def test_unit_fires_at_a_sum_of_exactly_zero() -> None:
    assert unit_sums((1, 1, -2), INPUTS).tolist() == [-2, -1, -1, 0]
    assert fires((1, 1, -2), INPUTS).tolist() == [False, False, False, True]
    # The plain sum is -2.8e-17.
    assert 0.3 - 0.2 - 0.1 != 0
    assert fires((0.3 - 0.2, 0, -0.1), np.array([[1.0, 0.0]])).tolist() == [True]


def test_network_of_gates_equals_the_forward_pass() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(50, 2))
    for _ in range(20):
        network = GateNetwork(tuple(random.normal(size=9)))
        hidden, output = network.hidden, network.output
        layers = [(hidden[:, :2].T, hidden[:, 2]), (output[:2, None], output[2:])]
        expected = forward(layers, X, "step", "step").output[:, 0] == 1
        np.testing.assert_array_equal(network.fires(X), expected)


def test_three_gates_compute_xor() -> None:
    assert XOR_OF_GATES.fires(INPUTS).tolist() == [False, True, True, False]
    names = [function_of(outputs).name for outputs in XOR_OF_GATES.hidden_fires(INPUTS)]
    assert names == ["or", "nand"]


def test_network_of_gates_needs_nine_numbers() -> None:
    with pytest.raises(ValueError, match="three units have 9"):
        GateNetwork((0.0,) * 8)

"""Architecture of a network against torch's layers."""

import doctest

import pytest
from torch import nn

from annlab.nn import architecture
from annlab.nn.architecture import Architecture, Layer


@pytest.mark.parametrize(
    "sizes",
    [(2, 1), (4, 5, 3), (10, 8, 4, 1), (64, 16, 32, 10)],
    ids=lambda s: "-".join(map(str, s)),
)
def test_layers_and_parameters_match_torch(sizes: tuple[int, ...]) -> None:
    network = Architecture(sizes[0], sizes[1:-1], sizes[-1])
    linears = [nn.Linear(*layer) for layer in network.layers]
    assert [linear.in_features for linear in linears] == list(sizes[:-1])
    assert [linear.out_features for linear in linears] == list(sizes[1:])
    assert network.n_parameters == sum(p.numel() for linear in linears for p in linear.parameters())
    assert network.widest == max(sizes[1:])


@pytest.mark.parametrize("hidden", [(6,), (5, 4)])
def test_a_wide_output_layer_receives_the_inputs_too(hidden: tuple[int, ...]) -> None:
    network, plain = (Architecture(3, hidden, 2, wide=wide) for wide in (True, False))
    assert network.layers[:-1] == plain.layers[:-1]
    assert network.layers[-1] == Layer(hidden[-1] + 3, 2)
    assert network.n_parameters == plain.n_parameters + 3 * 2
    assert network.widest == plain.widest


def test_without_hidden_layers_there_is_one_way_to_the_output() -> None:
    network = Architecture(3, (), 2, wide=True)
    assert network.layers == (Layer(3, 2),)
    assert not network.has_skip


def test_docstring_examples_run() -> None:
    assert doctest.testmod(architecture).failed == 0

"""Forward pass in NumPy against torch."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from annlab.nn.activations import ACTIVATIONS
from annlab.nn.architecture import Architecture
from annlab.nn.forward import forward, layer_values
from annlab.training.stack import Stack

X = np.random.default_rng(0).normal(0, 2, (50, 3)).astype(np.float32)
HIDDEN = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
OUTPUT = list(ACTIVATIONS)


class Step(nn.Module):
    """Step function as a torch module, which torch lacks."""

    def forward(self, z):
        return torch.heaviside(z, torch.ones(()))


def network(sizes, activation, output_activation, seed=1):
    """Build a torch network, and its layers in the format of `forward`."""
    torch.manual_seed(seed)
    modules = []
    for n_in, n_out in pairwise(sizes):
        linear = nn.Linear(n_in, n_out)
        nn.init.normal_(linear.bias)
        modules += [linear, eval(ACTIVATIONS[activation].code.torch)]
    modules[-1] = eval(ACTIVATIONS[output_activation].code.torch)
    layers = [
        (module.weight.detach().numpy().T, module.bias.detach().numpy())
        for module in modules
        if isinstance(module, nn.Linear)
    ]
    return nn.Sequential(*modules), layers


@pytest.fixture(autouse=True)
def _own_generator():
    # torch initializes these networks from its global generator, so the state is restored.
    with torch.random.fork_rng():
        yield


@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("sizes", [(3, 2), (3, 6, 2), (3, 7, 5, 4, 3)])
def test_forward_pass_of_one_network_matches_torch_sequential(activation, sizes):
    model, layers = network(sizes, activation, "linear")
    passed = forward(layers, X, activation, "linear")
    assert passed.output.dtype == np.float32
    values = list(layer_values(layers, X, activation, "linear"))
    assert len(values) == len(sizes) - 1
    x = torch.tensor(X)
    with torch.no_grad():
        for i, module in enumerate(model):
            x = module(x)
            found = values[i // 2][i % 2]  # z, then a
            assert found.shape == (50, sizes[i // 2 + 1])
            np.testing.assert_allclose(found, x, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(passed.output, values[-1].a)
    np.testing.assert_array_equal(passed.logits, values[-1].z)


@pytest.mark.parametrize("output_activation", OUTPUT)
def test_output_activation_matches_torch(output_activation):
    model, layers = network((3, 4, 2), "tanh", output_activation)
    passed = forward(layers, X, "tanh", output_activation)
    with torch.no_grad():
        logits = model[:-1](torch.tensor(X))
        output = model(torch.tensor(X))
    np.testing.assert_allclose(passed.logits, logits, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(passed.output, output, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("output_activation", ["sigmoid", "softmax", "linear"])
def test_forward_pass_of_a_stack_matches_the_engine(activation, output_activation):
    stack = Stack(Architecture(3, (6, 5), 2), 4, activation, output_activation, "mse")
    stack.initialize("pytorch", range(3, 7))
    logits, output = stack(torch.tensor(X).T)
    passed = forward(stack.arrays(), X, activation, output_activation)
    assert passed.output.shape == (4, 50, 2)
    np.testing.assert_allclose(passed.logits, logits, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(passed.output, output, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("n_hidden", [3, 6])
@pytest.mark.parametrize("is_stack", [False, True])
def test_a_wide_and_deep_network_is_a_linear_model_added_to_an_mlp(n_hidden, is_stack):
    stack = Stack(Architecture(3, (4, n_hidden), 2, wide=True), 3, "tanh", "softmax", "mse")
    stack.initialize("pytorch", range(3))
    layers = stack.arrays()
    if not is_stack:
        layers = [(W[1], b[1]) for W, b in layers]
    W, b = layers[-1]
    deep = forward([*layers[:-1], (W[..., :n_hidden, :], b)], X, "tanh", "linear").output
    logits = deep + X @ W[..., n_hidden:, :]
    passed = forward(layers, X, "tanh", "softmax")
    np.testing.assert_allclose(passed.logits, logits, rtol=1e-5, atol=1e-6)
    each = forward(layers, np.stack([X, X + 1, X - 1]), "tanh", "softmax")
    assert each.output.shape == (3, 50, 2)
    of_engine = stack(torch.tensor(X).T)[1]
    np.testing.assert_allclose(passed.output, of_engine if is_stack else of_engine[1], atol=1e-6)
    shared = stack(torch.tensor(X).T.expand(3, -1, -1))[1]
    np.testing.assert_allclose(of_engine, shared, atol=1e-6)
    some = stack(torch.tensor(X).T, slice(1, 3))[1]
    np.testing.assert_allclose(some, of_engine[1:], atol=1e-6)


def test_networks_of_a_stack_do_not_mix():
    stack = Stack(Architecture(3, (6,), 2), 3, "tanh", "softmax", "mse")
    stack.initialize("glorot_normal", range(3))
    layers = stack.arrays()
    together = forward(layers, X, "tanh", "softmax").output
    for k in range(3):
        alone = forward([(W[k], b[k]) for W, b in layers], X, "tanh", "softmax").output
        np.testing.assert_allclose(together[k], alone, rtol=1e-6, atol=1e-7)

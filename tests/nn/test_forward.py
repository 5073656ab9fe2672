"""The forward pass in NumPy against torch."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from annlab.nn.activations import ACTIVATIONS
from annlab.nn.architecture import Architecture
from annlab.nn.forward import (
    decision_surface,
    forward,
    line_beyond,
    plane_through,
    without_points,
)
from annlab.training.stack import Stack

X = np.random.default_rng(0).normal(0, 2, (50, 3)).astype(np.float32)
HIDDEN = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
OUTPUT = list(ACTIVATIONS)


class Step(nn.Module):
    """torch has none of its own."""

    def forward(self, z):
        return torch.heaviside(z, torch.ones(()))


def network(sizes, activation, output_activation, seed=1):
    """A network of torch, and its layers as `forward` takes them."""
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
    # The networks here come from torch's global generator, which is given back as it was.
    with torch.random.fork_rng():
        yield


@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("sizes", [(3, 2), (3, 6, 2), (3, 7, 5, 4, 3)])
def test_one_network_is_torchs_sequential(activation, sizes):
    model, layers = network(sizes, activation, "linear")
    passed = forward(layers, X, activation, "linear")
    assert passed.output.dtype == np.float32
    assert len(passed.hidden) == len(sizes) - 2
    x = torch.tensor(X)
    with torch.no_grad():
        for i, module in enumerate(model):
            x = module(x)
            if i % 2 and i < len(model) - 1:
                hidden = passed.hidden[i // 2]
                assert hidden.shape == (50, sizes[i // 2 + 1])
                np.testing.assert_allclose(hidden, x, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(passed.output, x, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("output_activation", OUTPUT)
def test_output_activation(output_activation):
    model, layers = network((3, 4, 2), "tanh", output_activation)
    passed = forward(layers, X, "tanh", output_activation)
    with torch.no_grad():
        logits = model[:-1](torch.tensor(X))
        output = model(torch.tensor(X))
    np.testing.assert_allclose(passed.logits, logits, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(passed.output, output, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("output_activation", ["sigmoid", "softmax", "linear"])
def test_stack_of_networks_is_the_engines(activation, output_activation):
    stack = Stack(Architecture(3, (6, 5), 2), 4, activation, output_activation, "mse")
    stack.initialize("pytorch", seed=3)
    logits, output = stack(torch.tensor(X).T)
    passed = forward(stack.arrays(), X, activation, output_activation)
    assert passed.output.shape == (4, 50, 2)
    np.testing.assert_allclose(passed.logits, logits, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(passed.output, output, rtol=1e-5, atol=1e-5)


def test_networks_of_a_stack_do_not_mix():
    stack = Stack(Architecture(3, (6,), 2), 3, "tanh", "softmax", "mse")
    stack.initialize("glorot_normal", seed=0)
    layers = stack.arrays()
    together = forward(layers, X, "tanh", "softmax").output
    for k in range(3):
        alone = forward([(W[k], b[k]) for W, b in layers], X, "tanh", "softmax").output
        np.testing.assert_allclose(together[k], alone, rtol=1e-6, atol=1e-7)


def test_plane_covers_all_points_with_a_margin():
    plane = plane_through(X, (0, 2), resolution=11, margin=0.1)
    for axis, side in ((0, plane.x), (2, plane.y)):
        low, high = X[:, axis].min(), X[:, axis].max()
        np.testing.assert_allclose(
            side, np.linspace(low - 0.1 * (high - low), high + 0.1 * (high - low), 11), rtol=1e-5
        )
    points = plane.points.reshape(11, 11, 3)
    for i in range(11):
        for j in range(11):
            np.testing.assert_allclose(
                points[i, j], [plane.x[j], np.median(X[:, 1]), plane.y[i]], rtol=1e-6
            )


def test_plane_of_a_constant_feature_has_room():
    flat = X.copy()
    flat[:, 1] = 5
    plane = plane_through(flat, (0, 1), resolution=3)
    np.testing.assert_allclose(plane.y, [4.9, 5.0, 5.1], rtol=1e-6)


def test_decision_surface_is_the_network_on_a_grid():
    model, layers = network((3, 5, 2), "relu", "softmax")
    plane = plane_through(X, (1, 0), resolution=9)
    surface = decision_surface(layers, plane, "relu", "softmax")
    assert surface.shape == (9, 9, 2)
    rest = float(np.median(X[:, 2]))
    for i, y in enumerate(plane.y):
        for j, x in enumerate(plane.x):
            with torch.no_grad():
                expected = model(torch.tensor([float(y), float(x), rest]))
            np.testing.assert_allclose(surface[i, j], expected, rtol=1e-5, atol=1e-5)


def test_a_line_reaches_beyond_the_points():
    line = line_beyond(np.array([-1.0, 3.0]), resolution=9, margin=0.5)
    np.testing.assert_allclose(line, np.linspace(-3, 5, 9))


def test_regions_without_points_are_found():
    x = np.concatenate([np.linspace(-3, -1, 50), np.linspace(1, 3, 50)])
    line = line_beyond(x)
    (low, first), inner, (last, high) = without_points(
        np.random.default_rng(0).permutation(x), line
    )
    assert (low, high) == (line[0], line[-1])
    assert (first, last) == (-3, 3)
    assert inner == (-1, 1)


def test_one_point_is_no_line_but_no_error():
    line = line_beyond(np.array([2.0]))
    assert without_points(np.array([2.0]), line) == [(1.5, 2.0), (2.0, 2.5)]

"""Initial weights against torch.nn.init."""

import numpy as np
import pytest
import torch
from torch import nn

from annlab.nn.architecture import Architecture
from annlab.nn.initializers import INITIALIZERS
from annlab.training.stack import Stack, generators

# Large and different sizes, so that a test detects a swap of n_in and n_out.
N_IN, N_OUT = 400, 150


def ours(init, n_seeds=1, seed=0):
    stack = Stack(Architecture(N_IN, (N_OUT,), 1), n_seeds, "tanh", "linear", "mse")
    stack.initialize(init, range(seed, seed + n_seeds))
    W, b = stack.arrays()[0]
    return W[0], b[0]


def torchs(init):
    """Initialize a layer by the statements of exported scripts."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layer = nn.Linear(N_IN, N_OUT)
        for line in INITIALIZERS[init].torch_lines:
            exec(line, {"nn": nn, "layer": layer})
    return layer.weight.detach().numpy().T, layer.bias.detach().numpy()


def assert_alike(made, expected):
    """Assert the same spread and shape of two distributions."""
    assert made.shape == expected.shape
    if not expected.any():
        assert not made.any()
        return
    # Five standard errors of the outer quantiles: of 60,000 weights, and of 150 biases.
    tolerance = (0.08 if made.size > 10_000 else 0.6) * expected.std()
    quantiles = np.linspace(0.02, 0.98, 25)
    np.testing.assert_allclose(
        np.quantile(made, quantiles), np.quantile(expected, quantiles), atol=tolerance
    )
    assert abs(made).max() == pytest.approx(abs(expected).max(), rel=0.2)


@pytest.mark.parametrize("init", list(INITIALIZERS))
def test_weights_and_biases_have_the_distribution_of_torch(init):
    (W, b), (expected_W, expected_b) = ours(init), torchs(init)
    assert_alike(W, expected_W)
    assert_alike(b, expected_b)
    assert bool(b.any()) == INITIALIZERS[init].draws_biases


@pytest.mark.parametrize("init", [name for name, e in INITIALIZERS.items() if e.scale(3, 2)])
def test_uniform_initializers_stay_within_bounds(init):
    entry = INITIALIZERS[init]
    W, _ = ours(init)
    largest = np.abs(W).max() / entry.scale(N_IN, N_OUT)
    if entry.distribution == "uniform":
        assert 0.99 < largest <= 1
    else:
        assert 3.5 < largest < 6


@pytest.mark.parametrize("init", ["glorot_uniform", "he_normal", "pytorch"])
def test_initial_weights_do_not_depend_on_the_other_networks(init):
    stack = Stack(Architecture(5, (4,), 3), 4, "tanh", "linear", "mse")
    stack.initialize(init, range(10, 14))
    for k in range(4):
        alone = Stack(Architecture(5, (4,), 3), 1, "tanh", "linear", "mse")
        alone.initialize(init, [10 + k])
        for (W, b), (W_alone, b_alone) in zip(stack.arrays(), alone.arrays(), strict=True):
            np.testing.assert_array_equal(W[k], W_alone[0])
            np.testing.assert_array_equal(b[k], b_alone[0])
    assert not np.array_equal(stack.arrays()[0][0][0], stack.arrays()[0][0][1])


def test_streams_and_seeds_are_independent():
    first = {
        (seed, stream): torch.randperm(1000, generator=generators([seed], stream)[0]).tolist()
        for seed in range(3)
        for stream in ("init", "order", "dropout")
    }
    assert len({tuple(numbers) for numbers in first.values()}) == 9
    for (seed, stream), numbers in first.items():
        again = generators([seed - 1, seed], stream)[1] if seed else generators([0], stream)[0]
        assert torch.randperm(1000, generator=again).tolist() == numbers

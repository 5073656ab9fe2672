"""Activation functions against torch's modules and autograd."""

import math

import numpy as np
import pytest
import torch

from annlab.nn.activations import ACTIVATIONS, Activation

SMOOTH_PART = np.linspace(-20, 20, 400)  # an even number of points excludes 0
# torch's softplus returns z from 20 on, which is the nearest float64 only from 37 on.
LARGE = np.array([40.0, 100.0, 1e4, 1e30])
Z = np.concatenate([-LARGE, SMOOTH_PART, LARGE])

by_name = pytest.mark.parametrize("name", list(ACTIVATIONS))
with_module = pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "step"])
elementwise = pytest.mark.parametrize(
    "name", [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
)


def points(entry: Activation) -> np.ndarray:
    """Pre-activations as single numbers, or as vectors of three."""
    if entry.elementwise:
        return Z
    rows = np.random.default_rng(0).normal(0, 3, (50, 3))
    return np.concatenate([rows, [[1e4, -1e4, 0], [1e30, 1e30, 1e30], [-1e30, 0, 1e30]]])


def module(entry: Activation) -> torch.nn.Module:
    return eval(entry.code.torch, {"nn": torch.nn})


@with_module
def test_f_matches_torch(name):
    entry = ACTIVATIONS[name]
    z = points(entry)
    expected = module(entry)(torch.tensor(z)).numpy()
    np.testing.assert_allclose(entry.f(z), expected, rtol=1e-12, atol=1e-14)


def test_step_is_the_heaviside_function():
    z = np.append(Z, [0.0, -0.0])
    np.testing.assert_array_equal(ACTIVATIONS["step"].f(z), np.heaviside(z, 1.0))


@elementwise
def test_derivative_matches_autograd(name):
    entry = ACTIVATIONS[name]
    if name == "step":
        # torch has no step module; away from 0 the step is flat.
        expected = np.heaviside(Z + 1e-6, 1.0) - np.heaviside(Z - 1e-6, 1.0)
    else:
        z = torch.tensor(Z, requires_grad=True)
        module(entry)(z).sum().backward()
        expected = z.grad.numpy()
    np.testing.assert_allclose(entry.derivative(Z), expected, rtol=1e-11, atol=1e-14)


def test_derivative_of_softmax_is_its_jacobian():
    entry = ACTIVATIONS["softmax"]
    z = points(entry)
    expected = [
        torch.autograd.functional.jacobian(module(entry), torch.tensor(row)).numpy() for row in z
    ]
    np.testing.assert_allclose(entry.derivative(z), expected, rtol=1e-12, atol=1e-15)


@by_name
def test_float32_input_gives_float32_output(name):
    entry = ACTIVATIONS[name]
    z = np.clip(points(entry), -1e4, 1e4).astype(np.float32)
    for made, exact in (
        (entry.f(z), entry.f(z.astype(np.float64))),
        (entry.derivative(z), entry.derivative(z.astype(np.float64))),
    ):
        assert made.dtype == np.float32
        np.testing.assert_allclose(made, exact, rtol=1e-5, atol=1e-6)


@by_name
def test_torch_kernel_matches_f_and_derivative(name):
    entry = ACTIVATIONS[name]
    z = torch.tensor(points(entry))

    def of_engine(values):
        """Reshape values to the units of a stack of one network, with samples last."""
        return values.reshape(-1, 1 if entry.elementwise else 3).T[None]

    a = entry.torch.forward(torch.ops.aten, of_engine(z))
    expected = of_engine(torch.tensor(entry.f(z.numpy())))
    torch.testing.assert_close(a, expected, rtol=1e-12, atol=1e-14)
    upstream = torch.linspace(-2, 3, z.numel(), dtype=z.dtype).view(z.shape)
    gradient = entry.torch.backward(torch.ops.aten, of_engine(upstream), of_engine(z), a)
    if name == "step":
        expected = torch.zeros_like(z)
    else:
        leaf = z.clone().requires_grad_()
        module(entry)(leaf).backward(upstream)
        expected = leaf.grad
    torch.testing.assert_close(gradient, of_engine(expected), rtol=1e-12, atol=1e-14)
    if not entry.torch.needs_z:
        unknown = torch.full_like(a, torch.nan)
        again = entry.torch.backward(torch.ops.aten, of_engine(upstream), unknown, a)
        assert torch.equal(again, gradient)


@by_name
def test_values_stay_in_their_range_and_reach_it(name):
    entry = ACTIVATIONS[name]
    low, high = entry.value_range
    z = np.append(np.linspace(-40, 40, 100_001), [-1e6, 1e6])
    values = entry.f(z) if entry.elementwise else entry.f(np.stack([z, -z], axis=-1))
    assert low <= values.min()
    assert values.max() <= high
    if math.isfinite(low):
        assert values.min() < low + 1e-3
    else:
        assert values.min() <= -1e4
    if math.isfinite(high):
        assert values.max() > high - 1e-3
    else:
        assert values.max() >= 1e6


@by_name
def test_entry_is_complete(name):
    entry = ACTIVATIONS[name]
    assert entry.name == name
    for text in (entry.label, entry.formula, entry.use, entry.source, entry.code.torch):
        assert text.strip() == text != ""


def test_only_softmax_is_not_elementwise():
    assert [name for name, entry in ACTIVATIONS.items() if not entry.elementwise] == ["softmax"]

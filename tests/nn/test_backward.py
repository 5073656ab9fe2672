"""Backward pass in NumPy against autograd, and against the training engine."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from annlab.nn.activations import ACTIVATIONS
from annlab.nn.architecture import Architecture
from annlab.nn.backward import backward
from annlab.nn.losses import LOSSES
from annlab.nn.tasks import TASKS
from annlab.training.stack import Stack
from tests.targets import outputs_of, random_targets

N_SAMPLES, N_FEATURES = 20, 3
HIDDEN = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
# The combinations of task, loss and output activation that a config allows.
OUTPUTS = [
    (task, loss, output)
    for task, entry in TASKS.items()
    for loss in entry.losses
    for output in entry.output_activations
]
DEPTHS = [(), (5,), (5, 4), (5, 4, 6)]
# In torch's own words, of output, logits and target; the mean over samples.
ORACLES = {
    "binary_cross_entropy": lambda output, logits, target: (
        functional.binary_cross_entropy_with_logits(logits, target)
    ),
    "categorical_cross_entropy": lambda output, logits, target: functional.cross_entropy(
        logits, target
    ),
    "mse": lambda output, logits, target: functional.mse_loss(output, target),
    "mae": lambda output, logits, target: functional.l1_loss(output, target),
    "huber": lambda output, logits, target: functional.huber_loss(output, target),
}


def case(task, hidden_sizes, wide=False):
    """Layers, samples and encoded targets in float64."""
    random = np.random.default_rng(len(hidden_sizes))
    entry = TASKS[task]
    sizes = (N_FEATURES, *hidden_sizes, outputs_of(task))
    layers = [
        (random.normal(0, 0.7, shape), random.normal(0, 0.5, shape[1]))
        for shape in Architecture(N_FEATURES, hidden_sizes, sizes[-1], wide).layers
    ]
    layers[-1][1][:] += 1  # an output ReLU is on for most samples
    X = random.normal(0, 1, (N_SAMPLES, N_FEATURES))
    y = random_targets(task, N_SAMPLES, random)
    return layers, X, entry.encode(y, sizes[-1]).astype(np.float64)


def module(name):
    definition = ACTIVATIONS[name].code.torch_definition
    names = {"nn": torch.nn}
    exec(definition, names)
    return eval(ACTIVATIONS[name].code.torch, names)


def autograd(layers, X, target, activation, output_activation, loss):
    """Gradients of torch: weights and biases; z and a of each layer, of every sample's own loss."""
    parameters = [
        tuple(torch.tensor(array, requires_grad=True) for array in pair) for pair in layers
    ]
    a, values = torch.tensor(X), []
    for k, (W, b) in enumerate(parameters):
        if len(W) > a.shape[1]:
            a = torch.cat([a, torch.tensor(X)], dim=1)
        z = a @ W + b
        # A step function ends the graph, so a fresh leaf lets the layers behind it have gradients.
        z.requires_grad_().retain_grad()
        a = module(activation if k < len(layers) - 1 else output_activation)(z)
        a.requires_grad_().retain_grad()
        values.append((z, a))
    mean = ORACLES[loss](a, z, torch.tensor(target))
    mean.backward()

    def of(tensor):
        return np.zeros(tensor.shape) if tensor.grad is None else tensor.grad.numpy()

    return (
        [(of(W), of(b)) for W, b in parameters],
        [(N_SAMPLES * of(z), N_SAMPLES * of(a)) for z, a in values],
    )


def assert_equal(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("hidden_sizes", DEPTHS, ids=len)
@pytest.mark.parametrize(("task", "loss", "output_activation"), OUTPUTS)
@pytest.mark.parametrize("activation", HIDDEN)
def test_gradients_match_autograd(activation, task, loss, output_activation, hidden_sizes):
    layers, X, target = case(task, hidden_sizes)
    found = backward(layers, X, target, activation, output_activation, LOSSES[loss])
    gradients, errors = autograd(layers, X, target, activation, output_activation, loss)
    assert len(found) == len(layers)
    for layer, (dW, db), (dz, da) in zip(found, gradients, errors, strict=True):
        assert_equal(layer.weight_gradient, dW)
        assert_equal(layer.bias_gradient, db)
        assert_equal(layer.delta, dz)
        if layer.arriving is not None:
            assert_equal(layer.arriving, da)
    # Torch's step has no derivative at all; everywhere else something must flow back.
    assert np.abs(found[0].weight_gradient).max() > 0 or activation == "step"
    assert [layer.arriving is None for layer in found] == [
        *[False] * len(hidden_sizes),
        LOSSES[loss].canonical is not None,
    ]


@pytest.mark.parametrize("hidden_sizes", DEPTHS[1:], ids=len)
@pytest.mark.parametrize(("task", "loss", "output_activation"), OUTPUTS)
def test_gradients_of_wide_and_deep_networks_match_autograd(
    task, loss, output_activation, hidden_sizes
):
    layers, X, target = case(task, hidden_sizes, wide=True)
    found = backward(layers, X, target, "tanh", output_activation, LOSSES[loss])
    gradients, errors = autograd(layers, X, target, "tanh", output_activation, loss)
    for layer, (W, _), (dW, db), (dz, da) in zip(found, layers, gradients, errors, strict=True):
        assert layer.incoming.shape == (N_SAMPLES, len(W))
        assert_equal(layer.weight_gradient, dW)
        assert_equal(layer.bias_gradient, db)
        assert_equal(layer.delta, dz)
        if layer.arriving is not None:
            assert_equal(layer.arriving, da)


@pytest.mark.parametrize("hidden_sizes", DEPTHS, ids=len)
@pytest.mark.parametrize(("task", "loss", "output_activation"), OUTPUTS)
def test_values_of_a_layer_fit_together(task, loss, output_activation, hidden_sizes):
    layers, X, target = case(task, hidden_sizes)
    found = backward(layers, X, target, "tanh", output_activation, LOSSES[loss])
    np.testing.assert_array_equal(found[0].incoming, X)
    for before, layer in pairwise(found):
        np.testing.assert_array_equal(layer.incoming, before.a)
    for k, layer in enumerate(found):
        name = output_activation if k == len(found) - 1 else "tanh"
        for n in range(3):
            z = torch.tensor(layer.z[n])
            jacobian = torch.autograd.functional.jacobian(module(name), z).numpy()
            slope = layer.slope[n] if layer.slope.ndim == 3 else np.diag(layer.slope[n])
            assert_equal(slope, jacobian)
            assert_equal(layer.a[n], module(name)(z).numpy())
            if layer.arriving is not None:
                assert_equal(layer.delta[n], layer.arriving[n] @ jacobian)


@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize(("task", "loss", "output_activation"), OUTPUTS)
def test_gradients_of_a_stack_match_the_engine(activation, task, loss, output_activation):
    _, X, target = case(task, ())
    X, target = X.astype(np.float32), target.astype(np.float32)
    n_outputs = target.shape[1]
    stack = Stack(
        Architecture(N_FEATURES, (5, 4), n_outputs), 3, activation, output_activation, loss
    )
    stack.initialize("pytorch", range(2, 5))
    stack.backward(
        torch.tensor(X).T.expand(3, -1, -1), torch.tensor(target).T.expand(3, -1, -1).contiguous()
    )
    found = backward(stack.arrays(), X, target, activation, output_activation, LOSSES[loss])
    engine = stack.arrays(stack.flat_gradient)
    for layer, (dW, db) in zip(found, engine, strict=True):
        assert layer.weight_gradient.dtype == layer.bias_gradient.dtype == np.float32
        np.testing.assert_allclose(layer.weight_gradient, dW, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(layer.bias_gradient, db, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("loss", "output_activation"),
    [("binary_cross_entropy", "linear"), ("categorical_cross_entropy", "sigmoid")],
)
def test_loss_with_another_output_activation_is_refused(loss, output_activation):
    layers, X, target = case("multiclass", ())
    with pytest.raises(ValueError, match=f"loss: {loss} needs .*; got {output_activation}"):
        backward(layers, X, target, "tanh", output_activation, LOSSES[loss])

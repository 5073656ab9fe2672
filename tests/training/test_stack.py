"""Gradients of a stack against autograd."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from annlab.nn.activations import ACTIVATIONS
from annlab.nn.architecture import Architecture
from annlab.nn.losses import LOSSES
from annlab.nn.tasks import TASKS
from annlab.training.stack import Stack
from tests.targets import outputs_of, random_targets
from tests.training import torch_loop

N_SEEDS, BATCH, N_FEATURES = 3, 7, 4
HIDDEN = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
DEPTHS = [(), (5,), (5, 4)]

# Plain torch, one network at a time; torch lacks a step module.
MODULES = {
    name: (lambda z: (z >= 0).to(z.dtype)) if name == "step" else eval(entry.code.torch)
    for name, entry in ACTIVATIONS.items()
    for nn in [torch.nn]
}
# Every loss of every task with every output activation that it allows.
ENDS = [
    (task, loss, output)
    for task, entry in TASKS.items()
    for loss in entry.losses
    for output in entry.output_activations
    if LOSSES[loss].canonical in (None, output)
]


def make_case(task, loss, output, hidden_sizes, activation, dropout, wide=False):
    """Build a stack in float64, a batch for each network, and dropout masks."""
    random = torch.Generator().manual_seed(len(hidden_sizes))
    n_outputs = outputs_of(task)
    sizes = Architecture(N_FEATURES, tuple(hidden_sizes), n_outputs, wide)
    stack = Stack(sizes, N_SEEDS, activation, output, loss).double()
    stack.bind()
    stack.flat.data.normal_(0, 0.7, generator=random)
    shape = (N_SEEDS, BATCH)
    x = torch.randn(*shape, N_FEATURES, generator=random, dtype=torch.float64)
    y = random_targets(task, N_SEEDS * BATCH, np.random.default_rng(len(hidden_sizes)))
    encoded = TASKS[task].encode(y, n_outputs).reshape(*shape, n_outputs)
    target = torch.tensor(encoded, dtype=torch.float64)
    masks = [
        torch.empty(*shape, n, dtype=torch.float64).bernoulli_(1 - dropout, generator=random)
        / (1 - dropout)
        for n in (hidden_sizes if dropout else ())
    ]
    return stack, x, target, masks


def gradient_by_autograd(stack, x, target, masks, activation, output, loss):
    """Compute all gradients with autograd, one network after the other."""
    weights = [W.detach().clone().requires_grad_() for W in stack.weights]
    biases = [b.detach().clone().requires_grad_() for b in stack.biases]
    for k in range(N_SEEDS):
        a = x[k]
        for layer in range(len(weights) - 1):
            a = MODULES[activation](functional.linear(a, weights[layer][k], biases[layer][k, :, 0]))
            if masks:
                a = a * masks[layer][k]
        if weights[-1].shape[2] > a.shape[1]:
            a = torch.cat([a, x[k]], dim=1)
        logits = functional.linear(a, weights[-1][k], biases[-1][k, :, 0])
        torch_loop.LOSSES[loss](logits, MODULES[output](logits), target[k]).backward()
    # Autograd gives no gradient at all to the parameters below a step.
    return [
        [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        for parameters in (weights, biases)
    ]


def samples_last(x, target, masks):
    """Move samples to the last axis, as a stack requires."""
    return x.transpose(1, 2), target.transpose(1, 2), [mask.transpose(1, 2) for mask in masks]


def check(task, loss, output, hidden_sizes, activation, dropout, wide=False):
    case = make_case(task, loss, output, hidden_sizes, activation, dropout, wide)
    stack, x, target, masks = case
    expected = gradient_by_autograd(stack, x, target, masks, activation, output, loss)
    stack.flat_gradient.fill_(float("nan"))  # old gradients must not matter
    stack.backward(*samples_last(x, target, masks))
    for made, wanted in zip((stack.weight_gradients, stack.bias_gradients), expected, strict=True):
        for gradient, oracle in zip(made, wanted, strict=True):
            torch.testing.assert_close(gradient, oracle, rtol=1e-9, atol=1e-12)
    assert expected[0][-1].abs().max() > 0


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("hidden_sizes", DEPTHS[1:], ids=len)
@pytest.mark.parametrize(("task", "loss"), [(task, loss) for task, loss, _ in ENDS[:4]])
@pytest.mark.parametrize("activation", HIDDEN)
def test_gradient_in_classification(task, loss, activation, hidden_sizes, dropout):
    output = TASKS[task].output_activations[0]
    check(task, loss, output, hidden_sizes, activation, dropout)


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("hidden_sizes", DEPTHS[1:], ids=len)
@pytest.mark.parametrize("loss", TASKS["regression"].losses)
@pytest.mark.parametrize("activation", HIDDEN)
def test_gradient_in_regression(loss, activation, hidden_sizes, dropout):
    check("regression", loss, "linear", hidden_sizes, activation, dropout)


@pytest.mark.parametrize("hidden_sizes", DEPTHS, ids=len)
@pytest.mark.parametrize(("task", "loss", "output"), ENDS)
def test_gradient_of_every_output_and_loss(task, loss, output, hidden_sizes):
    check(task, loss, output, hidden_sizes, "tanh", 0.0)


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("hidden_sizes", DEPTHS[1:], ids=len)
@pytest.mark.parametrize("activation", ["relu", "silu"])
@pytest.mark.parametrize(("task", "loss", "output"), ENDS)
def test_gradient_of_wide_and_deep_networks(task, loss, output, activation, hidden_sizes, dropout):
    check(task, loss, output, hidden_sizes, activation, dropout, wide=True)


def test_every_loss_and_output_is_tested():
    assert {loss for _, loss, _ in ENDS} == set(LOSSES)
    assert {output for *_, output in ENDS} == {
        output for entry in TASKS.values() for output in entry.output_activations
    }


def test_float32_gradients_are_accurate():
    stack, x, target, masks = make_case("multiclass", "mse", "softmax", (5, 4), "gelu", 0.4)
    expected = gradient_by_autograd(stack, x, target, masks, "gelu", "softmax", "mse")
    stack = stack.float()
    stack.bind()
    masks = [mask.float() for mask in masks]
    stack.backward(*samples_last(x.float(), target.float(), masks))
    for gradient, oracle in zip(stack.weight_gradients, expected[0], strict=True):
        torch.testing.assert_close(gradient.double(), oracle, rtol=1e-4, atol=1e-6)


def test_parameters_are_views_of_one_vector():
    stack = Stack(Architecture(3, (4,), 2), 2, "relu", "linear", "mse")
    stack.flat.data.copy_(torch.arange(stack.flat.numel()))
    pieces = [*stack.weights, *stack.biases]
    assert torch.equal(torch.cat([piece.flatten() for piece in pieces]), stack.flat.data)
    assert stack.n_weights == sum(W.numel() for W in stack.weights) == 2 * (12 + 8)
    for W, gradient in zip(stack.weights, stack.weight_gradients, strict=True):
        assert W.shape == gradient.shape


def test_arrays_are_copies():
    stack = Stack(Architecture(3, (), 2), 2, "relu", "linear", "mse")
    W, b = stack.arrays()[0]
    stack.flat.data.fill_(1)
    assert W.shape == (2, 3, 2)
    assert b.shape == (2, 2)
    assert not W.any()
    assert not b.any()


@pytest.mark.parametrize("n_features", [200, 300, 784])
@pytest.mark.parametrize("samples_lie_whole", [True, False])
def test_gradients_do_not_depend_on_the_memory_layout(n_features, samples_lie_whole):
    stack = Stack(
        Architecture(n_features, (5,), 2), N_SEEDS, "tanh", "softmax", "categorical_cross_entropy"
    )
    stack.flat.data.normal_(0, 0.1, generator=torch.Generator().manual_seed(0))
    x = torch.rand(11, n_features, generator=torch.Generator().manual_seed(1))
    logits, _ = stack(x.T if samples_lie_whole else x.T.contiguous())
    for k in range(N_SEEDS):
        a = x.double()
        for layer in (0, 1):
            W, b = stack.weights[layer][k].double(), stack.biases[layer][k, :, 0].double()
            a = functional.linear(a if layer == 0 else a.tanh(), W, b)
        torch.testing.assert_close(logits[k].double(), a, rtol=0, atol=2e-6)

"""Losses against torch.nn.functional and autograd."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from annlab.nn.activations import ACTIVATIONS
from annlab.nn.losses import LOSSES
from annlab.nn.tasks import TASKS
from tests.targets import outputs_of, random_targets

SEEDS, SAMPLES = 2, 300


def per_sample(loss):
    """A loss of torch for each sample."""
    return lambda output, logits, target: loss(output, target, reduction="none").mean(-1)


ORACLES = {
    "binary_cross_entropy": lambda output, logits, target: (
        functional.binary_cross_entropy_with_logits(logits, target, reduction="none").mean(-1)
    ),
    "categorical_cross_entropy": lambda output, logits, target: functional.cross_entropy(
        logits.movedim(-1, 1), target.argmax(-1), reduction="none"
    ),
    "mse": per_sample(functional.mse_loss),
    "mae": per_sample(functional.l1_loss),
    "huber": per_sample(functional.huber_loss),
}
COMBINATIONS = [(task, loss) for task, entry in TASKS.items() for loss in entry.losses]


def case(task, loss):
    """Logits (some huge), outputs and encoded targets, in float64."""
    random = np.random.default_rng(1)
    entry = TASKS[task]
    n_outputs = outputs_of(task)
    logits = random.normal(0, 3, (SEEDS, SAMPLES, n_outputs))
    logits[:, ::10] *= 1000  # a naive logarithm of the output would be infinite
    y = random_targets(task, SAMPLES, random)
    target = entry.encode(y, n_outputs).astype(np.float64)
    output = ACTIVATIONS[LOSSES[loss].canonical or entry.output_activations[0]].f(logits)
    return target, output, logits


@pytest.mark.parametrize(("task", "loss"), COMBINATIONS)
def test_loss_matches_torch(task, loss):
    target, output, logits = case(task, loss)
    expected = ORACLES[loss](
        torch.tensor(output), torch.tensor(logits), torch.tensor(np.stack([target] * SEEDS))
    )
    value = LOSSES[loss].value(np, target, output, logits)
    assert value.shape == (SEEDS, SAMPLES)
    np.testing.assert_allclose(value, expected.numpy(), rtol=1e-10, atol=1e-13)
    tensors = [torch.tensor(array) for array in (target, output, logits)]
    torch.testing.assert_close(
        LOSSES[loss].value(torch, *tensors), expected, rtol=1e-10, atol=1e-13
    )


@pytest.mark.parametrize(("task", "loss"), COMBINATIONS)
def test_torch_function_matches_the_loss(task, loss):
    # Exported scripts contain the name of the function.
    entry = LOSSES[loss]
    target, output, logits = case(task, loss)
    values = {"output": output[0], "logits": logits[0], "y": target}
    value = eval(
        entry.torch_loss,
        {"torch": torch, "F": functional},
        {name: torch.tensor(array) for name, array in values.items()},
    )
    expected = entry.value(np, target, output[0], logits[0]).mean()
    assert value.item() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("task", "loss"), COMBINATIONS)
def test_gradient_matches_autograd(task, loss):
    target, output, logits = case(task, loss)
    entry = LOSSES[loss]
    target_, output_, logits_ = (torch.tensor(array) for array in (target, output, logits))
    leaf = logits_ if entry.canonical else output_
    leaf.requires_grad_()
    ORACLES[loss](output_, logits_, torch.stack([target_] * SEEDS)).sum().backward()
    expected = leaf.grad.numpy()
    gradient = entry.gradient(np, target, output, logits)
    np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-13)
    tensors = [torch.tensor(array) for array in (target, output, logits)]
    in_torch = entry.gradient(torch, *tensors)
    np.testing.assert_allclose(in_torch.numpy(), expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("loss", [name for name, entry in LOSSES.items() if entry.canonical])
def test_cross_entropy_of_a_confident_wrong_network_is_finite(loss):
    logits = np.full((1, 2), -1e4, dtype=np.float32)
    logits[0, 0] = 1e4
    target = np.array([[0, 1]], dtype=np.float32)
    output = ACTIVATIONS[LOSSES[loss].canonical].f(logits)
    value = LOSSES[loss].value(np, target, output, logits)
    np.testing.assert_allclose(value, 1e4 if loss.startswith("binary") else 2e4)


def test_every_loss_can_be_chosen():
    assert {loss for _, loss in COMBINATIONS} == set(LOSSES) == set(ORACLES)


# ---- precision


LOGITS = np.concatenate([np.linspace(-100, 100, 401), [-1e-4, 0, 1e-4]])


def exact(loss, z, output, target):
    """Loss in float64, from probabilities without cancellation."""
    if loss == "binary_cross_entropy":
        return np.where(target == 1, np.log1p(np.exp(-z)), np.log1p(np.exp(z)))
    error = output - target
    if loss == "mse":
        return error**2
    if loss == "mae":
        return np.abs(error)
    return np.where(np.abs(error) < 1, error**2 / 2, np.abs(error) - 0.5)


@pytest.mark.parametrize("xp", [np, torch])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_binary_cross_entropy_is_exact_far_from_zero(xp, target):
    z = LOGITS.astype(np.float32)
    expected = exact("binary_cross_entropy", z.astype(np.float64), None, target)
    tensor = torch.tensor if xp is torch else np.asarray
    found = LOSSES["binary_cross_entropy"].value(
        xp, tensor(np.full((len(z), 1), target, np.float32)), None, tensor(z[:, None])
    )
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-6, atol=1e-38)


def test_a_certain_sample_of_class_one_keeps_its_loss():
    # softplus(z) - z cancels: it gives 1.05e-13 for this mean, whose true value is 4.25e-10.
    z = np.float32(21.58)
    found = LOSSES["binary_cross_entropy"].value(
        np, np.ones((1, 1), np.float32), None, np.array([[z]])
    )
    assert found[0] == pytest.approx(np.exp(-21.58), rel=1e-5)


@pytest.mark.parametrize("xp", [np, torch])
@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_categorical_cross_entropy_is_exact_far_from_zero(xp, n_classes):
    random = np.random.default_rng(n_classes)
    z = random.uniform(-100, 100, (500, n_classes)).astype(np.float32)
    z[:401, 0] = LOGITS[:401]
    z[:401, 1:] = 0
    classes = random.integers(0, n_classes, 500)
    classes[:401:2] = 0
    target = np.eye(n_classes, dtype=np.float32)[classes]
    wide = z.astype(np.float64)
    ahead = wide - wide[np.arange(500), classes][:, None]
    ahead[np.arange(500), classes] = -np.inf  # only the other classes
    largest = np.maximum(ahead.max(axis=1), 0)
    expected = np.where(
        largest > 0,
        largest + np.log(np.exp(-largest) + np.exp(ahead - largest[:, None]).sum(axis=1)),
        np.log1p(np.exp(ahead).sum(axis=1)),
    )
    tensor = torch.tensor if xp is torch else np.asarray
    found = LOSSES["categorical_cross_entropy"].value(xp, tensor(target), None, tensor(z))
    # Logits are subtracted in float32: 100 of them leave an error of 4e-6 in the exponent.
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-5, atol=1e-38)


@pytest.mark.parametrize("xp", [np, torch])
@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_losses_of_values_are_exact_far_from_zero(xp, loss):
    z = LOGITS.astype(np.float32)[:, None]
    target = np.float32(0.25)
    expected = exact(loss, None, z.astype(np.float64), 0.25)[:, 0]
    tensor = torch.tensor if xp is torch else np.asarray
    found = LOSSES[loss].value(xp, tensor(np.full_like(z, target)), tensor(z), tensor(z))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-6, atol=1e-12)

"""Class weights against scikit-learn and PyTorch."""

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight

from annlab.nn.class_weights import (
    check_class_weights,
    read_class_weights,
    weighted,
    weights_of_classes,
    write_class_weights,
)
from annlab.nn.losses import LOSSES


def test_balanced_weights_match_scikit_learn():
    y = np.repeat([0, 1, 2], [95, 4, 21])
    found = weights_of_classes("balanced", y[:, None], 3)
    expected = compute_class_weight("balanced", classes=np.arange(3), y=y)
    np.testing.assert_allclose(found, expected)
    assert found[y].mean() == pytest.approx(1)
    assert weights_of_classes("none", y, 3) is None
    assert weights_of_classes((1.0, 2.0, 0.5), y, 3).tolist() == [1, 2, 0.5]


def test_a_class_without_samples_has_weight_one():
    assert weights_of_classes("balanced", np.zeros(4, int), 2).tolist() == [0.5, 1]


@pytest.mark.parametrize(
    ("name", "n_outputs"),
    [("binary_cross_entropy", 1), ("categorical_cross_entropy", 3), ("mse", 1), ("mse", 3)],
)
def test_loss_and_gradient_match_pytorch(name, n_outputs):
    canonical = LOSSES[name].canonical
    rng = np.random.default_rng(0)
    logits = torch.tensor(rng.normal(size=(12, n_outputs)), requires_grad=True)
    y = torch.tensor(rng.integers(0, max(2, n_outputs), 12))
    weights = rng.uniform(0.2, 5, max(2, n_outputs))
    of_samples = torch.tensor(weights)[y]
    output = torch.sigmoid(logits) if n_outputs == 1 else torch.softmax(logits, -1)
    target = y[:, None].double() if n_outputs == 1 else torch.eye(3).double()[y]
    functional = torch.nn.functional
    each = {
        "binary_cross_entropy": lambda: functional.binary_cross_entropy_with_logits(
            logits, target, reduction="none"
        )[:, 0],
        "categorical_cross_entropy": lambda: functional.cross_entropy(
            logits, y, weight=torch.tensor(weights), reduction="none"
        ),
        "mse": lambda: ((output - target) ** 2).mean(-1),
    }[name]()
    # PyTorch's cross-entropy has taken the weights already.
    expected = each if name == "categorical_cross_entropy" else of_samples * each
    by = logits if canonical else output
    (gradient,) = torch.autograd.grad(expected.sum(), by)
    arrays = [t.detach().numpy() for t in (target, output, logits)]
    loss = weighted(LOSSES[name], weights)
    np.testing.assert_allclose(loss.value(np, *arrays), expected.detach().numpy(), rtol=1e-6)
    np.testing.assert_allclose(loss.gradient(np, *arrays), gradient.numpy(), rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("none", "none"),
        ("", "none"),
        ("Balanced", "balanced"),
        ("1-19", (1.0, 19.0)),
        ("0,5 - 2", (0.5, 2.0)),
        ("1 2.5 .5", (1.0, 2.5, 0.5)),
        ("1/3", (1.0, 3.0)),
    ],
)
def test_texts_are_read_and_written(text, weights):
    assert read_class_weights(text) == weights
    assert read_class_weights(write_class_weights(weights)) == weights


@pytest.mark.parametrize("weights", [(1 / 3, 1.0), (0.001 / 0.7, 1000 / 3), (0.1 + 0.2, 0.001)])
def test_weights_with_many_digits_are_written_in_full(weights):
    assert read_class_weights(write_class_weights(weights)) == weights


def test_a_text_of_endless_digits_is_refused():
    with pytest.raises(ValueError, match="a weight for each class"):
        read_class_weights(f"1.{'3' * 30}-1")


@pytest.mark.parametrize("text", ["heavy", "1--2", "1e3-2", "-1-2", "nan-1"])
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError, match="a weight for each class, such as 1-19"):
        read_class_weights(text)


@pytest.mark.parametrize("weights", [(0.0, 1.0), (1.0, 5000.0), (float("nan"), 1.0)])
def test_weights_have_limits(weights):
    with pytest.raises(ValueError, match=r"must be between 0\.001 and 1000"):
        check_class_weights(weights)
    with pytest.raises(ValueError, match="Write none, balanced"):
        check_class_weights("heavy")

"""Paths of the optimizers against torch.optim; batches."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from annlab.analysis.descent import (
    LARGEST_PARAMETER,
    batches,
    descend,
    losses_by_rate,
    sample_order,
)
from annlab.config import TrainingConfig
from annlab.nn.optimizers import OPTIMIZERS
from tests.analysis.two_parameter_cases import PROBLEMS, in_torch

START = np.array([-1.0, 1.5])
N_STEPS = 40


@pytest.fixture(autouse=True)
def _float64() -> Iterator[None]:
    # NAdam keeps a product of its momentum in torch's default type.
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("batch_size", [7, 60])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_paths_are_those_of_torch(optimizer: str, batch_size: int) -> None:
    problem = PROBLEMS["cross-entropy"]
    training = TrainingConfig(
        optimizer=optimizer, learning_rate=0.1, batch_size=batch_size, momentum=0.8, seed=4
    )
    parameters = torch.tensor(START, requires_grad=True)
    entry = OPTIMIZERS[optimizer]
    options = {} if optimizer != "adamw" else {"weight_decay": 0.0}
    in_steps = getattr(torch.optim, entry.torch_class)(
        [parameters], **entry.arguments(training), **options
    )
    expected = [START]
    for rows in batches(60, batch_size, N_STEPS, 4):
        in_steps.zero_grad()
        part = type(problem)(problem.x[rows], problem.y[rows], "sigmoid", problem.loss)
        in_torch(part, parameters).backward()
        in_steps.step()
        expected.append(parameters.detach().numpy().copy())
    found = descend(problem, training, START, N_STEPS)
    np.testing.assert_allclose(found.parameters, expected, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(found.losses, [problem.value(p) for p in expected])
    assert not found.diverged


def test_stages_end_with_the_step() -> None:
    found = descend(PROBLEMS["line"], TrainingConfig(optimizer="adam"), START, 3)
    for k, stages in enumerate(found.stages):
        assert [stages[0].name, stages[-1].name] == ["gradient", "step"]
        moved = found.parameters[k + 1] - found.parameters[k]
        np.testing.assert_allclose(stages[-1].values, moved, atol=1e-12)


def test_a_path_ends_where_it_diverges() -> None:
    training = TrainingConfig(optimizer="sgd", learning_rate=50.0, batch_size=60)
    found = descend(PROBLEMS["line"], training, START, 200)
    assert found.diverged
    assert len(found.losses) == len(found.parameters) == len(found.stages) + 1 < 200
    assert np.abs(found.parameters[-1]).max() > LARGEST_PARAMETER
    assert np.isfinite(found.losses).all()


def test_every_epoch_has_every_sample_once() -> None:
    parts = batches(10, 4, 7, seed=1)
    assert [len(part) for part in parts] == [4, 4, 2, 4, 4, 2, 4]
    for epoch in range(2):
        assert sorted(np.concatenate(parts[3 * epoch : 3 * epoch + 3])) == list(range(10))
    assert list(np.concatenate(parts[:3])) != list(np.concatenate(parts[3:6]))
    np.testing.assert_array_equal(sample_order(10, 3, 1).ravel()[:4], parts[0])
    assert [list(part) for part in batches(3, 3, 2, 0)] == [[0, 1, 2]] * 2


def test_l2_is_refused() -> None:
    with pytest.raises(ValueError, match=r"weight_decay: must be 0; got 0\.1"):
        descend(PROBLEMS["line"], TrainingConfig(weight_decay=0.1), START, 1)


@pytest.mark.parametrize("batch_size", [7, 60])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_losses_by_rate_are_those_of_single_descents(optimizer: str, batch_size: int) -> None:
    problem, rates = PROBLEMS["line"], np.array([0.003, 0.2, 30.0])
    training = TrainingConfig(optimizer=optimizer, batch_size=batch_size, momentum=0.7, seed=2)
    found = losses_by_rate(problem, training, START, 60, rates)
    for rate, loss in zip(rates, found, strict=True):
        one = training.model_copy(update={"learning_rate": float(rate)})
        path = descend(problem, one, START, 60)
        expected = np.inf if path.diverged else path.losses[-1]
        assert loss == pytest.approx(expected, rel=1e-6)
    if optimizer in ("sgd", "momentum", "nesterov"):
        assert found[-1] == np.inf

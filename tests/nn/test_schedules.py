"""Learning-rate schedules against those of torch.optim.lr_scheduler."""

import math

import numpy as np
import pytest
import torch

from annlab import TrainingConfig
from annlab.nn.schedules import SCHEDULES, learning_rate_after, rate_factors

TRAININGS = [
    {"max_epochs": 1},
    {"max_epochs": 100},
    {"max_epochs": 47, "schedule_epochs": 10, "schedule_factor": 0.5},
    {"max_epochs": 20, "schedule_epochs": 1, "schedule_factor": 0.9},
    {"max_epochs": 20, "schedule_epochs": 50},
]


@pytest.mark.parametrize("given", TRAININGS, ids=str)
@pytest.mark.parametrize("name", [name for name in SCHEDULES if name != "constant"])
def test_factors_are_those_of_torch(name, given):
    training = TrainingConfig(schedule=name, **given)
    entry = SCHEDULES[name]
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = getattr(torch.optim.lr_scheduler, entry.torch_class)(
        optimizer,
        **entry.torch_arguments(training),
    )
    expected = []
    for _ in range(training.max_epochs):
        expected.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    np.testing.assert_allclose(rate_factors(training), expected, atol=1e-12)


@pytest.mark.parametrize("given", TRAININGS, ids=str)
@pytest.mark.parametrize("name", SCHEDULES)
def test_the_expression_in_python_has_the_same_factors(name, given):
    training = TrainingConfig(schedule=name, **given)
    expression = SCHEDULES[name].factor_in_python(training)
    found = [eval(expression, {"math": math, "epoch": e}) for e in range(training.max_epochs)]
    np.testing.assert_allclose(found, rate_factors(training), rtol=1e-12)


def test_the_step_after_the_last_epoch_has_its_rate():
    training = TrainingConfig(learning_rate=0.5, schedule="cosine", max_epochs=4)
    rates = [learning_rate_after(epoch, training) for epoch in (0, 2, 3, 4)]
    np.testing.assert_allclose(rates, [0.5, 0.25, *2 * [0.25 * (1 + np.cos(0.75 * np.pi))]])


def test_a_constant_rate_stays():
    assert (rate_factors(TrainingConfig(max_epochs=7)) == 1).all()


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_starts_at_the_rate_and_never_exceeds_it(name):
    factors = rate_factors(TrainingConfig(schedule=name))
    assert factors[0] == 1
    assert ((factors >= 0) & (factors <= 1)).all()
    assert (factors < 1).any() == (name != "constant")

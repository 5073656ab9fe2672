"""Optimizer steps in NumPy against torch.optim."""

import re

import numpy as np
import pytest
import torch
from torch import nn

from annlab import TrainingConfig
from annlab.nn.clipping import network_gradient_norm
from annlab.nn.optimizer_steps import EMPTY_MEMORY, optimizer_step
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.schedules import SCHEDULES, learning_rate_after

N_STEPS = 100
STEPS_PER_EPOCH = 4
SHAPES = [(4, 3), (3,)]  # weights and biases
# The arguments of PyTorch, written here instead of taken from the registry.
SETTINGS = {"momentum": 0.8, "rho": 0.95, "initial_accumulator": 0.2}
IN_TORCH = {
    "sgd": lambda groups, lr: torch.optim.SGD(groups, lr=lr),
    "momentum": lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.8),
    "nesterov": lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.8, nesterov=True),
    "adagrad": lambda groups, lr: torch.optim.Adagrad(groups, lr=lr, initial_accumulator_value=0.2),
    "rmsprop": lambda groups, lr: torch.optim.RMSprop(groups, lr=lr, alpha=0.95),
    "adam": lambda groups, lr: torch.optim.Adam(groups, lr=lr),
    "adamw": lambda groups, lr: torch.optim.AdamW(groups, lr=lr),
    "nadam": lambda groups, lr: torch.optim.NAdam(groups, lr=lr),
}
ADAM_SCALING = ["mean of squares", "bias correction", "scaling"]
NAMES = {
    "sgd": [],
    "momentum": ["velocity"],
    "nesterov": ["velocity", "look-ahead"],
    "adagrad": ["sum of squares", "scaling"],
    "rmsprop": ["mean of squares", "scaling"],
    "adam": ["mean of gradients", "bias correction", *ADAM_SCALING],
    "nadam": ["mean of gradients", "look-ahead", *ADAM_SCALING],
}
NAMES["adamw"] = NAMES["adam"]


@pytest.fixture(autouse=True)
def _float64():
    # NAdam keeps a product of its momentum in torch's default type.
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def config(optimizer, weight_decay=0.0, learning_rate=0.03, **settings):
    return TrainingConfig(
        optimizer=optimizer,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        **{**SETTINGS, **settings},
    )


def gradients_of(parameters, t):
    """Gradients of a curved function that changes with time; all are sometimes zero."""
    gradients = [(t % 7 > 0) * (p + np.sin(3 * p + t)) for p in parameters]
    # Below epsilon, so that epsilon counts. A bias, because L2 would outweigh it.
    gradients[1][0] *= 1e-9
    return gradients


def of_epoch(training, t):
    """Settings with the learning rate of step t; an epoch has `STEPS_PER_EPOCH` steps."""
    rate = learning_rate_after(t // STEPS_PER_EPOCH, training)
    return training.model_copy(update={"learning_rate": rate})


def steps(training, n_steps=N_STEPS):
    """Parameters after every step, starting from the same random ones."""
    random = np.random.default_rng(0)
    stages = OPTIMIZERS[training.optimizer].stages
    parameters = [random.normal(0, 1, shape) for shape in SHAPES]
    memories = [EMPTY_MEMORY] * 2
    for t in range(n_steps):
        gradients = gradients_of(parameters, t)
        norm = network_gradient_norm(training, [parameters], [gradients])
        found = [
            optimizer_step(
                stages, of_epoch(training, t), p, g, memory, decays=decays, gradient_norm=norm
            )
            for p, g, memory, decays in zip(
                parameters, gradients, memories, (True, False), strict=True
            )
        ]
        yield parameters, gradients, found
        parameters = [step.parameter for step in found]
        memories = [step.memory for step in found]


def in_torch(training):
    """Parameters after every step of torch's optimizer on the same function."""
    random = np.random.default_rng(0)
    parameters = [nn.Parameter(torch.tensor(random.normal(0, 1, shape))) for shape in SHAPES]
    groups = [
        {"params": [parameters[0]], "weight_decay": training.weight_decay},
        {"params": [parameters[1]], "weight_decay": 0.0},
    ]
    optimizer = IN_TORCH[training.optimizer](groups, training.learning_rate)
    schedule = SCHEDULES[training.schedule]
    scheduler = None
    if schedule.torch_class:
        scheduler = getattr(torch.optim.lr_scheduler, schedule.torch_class)(
            optimizer, **schedule.torch_arguments(training)
        )
    for t in range(N_STEPS):
        arrays = [p.detach().numpy().copy() for p in parameters]
        for p, gradient in zip(parameters, gradients_of(arrays, t), strict=True):
            p.grad = torch.tensor(gradient)
        if training.l1:
            # Adds to the gradients that are there.
            (training.l1 * parameters[0].abs().sum()).backward()
        if training.clip_norm:
            nn.utils.clip_grad_norm_(parameters, training.clip_norm)
        optimizer.step()
        if scheduler and t % STEPS_PER_EPOCH == STEPS_PER_EPOCH - 1:
            scheduler.step()
        yield [p.detach().numpy().copy() for p in parameters]


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_steps_match_torch(optimizer, weight_decay):
    training = config(optimizer, weight_decay)
    moved = 0.0
    for (before, _, found), expected in zip(steps(training), in_torch(training), strict=True):
        for old, step, parameter in zip(before, found, expected, strict=True):
            # Parameters start at about 1, so one that ends near 0 has rounding errors of that size.
            np.testing.assert_allclose(step.parameter, parameter, rtol=1e-12, atol=1e-14)
            moved += np.abs(step.parameter - old).max()
    assert moved > 0.1
    assert found[0].memory.n_steps == N_STEPS


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_stages_lead_from_the_gradient_to_the_step(optimizer, weight_decay):
    training = config(optimizer, weight_decay)
    for before, gradients, found in steps(training, 3):
        for parameter, gradient, step, decays in zip(
            before, gradients, found, (True, False), strict=True
        ):
            first, *between, last = step.stages
            assert (first.name, last.name) == ("gradient", "step")
            np.testing.assert_array_equal(first.values, gradient)
            np.testing.assert_array_equal(step.parameter, parameter + last.values)
            assert all(stage.values.shape == parameter.shape for stage in step.stages)
            names = [stage.name for stage in between]
            assert names.count("weight decay") == (decays and weight_decay > 0)
            if "weight decay" in names:
                decoupled = OPTIMIZERS[optimizer].decouples_weight_decay
                assert names.index("weight decay") == (len(names) - 1 if decoupled else 0)
                names.remove("weight decay")
            assert names == NAMES[optimizer]


EXTRAS = {
    "l1": {"l1": 0.2},
    "clipping": {"clip_norm": 3.0},
    "step": {"schedule": "step", "schedule_epochs": 4, "schedule_factor": 0.5},
    "cosine": {"schedule": "cosine"},
    "restarts": {"schedule": "restarts", "schedule_epochs": 7},
    "all": {"l1": 0.2, "clip_norm": 3.0, "schedule": "cosine", "weight_decay": 0.1},
}


@pytest.mark.parametrize("extra", EXTRAS)
@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_l1_clipping_and_schedules_match_torch(optimizer, extra):
    epochs = {"max_epochs": N_STEPS // STEPS_PER_EPOCH}
    training = config(optimizer, **EXTRAS[extra], **epochs)
    clipped, found, plain = [], [], config(optimizer, **epochs)
    for (_, _, found), expected in zip(steps(training), in_torch(training), strict=True):
        for step, parameter in zip(found, expected, strict=True):
            # Torch's cosine multiplies the last rate by a quotient, which rounds differently.
            np.testing.assert_allclose(step.parameter, parameter, rtol=1e-9, atol=1e-11)
        clipped.append("clipping" in [stage.name for stage in found[1].stages])
    *_, (*_, without) = steps(plain)
    assert np.abs(found[0].parameter - without[0].parameter).max() > 1e-3
    assert (0 < sum(clipped) < N_STEPS) == (training.clip_norm > 0)


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_l1_and_clipping_are_the_first_stages(optimizer):
    training = config(optimizer, l1=0.2, clip_norm=0.1, weight_decay=0.1)
    for _, _, found in steps(training, 3):
        names = [[stage.name for stage in step.stages] for step in found]
        assert names[0][:3] == ["gradient", "L1", "clipping"]
        assert names[1][:2] == ["gradient", "clipping"]
        assert "L1" not in names[1]


def test_clipping_needs_the_norm_of_the_whole_network():
    ones = np.ones(3)
    with pytest.raises(ValueError, match="gradient_norm: clipping needs the norm"):
        optimizer_step(OPTIMIZERS["sgd"].stages, config("sgd", clip_norm=1.0), ones, ones)


def right_side(formula):
    """Right side of a formula as Python code."""
    code = formula.split(" ", 2)[2]
    for mark, python in {"·": "*", "−": "-", "^": "**", "²": "**2"}.items():
        code = code.replace(mark, python)
    return re.sub(r"√(\S+)", r"np.sqrt(\1)", code)


@pytest.mark.parametrize("extra", [{}, {"l1": 0.2}, {"l1": 1.0, "clip_norm": 0.3}], ids=str)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_formulas_give_the_values(optimizer, weight_decay, extra):
    training = config(optimizer, weight_decay, **extra)
    start, epsilon = (0.2, 1e-10) if optimizer == "adagrad" else (0.0, 1e-8)
    symbols = {"np": np, "sign": np.sign, "ε": epsilon, "v": 0.0, "m": 0.0, "s": start}
    for (w, _), (g, _), (step, _) in steps(training, 4):
        symbols |= {"w": w, "g": g}
        for stage in step.stages[1:]:
            assert stage.formula.startswith(f"{stage.symbol} ")
            value = eval(right_side(stage.formula), symbols)
            # A formula shows six digits of its numbers.
            np.testing.assert_allclose(stage.values, value, rtol=1e-4, atol=1e-12)
            symbols[stage.symbol] = stage.values


def test_arguments_are_left_unchanged():
    for optimizer in OPTIMIZERS:
        w, g = np.ones((2, 2)), np.full((2, 2), 0.5)
        stages = OPTIMIZERS[optimizer].stages
        first = optimizer_step(stages, config(optimizer, 0.1), w, g)
        kept = {name: array.copy() for name, array in first.memory.kept.items()}
        optimizer_step(stages, config(optimizer, 0.1), first.parameter, g, first.memory)
        np.testing.assert_array_equal(w, 1.0)
        np.testing.assert_array_equal(g, 0.5)
        assert EMPTY_MEMORY.n_steps == len(EMPTY_MEMORY.kept) == 0
        for name, array in first.memory.kept.items():
            np.testing.assert_array_equal(array, kept[name])


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov"])
def test_zero_momentum_is_plain_gradient_descent(optimizer):
    without, plain = (steps(config(name, momentum=0.0), 3) for name in (optimizer, "sgd"))
    for (*_, found), (*_, expected) in zip(without, plain, strict=True):
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one.parameter, other.parameter)


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_float32_stays_float32(optimizer):
    ones = np.ones(3, np.float32)
    step = optimizer_step(OPTIMIZERS[optimizer].stages, config(optimizer, 0.1), ones, ones)
    assert step.parameter.dtype == np.float32
    assert all(stage.values.dtype == np.float32 for stage in step.stages)

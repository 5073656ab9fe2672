"""Training against a plain loop with torch.optim."""

import numpy as np
import pytest
import torch
from torch import nn

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig, load_dataset
from annlab.nn.optimizers import OPTIMIZERS
from annlab.training.stack import generators

EPOCHS = 4
# Written here instead of taken from the registry, with the arguments of textbooks.
BY_HAND = {
    "sgd": lambda groups, lr: torch.optim.SGD(groups, lr=lr),
    "momentum": lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.8),
    "nesterov": lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.8, nesterov=True),
    "adagrad": lambda groups, lr: torch.optim.Adagrad(groups, lr=lr),
    "rmsprop": lambda groups, lr: torch.optim.RMSprop(groups, lr=lr),
    "adam": lambda groups, lr: torch.optim.Adam(groups, lr=lr),
    "adamw": lambda groups, lr: torch.optim.AdamW(groups, lr=lr),
    "nadam": lambda groups, lr: torch.optim.NAdam(groups, lr=lr),
}
LEARNING_RATES = {"sgd": 0.3, "momentum": 0.1, "nesterov": 0.1, "adagrad": 0.05}


def config(optimizer, weight_decay=0.0, momentum=0.8, dropout=0.0):
    # 100 samples in batches of 32: the last batch of an epoch is smaller.
    return RunConfig(
        dataset=DatasetConfig(name="moons", n_samples=100, noise=0.2),
        model=ModelConfig(hidden_sizes=(5, 3), activation="tanh", dropout=dropout),
        training=TrainingConfig(
            optimizer=optimizer,
            learning_rate=LEARNING_RATES.get(optimizer, 0.01),
            momentum=momentum,
            weight_decay=weight_decay,
            max_epochs=EPOCHS,
            seed=3,
        ),
    )


def plain_loop(run):
    """Layers after training the run's initial weights with plain torch."""
    linears = [nn.Linear(2, 5), nn.Linear(5, 3), nn.Linear(3, 1)]
    with torch.no_grad():
        for linear, (W, b) in zip(linears, run.checkpoints.at(0), strict=True):
            linear.weight.copy_(torch.tensor(W[0].T))
            linear.bias.copy_(torch.tensor(b[0]))
    training = run.config.training
    groups = [
        {"params": [linear.weight for linear in linears], "weight_decay": training.weight_decay},
        {"params": [linear.bias for linear in linears], "weight_decay": 0.0},
    ]
    optimizer = BY_HAND[training.optimizer](groups, training.learning_rate)
    dataset = load_dataset(run.config.dataset)
    X, y = torch.tensor(dataset.X_train), torch.tensor(dataset.y_train).float()[:, None]
    (order,) = generators([training.seed], "order")
    (left_out,) = generators([training.seed], "dropout")
    keep = 1 - run.config.model.dropout
    loss = nn.BCEWithLogitsLoss()
    for _ in range(EPOCHS):
        rows = torch.randperm(len(X), generator=order)
        # Kept activations are scaled up, so that their mean stays the same.
        masks = [
            torch.empty(n, len(X)).bernoulli_(keep, generator=left_out).T / keep for n in (5, 3)
        ]
        for first in range(0, len(X), 32):
            batch = slice(first, first + 32)
            a = X[rows[batch]]
            for linear, mask in zip(linears, masks, strict=False):
                a = torch.tanh(linear(a)) * (mask[batch] if keep < 1 else 1)
            optimizer.zero_grad()
            loss(linears[-1](a), y[rows[batch]]).backward()
            optimizer.step()
    return [(linear.weight.detach().T, linear.bias.detach()) for linear in linears]


def largest_difference(layers, others):
    return max(
        float(np.abs(np.asarray(here[0]) - np.asarray(there)).max())
        for pair, other in zip(layers, others, strict=True)
        for here, there in zip(pair, other, strict=True)
    )


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_training_matches_a_plain_torch_loop(trained, optimizer, weight_decay):
    run = trained(config(optimizer, weight_decay))
    last = plain_loop(run)
    # Float32 rounding of 16 steps with weights of about 1 adds up to 1e-7, maybe more with other
    # library versions. The steps themselves, and the decay, are far larger.
    assert largest_difference(run.checkpoints.at(), last) < 5e-6
    assert largest_difference(run.checkpoints.at(0), last) > 0.05
    if weight_decay:
        without = trained(config(optimizer))
        assert largest_difference(without.checkpoints.at(), last) > 1e-3


def test_dropout_matches_a_plain_torch_loop(trained):
    run = trained(config("sgd", dropout=0.4))
    last = plain_loop(run)
    assert largest_difference(run.checkpoints.at(), last) < 5e-6
    assert largest_difference(trained(config("sgd")).checkpoints.at(), last) > 0.05


def same_weights(a, b):
    return all(
        np.array_equal(here, there)
        for pair, other in zip(a.checkpoints.at(), b.checkpoints.at(), strict=True)
        for here, there in zip(pair, other, strict=True)
    )


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_momentum_affects_only_optimizers_with_momentum(trained, optimizer):
    a, b = trained(config(optimizer)), trained(config(optimizer, momentum=0.7))
    assert same_weights(a, b) == (optimizer not in ("momentum", "nesterov"))


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov"])
def test_zero_momentum_is_plain_gradient_descent(trained, optimizer):
    runs = [
        RunConfig(training=TrainingConfig(optimizer=name, momentum=0.0, max_epochs=2))
        for name in (optimizer, "sgd")
    ]
    assert same_weights(*map(trained, runs))


def test_every_optimizer_has_a_plain_loop():
    assert set(OPTIMIZERS) == set(BY_HAND)


UNUSUAL = TrainingConfig(learning_rate=0.5, momentum=0.25, rho=0.75, initial_accumulator=0.125)


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_entry_names_a_torch_class(optimizer):
    entry = OPTIMIZERS[optimizer]
    cls = getattr(torch.optim, entry.torch_class)
    made = cls([nn.Parameter(torch.zeros(2))], **entry.arguments(UNUSUAL))
    assert made.defaults["lr"] == 0.5
    for setting, (name, _) in entry.settings.items():
        assert made.defaults[name] == getattr(UNUSUAL, setting)
    assert made.defaults.get("momentum", 0) == (0.25 if "momentum" in entry.settings else 0)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_defaults_match_pytorch(name):
    entry = OPTIMIZERS[name]
    cls = getattr(torch.optim, entry.torch_class)
    given = entry.arguments(TrainingConfig())
    own = cls([nn.Parameter(torch.zeros(2))], lr=0.001).defaults
    for setting, (argument, _) in entry.settings.items():
        if setting != "momentum":  # PyTorch's default is 0, which is plain SGD
            assert given[argument] == own[argument]


@pytest.mark.parametrize(
    ("optimizer", "setting", "value"),
    [("rmsprop", "rho", 0.5), ("adagrad", "initial_accumulator", 3.0)],
)
def test_an_optimizer_setting_affects_only_its_optimizer(trained, optimizer, setting, value):
    usual = RunConfig(training=TrainingConfig(optimizer=optimizer, max_epochs=2))
    changed = usual.model_copy(
        update={"training": usual.training.model_copy(update={setting: value})}
    )
    assert not same_weights(trained(usual), trained(changed))
    other = RunConfig(training=TrainingConfig(optimizer="sgd", max_epochs=2))
    same = other.model_copy(update={"training": other.training.model_copy(update={setting: value})})
    assert same_weights(trained(other), trained(same))

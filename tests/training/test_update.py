"""L1, clipping and schedules against a plain loop with torch, over 100 steps."""

import numpy as np
import pytest
import torch
from torch import nn

from annlab import RunConfig, load_dataset, train
from annlab.nn.optimizers import OPTIMIZERS
from annlab.training.stack import generators

EPOCHS = 25  # of 4 batches
RATES = {"sgd": 0.3, "momentum": 0.05, "nesterov": 0.05, "adagrad": 0.05}


def config(optimizer="sgd", **training):
    return RunConfig(
        dataset={"name": "moons", "n_samples": 100, "noise": 0.2},
        model={"hidden_sizes": (4,), "activation": "tanh"},
        training={
            "optimizer": optimizer,
            "learning_rate": RATES.get(optimizer, 0.01),
            "max_epochs": EPOCHS,
            **training,
        },
    )


def plain_loop(run):
    """Layers after training the run's initial weights, and share of clipped steps per epoch."""
    linears = [nn.Linear(2, 4), nn.Linear(4, 1)]
    with torch.no_grad():
        for linear, (W, b) in zip(linears, run.checkpoints.at(0), strict=True):
            linear.weight.copy_(torch.tensor(W[0].T))
            linear.bias.copy_(torch.tensor(b[0]))
    training = run.config.training
    parameters = [p for linear in linears for p in linear.parameters()]
    entry = OPTIMIZERS[training.optimizer]
    optimizer = getattr(torch.optim, entry.torch_class)(
        [
            {"params": [x.weight for x in linears], "weight_decay": training.weight_decay},
            {"params": [x.bias for x in linears], "weight_decay": 0.0},
        ],
        **entry.arguments(training),
    )
    schedulers = torch.optim.lr_scheduler
    scheduler = {
        "constant": lambda: schedulers.ConstantLR(optimizer, factor=1.0),
        "step": lambda: schedulers.StepLR(
            optimizer, training.schedule_epochs, training.schedule_factor
        ),
        "cosine": lambda: schedulers.CosineAnnealingLR(optimizer, training.max_epochs),
        "restarts": lambda: schedulers.CosineAnnealingWarmRestarts(
            optimizer, training.schedule_epochs
        ),
    }[training.schedule]()
    dataset = load_dataset(run.config.dataset)
    X, y = torch.tensor(dataset.X_train), torch.tensor(dataset.y_train).float()[:, None]
    (order,) = generators([training.seed], "order")
    loss, shares = nn.BCEWithLogitsLoss(), [0.0]
    for _ in range(EPOCHS):
        rows = torch.randperm(len(X), generator=order)
        n_clipped = 0
        for batch in rows.split(32):
            optimizer.zero_grad()
            penalty = sum(x.weight.abs().sum() for x in linears)
            output = linears[1](torch.tanh(linears[0](X[batch])))
            (loss(output, y[batch]) + training.l1 * penalty).backward()
            if training.clip_norm:
                norm = nn.utils.clip_grad_norm_(parameters, training.clip_norm)
                n_clipped += bool(norm > training.clip_norm)
            optimizer.step()
        scheduler.step()
        shares.append(n_clipped / 4)
    return [(x.weight.detach().T, x.bias.detach()) for x in linears], shares


def largest_difference(layers, others):
    return max(
        float(np.abs(np.asarray(here[0]) - np.asarray(there)).max())
        for pair, other in zip(layers, others, strict=True)
        for here, there in zip(pair, other, strict=True)
    )


def check(run, *, but_for):
    """Compare a run with the plain loop, and show that a setting has an effect."""
    layers, shares = plain_loop(run)
    assert largest_difference(run.checkpoints.at(), layers) < 2e-5
    training = run.config.training.model_copy(update=but_for)
    without = train(run.config.model_copy(update={"training": training}))
    assert largest_difference(without.checkpoints.at(), layers) > 1e-3
    return shares


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_l1_matches_a_penalty_in_the_loss(optimizer):
    check(train(config(optimizer, l1=0.02)), but_for={"l1": 0.0})


def test_l1_brings_weights_to_zero_and_leaves_biases_alone():
    run = train(config(l1=10.0, learning_rate=0.001))
    (W, b), *_ = run.checkpoints.at()
    before = run.checkpoints.at(0)[0][0]
    assert (np.abs(W) <= np.maximum(0.011, np.abs(before))).all()
    assert np.abs(W).mean() < 0.2 * np.abs(before).mean()
    assert (b != 0).any()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_clipping_matches_torch(optimizer):
    run = train(config(optimizer, clip_norm=0.15))
    # Adam and its like divide by the gradient's size, but a mixture of clipped and whole ones
    # still moves them.
    shares = check(run, but_for={"clip_norm": 0.0})
    np.testing.assert_allclose(run.history["clipped"][:, 0], shares)
    assert 0 < np.mean(shares) < 1


@pytest.mark.parametrize("schedule", ["step", "cosine", "restarts"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_schedules_match_torch(optimizer, schedule):
    given = {"schedule": schedule, "schedule_epochs": 7, "schedule_factor": 0.3}
    check(train(config(optimizer, **given)), but_for={"schedule": "constant"})


def test_all_together_with_l2():
    run = train(
        config(
            "adamw", l1=0.01, weight_decay=0.1, clip_norm=0.1, schedule="cosine", max_epochs=EPOCHS
        )
    )
    check(run, but_for={"l1": 0.0})


def test_a_network_that_stopped_repeats_its_share_of_clipped_steps():
    run = train(
        config(clip_norm=0.05, early_stopping_patience=2, n_seeds=4, max_epochs=60, learning_rate=2)
    )
    assert len(set(run.epochs_trained)) > 1
    for k, last in enumerate(run.epochs_trained):
        assert (run.history["clipped"][last:, k] == run.history["clipped"][last, k]).all()

"""Sweeps and fixed rates against loops in plain torch."""

import numpy as np
import pytest
import torch
from torch import nn

from annlab import RunConfig, load_dataset, train
from annlab.nn.optimizers import OPTIMIZERS
from annlab.runs import history
from annlab.training.rates import sweep, train_at_rates
from annlab.training.stack import generators

RATES = np.geomspace(1e-4, 1.0, 60)


def config(optimizer="sgd", n_seeds=3, **training):
    return RunConfig(
        dataset={"name": "moons", "n_samples": 100, "noise": 0.2},
        model={"hidden_sizes": (4,), "activation": "tanh"},
        training={"optimizer": optimizer, "n_seeds": n_seeds, "seed": 2, **training},
    )


def plain(made, k, rates):
    """Losses of network k in plain torch, before the first and after each step."""
    start = train(
        made.model_copy(update={"training": made.training.model_copy(update={"max_epochs": 1})})
    ).checkpoints.at(0)
    linears = [nn.Linear(2, 4), nn.Linear(4, 1)]
    with torch.no_grad():
        for linear, (W, b) in zip(linears, start, strict=True):
            linear.weight.copy_(torch.tensor(W[k].T))
            linear.bias.copy_(torch.tensor(b[k]))
    dataset = load_dataset(made.dataset)
    X, y = torch.tensor(dataset.X_train), torch.tensor(dataset.y_train).float()[:, None]
    network = nn.Sequential(linears[0], nn.Tanh(), linears[1])
    entry = OPTIMIZERS[made.training.optimizer]
    optimizer = getattr(torch.optim, entry.torch_class)(
        network.parameters(), **entry.arguments(made.training)
    )
    (order,) = generators([made.training.seed + k], "order")
    loss = nn.BCEWithLogitsLoss()
    losses = [loss(network(X), y).item()]
    batches = []
    for rate in rates:
        batches = batches or list(torch.randperm(len(X), generator=order).split(32))
        batch = batches.pop(0)
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        loss(network(X[batch]), y[batch]).backward()
        optimizer.step()
        losses.append(loss(network(X), y).item())
    return losses


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_the_median_of_a_sweep_matches_a_plain_loop(optimizer):
    made = config(optimizer, n_seeds=5)
    found = sweep(made, RATES)
    alone = np.transpose([plain(made, k, RATES) for k in range(5)])
    np.testing.assert_allclose(np.median(found, axis=1), np.median(alone, axis=1), rtol=2e-4)
    np.testing.assert_allclose(found, alone, rtol=1e-2)


@pytest.mark.parametrize("optimizer", ["sgd", "nesterov", "adam"])
def test_fixed_rates_match_plain_loops(optimizer):
    made = config(optimizer, n_seeds=2)
    rates = np.array([1e-3, 0.02, 0.1])
    start, end = train_at_rates(made, rates, 12)
    for i, rate in enumerate(rates):
        for k in range(2):
            losses = plain(made, k, [rate] * 12)
            assert start[i, k] == pytest.approx(losses[0], rel=1e-5)
            assert end[i, k] == pytest.approx(losses[-1], rel=1e-3)


def test_a_network_that_is_no_longer_finite_stays_out():
    made = RunConfig(
        dataset={"name": "function_1d", "n_samples": 100, "noise": 0.0},
        model={"hidden_sizes": (4,)},
        training={"optimizer": "sgd", "n_seeds": 4},
    )
    losses = sweep(made, np.geomspace(1e-3, 1e6, 80))
    gone = np.isnan(losses)
    assert gone[-1].any()
    assert (np.diff(gone.astype(int), axis=0) >= 0).all()
    _, end = train_at_rates(made, np.array([1e-3, 1e5]), 50)
    assert np.isfinite(end[0]).all()
    assert np.isnan(end[1]).all()


def test_the_loss_of_large_data_is_measured_on_a_part(monkeypatch):
    made = config()
    whole = sweep(made, RATES[:2])
    monkeypatch.setattr(history, "STEP_SAMPLES", 40)  # every third
    part = sweep(made, RATES[:2])
    W, b = zip(*train(config(max_epochs=1)).checkpoints.at(0), strict=True)
    dataset = load_dataset(made.dataset)
    X, y = dataset.X_train[::3], dataset.y_train[::3]
    z = np.tanh(X @ W[0][1] + b[0][1]) @ W[1][1] + b[1][1]
    assert part[0, 1] == pytest.approx(np.mean(np.logaddexp(0, z[:, 0]) - y * z[:, 0]), rel=1e-5)
    assert not np.allclose(whole, part)


def test_a_stop_ends_a_sweep():
    shares = []
    losses = sweep(config(), RATES, report=shares.append, should_stop=lambda: len(shares) == 7)
    assert len(losses) == 8
    start, end = train_at_rates(config(), RATES[:3], 50, should_stop=lambda: True)
    assert np.isfinite(start).all()
    assert np.isnan(end).all()

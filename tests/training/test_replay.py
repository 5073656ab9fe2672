"""Replays find the weights of a run again, and the memory with which it went on."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.analysis.one_step import one_step
from annlab.datasets import load_run_dataset
from annlab.nn.clipping import network_gradient_norm
from annlab.nn.optimizer_steps import optimizer_step
from annlab.nn.optimizers import OPTIMIZERS
from annlab.runs.optimizer_memory import ReplayRequest, read_memory, replay_request
from annlab.training.replay import replay, replay_memory

Train = Callable[[RunConfig], Run]


def config(optimizer: str = "adam", **training: object) -> RunConfig:
    return RunConfig(
        dataset=DatasetConfig(name="moons", n_samples=60, noise=0.2, test_fraction=0.25),
        model=ModelConfig(hidden_sizes=(4, 3), activation="tanh"),
        training=TrainingConfig(
            **{
                "optimizer": optimizer,
                "learning_rate": 0.02,
                "batch_size": 16,
                "max_epochs": 6,
                "n_seeds": 3,
                "seed": 4,
                **training,
            }
        ),
    )


def request(run: Run, *epochs: int, network: int = 1) -> ReplayRequest:
    return ReplayRequest(run=run.config, network=network, epochs=epochs)


def never() -> bool:
    return False


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_weights_are_those_of_the_run(optimizer: str, trained: Train) -> None:
    run = trained(config(optimizer))
    found = replay_memory(request(run, 0, 2, 5))
    for epoch in (0, 2, 5):
        for pair, stacked in zip(found.layers[epoch], run.layers(epoch), strict=True):
            for ours, theirs in zip(pair, stacked, strict=True):
                np.testing.assert_array_equal(ours, theirs[1])


MORE = {"weight_decay": 0.05, "l1": 0.01, "clip_norm": 0.1, "schedule": "cosine"}


@pytest.mark.parametrize("settings", [{}, MORE], ids=["plain", "more"])
@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_the_next_step_from_memory_is_the_run_s_own(
    optimizer: str, settings: dict[str, Any], trained: Train
) -> None:
    # One step per epoch, over all samples: the weights of the next epoch are those after it.
    run = trained(config(optimizer, batch_size=1000, **settings))
    dataset, stages = load_run_dataset(run.config), OPTIMIZERS[optimizer].stages
    found = replay_memory(request(run, 0, 3))
    moved = 0.0
    for epoch in (0, 3):
        step = one_step(run, dataset, sample=0, network=1, epoch=epoch)
        rate = {"learning_rate": step.learning_rate}
        training = run.config.training.model_copy(update=rate)
        pairs = [(layer.weights, layer.biases) for layer in step.layers]
        norm = network_gradient_norm(
            training,
            [(W.before, b.before) for W, b in pairs],
            [(W.mean_gradient, b.mean_gradient) for W, b in pairs],
        )
        for k, pair in enumerate(pairs):
            for part, update in enumerate(pair):
                memory = found.memories[epoch][k][part]
                assert memory.n_steps == epoch
                taken = optimizer_step(
                    *(stages, training, update.before, update.mean_gradient, memory),
                    decays=part == 0,
                    gradient_norm=norm,
                ).parameter
                expected = run.layers(epoch + 1)[k][part][1]
                np.testing.assert_allclose(taken, expected, rtol=2e-5, atol=2e-6)
                moved = max(moved, float(np.abs(taken - update.before).max()))
    assert moved > 1e-3


def test_a_replay_keeps_no_other_networks_alive(trained: Train) -> None:
    found = replay_memory(request(trained(config("adam")), 3))
    for memories in found.memories[3]:
        for memory in memories:
            assert all(array.base is None for array in memory.kept.values() if array.ndim)
    assert all(W.base is None and b.base is None for W, b in found.layers[3])


def test_a_step_from_memory_differs_from_a_fresh_one(trained: Train) -> None:
    run = trained(config("adam"))
    dataset = load_run_dataset(run.config)
    memory = replay_memory(request(run, 3)).memories[3]
    at: dict[str, Any] = {"sample": 2, "network": 1, "epoch": 3}
    fresh, real = (one_step(run, dataset, **at, memory=m) for m in (None, memory))
    first, other = fresh.layers[0].weights, real.layers[0].weights
    np.testing.assert_array_equal(first.gradient, other.gradient)
    assert np.abs(first.after - other.after).max() > 1e-3
    entry, gradient = memory[0][0], other.gradient
    expected = optimizer_step(
        OPTIMIZERS["adam"].stages, run.config.training, other.before, gradient, entry
    )
    np.testing.assert_array_equal(other.after, expected.parameter)


def test_a_worker_reports_and_returns_what_can_be_read(trained: Train) -> None:
    run = trained(config("nadam"))
    shares: list[float] = []
    wanted = request(run, 1, 4)
    data = replay(wanted, lambda share, partial: shares.append(share), never)
    assert shares[-1] == 1
    assert shares == sorted(shares)
    read, direct = read_memory(data), replay_memory(wanted)
    assert list(read.layers) == list(read.memories) == [1, 4]
    for epoch in (1, 4):
        np.testing.assert_equal(read.layers[epoch], direct.layers[epoch])
        for pair, same in zip(read.memories[epoch], direct.memories[epoch], strict=True):
            for one, other in zip(pair, same, strict=True):
                assert one.n_steps == other.n_steps == epoch * 3
                np.testing.assert_equal(dict(one.kept), dict(other.kept))
                assert {"mean of gradients", "mean of squares", "momentum product"} == set(one.kept)


def test_a_stopped_replay_returns_nothing(trained: Train) -> None:
    run = trained(config())
    assert replay(request(run, 6), lambda share, partial: None, lambda: True) == b""


def test_a_replay_ends_at_its_last_epoch(trained: Train) -> None:
    run = trained(config())
    shares: list[float] = []
    replay_memory(request(run, 2), shares.append)
    assert max(shares) == 1


def test_a_network_that_stopped_early_has_the_memory_of_its_last_epoch(trained: Train) -> None:
    run = trained(config(learning_rate=0.3, max_epochs=60, early_stopping_patience=2, batch_size=4))
    network = int(np.argmin(run.epochs_trained))
    stopped = int(run.epochs_trained[network])
    assert stopped < run.n_epochs
    wanted = replay_request(run, network, stopped)
    assert max(wanted.epochs) == stopped
    assert int(run.best_epochs[network]) in wanted.epochs
    found = replay_memory(wanted)
    for pair, stacked in zip(found.layers[stopped], run.layers("last"), strict=True):
        for ours, theirs in zip(pair, stacked, strict=True):
            np.testing.assert_array_equal(ours, theirs[network])


def test_work_beyond_the_limit_is_refused(trained: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    run = trained(config())
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1")
    with pytest.raises(ValueError, match="compute this server allows"):
        replay_memory(request(run, 1))

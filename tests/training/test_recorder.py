"""Recorder: infinite numbers, and networks that diverge."""

import dataclasses
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from annlab import Run, RunConfig, evaluate, train
from annlab.analysis.median_network import median_network
from annlab.datasets import load_for_training
from annlab.training.recorder import Recorder
from annlab.training.stack_module import StackModule
from tests.training.configs import make


def test_infinite_weights_with_a_finite_loss_end_the_run():
    # With positive features, a unit with weights of -inf is off and the loss is finite.
    config = RunConfig(dataset={"name": "random_labels"}, model={"hidden_sizes": (2,)})
    module = StackModule(config, load_for_training(config.dataset))
    trainer = SimpleNamespace(should_stop=False)
    recorder = Recorder(config)
    recorder.on_train_start(trainer, module)
    before = module.stack.flat.data.clone()
    module.stack.weights[0][0, :, 0] = -torch.inf
    assert torch.isfinite(module.measure()).all()
    recorder.on_train_epoch_end(trainer, module)
    assert recorder.ending == "diverged"
    assert trainer.should_stop
    assert recorder.epoch == 0
    assert torch.equal(module.stack.flat.data, before)


@pytest.mark.parametrize("name", ["moons", "function_1d"])
@pytest.mark.parametrize("validation_fraction", [0.0, 0.25])
def test_the_test_split_never_affects_training(monkeypatch, validation_fraction, name):
    # Replacing the test samples by noise changes no decision.
    config = make(
        dataset={"name": name, "validation_fraction": validation_fraction, "test_fraction": 0.2},
        learning_rate=0.3,
        max_epochs=30,
        n_seeds=4,
        early_stopping_patience=3,
    )
    points = load_for_training(config)
    noise = np.random.default_rng(0).normal(size=points.X["test"].shape).astype(np.float32)
    spoiled = dataclasses.replace(
        points,
        X={**points.X, "test": 1e30 * noise},
        y={**points.y, "test": 1 - points.y["test"]},
    )
    run = train(config)
    monkeypatch.setattr(sys.modules["annlab.training.fit"], "load_for_training", lambda _: spoiled)
    other = train(config)
    assert not np.array_equal(run.history["test_loss"], other.history["test_loss"])
    assert run.best_epochs.tolist() == other.best_epochs.tolist()
    assert run.epochs_trained.tolist() == other.epochs_trained.tolist()
    assert (run.ending, run.message) == (other.ending, other.message)
    assert other.diverged_epochs.tolist() == [0] * 4
    assert median_network([run]) == median_network([other])
    for here, there in zip(run.layers(), other.layers(), strict=True):
        np.testing.assert_array_equal(here[0], there[0])
    assert Run.from_bytes(other.to_bytes()).fingerprint == other.fingerprint


def test_divergence_is_detected_without_held_out_splits(monkeypatch):
    config = RunConfig(
        dataset={"name": "diabetes", "test_fraction": 0.2},
        training={"optimizer": "sgd", "learning_rate": 2.0, "max_epochs": 50, "n_seeds": 2},
    )
    points = load_for_training(config)
    far = dataclasses.replace(points, X={**points.X, "test": points.X["test"] * np.float32(4e17)})
    runs = []
    for seen in (points, far):
        monkeypatch.setattr(
            sys.modules["annlab.training.fit"], "load_for_training", lambda _, seen=seen: seen
        )
        runs.append(train(config))
    assert runs[0].diverged_epochs.tolist() == runs[1].diverged_epochs.tolist()
    assert runs[0].n_epochs == runs[1].n_epochs


def test_a_network_that_diverges_leaves_the_others_alone():
    config = RunConfig(
        dataset={"name": "function_1d"},
        model={"hidden_sizes": (32, 32)},
        training={"optimizer": "sgd", "learning_rate": 0.62, "n_seeds": 20, "max_epochs": 30},
    )
    reports = []
    run = train(config, on_epoch=reports.append)
    diverged = np.flatnonzero(run.diverged_epochs)
    assert 0 < len(diverged) < 20
    for report in reports:  # each report names the networks that have diverged so far
        known = np.where(run.diverged_epochs <= report.epoch, run.diverged_epochs, 0)
        np.testing.assert_array_equal(report.diverged_epochs, known)
    assert run.ending == "finished"
    assert run.n_epochs == 30
    assert run.counted.tolist() == (run.diverged_epochs == 0).tolist()
    names = [str(k + 1) for k in diverged]
    assert f"{len(diverged)} of 20 networks diverged" in run.message
    assert all(name in run.message for name in names[:3])
    assert all(np.isfinite(values).all() for values in run.history.values())
    healthy = int(np.flatnonzero(run.counted)[0])
    alone = train(
        config.model_copy(
            update={"training": config.training.model_copy(update={"n_seeds": 1, "seed": healthy})}
        )
    )
    np.testing.assert_allclose(
        run.history["train_loss"][:10, healthy], alone.history["train_loss"][:10, 0], rtol=1e-3
    )
    for k in diverged:
        at_rest = run.history["train_loss"][run.diverged_epochs[k] - 1 :, k]
        assert len(set(at_rest.tolist())) == 1
        assert run.epochs_trained[k] == run.diverged_epochs[k] - 1
    back = Run.from_bytes(run.to_bytes())
    found = evaluate(back, split="train")
    assert found.counted.tolist() == run.counted.tolist()
    assert median_network([run]) in np.flatnonzero(run.counted)

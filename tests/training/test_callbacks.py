"""Callbacks between epochs: reports, checkpoints, divergence, early stopping."""

import dataclasses
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from annlab import Run, RunConfig, evaluate, train
from annlab.analysis.median_network import median_network
from annlab.datasets import load_for_training
from annlab.runs.history import checkpoint_epochs
from annlab.training import EpochReport
from annlab.training.callbacks import Recorder
from annlab.training.stack_module import StackModule


def make(dataset=None, **training):
    return RunConfig(
        dataset={"name": "moons", "n_samples": 200, "noise": 0.3, **(dataset or {})},
        model={"hidden_sizes": (5,), "activation": "tanh"},
        training={"learning_rate": 0.05, "max_epochs": 6, "n_seeds": 3, **training},
    )


# ---- reports


@pytest.fixture(scope="module")
def reported():
    """A run, its reports, and the weights at the time of each report."""
    reports, weights = [], []

    def on_epoch(report):
        reports.append(report)
        weights.append(report.weights())

    run = train(make(dataset={"validation_fraction": 0.2}), on_epoch=on_epoch)
    return run, reports, weights


def test_reports_come_before_the_first_and_after_every_epoch(reported):
    run, reports, _ = reported
    assert all(isinstance(report, EpochReport) for report in reports)
    assert [report.epoch for report in reports] == list(range(7))
    assert {report.max_epochs for report in reports} == {6}
    np.testing.assert_allclose(
        [report.elapsed_seconds for report in reports], run.epoch_seconds, rtol=1e-12
    )


def test_report_holds_the_row_of_the_history(reported):
    run, reports, _ = reported
    for report in reports:
        assert set(report.metrics) == set(run.history)
        for name, values in report.metrics.items():
            np.testing.assert_array_equal(values, run.history[name][report.epoch])


def test_weights_of_a_report_are_current(reported):
    run, reports, weights = reported
    for report, layers in zip(reports, weights, strict=True):
        for here, kept in zip(layers, run.checkpoints.at(report.epoch), strict=True):
            np.testing.assert_array_equal(here[0], kept[0])
            np.testing.assert_array_equal(here[1], kept[1])


def test_reports_do_not_change_the_training(reported):
    run, _, _ = reported
    unwatched = train(run.config)
    for name, values in run.history.items():
        np.testing.assert_array_equal(values, unwatched.history[name])


# ---- checkpoints


def test_checkpoints_are_at_the_checkpoint_epochs():
    run = train(make(max_epochs=60))
    expected = checkpoint_epochs(60, run.n_parameters, 3)
    assert run.checkpoints.epochs.tolist() == list(expected)
    assert len(expected) < 61
    for W, b in run.checkpoints.layers:
        assert W.dtype == b.dtype == np.float32
        assert W.shape[:2] == b.shape[:2] == (len(expected), 3)
        assert (np.abs(np.diff(W, axis=0)).max(axis=(1, 2, 3)) > 0).all()


# ---- numbers that are not finite


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


# ---- early stopping


def stop_by_the_book(losses, patience):
    """Compute the epoch after which a network stops, from its losses from epoch 0 on."""
    best, since = np.inf, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < best:
            best, since = losses[epoch], 0
        else:
            since += 1
        if since == patience:
            return epoch
    return len(losses) - 1


@pytest.mark.parametrize("validation_fraction", [0.0, 0.4])
@pytest.mark.parametrize("patience", [1, 3])
def test_early_stopping_of_each_network_follows_the_definition(validation_fraction, patience):
    fields = {"dataset": {"validation_fraction": validation_fraction}, "learning_rate": 0.3}
    config = make(**fields, max_epochs=30, n_seeds=6, early_stopping_patience=patience)
    run = train(config)
    endless = train(make(**fields, max_epochs=30, n_seeds=6))
    watched = "val_loss" if validation_fraction else "train_loss"
    expected = [stop_by_the_book(endless.history[watched][:, k], patience) for k in range(6)]
    assert run.epochs_trained.tolist() == expected
    assert len(set(expected)) > 1
    for k, n in enumerate(expected):
        # Equal to the history without early stopping up to this epoch, and constant afterwards.
        for name, values in run.history.items():
            np.testing.assert_array_equal(values[: n + 1, k], endless.history[name][: n + 1, k])
            np.testing.assert_array_equal(values[n:, k], values[n, k])
        for W, b in run.checkpoints.layers:
            at_rest = run.checkpoints.epochs >= n
            np.testing.assert_array_equal(W[at_rest, k], W[-1:, k].repeat(at_rest.sum(), axis=0))
            np.testing.assert_array_equal(b[at_rest, k], b[-1:, k].repeat(at_rest.sum(), axis=0))


def test_equal_loss_does_not_count_as_better():
    # All gradients are zero, because hidden units are zero and the only batch has equally many
    # samples of both classes.
    config = RunConfig(
        dataset={"name": "moons", "n_samples": 200},
        model={"init": "zeros", "hidden_sizes": (3,)},
        training={"batch_size": 200, "early_stopping_patience": 3, "optimizer": "sgd"},
    )
    run = train(config)
    assert len(np.unique(run.history["train_loss"])) == 1
    assert (run.ending, run.n_epochs) == ("early", 4)  # the first epoch is the first best


def test_run_ends_when_the_last_network_stops():
    run = train(make(learning_rate=0.3, max_epochs=500, early_stopping_patience=2))
    assert run.ending == "early"
    first, last = run.epochs_trained.min(), run.epochs_trained.max()
    assert run.message == (
        f"All 3 networks stopped early after epochs {first} to {last}: no better training loss "
        "for 2 epochs."
    )
    assert run.n_epochs == run.epochs_trained.max() < 500
    assert run.checkpoints.epochs[-1] == run.n_epochs
    assert run.history["train_loss"].shape == (run.n_epochs + 1, 3)
    assert Run.from_bytes(run.to_bytes()).ending == "early"


def test_best_weights_have_the_lowest_validation_loss():
    fields = {"dataset": {"validation_fraction": 0.4, "test_fraction": 0.2}, "learning_rate": 0.3}
    config = make(**fields, max_epochs=30, n_seeds=6, early_stopping_patience=3)
    run = train(config)
    losses = run.history["val_loss"][1:]
    assert run.best_epochs.tolist() == (losses.argmin(axis=0) + 1).tolist()
    assert run.shown_epochs().tolist() == run.best_epochs.tolist()
    assert run.shown_epochs("last").tolist() == run.epochs_trained.tolist()
    assert (run.best_epochs < run.epochs_trained).any()
    for back in (run, Run.from_bytes(run.to_bytes())):
        found = evaluate(back, split="validation")
        np.testing.assert_allclose(found.loss, losses.min(axis=0), rtol=1e-4)
        np.testing.assert_array_equal(found.epochs, run.best_epochs)
        last = evaluate(back, split="validation", epoch="last")
        np.testing.assert_allclose(last.loss, losses[-1], rtol=1e-4)
        assert (last.loss >= found.loss).all()


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
    monkeypatch.setattr(
        sys.modules["annlab.training.train"], "load_for_training", lambda _: spoiled
    )
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
            sys.modules["annlab.training.train"], "load_for_training", lambda _, seen=seen: seen
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


def test_unreached_patience_trains_all_epochs():
    run = train(make(early_stopping_patience=100))
    assert (run.ending, run.message) == ("finished", "")
    assert run.epochs_trained.tolist() == [6, 6, 6]

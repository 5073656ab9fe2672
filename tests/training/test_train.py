"""`train`: reproducibility, independence of networks, stopping and divergence."""

import dataclasses
import hashlib
import random
import re
import subprocess
import sys

import numpy as np
import pytest
import torch

import annlab
from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig, evaluate, load_dataset
from annlab.analysis.prediction import forward_pass
from annlab.datasets import forget_datasets, load_for_training
from annlab.nn.architecture import Architecture
from annlab.nn.losses import LOSSES
from annlab.nn.optimizers import OPTIMIZERS
from annlab.training import stack_module as module_of_training
from annlab.training import train
from annlab.training.stack_module import StackModule


def make(dataset=None, model=None, **training):
    """Config of a small run that learns something, with changes for a test."""
    return RunConfig(
        dataset={"name": "moons", "n_samples": 200, "noise": 0.3, **(dataset or {})},
        model={"hidden_sizes": (6, 4), "activation": "tanh", **(model or {})},
        training={"learning_rate": 0.02, "max_epochs": 8, "n_seeds": 3, "seed": 7, **training},
    )


def largest_difference(run, other, k=slice(None), k_other=slice(None)):
    """Last weights and biases of some networks."""
    return max(
        float(np.abs(here[k] - there[k_other]).max())
        for pair, pair_other in zip(run.checkpoints.at(), other.checkpoints.at(), strict=True)
        for here, there in zip(pair, pair_other, strict=True)
    )


def numbers(run):
    """All numbers of a run except times, as bytes."""
    arrays = [*(run.history[name] for name in sorted(run.history)), run.checkpoints.epochs]
    arrays += [array for pair in run.checkpoints.layers for array in pair]
    return b"".join(array.tobytes() for array in arrays)


# ---- history


def test_history_has_a_row_before_training_and_one_for_each_epoch(run):
    assert set(run.history) == {
        f"{split}_{name}"
        for split in ("train", "val", "test")
        for name in ("loss", run.config.task.headline.name)
    }
    for values in run.history.values():
        assert values.shape == (run.config.training.max_epochs + 1, 3)
        assert values.dtype == np.float32


def test_history_without_a_validation_split(trained):
    assert set(trained(make()).history) == {"train_loss", "train_accuracy"}


@pytest.mark.parametrize("split", ["train", "validation"])
def test_history_is_measured_without_dropout(run, split):
    # These runs train with dropout; the NumPy forward pass has none.
    X, y = load_dataset(run.config.dataset).split(split)
    task = run.config.task
    prefix = {"train": "train", "validation": "val"}[split]
    assert run.config.model.dropout > 0
    assert len(run.checkpoints.epochs) == run.n_epochs + 1
    for epoch in run.checkpoints.epochs:
        passed = forward_pass(run.config, run.checkpoints.at(int(epoch)), X)
        target = task.encode(y[:, None], passed.output.shape[-1])
        loss = LOSSES[run.config.loss].value(np, target, passed.output, passed.logits).mean(-1)
        np.testing.assert_allclose(run.history[f"{prefix}_loss"][epoch], loss, rtol=1e-5)
        for score in task.scores:
            np.testing.assert_allclose(
                run.history[f"{prefix}_{score.name}"][epoch],
                score.of_output(np, target, passed.output).mean(-1),
                rtol=1e-5,
            )


def test_last_history_row_matches_the_evaluation(binary_run):
    for split, prefix in (("train", "train"), ("validation", "val")):
        scores = evaluate(binary_run, split=split)
        np.testing.assert_allclose(binary_run.history[f"{prefix}_loss"][-1], scores.loss, rtol=1e-5)
        np.testing.assert_allclose(
            binary_run.history[f"{prefix}_accuracy"][-1], scores.accuracy, rtol=1e-6
        )


def test_initial_weights_match_the_initializer(trained):
    config = make(model={"init": "he_normal"})
    stack = StackModule(config, load_for_training(config.dataset)).stack
    for made, first in zip(stack.arrays(), trained(config).checkpoints.at(0), strict=True):
        np.testing.assert_array_equal(made[0], first[0])
        np.testing.assert_array_equal(made[1], first[1])


# ---- seeds


@pytest.fixture
def orders(monkeypatch):
    """Record the batch order and the dropout masks of every epoch."""
    seen = []
    original = StackModule.on_train_epoch_start

    def spy(self):
        original(self)
        seen.append((self.order.clone(), [mask.clone() for mask in self.masks]))

    monkeypatch.setattr(StackModule, "on_train_epoch_start", spy)
    return seen


SAME_ALONE = {
    **{f"optimizer {name}": {"optimizer": name} for name in OPTIMIZERS},
    "L2": {"weight_decay": 0.1},
    "dropout": {"model": {"dropout": 0.3}},
    "dropout and ReLU": {"model": {"dropout": 0.3, "activation": "relu"}},
    "validation split": {"dataset": {"validation_fraction": 0.3}},
    "no hidden layer": {"model": {"hidden_sizes": ()}},
    "several classes": {"dataset": {"name": "wine", "n_samples": None, "noise": None}},
    "everything": {
        "dataset": {"validation_fraction": 0.3, "test_fraction": 0.2, "scaling": "standard"},
        "model": {"dropout": 0.2, "activation": "gelu", "init": "pytorch"},
        "weight_decay": 0.01,
        "optimizer": "adamw",
        "early_stopping_patience": 50,
    },
}


@pytest.mark.parametrize("what", list(SAME_ALONE))
def test_network_of_a_stack_matches_the_network_trained_alone(what, orders):
    config = make(**SAME_ALONE[what])
    run = train(config)
    together = orders.copy()
    assert len(together) == 8
    for k in range(3):
        orders.clear()
        fields = {"n_seeds": 1, "seed": 7 + k}
        alone = train(make(**SAME_ALONE[what], **fields))
        for (order, masks), (order_alone, masks_alone) in zip(together, orders, strict=True):
            assert torch.equal(order[k], order_alone[0])
            for mask, mask_alone in zip(masks, masks_alone, strict=True):
                assert torch.equal(mask[k], mask_alone[0])
        # Batched products of another size round differently, which adds up in 56 steps to 1e-6 of
        # weights of about 1. Networks with other seeds differ a thousand times more.
        assert largest_difference(run, alone, k, 0) < 2e-5
        for other in {0, 1, 2} - {k}:
            assert largest_difference(run, alone, other, 0) > 0.02
        for name, values in run.history.items():
            np.testing.assert_allclose(values[:, k], alone.history[name][:, 0], atol=1e-4)


def test_batch_order_differs_by_network_and_epoch(orders):
    train(make(max_epochs=4))
    rows = [tuple(order.tolist()) for epoch, _ in orders for order in epoch]
    assert len(set(rows)) == 4 * 3
    for row in rows:
        assert sorted(row) == list(range(200))


def test_early_stopping_acts_on_each_network_separately(trained):
    fields = {
        "dataset": {"validation_fraction": 0.5},
        "learning_rate": 0.1,
        "max_epochs": 60,
        "early_stopping_patience": 3,
    }
    run = trained(make(**fields, n_seeds=4))
    assert run.ending == "early"
    assert len(set(run.epochs_trained.tolist())) > 1
    assert max(run.epochs_trained) == run.n_epochs < 60
    for k in range(4):
        alone = trained(make(**{**fields, "n_seeds": 1, "seed": 7 + k}))
        n = run.epochs_trained[k]
        assert alone.n_epochs == alone.epochs_trained[0] == n
        assert largest_difference(run, alone, k, 0) < 1e-4
        for name, values in run.history.items():
            np.testing.assert_allclose(values[: n + 1, k], alone.history[name][:, 0], atol=1e-3)
            # From this epoch on, only the other networks learn.
            np.testing.assert_array_equal(values[n:, k], values[n, k])


# ---- reproducibility


def test_run_is_reproducible_despite_other_random_draws():
    config = make(model={"dropout": 0.3}, dataset={"validation_fraction": 0.2})
    first = train(config)
    torch.manual_seed(1)
    torch.rand(7)
    np.random.seed(2)
    np.random.rand(5)
    random.seed(3)
    forget_datasets()
    assert numbers(train(config)) == numbers(first)


def test_global_random_state_is_neither_read_nor_changed():
    torch.manual_seed(11)
    np.random.seed(12)
    random.seed(13)
    before = (torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate())
    train(make(model={"dropout": 0.3}, dataset={"test_fraction": 0.2, "scaling": "standard"}))
    assert torch.equal(torch.get_rng_state(), before[0])
    np.testing.assert_array_equal(np.random.get_state()[1], before[1])
    assert random.getstate() == before[2]


ANOTHER_PROCESS = """
import hashlib, sys
from annlab import RunConfig, train
config = RunConfig.model_validate_json(sys.argv[1])
noise = RunConfig.model_validate_json(sys.argv[2])
run = train(config)
arrays = [*(run.history[name] for name in sorted(run.history)), run.checkpoints.epochs]
arrays += [array for pair in run.checkpoints.layers for array in pair]
print(hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest(), flush=True)
asked = []
def should_stop():
    if not asked:
        asked.append(True)
        print("busy", flush=True)
    return False
train(noise, should_stop=should_stop)
"""


def test_run_is_reproducible_across_processes():
    config = make(model={"dropout": 0.3}, dataset={"validation_fraction": 0.2})
    before = numbers(train(config))
    # This process would run longer than the test, which ends it below.
    noise = make(max_epochs=10_000, model={"hidden_sizes": (64, 64)})
    texts = [config.model_dump_json(), noise.model_dump_json()]
    other = subprocess.Popen(
        [sys.executable, "-c", ANOTHER_PROCESS, *texts], stdout=subprocess.PIPE, text=True
    )
    try:
        digest = other.stdout.readline().strip()
        assert other.stdout.readline().strip() == "busy"
        beside = numbers(train(config))
        assert other.poll() is None  # the process was busy during the whole test
    finally:
        other.kill()
        other.communicate()
    assert beside == before
    assert digest == hashlib.sha256(before).hexdigest()


def test_number_of_threads_is_restored():
    n = torch.get_num_threads()
    seen = []
    try:
        torch.set_num_threads(2)
        train(make(max_epochs=1), on_epoch=lambda report: seen.append(torch.get_num_threads()))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(n)
    assert set(seen) == {1}


def test_data_are_not_modified():
    dataset = load_dataset(make().dataset)
    before = dataset.X_train.copy(), dataset.y_train.copy()
    train(make())
    np.testing.assert_array_equal(dataset.X_train, before[0])
    np.testing.assert_array_equal(dataset.y_train, before[1])


# ---- slices


@pytest.fixture
def sliced(monkeypatch):
    """Cut epochs into slices of one batch."""
    monkeypatch.setattr(module_of_training, "SLICE_WORK", 1.0)


def test_slices_do_not_change_the_result(trained, sliced):
    config = make(model={"dropout": 0.3}, max_epochs=5, weight_decay=0.01)
    in_slices = train(config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module_of_training, "SLICE_WORK", 1e9)
        whole = train(config)
    assert numbers(in_slices) == numbers(whole)


@pytest.mark.parametrize(
    ("limit", "calls"),
    [
        (0, 3 * 140 + 3 * 60),  # network by network, sample by sample
        (6 * 40, 3 * 4 + 3 * 2),  # 40 samples at a time
        (2 * 6 * 140, 2 + 1),  # two networks at a time; all networks of the smaller split
    ],
)
def test_whole_splits_are_measured_in_pieces(monkeypatch, limit, calls):
    config = make(dataset={"validation_fraction": 0.3}, max_epochs=2)
    whole = train(config)
    seen = []
    original = StackModule._sample_values
    monkeypatch.setattr(
        StackModule, "_sample_values", lambda *args: seen.append(args) or original(*args)
    )
    monkeypatch.setattr(module_of_training, "EVALUATION_NUMBERS", limit)
    in_pieces = train(config)
    assert len(seen) == 3 * calls  # before training, and after each epoch
    for name, values in whole.history.items():
        np.testing.assert_allclose(in_pieces.history[name], values, rtol=1e-5)


# ---- bytes


@pytest.mark.parametrize("shift", [None, -0.5])
@pytest.mark.parametrize("n_features", [5, 100])
def test_training_on_bytes_matches_training_on_floats(monkeypatch, n_features, shift):
    config = RunConfig(
        dataset={"name": "iris", "validation_fraction": 0.2},
        model={"hidden_sizes": (6,)},
        training={"max_epochs": 3, "n_seeds": 2, "learning_rate": 0.01, "record_gradients": True},
    )
    random = np.random.default_rng(0)
    factor = random.uniform(0.5, 2, n_features).astype(np.float32) / 255
    whole = load_for_training(config.dataset)
    stored = {
        split: random.integers(0, 256, (len(X), n_features), dtype=np.uint8)
        for split, X in whole.X.items()
    }
    moved = None if shift is None else np.full(n_features, shift, np.float32)
    in_bytes = dataclasses.replace(whole, X=stored, factor=factor, shift=moved)
    numbers = {name: X * factor + np.float32(shift or 0) for name, X in stored.items()}
    wide = Architecture(n_features, (6,), 3)
    monkeypatch.setattr(type(config), "architecture", property(lambda self: wide), raising=True)
    runs = []
    for points in (in_bytes, dataclasses.replace(whole, X=numbers)):
        monkeypatch.setattr(
            sys.modules["annlab.training.train"],
            "load_for_training",
            lambda _, points=points: points,
        )
        runs.append(train(config))
    for name, column in runs[0].history.items():
        np.testing.assert_allclose(column, runs[1].history[name], rtol=2e-4, atol=1e-6)
    assert largest_difference(*runs) < 1e-5


# ---- stopping


@pytest.fixture
def ends_kept(monkeypatch):
    """Keep checkpoints only at the first and the last epoch."""
    callbacks = sys.modules["annlab.training.callbacks"]
    monkeypatch.setattr(callbacks, "checkpoint_epochs", lambda max_epochs, *_: (0, max_epochs))


@pytest.mark.parametrize("asked_until_stop", [3, 7, 10, 16, 20])
def test_stop_within_an_epoch_keeps_complete_epochs(trained, sliced, ends_kept, asked_until_stop):
    # 200 samples in batches of 32, one batch per slice: asked seven times per epoch.
    config = make(max_epochs=9)
    asked = []

    def should_stop():
        asked.append(True)
        return len(asked) == asked_until_stop

    reports = []
    run = train(config, should_stop=should_stop, on_epoch=reports.append)
    n = asked_until_stop // 7  # an epoch is complete after its last slice
    assert len(asked) == asked_until_stop
    assert run.ending == "stopped"
    assert run.message == f"Stopped by hand after epoch {n}."
    assert run.n_epochs == n
    assert [report.epoch for report in reports] == list(range(n + 1))
    assert run.checkpoints.epochs[-1] == n
    assert run.epochs_trained.tolist() == [n] * 3
    if n:
        # The last weights equal those of a run with fewer epochs.
        assert numbers(run) == numbers(train(make(max_epochs=n)))
    else:
        assert largest_difference(run, train(config), 0, 0) > 0
        assert len(run.checkpoints.epochs) == 1


def test_stop_within_the_first_epoch_keeps_the_initial_weights(sliced):
    config = make()
    run = train(config, should_stop=lambda: True)
    stack = StackModule(config, load_for_training(config.dataset)).stack
    for first, kept in zip(stack.arrays(), run.checkpoints.at(), strict=True):
        np.testing.assert_array_equal(first[0], kept[0])
        np.testing.assert_array_equal(first[1], kept[1])


def test_stopped_run_can_be_saved_and_scored(sliced):
    run = train(make(), should_stop=lambda: True)
    back = annlab.Run.from_bytes(run.to_bytes())
    assert (back.ending, back.message, back.n_epochs) == ("stopped", run.message, 0)
    assert evaluate(back, split="train").accuracy.shape == (3,)


def test_unused_stop_does_not_change_the_result(trained):
    config = make()
    assert numbers(train(config, should_stop=lambda: False)) == numbers(trained(config))


def test_error_in_a_hook_propagates():
    class HookError(Exception):
        pass

    def fail(report):
        raise HookError(str(report.epoch))

    with pytest.raises(HookError, match="0"):
        train(make(), on_epoch=fail)


# ---- diverging


def diverging(**training):
    return RunConfig(
        dataset={"name": "diabetes", "validation_fraction": 0.2},
        model={"hidden_sizes": (8,)},
        training={"optimizer": "sgd", "learning_rate": 50, "max_epochs": 1000, **training},
    )


@pytest.mark.parametrize(
    ("n_seeds", "who"), [(1, "the loss stopped"), (3, "the loss of every network stopped")]
)
@pytest.mark.parametrize("patience", [0, 500])
@pytest.mark.parametrize("learning_rate", [50, 2])
def test_divergence_of_all_networks_ends_the_run(n_seeds, who, patience, learning_rate, ends_kept):
    reports = []
    config = diverging(
        n_seeds=n_seeds, early_stopping_patience=patience, learning_rate=learning_rate
    )
    run = train(config, on_epoch=reports.append)
    assert run.ending == "diverged"
    assert run.n_epochs < 100
    # With 50 the first epoch diverges, with 2 a later one.
    assert (run.n_epochs > 0) == (learning_rate == 2)
    assert np.isfinite(np.stack(list(run.history.values()))).all()
    for W, b in run.checkpoints.layers:
        assert np.isfinite(W).all()
        assert np.isfinite(b).all()
    assert run.checkpoints.epochs[-1] == run.n_epochs
    assert run.epochs_trained.max() == run.n_epochs
    assert run.diverged_epochs.tolist() == (run.epochs_trained + 1).tolist()
    assert run.counted.all()  # if all networks diverged, all count
    assert [report.epoch for report in reports] == list(range(run.n_epochs + 1))
    shown = "the best weights" if patience else "the weights of the epoch before"
    assert f"{run.n_epochs + 1}. Shown are {shown}." in run.message
    assert f"smaller learning rate (now {learning_rate})" in run.message
    assert re.match(f"Training diverged: {who}", run.message)
    # The last weights are those of the last epoch with a finite loss.
    scores = evaluate(run, split="train", epoch="last")
    np.testing.assert_allclose(scores.loss, run.history["train_loss"][-1], rtol=1e-4)
    assert evaluate(annlab.Run.from_bytes(run.to_bytes()), split="train").mse.shape == (n_seeds,)


def test_too_large_features_are_refused(monkeypatch):
    points = load_for_training(diverging().dataset)
    huge = dataclasses.replace(
        points, X={**points.X, "train": points.X["train"] * np.float32(1e38)}
    )
    monkeypatch.setattr(sys.modules["annlab.training.train"], "load_for_training", lambda _: huge)
    with pytest.raises(ValueError, match=r"not a finite number even before training.*Scale"):
        train(diverging())


# ---- special cases


def test_zero_initialization_keeps_all_units_equal(trained):
    # With zero initialization only the last bias learns.
    run = trained(make(model={"init": "zeros"}))
    for W, _ in run.checkpoints.at():
        assert not W.any()
    assert evaluate(run, split="train").accuracy.tolist() == [0.5, 0.5, 0.5]


@pytest.mark.parametrize("name", ["moons", "wine", "diabetes"])
def test_step_activation_trains_only_the_last_layer(trained, name):
    run = trained(
        RunConfig(
            dataset=DatasetConfig(name=name, scaling="standard"),
            model=ModelConfig(hidden_sizes=(5,), activation="step"),
            training=TrainingConfig(max_epochs=2),
        )
    )
    first, last = run.checkpoints.at(0), run.checkpoints.at()
    np.testing.assert_array_equal(first[0][0], last[0][0])
    assert not np.array_equal(first[1][0], last[1][0])


def test_a_fresh_process_trains_without_output():
    # Checks read-only samples, and all output of Lightning.
    code = (
        "from annlab import RunConfig, train; "
        "train(RunConfig(dataset={'name': 'digits'}, training={'max_epochs': 1}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")

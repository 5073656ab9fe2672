"""`train`: history, and special cases."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig, evaluate, load_dataset
from annlab.analysis.prediction import forward_pass
from annlab.datasets import load_for_training
from annlab.nn.architecture import Architecture
from annlab.nn.losses import LOSSES
from annlab.training import train
from annlab.training.stack_module import StackModule
from tests.training.small_runs import largest_difference, make


def test_history_has_a_row_before_training_and_one_for_each_epoch(run):
    assert set(run.history) == {
        f"{split}_{name}"
        for split in ("train", "val", "test")
        for name in ("loss", *(score.name for score in run.config.task.scores))
    }
    for values in run.history.values():
        assert values.shape == (run.config.training.max_epochs + 1, 3)
        assert values.dtype == np.float32


def test_history_without_a_validation_split(trained):
    assert set(trained(make()).history) == {"train_loss", "train_accuracy"}


@pytest.mark.parametrize("split", ["train", "validation"])
def test_history_is_measured_without_dropout(run, split):
    # These runs train with dropout; the NumPy forward pass has none.
    dataset = load_dataset(run.config.dataset)
    X, y = dataset.split(split)[0], dataset.targets(split)
    if run.config.dataset.target_scaling != "none":
        y = StandardScaler().fit(dataset.y_train.astype(float)).transform(y)
    task = run.config.task
    prefix = {"train": "train", "validation": "val"}[split]
    assert run.config.model.dropout > 0
    assert len(run.checkpoints.epochs) == run.n_epochs + 1
    for epoch in run.checkpoints.epochs:
        passed = forward_pass(run.config, run.checkpoints.at(int(epoch)), X)
        target = task.encode(y, passed.output.shape[-1])
        loss = LOSSES[run.config.loss].value(np, target, passed.output, passed.logits).mean(-1)
        np.testing.assert_allclose(run.history[f"{prefix}_loss"][epoch], loss, rtol=1e-5)
        output, target = (values * dataset.target_scale for values in (passed.output, target))
        for score in task.scores:
            np.testing.assert_allclose(
                run.history[f"{prefix}_{score.name}"][epoch],
                score.of_output(np, target, output).mean(-1),
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
            sys.modules["annlab.training.fit"],
            "load_for_training",
            lambda _, points=points: points,
        )
        runs.append(train(config))
    for name, column in runs[0].history.items():
        np.testing.assert_allclose(column, runs[1].history[name], rtol=2e-4, atol=1e-6)
    assert largest_difference(*runs) < 1e-5


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

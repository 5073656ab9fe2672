"""Data of one update: they are those of the update, cut to the drawn units."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.analysis.one_step import one_step
from annlab.datasets import load_run_dataset
from annlab.ui.results.step_data import MAX_UNITS, step_data

Train = Callable[[RunConfig], Run]


def data_of(run: Run, outputs: tuple[str, ...] = ("P(class 1)",)) -> tuple[Any, dict[str, Any]]:
    dataset = load_run_dataset(run.config)
    step = one_step(run, dataset, sample=3, network=0, epoch="last")
    inputs = dataset.feature_names
    return step, step_data(step, run.config, len(dataset.X_train), inputs, outputs)


def small(optimizer: str = "adam", **model: Any) -> RunConfig:
    return RunConfig(
        dataset=DatasetConfig(n_samples=60),
        model=ModelConfig(**{"hidden_sizes": (4, 2), "activation": "tanh", **model}),
        training=TrainingConfig(optimizer=optimizer, learning_rate=0.05, max_epochs=2),
    )


def test_small_networks_are_given_whole(trained: Train) -> None:
    step, data = data_of(trained(small()))
    json.dumps(data)
    assert [layer["units"] for layer in data["layers"]] == [
        ["h1.1", "h1.2", "h1.3", "h1.4"],
        ["h2.1", "h2.2"],
        ["P(class 1)"],
    ]
    for layer, found in zip(step.layers, data["layers"], strict=True):
        np.testing.assert_array_equal(found["W"], layer.weights.before)
        np.testing.assert_array_equal(found["mean_b"], layer.biases.mean_gradient)
        product = np.outer(found["incoming"], found["delta"])
        np.testing.assert_allclose(found["dW"], product)
        change = np.array(found["after_W"]) - np.array(found["W"])
        np.testing.assert_allclose(found["stages"][-1]["W"], change, atol=1e-15)
        assert found["hidden_inputs"] == 0
    hidden, output = data["layers"][0], data["layers"][-1]
    np.testing.assert_allclose(
        np.multiply(hidden["arriving"], hidden["slope"]), hidden["delta"], atol=1e-15
    )
    assert output["arriving"] is None
    assert "cancel" in output["note"]


def test_large_layers_are_cut_to_the_units_that_carry_most(trained: Train) -> None:
    step, data = data_of(trained(small(hidden_sizes=(20, 5), activation="relu")))
    first, second, _ = data["layers"]
    assert len(first["units"]) == MAX_UNITS
    assert second["names"] == first["units"]
    assert (second["hidden_inputs"], second["n_in"]) == (12, 20)
    kept = [int(name.removeprefix("h1.")) - 1 for name in first["units"]]
    signal = np.abs(step.layers[0].a) * np.linalg.norm(step.layers[1].weights.before, axis=1)
    others = np.delete(signal, kept)
    assert signal[kept].min() >= others.max()
    np.testing.assert_array_equal(second["W"], step.layers[1].weights.before[kept])
    np.testing.assert_array_equal(first["z"], step.layers[0].z[kept])


def test_only_optimizers_with_a_memory_start_afresh(trained: Train) -> None:
    assert "remembers nothing" in data_of(trained(small("adam")))[1]["fresh"]
    assert data_of(trained(small("sgd")))[1]["fresh"] == ""


def test_biases_have_no_weight_decay(trained: Train) -> None:
    config = small("sgd")
    training = config.training.model_copy(update={"weight_decay": 0.1})
    _, data = data_of(trained(config.model_copy(update={"training": training})))
    stages = {stage["name"]: stage for stage in data["layers"][0]["stages"]}
    assert stages["weight decay"]["b"] == [None] * 4
    assert None not in stages["step"]["b"]


@pytest.mark.parametrize("loss", ["categorical_cross_entropy", "mse"])
def test_targets_of_several_classes_are_named(trained: Train, loss: str) -> None:
    config = RunConfig(
        dataset=DatasetConfig(name="iris"),
        model=ModelConfig(hidden_sizes=(3,)),
        training=TrainingConfig(max_epochs=1, loss=loss),
    )
    step, data = data_of(trained(config), ("setosa", "versicolor", "virginica"))
    assert data["target_text"] == f"“{['setosa', 'versicolor', 'virginica'][step.target.argmax()]}”"
    assert data["layers"][-1]["slope"] is None

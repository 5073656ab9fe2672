"""Data of one update: they are those of the update, cut to the drawn units."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.analysis.one_step import one_step
from annlab.datasets import load_run_dataset
from annlab.figures import of_run
from annlab.figures.of_run.inside import MAX_UNITS, shown_units
from annlab.figures.of_run.one_network import one_network
from annlab.ui.results.step_data import memory_note, remembers, step_data

Train = Callable[[RunConfig], Run]


def data_of(run: Run, outputs: tuple[str, ...] = ("P(class 1)",)) -> tuple[Any, dict[str, Any]]:
    dataset = load_run_dataset(run.config)
    step = one_step(run, dataset, sample=3, network=0, epoch="last")
    inputs = dataset.feature_names
    units = shown_units(one_network(run, dataset, "last", 0))
    return step, step_data(step, run.config, len(dataset.X_train), inputs, outputs, units)


def test_inputs_come_straight_to_the_output_behind_the_units(trained: Train) -> None:
    step, data = data_of(trained(small(wide=True)))
    output, of_step = data["layers"][-1], step.layers[-1]
    assert output["names"] == ["h2.1", "h2.2", "x1", "x2"]
    assert (output["n_in"], output["n_skips"], output["hidden_inputs"]) == (4, 2, 0)
    np.testing.assert_array_equal(output["incoming"], of_step.incoming)
    np.testing.assert_array_equal(output["incoming"][2:], data["layers"][0]["incoming"])
    np.testing.assert_array_equal(output["W"], of_step.weights.before)
    np.testing.assert_allclose(output["dW"], np.outer(of_step.incoming, of_step.delta))


def test_of_many_inputs_the_drawn_ones_come_straight_to_the_output(trained: Train) -> None:
    config = RunConfig(
        dataset=DatasetConfig(name="wine", scaling="standard"),
        model=ModelConfig(hidden_sizes=(20,), wide=True),
        training=TrainingConfig(max_epochs=2),
    )
    step, data = data_of(trained(config), ("a", "b", "c"))
    first, output = data["layers"]
    assert output["n_skips"] == len(first["names"]) == MAX_UNITS
    assert output["names"][MAX_UNITS:] == first["names"]
    assert output["hidden_inputs"] == 33 - 2 * MAX_UNITS
    names = [f"h1.{k + 1}" for k in range(20)] + list(load_run_dataset(config).feature_names)
    rows = [names.index(name) for name in output["names"]]
    np.testing.assert_array_equal(output["W"], step.layers[-1].weights.before[rows])


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
    assert data["layers"][-1]["n_skips"] == 0
    hidden, output = data["layers"][0], data["layers"][-1]
    np.testing.assert_allclose(
        np.multiply(hidden["arriving"], hidden["slope"]), hidden["delta"], atol=1e-15
    )
    assert output["arriving"] is None
    assert "cancel" in output["note"]


def test_large_layers_are_cut_to_the_units_that_inside_draws(trained: Train) -> None:
    run = trained(small(hidden_sizes=(20, 5), activation="relu"))
    step, data = data_of(run)
    first, second, _ = data["layers"]
    assert len(first["units"]) == MAX_UNITS
    assert second["names"] == first["units"]
    assert (second["hidden_inputs"], second["n_in"]) == (12, 20)
    kept = [int(name.removeprefix("h1.")) - 1 for name in first["units"]]
    inside = of_run.inside(run, epochs=["last"], network=0)
    assert inside is not None
    assert [kept, [0, 1, 2, 3, 4]] == inside["shown"]
    np.testing.assert_array_equal(second["W"], step.layers[1].weights.before[kept])
    np.testing.assert_array_equal(first["z"], step.layers[0].z[kept])


def test_only_optimizers_with_a_memory_start_afresh() -> None:
    assert "A fresh step from here" in memory_note(small("adam"), None)
    assert "first step of the run" in memory_note(small("adam"), 0)
    assert "the 1,250 steps before" in memory_note(small("adam"), 1250)
    assert {memory_note(small("sgd"), n) for n in (None, 0, 5)} == {""}
    assert not remembers(small("sgd"))


@pytest.mark.parametrize(("most", "clips"), [(0.0001, True), (1000.0, False)])
def test_rate_and_clipping_of_a_step_are_said(most: float, clips: bool, trained: Train) -> None:
    config = small("sgd")
    changes = {"l1": 0.1, "clip_norm": most, "schedule": "cosine"}
    training = config.training.model_copy(update=changes)
    step, data = data_of(trained(config.model_copy(update={"training": training})))
    # The last of two epochs has half the rate.
    said = (
        "SGD, learning rate 0.025 by the schedule (0.05 at the start). "
        f"The network's gradient has norm {step.gradient_norm:.4g}, "
    )
    said += "clipped to 0.0001" if clips else "not clipped, because it is at most 1000"
    assert data["optimizer"] == said
    stages = {stage["name"]: stage for stage in data["layers"][0]["stages"]}
    assert stages["L1"]["b"] == [None] * 4
    assert ("clipping" in stages) == clips
    assert data_of(trained(small("sgd")))[1]["optimizer"] == "SGD, learning rate 0.05"


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


def of_several(name: str, **data: Any) -> RunConfig:
    return RunConfig(
        dataset=DatasetConfig(name=name, scaling="standard", test_fraction=0.25, **data),
        model=ModelConfig(hidden_sizes=(3,), activation="tanh"),
        training=TrainingConfig(learning_rate=0.05, max_epochs=2),
    )


def test_several_numbers_are_given_in_their_own_unit_too(trained: Train) -> None:
    config = of_several("linnerud", target_scaling="standard")
    dataset = load_run_dataset(config)
    one = one_network(trained(config), dataset, "last", 0)
    step = one_step(trained(config), dataset, sample=3, network=0, epoch="last")
    unit = dataset.target_mean, dataset.target_scale
    names, units = (one.input_names, one.output_names), shown_units(one)
    data = step_data(step, config, len(dataset.X_train), *names, units, "", unit)
    json.dumps(data)
    assert data["layers"][-1]["units"] == [f"{name} (standardized)" for name in one.target_names]
    assert data["n_averaged"] == 3
    assert data["loss"] == pytest.approx(np.mean(data["output_losses"]))
    target = ", ".join(f"{value:.3g}".replace("-", "−") for value in step.target)
    assert data["target_text"] == f"({target})"
    predicted = one.predict(dataset.X_train[3:4])[0]
    assert data["answers"] == [
        f"{name}: predicted {output:.4g}, true {true:.4g}"
        for name, output, true in zip(one.target_names, predicted, dataset.y_train[3], strict=True)
    ]


def test_values_in_their_own_unit_are_given_once(trained: Train) -> None:
    _, data = data_of(trained(of_several("plane_curve")), ("u", "v"))
    assert data["answers"] == []
    assert data["layers"][-1]["units"] == ["u", "v"]


def test_every_label_is_decided_at_a_half(trained: Train) -> None:
    names = ("P(label 1)", "P(label 2)", "P(label 3)")
    step, data = data_of(trained(of_several("labels", n_samples=60)), names)
    said = ["yes" if value else "no" for value in step.target]
    assert data["target_text"] == f"({', '.join(said)})"
    assert data["answers"] == [
        f"label {k + 1}: {p:.0%}, so predicted {'yes' if p >= 0.5 else 'no'}, true {said[k]}"
        for k, p in enumerate(step.output)
    ]
    error = (np.array(data["layers"][-1]["a"]) - data["target"]) / 3
    np.testing.assert_allclose(data["layers"][-1]["delta"], error)
    assert "/ 3" in data["layers"][-1]["note"]


def test_classes_have_no_mean_over_outputs(trained: Train) -> None:
    _, data = data_of(trained(small()))
    assert (data["n_averaged"], data["output_losses"], data["answers"]) == (1, None, [])

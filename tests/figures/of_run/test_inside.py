"""Inside of a run: the packed weights and samples are those of the run."""

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.analysis.evaluation import evaluate
from annlab.datasets import load_run_dataset
from annlab.figures import of_run
from annlab.figures.of_run.inside import MAX_PARAMETERS
from annlab.nn.derived_features import network_inputs
from annlab.nn.forward import forward
from annlab.nn.losses import LOSSES


def unpack(packed: dict[str, Any]) -> NDArray[Any]:
    raw = zlib.decompress(base64.b64decode(packed["data"]))
    return np.frombuffer(raw, np.dtype(packed["type"]).newbyteorder("<")).reshape(packed["shape"])


def layers_of(found: dict[str, Any], frame: int) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    numbers, layers = unpack(found["weights"])[frame], []
    for n_in, n_out in zip(found["sizes"], found["sizes"][1:], strict=False):
        W, b, numbers = np.split(numbers, [n_in * n_out, n_in * n_out + n_out])
        layers.append((W.reshape(n_in, n_out), b))
    return layers


def test_weights_are_those_of_each_epoch(run_of_any_task: Run) -> None:
    epochs = [int(epoch) for epoch in run_of_any_task.checkpoints.epochs]
    k = run_of_any_task.n_seeds - 1
    found = of_run.inside(run_of_any_task, epochs=epochs, network=k)
    assert found is not None
    for frame, epoch in enumerate(epochs):
        for (W, b), (V, c) in zip(
            layers_of(found, frame), run_of_any_task.layers(epoch), strict=True
        ):
            np.testing.assert_array_equal(W, V[k])
            np.testing.assert_array_equal(b, c[k])
    json.dumps(found)


def test_loss_of_the_training_samples_is_the_recorded_loss(run_of_any_task: Run) -> None:
    found = of_run.inside(run_of_any_task, epochs=["last"], network=0)
    assert found is not None
    training, config = found["training"], run_of_any_task.config
    passed = forward(
        layers_of(found, 0),
        network_inputs(unpack(training["X"]), config.model.features),
        config.model.activation,
        config.output_activation,
    )
    targets = unpack(training["targets"])
    loss = LOSSES[found["loss"]].value(np, targets, passed.output, passed.logits).mean()
    recorded = evaluate(run_of_any_task, split="train", epoch="last").loss[0]
    assert training["n"] == training["n_all"]  # else only some count
    assert loss == pytest.approx(recorded, rel=1e-4)


def test_samples_have_their_positions_in_the_split(binary_run: Run) -> None:
    found = of_run.inside(binary_run, epochs=[0], network=0, split="train")
    assert found is not None
    samples, data = found["samples"], load_run_dataset(binary_run.config)
    np.testing.assert_array_equal(unpack(samples["X"]), data.X_train[samples["index"]])
    classes = unpack(samples["classes"])
    np.testing.assert_array_equal(classes[:, 0], data.y_train[samples["index"]])
    assert samples["split"] == "train"


def test_values_of_a_regression_are_shades(curve_run: Run) -> None:
    found = of_run.inside(curve_run, epochs=[0], network=0)
    assert found is not None
    values = unpack(found["samples"]["values"])
    assert (values.min(), values.max()) == (0, 255)
    y = load_run_dataset(curve_run.config).y_test
    assert np.corrcoef(values[:, 0], y)[0, 1] > 0.999
    assert found["x"] is not None
    assert found["y"] is None


def test_each_of_several_numbers_has_its_name_shade_and_unit(numbers_run: Run) -> None:
    found = of_run.inside(numbers_run, epochs=[0], network=1, split="train")
    assert found is not None
    data = load_run_dataset(numbers_run.config).of(1)
    samples, names = found["samples"], ["weight (lb)", "waist (in)", "pulse (per minute)"]
    assert found["kind"] == "values"
    assert found["target_names"] == found["quantities"] == names
    assert found["outputs"] == [f"{name} (standardized)" for name in names]
    assert samples["n_targets"] == 3
    np.testing.assert_array_equal(unpack(samples["targets"]), data.y_train[samples["index"]])
    values = unpack(samples["values"])
    for k in range(3):
        assert (values[:, k].min(), values[:, k].max()) == (0, 255)
        assert np.corrcoef(values[:, k], data.y_train[samples["index"], k])[0, 1] > 0.999
    unit = found["unit"]
    np.testing.assert_allclose(unit["mean"], data.y_train.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(unit["scale"], data.y_train.std(axis=0), rtol=1e-6)
    assert unit["standardized"] == [True, True, True]


def test_targets_in_their_own_unit_are_not_called_standardized(eight_run: Run) -> None:
    found = of_run.inside(eight_run, epochs=[0], network=0)
    assert found is not None
    assert found["outputs"] == found["target_names"] == ["u", "v"]
    assert found["unit"] == {
        "mean": [0.0, 0.0],
        "scale": [1.0, 1.0],
        "standardized": [False, False],
    }


def test_each_label_is_a_probability_and_a_yes_or_no(labels_run: Run) -> None:
    found = of_run.inside(labels_run, epochs=[0], network=0, split="test")
    assert found is not None
    samples, y = found["samples"], load_run_dataset(labels_run.config).y_test
    assert found["kind"] == "labels"
    assert found["outputs"] == ["P(label 1)", "P(label 2)", "P(label 3)"]
    assert found["target_names"] == ["label 1", "label 2", "label 3"]
    assert (found["classes"], found["threshold"]) == (["no", "yes"], 0.5)
    assert len(samples["colors"]) == 2
    np.testing.assert_array_equal(unpack(samples["classes"]), y[samples["index"]])


def test_large_networks_are_left_to_the_server(trained: Callable[[RunConfig], Run]) -> None:
    config = RunConfig(
        dataset=DatasetConfig(n_samples=40),
        model=ModelConfig(hidden_sizes=(120, 120)),
        training=TrainingConfig(max_epochs=1),
    )
    assert config.n_parameters > MAX_PARAMETERS
    assert of_run.inside(trained(config), epochs=[0], network=0) is None


def test_wide_layers_show_the_most_important_units(trained: Callable[[RunConfig], Run]) -> None:
    config = RunConfig(
        dataset=DatasetConfig(n_samples=60),
        model=ModelConfig(hidden_sizes=(20, 5), activation="relu"),
        training=TrainingConfig(max_epochs=2),
    )
    found = of_run.inside(trained(config), epochs=["last"], network=0)
    assert found is not None
    assert [len(units) for units in found["shown"]] == [8, 5]
    assert [space["share"] is None for space in found["spaces"]] == [True, False, False, True]
    # The axis across the boundary lies in it.
    w = layers_of(found, 0)[-1][0][:, 0]
    assert np.dot(found["across"], w) == pytest.approx(0, abs=1e-6)
    assert np.linalg.norm(found["across"]) == pytest.approx(1)

"""Film of a run: each frame is the picture of its epoch."""

import base64
import zlib
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix

from annlab import Dataset, DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig, train
from annlab.analysis.prediction import predict
from annlab.datasets import load_run_dataset
from annlab.figures import MODEL_COLORS, of_run


def unpack(packed: dict[str, Any]) -> NDArray[Any]:
    raw = zlib.decompress(base64.b64decode(packed["data"]))
    return np.frombuffer(raw, np.dtype(packed["type"]).newbyteorder("<")).reshape(packed["shape"])


@pytest.mark.parametrize("network", [0, 2])
def test_frames_of_a_classification_are_its_decision_surfaces(
    binary_run: Run, network: int
) -> None:
    epochs = [int(epoch) for epoch in binary_run.checkpoints.epochs]
    film = of_run.film(binary_run, epochs=epochs, network=network, split="test")
    assert film["n_frames"] == len(epochs)
    shades, wrong = unpack(film["shades"]), unpack(film["wrong"])
    data = load_run_dataset(binary_run.config)
    np.testing.assert_array_equal(unpack(film["points"]), data.X_test)
    for k, epoch in enumerate(epochs):
        figure = of_run.decision_surface(binary_run, epoch=epoch, network=network, split="test")
        at_rest = figure.data[0]
        assert (film["x"][0], film["y"][1]) == pytest.approx((at_rest.x[0], at_rest.y[-1]))
        # The film has fewer grid positions; those at the corners are the same.
        ends = np.ix_([0, -1], [0, -1])
        np.testing.assert_array_equal(shades[k][ends], np.asarray(at_rest.z)[ends])
        mistakes = next(trace for trace in figure.data if trace.name == "mistakes")
        np.testing.assert_array_equal(data.X_test[wrong[k].astype(bool), 0], mistakes.x)


def test_frames_of_a_curve_are_predictions(curve_run: Run) -> None:
    epochs = [0, int(curve_run.checkpoints.epochs[-1])]
    film = of_run.film(curve_run, epochs=epochs, network=1)
    x, curves = unpack(film["x"]), unpack(film["curves"])
    low, high = film["y_span"]
    data = load_run_dataset(curve_run.config)
    for k, epoch in enumerate(epochs):
        values = predict(curve_run.config, curve_run.layers(epoch), data, x[:, None])
        expected = [values[1], values.min(axis=0), values.max(axis=0)]
        found = low + (high - low) * curves[k] / 65_535
        np.testing.assert_allclose(found, np.clip(expected, low, high), atol=(high - low) / 65_535)


def test_frames_of_many_features_are_predictions(trained: Any) -> None:
    config = RunConfig(
        dataset=DatasetConfig(name="diabetes", scaling="standard", test_fraction=0.2),
        model=ModelConfig(hidden_sizes=(4,)),
        training=TrainingConfig(max_epochs=3, learning_rate=0.01),
    )
    run = trained(config)
    film = of_run.film(run, epochs=[0, 3])
    data = load_run_dataset(config)
    low, high = film["y_span"]
    for k, epoch in enumerate((0, 3)):
        found = low + (high - low) * unpack(film["predicted"])[k] / 65_535
        expected = predict(config, run.layers(epoch), data, data.X_test)[0]
        np.testing.assert_allclose(found, expected, atol=(high - low) / 65_535)
    np.testing.assert_allclose(unpack(film["true"]), data.y_test)


def test_the_last_frame_can_have_the_best_weights(trained: Any) -> None:
    config = RunConfig(
        dataset=DatasetConfig(name="moons", noise=0.3, validation_fraction=0.3),
        model=ModelConfig(hidden_sizes=(8,)),
        training=TrainingConfig(max_epochs=40, learning_rate=0.1, early_stopping_patience=3),
    )
    run = trained(config)
    assert run.best_epochs[0] < run.n_epochs
    best, last = (of_run.film(run, epochs=[name]) for name in ("best", "last"))
    assert best["shades"] != last["shades"]


@pytest.fixture
def images_run(trained: Any) -> Run:
    config = RunConfig(
        dataset=DatasetConfig(name="digits", test_fraction=0.2),
        training=TrainingConfig(max_epochs=2, n_seeds=2),
    )
    return trained(config)


@pytest.mark.parametrize("split", ["train", "test"])
def test_frames_of_images_are_confusion_matrices(images_run: Run, split: Any) -> None:
    film = of_run.film(images_run, epochs=[0, 2], network=1, split=split, model=1)
    data = load_run_dataset(images_run.config)
    X, y = data.split(split)
    for k, epoch in enumerate((0, 2)):
        called = predict(images_run.config, images_run.layers(epoch), data, X)[1]
        expected = confusion_matrix(y, called, labels=range(10))
        np.testing.assert_array_equal(unpack(film["counts"])[k], expected)
        figure = of_run.confusion_matrix(images_run, epoch=epoch, network=1, split=split, model=1)
        np.testing.assert_array_equal(unpack(film["shares"])[k], figure.data[0].z)
        assert film["color"] == MODEL_COLORS[1]


def test_one_feature_has_confusion_matrices_of_classes_and_bars_of_labels() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(40, 1))
    training = TrainingConfig(max_epochs=1)
    classes = Dataset.from_arrays(X, random.integers(0, 2, 40))
    run = train(RunConfig(dataset=classes.config, training=training), dataset=classes)
    film = of_run.film(run, classes, epochs=[0, 1])
    called = predict(run.config, run.layers(1), classes, classes.X_train)[0]
    expected = confusion_matrix(classes.y_train, called)
    np.testing.assert_array_equal(unpack(film["counts"])[1], expected)
    labels = Dataset.from_arrays(X, random.integers(0, 2, (40, 3)))
    run = train(RunConfig(dataset=labels.config, training=training), dataset=labels)
    film = of_run.film(run, labels, epochs=[0, 1])
    assert (film["kind"], film["lines"]) == ("notice", ["These bars have no film"])


def test_matrices_that_take_too_long_have_a_notice(
    images_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module("annlab.figures.of_run.film")  # the package has the function there
    n_needed = 2 * 360 * sum(W[0].size for W, _ in images_run.layers())
    monkeypatch.setattr(module, "MAX_MULTIPLICATIONS", n_needed)
    assert of_run.film(images_run, epochs=[0, 2])["kind"] == "cells"
    monkeypatch.setattr(module, "MAX_MULTIPLICATIONS", n_needed - 1)
    film = of_run.film(images_run, epochs=[0, 2])
    assert (film["kind"], film["n_frames"]) == ("notice", 2)
    assert film["lines"] == ["This matrix takes too long", "to count for each epoch"]

"""Maps of units and spaces of layers: the drawn numbers are those of the forward pass."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.analysis.surfaces import plane_through
from annlab.datasets import load_run_dataset
from annlab.figures import of_run
from annlab.figures.of_run.spaces import MAP_RESOLUTION
from annlab.nn.forward import layer_values


@pytest.fixture(scope="module")
def wide_run(trained: Callable[[RunConfig], Run]) -> Run:
    return trained(
        RunConfig(
            dataset=DatasetConfig(n_samples=80, test_fraction=0.25),
            model=ModelConfig(hidden_sizes=(3, 5), activation="tanh"),
            training=TrainingConfig(max_epochs=5, learning_rate=0.05, n_seeds=2),
        )
    )


def test_maps_are_the_activations_over_the_plane(wide_run: Run) -> None:
    figure = of_run.unit_maps(wide_run, epoch=0, network=1)
    maps = [trace for trace in figure.data if trace.type == "heatmap"]
    assert len(maps) == 2 + 3 + 5 + 1
    data = load_run_dataset(wide_run.config)
    X, _ = data.split("all")
    layers = [(W[1], b[1]) for W, b in wide_run.layers(0)]
    points = plane_through(X, resolution=MAP_RESOLUTION).points
    values = [points, *(a for _, a in layer_values(layers, points, "tanh", "sigmoid"))]
    expected = np.concatenate(values, axis=1).T
    for found, unit in zip(maps, expected, strict=True):
        np.testing.assert_allclose(np.ravel(found.z), unit, atol=1e-5)
    lines = [trace for trace in figure.data if trace.type == "scatter"]
    assert len(lines) == sum(W.size for W, _ in layers)
    # No map covers another.
    boxes = [
        (
            *figure.layout[m.xaxis.replace("x", "xaxis")].domain,
            *figure.layout[m.yaxis.replace("y", "yaxis")].domain,
        )
        for m in maps
    ]
    for i, (a0, a1, b0, b1) in enumerate(boxes):
        for c0, c1, d0, d1 in boxes[:i]:
            assert a1 <= c0 or c1 <= a0 or b1 <= d0 or d1 <= b0


def test_maps_need_two_features(curve_run: Run) -> None:
    with pytest.raises(ValueError, match="needs two features; these data have 1"):
        of_run.unit_maps(curve_run)


def test_spaces_show_the_activations_of_the_split(wide_run: Run) -> None:
    data = load_run_dataset(wide_run.config)
    layers = [(W[0], b[0]) for W, b in wide_run.layers()]
    first, _, output = (a for _, a in layer_values(layers, data.X_test, "tanh", "sigmoid"))
    figure = of_run.layer_space(wide_run, layer=1, network=0, split="test")
    kind = [trace for trace in figure.data if trace.type == "scatter3d" and trace.name]
    found = np.concatenate([np.stack([t.x, t.y, t.z], axis=1) for t in kind])
    order = np.argsort(data.y_test, kind="stable")
    np.testing.assert_allclose(found, first[order], atol=1e-6)
    end = of_run.layer_space(wide_run, layer=3, network=0, split="test")
    assert np.sort(np.concatenate([t.x for t in end.data])) == pytest.approx(np.sort(output[:, 0]))


@pytest.mark.parametrize("epoch", [0, 5])
def test_the_boundary_of_the_last_hidden_space_separates_the_predictions(
    wide_run: Run, epoch: int
) -> None:
    figure = of_run.layer_space(wide_run, layer=2, epoch=epoch, network=0, split="test")
    data = load_run_dataset(wide_run.config)
    layers = [(W[0], b[0]) for W, b in wide_run.layers(epoch)]
    *_, (z, _) = layer_values(layers, data.X_test, "tanh", "sigmoid")
    order = np.argsort(data.y_test, kind="stable")
    distance = z[order, 0] / np.linalg.norm(layers[-1][0])
    dots = [t for t in figure.data if t.mode == "markers"]
    np.testing.assert_allclose(np.concatenate([t.x for t in dots]), distance, atol=1e-5)
    (line,) = (t for t in figure.data if t.name == "boundary")
    np.testing.assert_allclose(line.x, [0, 0], atol=1e-6)


def test_there_is_no_other_layer(wide_run: Run) -> None:
    with pytest.raises(ValueError, match="layer: must be from 0 to 3; got 4"):
        of_run.layer_space(wide_run, layer=4)


@pytest.mark.parametrize("target", [0, 2])
def test_a_label_has_its_own_boundary_in_the_last_hidden_space(
    labels_run: Run, target: int
) -> None:
    data = load_run_dataset(labels_run.config)
    at: dict[str, Any] = {"layer": 2, "epoch": 3, "network": 1, "split": "test"}
    figure = of_run.layer_space(labels_run, target=target, **at)
    layers = [(W[1], b[1]) for W, b in labels_run.layers(3)]
    *_, (z, _) = layer_values(layers, data.X_test, "relu", "sigmoid")
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert [trace.name for trace in dots] == ["no", "yes"]
    order = np.argsort(data.y_test[:, target], kind="stable")
    distance = z[order, target] / np.linalg.norm(layers[-1][0][:, target])
    np.testing.assert_allclose(np.concatenate([t.x for t in dots]), distance, atol=1e-5)
    (line,) = (trace for trace in figure.data if trace.name == "boundary")
    np.testing.assert_allclose(line.x, [0, 0], atol=1e-6)


def test_values_color_the_samples_of_one_target_without_a_boundary(eight_run: Run) -> None:
    y = load_run_dataset(eight_run.config).y_test
    for target in (0, 1):
        figure = of_run.layer_space(eight_run, layer=1, target=target, network=0, split="test")
        (dots,) = (trace for trace in figure.data if trace.mode == "markers")
        np.testing.assert_allclose(dots.marker.color, y[:, target])
        assert not [trace for trace in figure.data if trace.name == "boundary"]
    with pytest.raises(ValueError, match="target: must be from 0 to 1; got 2"):
        of_run.layer_space(eight_run, layer=1, target=2)


def test_every_label_has_a_map(labels_run: Run) -> None:
    figure = of_run.unit_maps(labels_run, network=0)
    texts = [note.text for note in figure.layout.annotations]
    assert [text.split("<br>")[0] for text in texts[-3:]] == [
        "P(label 1)",
        "P(label 2)",
        "P(label 3)",
    ]

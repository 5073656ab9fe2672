"""Pictures of a network with derived features show what the network says."""

import numpy as np
import pytest
from numpy.typing import NDArray

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.analysis.landscape import losses_on_plane
from annlab.analysis.surfaces import plane_through
from annlab.analysis.weight_planes import flat, parameter_names, random_plane
from annlab.datasets import load_run_dataset
from annlab.figures import of_run
from annlab.figures.of_run.one_network import one_network
from annlab.figures.of_run.spaces import MAP_RESOLUTION
from tests.figures.of_run.conftest import Train
from tests.figures.of_run.test_film import unpack

NAMES = ["x1 (scaled)", "x2² (scaled)", "x1·x2 (scaled)", "sin x1 (scaled)"]


def inputs_at(points: NDArray[np.floating]) -> NDArray[np.floating]:
    """The four derived features of the run, written out."""
    x1, x2 = points.T
    return np.stack([x1, x2**2, x1 * x2, np.sin(x1)], axis=1)


def probabilities(run: Run, network: int, points: NDArray[np.floating]) -> NDArray[np.floating]:
    (W, b), (V, c) = [(W[network], b[network]) for W, b in run.layers()]
    hidden = np.tanh(inputs_at(points) @ W + b)
    return (1 / (1 + np.exp(-(hidden @ V + c))))[:, 0]


def test_the_surface_is_that_of_the_derived_features(derived_run: Run) -> None:
    figure = of_run.decision_surface(derived_run, network=1)
    surface = figure.data[0]
    x, y = np.meshgrid(surface.x, surface.y)
    expected = probabilities(derived_run, 1, np.stack([x.ravel(), y.ravel()], axis=1))
    np.testing.assert_allclose(np.ravel(surface.z), 100 * expected, atol=0.51)  # rounded
    film = of_run.film(derived_run, epochs=["last"], network=1)
    corners = np.ix_([0, -1], [0, -1])
    np.testing.assert_array_equal(
        unpack(film["shades"])[0][corners], np.asarray(surface.z)[corners]
    )


def test_inputs_are_named_in_the_graph_the_maps_and_the_landscape(derived_run: Run) -> None:
    graph = of_run.network_graph(derived_run)
    texts = [trace.text for trace in graph.data if trace.mode == "markers+text"]
    assert texts[0] == ("x1", "x2²", "x1·x2", "sin x1")
    one = one_network(derived_run, None, None, 0)
    assert one.input_names == NAMES
    names = parameter_names(derived_run.config.architecture, one.input_names, one.output_names)
    assert len(names) == derived_run.n_parameters
    assert names[3] == "x2² (scaled) → h1.1"


def test_maps_begin_with_the_derived_features(derived_run: Run) -> None:
    figure = of_run.unit_maps(derived_run, network=0)
    maps = [trace for trace in figure.data if trace.type == "heatmap"]
    assert len(maps) == 4 + 3 + 1
    X, _ = load_run_dataset(derived_run.config).split("all")
    points = plane_through(X, resolution=MAP_RESOLUTION).points
    for found, column in zip(maps[:4], inputs_at(points).T, strict=True):
        np.testing.assert_allclose(np.ravel(found.z), column, atol=1e-5)
    expected = probabilities(derived_run, 0, points)
    np.testing.assert_allclose(np.ravel(maps[-1].z), expected, atol=1e-5)


def test_the_loss_on_a_plane_of_networks_is_the_recorded_one(derived_run: Run) -> None:
    center = flat(derived_run.checkpoints.at(None))[1]
    plane = random_plane(center, derived_run.config.architecture, 0)
    dataset = load_run_dataset(derived_run.config)
    found = losses_on_plane(derived_run.config, dataset.of(1), plane, np.zeros((1, 2)))
    np.testing.assert_allclose(found, derived_run.history["train_loss"][-1, 1], rtol=1e-4)


def test_the_space_of_the_inputs_holds_the_derived_features(derived_run: Run) -> None:
    found = of_run.inside(derived_run, epochs=["last"], network=0)
    assert found is not None
    assert (found["sizes"], found["inputs"]) == ([4, 3, 1], NAMES)
    assert (found["features"], found["n_features"]) == (
        ["x1", "x2_squared", "x1_x2", "sin_x1"],
        2,
    )
    assert unpack(found["samples"]["X"]).shape[1] == 2
    X_train = load_run_dataset(derived_run.config).X_train
    np.testing.assert_allclose(
        found["spaces"][0]["center"], inputs_at(X_train).mean(axis=0), rtol=1e-4, atol=1e-6
    )


def test_there_are_no_linear_pieces(derived_run: Run) -> None:
    with pytest.raises(ValueError, match="linear pieces need the features as they are"):
        of_run.linear_pieces(derived_run)
    with pytest.raises(ValueError, match="linear pieces need the features as they are"):
        of_run.piece_counts(derived_run)


def test_a_line_with_powers_is_drawn_as_a_polynomial(trained: Train) -> None:
    run = trained(
        RunConfig(
            dataset=DatasetConfig(name="function_1d", n_samples=60, scaling="standard"),
            model=ModelConfig(features=("x", "x_cubed")),
            training=TrainingConfig(learning_rate=0.05, max_epochs=5, n_seeds=2),
        )
    )
    figure = of_run.fitted_curve(run, network=1)
    line = next(trace for trace in figure.data if trace.mode == "lines" and trace.name == "A")
    ((W, b),) = [(W[1], b[1]) for W, b in run.layers()]
    x = np.asarray(line.x)
    np.testing.assert_allclose(line.y, W[0, 0] * x + W[1, 0] * x**3 + b[0], rtol=1e-3, atol=1e-4)

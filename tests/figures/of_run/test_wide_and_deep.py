"""Pictures of a network whose inputs also go straight to the output."""

from collections.abc import Callable

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.datasets import load_run_dataset
from annlab.figures import of_run
from annlab.figures.of_run.one_network import one_network
from annlab.nn.forward import forward, layer_values
from annlab.runs.train_on import Entry, train_on


@pytest.fixture(scope="module")
def run(trained: Callable[[RunConfig], Run]) -> Run:
    return trained(
        RunConfig(
            dataset=DatasetConfig(n_samples=80, test_fraction=0.25),
            model=ModelConfig(hidden_sizes=(4, 3), wide=True),
            training=TrainingConfig(max_epochs=5, learning_rate=0.05, n_seeds=2),
        )
    )


def test_a_browser_gets_the_weights_and_the_space_of_both_ways(run: Run) -> None:
    found = of_run.inside(run, epochs=[0, "last"], network=1)
    assert found is not None
    assert (found["sizes"], found["n_skips"]) == ([2, 4, 3, 1], 2)
    assert found["weights"]["shape"] == [2, run.n_parameters]
    assert run.n_parameters == (2 + 1) * 4 + (4 + 1) * 3 + (3 + 2 + 1)
    assert [len(space["center"]) for space in found["spaces"]] == [2, 4, 3 + 2, 1]
    W, _ = one_network(run, None, "last", 1).layers[-1]
    assert np.dot(found["across"], W[:, 0]) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("epoch", [0, 5])
def test_the_boundary_separates_the_predictions_in_the_space_of_both(run: Run, epoch: int) -> None:
    figure = of_run.layer_space(run, layer=2, epoch=epoch, network=0, split="test")
    data = load_run_dataset(run.config)
    layers = [(W[0], b[0]) for W, b in run.layers(epoch)]
    *_, (z, _) = layer_values(layers, data.X_test, "relu", "sigmoid")
    order = np.argsort(data.y_test, kind="stable")
    distance = z[order, 0] / np.linalg.norm(layers[-1][0])
    dots = [t for t in figure.data if t.mode == "markers"]
    np.testing.assert_allclose(np.concatenate([t.x for t in dots]), distance, atol=1e-5)


def test_maps_and_graph_draw_a_line_for_each_weight(run: Run) -> None:
    n_weights = sum(W[0].size for W, _ in run.layers())
    lines = [t for t in of_run.unit_maps(run, network=0).data if t.type == "scatter"]
    assert len(lines) == n_weights
    assert sorted(len(line.x) for line in lines)[-3] == 2  # two of them are bent
    graph = of_run.network_graph(run, network=0)
    drawn = [t for t in graph.data if t.mode == "lines" and t.name is None]
    n_biases = sum(b[0].size for _, b in run.layers())
    assert sum(line.x.count(None) for line in drawn) == n_weights + n_biases


def test_pieces_have_the_gradient_of_both_ways(run: Run) -> None:
    pieces, one = of_run.pieces.pieces_of(run, network=0)
    k = int(pieces.areas.argmax())
    middle = pieces.polygon(k).mean(axis=0)
    logits = forward(one.layers, middle[None], "relu", "linear").logits[0]
    found = middle @ pieces.gradients[k] + pieces.intercepts[k]
    np.testing.assert_allclose(found, logits, atol=1e-5)


def test_training_on_starts_from_a_changed_weight_of_an_input(run: Run) -> None:
    config = train_on(run, network=1, changes={Entry(2, 3 + 1, 0): 0.75, Entry(2, 5, 0): -1.0})
    weights = config.model.initial_weights
    assert weights is not None
    assert len(weights) == config.n_parameters == run.n_parameters
    assert weights[-2:] == (0.75, -1.0)

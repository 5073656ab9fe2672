"""Linear pieces of a run: those of the chosen network at the chosen epoch, on the usual plane."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig, train
from annlab.analysis.piece_counts import NOT_COUNTED
from annlab.analysis.piece_location import piece_at
from annlab.analysis.pieces import count_pieces, linear_pieces
from annlab.analysis.prediction import forward_pass
from annlab.datasets import load_run_dataset
from annlab.datasets.registry import DATASETS
from annlab.datasets.spec import DatasetSpec
from annlab.figures import of_run
from annlab.figures.base.subsample import evenly_spaced
from annlab.figures.of_run import pieces as module
from annlab.figures.of_run.one_network import one_network
from annlab.figures.of_run.pieces import FEW_EPOCHS


def _config(name: str = "moons", hidden_sizes: tuple[int, ...] = (6, 4)) -> RunConfig:
    return RunConfig(
        dataset=DatasetConfig(name=name, n_samples=90, test_fraction=0.3, scaling="standard"),
        model=ModelConfig(hidden_sizes=hidden_sizes),
        training=TrainingConfig(max_epochs=6, learning_rate=0.05, n_seeds=3),
    )


@pytest.fixture(scope="module")
def relu_run(trained: Callable[[RunConfig], Run]) -> Run:
    return trained(_config())


def _two_numbers(n_samples: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    X = np.random.default_rng(seed).uniform(-1, 1, (n_samples, 2))
    return X, np.stack([X[:, 0] * X[:, 1], np.abs(X[:, 0])], axis=1)


@pytest.fixture
def plane_of_numbers(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Two numbers of two features, which no data set of annlab has."""
    spec = DatasetSpec(
        name="two_numbers",
        label="Two numbers",
        task="multioutput_regression",
        make=_two_numbers,
        n_features=2,
        defaults={"n_samples": 60, "seed": 0},
        target_names=("product", "size"),
        description="",
        source="",
    )
    monkeypatch.setitem(DATASETS, spec.name, spec)
    return train(
        RunConfig(
            dataset=DatasetConfig(name=spec.name),
            model=ModelConfig(hidden_sizes=(6,)),
            training=TrainingConfig(max_epochs=4, learning_rate=0.05),
        )
    )


def _ranges(run: Run) -> tuple[tuple[float, float], tuple[float, float]]:
    surface = of_run.decision_surface(run).layout
    return tuple(surface.xaxis.range), tuple(surface.yaxis.range)


@pytest.mark.parametrize("epoch", [0, 3, "last"])
@pytest.mark.parametrize("network", [0, 2])
def test_pieces_are_those_of_the_network(relu_run: Run, epoch: int, network: int) -> None:
    layers = [(W[network], b[network]) for W, b in relu_run.layers(epoch)]
    expected = linear_pieces(layers, "relu", *_ranges(relu_run))
    figure = of_run.linear_pieces(relu_run, epoch=epoch, network=network)
    assert figure.layout.annotations[0].text == f"{expected.n} linear pieces"
    edges = np.stack([figure.data[2].x, figure.data[2].y], axis=1).reshape(-1, 3, 2)
    np.testing.assert_allclose(edges[:, :2], expected.cuts, atol=1e-3)
    assert (figure.layout.xaxis.range, figure.layout.yaxis.range) == _ranges(relu_run)
    assert figure.layout.xaxis.title.text == "x1 (scaled)"


def test_samples_and_mistakes_are_those_of_the_split(relu_run: Run) -> None:
    data = load_run_dataset(relu_run.config)
    figure = of_run.linear_pieces(relu_run, data, split="train", epoch=0, network=1)
    surface = of_run.decision_surface(relu_run, data, split="train", epoch=0, network=1)
    for name in (*data.class_names, "mistakes"):
        (found,), (same,) = ([t for t in f.data if t.name == name] for f in (figure, surface))
        np.testing.assert_array_equal(found.x, same.x)
        np.testing.assert_array_equal(found.y, same.y)


def test_several_classes_and_no_hidden_layer(trained: Callable[[RunConfig], Run]) -> None:
    blobs = trained(_config("blobs"))
    figure = of_run.linear_pieces(blobs)
    assert figure.data[0].colorbar.title.text == "slope of the logits"
    assert [trace.name for trace in figure.data].count("boundary") == 1
    (note,) = of_run.linear_pieces(trained(_config(hidden_sizes=()))).layout.annotations
    assert note.text == "1 linear piece"


def test_counts_of_all_networks_over_the_epochs(relu_run: Run) -> None:
    counts = count_pieces(relu_run.checkpoints.layers, "relu", *_ranges(relu_run))
    figure = of_run.piece_counts(relu_run, cursor=2, model=1)
    (mean,) = (trace for trace in figure.data if trace.name == "B" and trace.fill is None)
    np.testing.assert_allclose(mean.y, counts.mean(axis=1), rtol=1e-6)
    np.testing.assert_array_equal(mean.x, relu_run.checkpoints.epochs)
    assert any(trace.fill == "toself" for trace in figure.data)
    assert figure.data[-1].name == "order of magnitude, units²: 100"


def test_counts_of_a_worker_are_drawn_where_all_networks_are_counted(relu_run: Run) -> None:
    counts = of_run.counts_of_all(relu_run)
    np.testing.assert_array_equal(
        counts, count_pieces(relu_run.checkpoints.layers, "relu", *_ranges(relu_run))
    )
    request = of_run.piece_count_request(relu_run, network=1)
    assert (request.x_range, request.y_range) == _ranges(relu_run)
    partial = counts.copy()
    partial[1, 2] = NOT_COUNTED
    figure = of_run.piece_counts(relu_run, counts=partial)
    (mean,) = (trace for trace in figure.data if trace.name == "A" and trace.fill is None)
    np.testing.assert_array_equal(mean.x, np.delete(relu_run.checkpoints.epochs, 1))
    np.testing.assert_allclose(mean.y, np.delete(counts, 1, axis=0).mean(axis=1), rtol=1e-6)
    assert of_run.counts_of_all(relu_run, seconds=0) is None


def test_without_time_only_one_network_is_counted(relu_run: Run) -> None:
    counts = count_pieces(relu_run.checkpoints.layers, "relu", *_ranges(relu_run))
    figure = of_run.piece_counts(relu_run, network=2, seconds=0)
    some = evenly_spaced(len(counts), FEW_EPOCHS)
    np.testing.assert_array_equal(figure.data[0].y, counts[some, 2])
    np.testing.assert_array_equal(figure.data[0].x, relu_run.checkpoints.epochs[some])


def test_one_hidden_layer_has_an_exact_bound(trained: Callable[[RunConfig], Run]) -> None:
    figure = of_run.piece_counts(trained(_config(hidden_sizes=(5,))))
    assert figure.data[-1].name == "at most: 16"


def test_diverged_networks_are_not_counted(relu_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(relu_run), "diverged_epochs", np.array([0, 4, 0]))
    counts = count_pieces(relu_run.checkpoints.layers, "relu", *_ranges(relu_run))[:, [0, 2]]
    (mean,) = (
        trace
        for trace in of_run.piece_counts(relu_run).data
        if trace.mode and not trace.fill and trace.name == "A"
    )
    np.testing.assert_allclose(mean.y, counts.mean(axis=1), rtol=1e-6)


@pytest.mark.parametrize("draw", [of_run.linear_pieces, of_run.piece_counts])
def test_other_runs_are_refused(
    draw: Callable[[Run], object], binary_run: Run, multiclass_run: Run, curve_run: Run
) -> None:
    with pytest.raises(ValueError, match="Tanh is not piecewise linear"):
        draw(binary_run)
    for run, n in ((multiclass_run, 13), (curve_run, 1)):
        with pytest.raises(ValueError, match=f"need two features; these data have {n}"):
            draw(run)


def test_too_many_pieces_cannot_be_counted(relu_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "count_pieces", lambda *_, **__: None)
    with pytest.raises(ValueError, match="more linear pieces than can be counted"):
        of_run.piece_counts(relu_run)


def test_the_boundary_of_a_label_is_where_its_probability_is_a_half(labels_run: Run) -> None:
    one = one_network(labels_run, None, None, 1)
    figure = of_run.linear_pieces(labels_run, network=1)
    for k, name in enumerate(one.target_names):
        (line,) = (trace for trace in figure.data if trace.name == f"{name} at 50 %")
        ends = np.stack([line.x, line.y], axis=1).reshape(-1, 3, 2)[:, :2].reshape(-1, 2)
        assert len(ends)
        p = forward_pass(labels_run.config, one.layers, ends.astype(np.float32)).output[:, k]
        np.testing.assert_allclose(p, 0.5, atol=2e-3)
        (alone,) = (
            trace
            for trace in of_run.linear_pieces(labels_run, network=1, output=k).data
            if trace.name == "boundary"
        )
        np.testing.assert_array_equal(alone.x, line.x)
        np.testing.assert_array_equal(alone.y, line.y)
    assert figure.data[0].colorbar.title.text == "slope of the logits"


@pytest.mark.parametrize("k", [0, 2])
def test_samples_of_one_label_have_it_or_not(labels_run: Run, k: int) -> None:
    data = load_run_dataset(labels_run.config)
    figure = of_run.linear_pieces(labels_run, data, network=0, split="test", output=k)
    y = data.y_test[:, k]
    wrong = one_network(labels_run, data, None, 0).predict(data.X_test)[:, k] != y
    drawn = {
        trace.name: len(trace.x)
        for trace in figure.data
        if trace.type == "scatter" and trace.mode == "markers"
    }
    assert drawn == {"no": (y == 0).sum(), "yes": (y == 1).sum(), "mistakes": wrong.sum()}
    assert figure.data[0].colorbar.title.text == f"slope of the logit of label {k + 1}"


def test_each_of_several_numbers_has_its_own_slopes(plane_of_numbers: Run) -> None:
    pieces, one = of_run.pieces_of(plane_of_numbers, network=0)
    both = of_run.linear_pieces(plane_of_numbers, network=0)
    assert both.data[0].colorbar.title.text == "slope of the outputs"
    for k in range(2):
        figure = of_run.linear_pieces(plane_of_numbers, network=0, output=k)
        assert figure.data[0].colorbar.title.text == f"slope of {one.target_names[k]}"
        shade = figure.data[1]
        at = piece_at(pieces, float(shade.x[7]), float(shade.y[31]))
        expected = np.linalg.norm(pieces.gradients[at, :, k])
        assert shade.z[31][7] == pytest.approx(expected, rel=1e-6)
        assert not [trace for trace in figure.data if trace.name == "boundary"]


def test_there_is_no_other_output(labels_run: Run, relu_run: Run) -> None:
    for run, output in ((labels_run, 3), (labels_run, -1), (relu_run, 0)):
        with pytest.raises(ValueError, match="output: must be None for classes, else from 0"):
            of_run.linear_pieces(run, output=output)

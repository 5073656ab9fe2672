"""Linear pieces of a run: those of the chosen network at the chosen epoch, on the usual plane."""

from collections.abc import Callable

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.analysis.piece_counts import NOT_COUNTED
from annlab.analysis.pieces import count_pieces, linear_pieces
from annlab.datasets import load_run_dataset
from annlab.figures import of_run
from annlab.figures.base.subsample import evenly_spaced
from annlab.figures.of_run import pieces as module
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

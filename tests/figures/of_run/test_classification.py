"""Decision surface, confusion matrix and probabilities match network and samples."""

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab import Run, evaluate
from annlab.analysis.prediction import forward_pass
from annlab.analysis.surfaces import plane_through
from annlab.datasets import Split, load_run_dataset
from annlab.figures import MODEL_COLORS, of_run
from annlab.figures import confusion_matrix as drawn_matrix


def _trace(figure: go.Figure, name: str) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


@pytest.fixture(params=["binary", "multiclass", "early", "own"])
def run(request: pytest.FixtureRequest) -> Run:
    return request.getfixturevalue(f"{request.param}_run")


@pytest.mark.parametrize("epoch", [None, 0])
@pytest.mark.parametrize("network", [0, 2])
def test_the_surface_is_the_output_of_the_network(
    run: Run, network: int, epoch: int | None
) -> None:
    data = load_run_dataset(run.config).of(network)
    plane = plane_through(data.split("all")[0], (1, 0))
    layers = [(W[network], b[network]) for W, b in run.layers(epoch)]
    output = forward_pass(run.config, layers, plane.points).output
    figure = of_run.decision_surface(run, epoch=epoch, network=network, axes=(1, 0))
    shade = figure.data[0]
    np.testing.assert_array_equal(shade.x, plane.x)
    if output.shape[1] == 1:
        np.testing.assert_array_equal(shade.z.ravel(), np.rint(100 * output[:, 0]))
    else:
        n_levels = 256 // output.shape[1]
        np.testing.assert_array_equal(shade.z.ravel() // n_levels, output.argmax(axis=1))


@pytest.mark.parametrize("epoch", [None, 0])
def test_every_mistake_of_the_network_is_ringed(run: Run, epoch: int | None) -> None:
    split = load_run_dataset(run.config).scored_split
    evaluation = evaluate(run, split=split, epoch=epoch)
    for network in range(run.n_seeds):
        rings = _trace(of_run.decision_surface(run, epoch=epoch, network=network), "mistakes")
        wrong = evaluation.n_samples * (1 - evaluation.accuracy[network])
        assert len(rings.x) == pytest.approx(wrong)


def test_the_samples_are_those_of_the_split(binary_run: Run) -> None:
    data = load_run_dataset(binary_run.config)
    for split in ("train", "validation", "test", "all"):
        figure = of_run.decision_surface(binary_run, split=split)
        drawn = np.concatenate([_trace(figure, name).x for name in data.class_names])
        assert sorted(drawn) == sorted(data.split(split)[0][:, 0])


def test_the_other_features_are_held_at_their_median(multiclass_run: Run) -> None:
    title = of_run.decision_surface(multiclass_run).layout.xaxis.title.text
    assert "the 11 other features at their median" in title


def test_a_sample_says_what_is_predicted_and_how_probable(run: Run) -> None:
    data = load_run_dataset(run.config).of(1)
    X, y = data.split(data.scored_split)
    figure = of_run.decision_surface(run, network=1, split=data.scored_split)
    output = forward_pass(run.config, [(W[1], b[1]) for W, b in run.layers()], X).output
    if output.shape[1] == 1:
        output = np.hstack([1 - output, output])
    for k, name in enumerate(data.class_names):
        of_class = y == k
        expected = [
            f"predicted: {data.class_names[row.argmax()]}, {row.max():.0%}"
            for row in output[of_class]
        ]
        trace = _trace(figure, name)
        assert list(trace.text) == expected
        assert "%{text}" in trace.hovertemplate


@pytest.mark.parametrize("network", [0, 1])
def test_the_samples_of_a_cell_are_ringed(run: Run, network: int) -> None:
    split = load_run_dataset(run.config).scored_split
    counts = evaluate(run, split=split).confusion[network]
    for cell in ((0, 0), (1, 0)):
        figure = of_run.decision_surface(run, network=network, cell=cell)
        rings = [trace for trace in figure.data if trace.name == "chosen"]
        assert sum(len(trace.x) for trace in rings) == counts[cell]


def test_color_bar_is_optional(binary_run: Run, multiclass_run: Run) -> None:
    wide = of_run.decision_surface(binary_run)
    narrow = of_run.decision_surface(binary_run, color_bar=False)
    assert (wide.data[0].showscale, narrow.data[0].showscale) == (None, False)
    assert wide.layout.margin.r > narrow.layout.margin.r
    regions = of_run.decision_surface(multiclass_run)
    without = of_run.decision_surface(multiclass_run, color_bar=False)
    assert regions.to_json() == without.to_json()


def test_a_surface_needs_two_features(binary_run: Run) -> None:
    data = load_run_dataset(binary_run.config)
    parts: dict[str, Any] = {
        f"X_{split}": data.split(split)[0][:, :1] for split in ("train", "validation", "test")
    }
    with pytest.raises(ValueError, match="needs two features"):
        of_run.decision_surface(binary_run, replace(data, **parts))


@pytest.mark.parametrize("split", ["train", "test"])
def test_matrix_matches_the_evaluation(
    binary_run: Run, multiclass_run: Run, own_run: Run, split: Split
) -> None:
    for run in (binary_run, multiclass_run, own_run):
        counts = evaluate(run, split=split).confusion
        names = load_run_dataset(run.config).class_names
        for network in (0, 2):
            figure = of_run.confusion_matrix(run, network=network, split=split, model=1)
            expected = drawn_matrix(counts[network], names, MODEL_COLORS[1])
            assert figure.to_json() == expected.to_json()


def test_a_split_without_samples_is_refused(early_run: Run) -> None:
    for draw in (of_run.decision_surface, of_run.confusion_matrix):
        with pytest.raises(ValueError, match="no test split"):
            draw(early_run, split="test")


@pytest.mark.parametrize("sample", [0, 7])
def test_the_probabilities_of_a_sample_are_the_output(run: Run, sample: int) -> None:
    network = 1
    data = load_run_dataset(run.config).of(network)
    X, y = data.split(data.scored_split)
    layers = [(W[network], b[network]) for W, b in run.layers()]
    output = forward_pass(run.config, layers, X).output[sample]
    (bars,) = of_run.probability_bars(run, sample=sample, network=network).data
    assert list(bars.y) == list(data.class_names)
    assert sum(bars.x) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(bars.x[-1], output[-1], rtol=1e-5)
    assert ["true" in text for text in bars.text] == [
        k == y[sample] for k in range(len(data.class_names))
    ]

"""Network graph and weight images show the weights of the network."""

from collections.abc import Callable

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.figures import of_run
from annlab.figures import weight_images as drawn_images


@pytest.fixture(params=[(), (3,)], ids=["classes", "units"])
def digits(request: pytest.FixtureRequest, trained: Callable[[RunConfig], Run]) -> Run:
    return trained(
        RunConfig(
            dataset=DatasetConfig(name="digits", test_fraction=0.2),
            model=ModelConfig(hidden_sizes=request.param),
            training=TrainingConfig(max_epochs=1, n_seeds=2),
        )
    )


def test_units_have_the_names_of_features_and_outputs(
    binary_run: Run, multiclass_run: Run, regression_run: Run
) -> None:
    ends = []
    for run in (binary_run, multiclass_run, regression_run):
        named = [t for t in of_run.network_graph(run).data if t.mode == "markers+text"]
        texts = [trace.text for trace in named if trace.text != ("+1",)]
        ends.append((texts[0][0], texts[-1]))
    assert ends[0] == ("x1", ("P(class 1)",))
    assert len(ends[1][1]) == 3
    assert ends[2][1] == (regression_run.config.dataset.spec.target_name,)


def test_several_outputs_have_the_names_of_their_targets(numbers_run: Run, labels_run: Run) -> None:
    ends = []
    for run in (numbers_run, labels_run):
        named = [t for t in of_run.network_graph(run).data if t.mode == "markers+text"]
        ends.append([trace.text for trace in named if trace.text != ("+1",)][-1])
    assert ends == [
        ("weight (lb)", "waist (in)", "pulse (per minute)"),
        ("P(label 1)", "P(label 2)", "P(label 3)"),
    ]


def test_biases_are_those_of_the_network(binary_run: Run) -> None:
    for network in (0, 2):
        figure = of_run.network_graph(binary_run, network=network, epoch="last")
        bias = binary_run.layers("last")[0][1][network, 0]
        assert any(
            f"bias {bias:.3f}" in text for trace in figure.data for text in trace.hovertext or ()
        )


@pytest.mark.parametrize("network", [0, 1])
def test_images_are_the_first_weights(digits: Run, network: int) -> None:
    W = digits.layers()[0][0][network]
    names = () if digits.config.model.hidden_sizes else [str(k) for k in range(10)]
    expected = drawn_images(W, (8, 8), names=names)
    figure = of_run.weight_images(digits, network=network)
    np.testing.assert_array_equal(figure.data[0].z, expected.data[0].z)
    titles = [note.text for note in figure.layout.annotations]
    assert titles == [note.text for note in expected.layout.annotations]


def test_weight_images_refuse_other_data(binary_run: Run) -> None:
    with pytest.raises(ValueError, match="weight_images needs images; moons has none"):
        of_run.weight_images(binary_run)

"""Pictures of a network on a prepared table name the inputs that its columns became."""

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab import Dataset, ModelConfig, Run, RunConfig, TrainingConfig, figures, train
from annlab.analysis.landscape import losses_on_plane
from annlab.analysis.weight_planes import flat, parameter_names, random_plane
from annlab.datasets import load_run_dataset
from annlab.datasets.own import tables
from annlab.datasets.own.own_data import OwnColumn, OwnData
from annlab.datasets.own.table import Table
from annlab.figures import of_run
from annlab.figures.of_run.one_network import one_network
from tests.own_data import mixed_table

NAMES = mixed_table().own.input_names


def on_plane(column: OwnColumn) -> tuple[Run, Dataset]:
    """A run on one column that becomes two inputs."""
    random = np.random.default_rng(0)
    X = random.normal(size=60) if column.is_number else random.integers(0, 2, 60).astype(float)
    if column.is_number:
        X[::5] = np.nan
    y = np.arange(60) % 2
    own = OwnData(
        source="file",
        title="plane.csv",
        content=("a" if column.is_number else "b") * 64,
        file="f" * 64,
        task="binary",
        n_rows=60,
        columns=(column,),
        class_names=("no", "yes"),
        class_counts=(30, 30),
    )
    tables.provide(Table(own, X[:, None], y))
    config = RunConfig(
        dataset={"own": own, "test_fraction": 0.25, "scaling": "none"},
        model=ModelConfig(hidden_sizes=(2,)),
        training=TrainingConfig(max_epochs=2),
    )
    return train(config), load_run_dataset(config)


def titles(figure: go.Figure) -> set[str]:
    """Titles of all axes, and notes."""
    axes = [*figure.select_xaxes(), *figure.select_yaxes()]
    return {axis.title.text for axis in axes} | {note.text for note in figure.layout.annotations}


def texts(figure: go.Figure) -> list[str]:
    return [text for trace in figure.data if trace.text is not None for text in trace.text]


def test_the_graph_names_every_input(mixed_run: Run) -> None:
    assert texts(of_run.network_graph(mixed_run))[: len(NAMES)] == list(NAMES)


def test_the_inside_names_every_input(mixed_run: Run) -> None:
    found = of_run.inside(mixed_run, epochs=["last"], network=0)
    assert found is not None
    assert found["inputs"] == [f"{name} (scaled)" for name in NAMES]
    assert found["sizes"] == [len(NAMES), 3, 3]


def test_a_weight_of_the_landscape_names_its_input(mixed_run: Run) -> None:
    one = one_network(mixed_run, None, None, 0)
    names = parameter_names(mixed_run.config.architecture, one.input_names, one.output_names)
    assert names[: 3 * len(NAMES) : 3] == [f"{name} (scaled) → h1.1" for name in NAMES]
    plane = random_plane(flat(mixed_run.checkpoints.at(None))[1], mixed_run.config.architecture, 0)
    data = load_run_dataset(mixed_run.config).of(1)
    losses = losses_on_plane(mixed_run.config, data, plane, np.zeros((1, 2)))
    np.testing.assert_allclose(losses, mixed_run.history["train_loss"][-1, 1], rtol=1e-4)


def test_pictures_of_the_data_name_every_input(mixed_run: Run) -> None:
    data = load_run_dataset(mixed_run.config)
    correlations = figures.correlation_map(data.X_train, None, data.feature_names, [])
    assert list(correlations.data[0].x) == list(NAMES)
    histograms = figures.feature_histograms(data.X_train, data.feature_names)
    found = {note.text.replace("<br>", " ") for note in histograms.layout.annotations}
    assert found >= set(NAMES)


@pytest.mark.parametrize(
    "column",
    [
        OwnColumn(name="weight", has_missing=True),
        OwnColumn(name="color", values=("red", "green")),
    ],
    ids=["missing", "category"],
)
def test_pictures_on_a_plane_name_both_inputs(column: OwnColumn) -> None:
    run, data = on_plane(column)
    x, y = column.inputs
    assert {x, y} in ({"weight", "weight missing"}, {"color = red", "color = green"})
    for figure in (of_run.decision_surface(run, data), of_run.linear_pieces(run, data)):
        assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == (x, y)
    assert {x, y} <= titles(of_run.unit_maps(run, data))
    assert {x, y} <= titles(of_run.layer_space(run, data, layer=0))

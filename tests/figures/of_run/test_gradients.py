"""Gradients of the networks that did not diverge."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.figures import MODEL_COLORS, of_run
from annlab.figures.of_run.gradients import layer_history


@pytest.fixture
def recorded(trained: Callable[[RunConfig], Run]) -> Run:
    return trained(
        RunConfig(
            dataset=DatasetConfig(n_samples=40),
            model=ModelConfig(hidden_sizes=(3,)),
            training=TrainingConfig(max_epochs=4, n_seeds=3, record_gradients=True),
        )
    )


def _line(figure: go.Figure, name: str) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


def test_networks_that_diverged_are_left_out(recorded: Run) -> None:
    run = replace(recorded, diverged_epochs=np.array([0, 2, 0]))
    kept = layer_history(run, "gradient_norm_")
    assert kept.shape == (5, 2, 2)
    np.testing.assert_array_equal(kept[:, 0], run.history["gradient_norm_1"][:, [0, 2]])
    assert layer_history(run, "nothing_").shape == (5, 0, 2)


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        ({}, slice(4, 5)),
        ({"epoch": 2}, slice(2, 3)),
        ({"epoch": 99}, slice(4, 5)),
        ({"first_epochs": 1}, slice(0, 2)),
        ({"first_epochs": 99}, slice(0, 5)),
    ],
)
def test_norms_by_layer_of_one_epoch_or_a_mean(
    recorded: Run, chosen: dict[str, Any], rows: slice
) -> None:
    line = _line(of_run.gradient_norms_by_layer([recorded], models=(2,), **chosen), "C")
    expected = [recorded.history[f"gradient_norm_{k}"][rows].mean() for k in (1, 2)]
    np.testing.assert_allclose(line.y, expected, rtol=1e-5)
    assert line.line.color == MODEL_COLORS[2]


def test_norms_over_epochs(recorded: Run) -> None:
    norms = of_run.gradient_norms_over_epochs(recorded, cursor=1, last_epoch=2)
    first = recorded.history["gradient_norm_1"]
    np.testing.assert_allclose(_line(norms, "layer 1").y, first[:3].mean(axis=1), rtol=1e-5)
    reach = _line(of_run.gradient_reach([recorded, recorded]), "B")
    ratio = first / recorded.history["gradient_norm_2"]
    np.testing.assert_allclose(reach.y, np.exp(np.log(ratio).mean(axis=1)), rtol=1e-4)
    units = _line(of_run.inactive_units([recorded]), "A")
    np.testing.assert_allclose(units.y, recorded.history["inactive_1"].mean(axis=1), rtol=1e-5)


def test_clipped_steps_of_the_networks_that_did_not_diverge(recorded: Run) -> None:
    shares = np.random.default_rng(0).random((5, 3)).astype(np.float32)
    clips = replace(
        recorded,
        history={**recorded.history, "clipped": shares},
        diverged_epochs=np.array([0, 2, 0]),
    )
    figure = of_run.clipped_steps([recorded, clips], cursor=2)
    line = _line(figure, "B")
    np.testing.assert_array_equal(line.x, [1, 2, 3, 4])
    np.testing.assert_allclose(line.y, shares[1:, [0, 2]].mean(axis=1), rtol=1e-6)
    assert line.line.color == MODEL_COLORS[1]
    assert not [trace for trace in figure.data if trace.name == "A"]
    assert figure.layout.yaxis.title.text == "share of clipped steps"
    assert [shape.x0 for shape in figure.layout.shapes] == [2]


def test_run_without_recorded_gradients_has_no_lines(binary_run: Run) -> None:
    for draw in (of_run.gradient_reach, of_run.gradient_norms_by_layer, of_run.inactive_units):
        assert draw([binary_run]).data == ()
    assert of_run.gradient_norms_over_epochs(binary_run).data == ()

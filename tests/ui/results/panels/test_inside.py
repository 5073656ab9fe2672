"""What a browser sends from the tab Inside becomes the start of a model."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit as st

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.analysis.separability import separability_of_label
from annlab.analysis.separability_of_samples import decide_separability, read_separability
from annlab.datasets import load_run_dataset
from annlab.figures.of_run.one_network import one_network
from annlab.figures.of_run.spaces import activations
from annlab.runs.train_on import Entry, train_on
from annlab.ui.results import changes
from annlab.ui.results.panels import inside
from annlab.ui.results.view import ModelControls


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    values: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", values)
    return values


def sent_from(run: Run, sent: Any) -> list[tuple[RunConfig, int]]:
    """Starts that the second of two models, the only small one, gives to model B."""
    started: list[tuple[RunConfig, int]] = []

    def unused(address: str, value: object, model: int) -> None:
        raise AssertionError

    view: Any = SimpleNamespace(
        runs=[None, run],
        network=1,
        name=lambda i: "AB"[i],
        weights_of_frames=lambda i: [*map(int, run.checkpoints.epochs[:-1]), "best"],
        controls=ModelControls({0: "A", 1: "B"}, lambda *start: started.append(start), unused),
    )
    inside._start(view, [1], sent, 1)
    return started


def test_shown_weights_with_their_changes_become_the_start(
    binary_run: Run, session: dict[str, Any]
) -> None:
    sent = {"model": 0, "frame": 2, "changes": [[0, 0, 1, 2.5]]}
    epoch = int(binary_run.checkpoints.epochs[2])
    expected = train_on(binary_run, epoch=epoch, network=1, changes={Entry(0, 0, 1): 2.5})
    assert sent_from(binary_run, sent) == [(expected, 1)]
    assert expected.model.initial_weights[1] == 2.5
    assert session[changes._SAID] == (
        f"Model B now starts from these weights: model B, network 2, epoch {epoch}, with your "
        "change. Press Train."
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": 1},
        {"model": "0"},
        {"model": [0]},
        {"frame": 10_000},
        {"frame": None},
        {"changes": 5},
        {"changes": [[0, 0]]},
        {"changes": [[0, 0, 99, 1.0]]},
        {"changes": [[0, 0, 0.5, 1.0]]},
        {"changes": [[0, 0, [0], 1.0]]},
        {"changes": [[0, 0, 0, 1e300]]},
        {"changes": [[0, 0, 0, 10**400]]},
        {"changes": [[0, 0, 0, "x"]]},
    ],
)
def test_anything_else_that_a_browser_sends_is_ignored(
    binary_run: Run, session: dict[str, Any], wrong: dict[str, Any]
) -> None:
    assert sent_from(binary_run, {"model": 0, "frame": 0, "changes": [], **wrong}) == []
    assert session == {}


def test_classes_are_separated_in_the_space_that_the_output_layer_receives(
    trained: Callable[[RunConfig], Run],
) -> None:
    config = RunConfig(
        dataset=DatasetConfig(n_samples=40),
        model=ModelConfig(hidden_sizes=(4, 3), wide=True),
        training=TrainingConfig(max_epochs=1),
    )
    run = trained(config)
    at: dict[str, Any] = {"epoch": "last", "network": 0}
    samples = inside.samples_of_last_layer(run, load_run_dataset(config), **at)
    assert inside._n_in_last_space(run) == 5
    X = load_run_dataset(config).X_train
    one = one_network(run, None, "last", 0)
    np.testing.assert_array_equal(activations(one, X, 2)[:, 3:], X)
    assert samples.request == inside.request_of_last_layer(run, load_run_dataset(config), **at)
    said = inside._last_space(run)
    assert said == "the space of the last hidden layer and the inputs (3 units, 2 inputs)"


def test_labels_are_separated_by_their_own_outputs(trained: Callable[[RunConfig], Run]) -> None:
    config = RunConfig(
        dataset=DatasetConfig(name="labels", n_samples=40),
        model=ModelConfig(hidden_sizes=(4,)),
        training=TrainingConfig(max_epochs=1),
    )
    run, data = trained(config), load_run_dataset(config)
    at: dict[str, Any] = {"epoch": "last", "network": 0}
    request, samples = inside.samples_of_last_layer(run, data, **at)
    found = read_separability(
        decide_separability(request, lambda s, _: None, lambda: False, samples)
    )
    one = one_network(run, None, "last", 0)
    A, (W, b) = activations(one, data.X_train, 1), one.layers[-1]
    for k in range(3):
        expected = separability_of_label(A, data.y_train, k, (W, b))
        assert (found[k].separable, found[k].accuracy) == (expected.separable, expected.accuracy)
    assert inside.request_of_input(config.dataset, data, network=0).n_classes == 2

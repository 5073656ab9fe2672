"""Sidebar controls, tested on the Logistic vs MLP page."""

import pytest

from annlab import RunConfig
from annlab.config.links import read_bench
from annlab.lessons.experiments import EXPERIMENTS
from annlab.ui.services import Services
from tests.ui.sidebar.experiment_box import experiment
from tests.ui.visitor import (
    BEFORE,
    LOGISTIC,
    QUICK,
    heads,
    open_logistic,
    settings,
    text_of,
    unfold,
    visit,
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


def test_changed_control_trains_nothing_and_keeps_the_results(server: Services) -> None:
    visitor = open_logistic()
    before = [metric.value for metric in heads(visitor)]
    assert BEFORE not in text_of(visitor.info)
    began = server.queue.n_started
    visitor.text_input(key="logistic-epochs").set_value("50").run()
    assert server.queue.n_started == began
    assert [metric.value for metric in heads(visitor)] == before
    assert BEFORE in text_of(visitor.info)
    assert "epochs 100 → 50" in text_of(visitor.info)
    assert [run.training.max_epochs for run in settings(visitor)] == [50, 50]
    assert experiment(visitor).value == "Custom"
    # Undoing the change removes the remark.
    visitor.text_input(key="logistic-epochs").set_value("100").run()
    assert experiment(visitor).value == EXPERIMENTS["E4"].title
    assert BEFORE not in text_of(visitor.info)


def test_remark_names_the_changed_model() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-b-lr").set_value("0.1").run()
    info = text_of(visitor.info)
    assert "**B:** learning rate 0.01 → 0.1" in info
    assert "**A:**" not in info


def test_exceeded_budget_is_reported() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-epochs").set_value("10000").run()
    visitor.text_input(key="logistic-b-hidden").set_value("512-512").run()
    assert "compute this server allows" in text_of(visitor.error)


def test_stored_results_beyond_the_budget_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1")
    visitor = open_logistic()  # its default is stored
    assert not visitor.error
    assert len(heads(visitor)) == 2
    visitor.text_input(key="logistic-epochs").set_value("3").run()
    assert "compute this server allows" in text_of(visitor.error)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"optimizer": "momentum", "momentum": "0.999"}),
        pytest.param({"lr": "0.0123456789"}),
        {"noise": "0.123456789"},
        {"data": "gaussians", "noise": "3.0"},
        {"test": "0.33", "validation": "0.9", "samples": "2000"},
        {"b.hidden": "2", "b.dropout": "0.9", "batch": "100000"},
        {"seed": "2147483647", "data_seed": "2147483647", "split_seed": "0"},
        {"patience": "10000", "loss": "mse", "output": "sigmoid"},
    ],
    ids=lambda query: "&".join(query),
)
def test_controls_accept_every_valid_link(query: dict[str, str]) -> None:
    visitor = visit(LOGISTIC, **{**QUICK, **query})
    unfold(visitor, "data", "a", "b", "training")
    assert not visitor.exception
    assert not visitor.error
    wanted, _ = read_bench({**QUICK, **query}, (RunConfig(), RunConfig()))
    assert settings(visitor) == wanted


def test_sessions_are_independent() -> None:
    one, other = open_logistic(), open_logistic()
    one.text_input(key="logistic-epochs").set_value("50").run()
    other.run()
    assert settings(other) == EXPERIMENTS["E4"].runs
    assert one.session_state["session_id"] != other.session_state["session_id"]

"""Typed values of settings, tested on the Logistic vs MLP page."""

import pytest

from annlab.lessons.experiments import EXPERIMENTS
from annlab.ui.services import Services
from tests.ui.sidebar.experiment_box import experiment
from tests.ui.visitor import (
    BEFORE,
    QUICK,
    heads,
    open_logistic,
    runs_in_address,
    settings,
    settle,
    text_of,
    unfold,
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


@pytest.mark.parametrize(
    ("key", "typed", "label"),
    [
        ("logistic-a-lr", "abc", "Learning rate"),
        ("logistic-a-lr", "nan", "Learning rate"),
        ("logistic-b-lr", "1000", "Learning rate"),
        ("logistic-b-hidden", "4-x", "Model B: **Hidden layers:** “4-x” is not"),
        ("logistic-epochs", "1e9", "**Epochs:** “1e9” is more than 10,000."),
        ("logistic-seeds", "", "Networks"),
        ("logistic-b-hidden", "-3", "Hidden layers"),
        ("logistic-b-hidden", "4--2", "Hidden layers"),
        ("logistic-b-hidden", "-".join("2" * 14), "Hidden layers"),
        ("logistic-a-l2", "-1", "L2"),
        ("logistic-batch", "1.5", "Batch size"),
    ],
)
def test_invalid_value_is_reported_and_not_trained(
    key: str, typed: str, label: str, server: Services
) -> None:
    visitor = unfold(open_logistic(), "model")
    before, began = [metric.value for metric in heads(visitor)], server.queue.n_started
    visitor.text_input(key=key).set_value(typed).run()
    assert not visitor.exception
    assert label in text_of(visitor.error)
    visitor.button(key="logistic-train").click().run()
    assert label in text_of(visitor.error)
    assert server.queue.n_started == began
    assert visitor.text_input(key=key).value == typed
    assert [metric.value for metric in heads(visitor)] == before
    # The address keeps the last valid settings.
    assert settings(visitor) == EXPERIMENTS["E4"].runs
    experiment(visitor).set_value(EXPERIMENTS["E1"].title).run()
    assert not visitor.error


def test_typed_values_are_used() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-b-hidden").set_value("7-3-1").run()
    visitor.text_input(key="logistic-b-lr").set_value("0.0042").run()
    assert not visitor.error
    _, b = settings(visitor)
    assert (b.model.hidden_sizes, b.training.learning_rate) == ((7, 3, 1), 0.0042)


def test_value_that_arrives_with_the_click_on_train_is_trained(server: Services) -> None:
    visitor = open_logistic(**QUICK)
    settle(visitor, server)
    visitor.text_input(key="logistic-b-lr").set_value("0,07")
    visitor.text_input(key="logistic-b-hidden").set_value("(5,)")
    visitor.text_input(key="logistic-epochs").set_value("2")
    visitor.button(key="logistic-train").click().run()
    settle(visitor, server)
    assert not visitor.error
    assert BEFORE not in text_of(visitor.info)
    b = settings(visitor)[1]
    assert (b.training.learning_rate, b.model.hidden_sizes) == (0.07, (5,))
    run = server.repository.run(b)
    assert run
    assert run.n_epochs == 2
    # The field keeps the typed text.
    assert visitor.text_input(key="logistic-b-lr").value == "0,07"


def test_unparsable_text_survives_a_new_data_set_and_model() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-b-lr").set_value("0,05,1").run()
    visitor.selectbox(key="logistic-data").set_value("circles").run()
    visitor.button(key="logistic-add").click().run()
    assert not visitor.exception
    assert visitor.text_input(key="logistic-b-lr").value == "0,05,1"
    assert "“0,05,1” is not a number" in text_of(visitor.error)
    assert {run.dataset.name for run in runs_in_address(visitor)} == {"circles"}
    assert len(runs_in_address(visitor)) == 3


def test_text_in_a_hidden_control_is_no_error() -> None:
    visitor = unfold(open_logistic(), "model")
    visitor.selectbox(key="logistic-b-optimizer").set_value("momentum").run()
    visitor.text_input(key="logistic-b-momentum").set_value("abc").run()
    assert "Momentum" in text_of(visitor.error)
    visitor.selectbox(key="logistic-b-optimizer").set_value("adam").run()
    assert not visitor.error


def test_error_names_the_data_seed() -> None:
    visitor = unfold(open_logistic(), "data")
    visitor.text_input(key="logistic-data_seed").set_value("abc").run()
    assert "**Data seed:** “abc” is not" in text_of(visitor.error)


def test_marked_settings_are_those_that_differ(server: Services) -> None:
    visitor = unfold(open_logistic(**{"b.hidden": "4-2", "b.dropout": "0.2"}), "model")

    def marks(label: str) -> list[bool]:
        rows = [row.value for row in visitor.markdown if f":small[{label}]" in row.value]
        return ["≠" in row for row in rows]

    assert marks("Hidden layers") == marks("Activation") == marks("Dropout") == [True]
    # A has no hidden layers, so it cannot be wide and deep; B is not either.
    assert marks("Wide and deep") == [False]

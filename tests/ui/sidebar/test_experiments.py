"""Selected experiments, tested on the Logistic vs MLP page."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from annlab.lessons.experiment import Experiment
from annlab.lessons.experiments import EXPERIMENTS, experiments_of
from annlab.ui.services import Services
from tests.ui.sidebar.experiment_box import experiment
from tests.ui.visitor import BEFORE, open_logistic, runs_in_address, settings, settle, text_of

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

OFFERED = experiments_of("logistic_vs_mlp")


@pytest.mark.parametrize("entry", OFFERED, ids=lambda entry: entry.name)
def test_selected_experiment_sets_every_control(entry: Experiment, server: Services) -> None:
    start = next(other for other in OFFERED if other is not entry)
    began = server.queue.n_started
    visitor = open_logistic()
    experiment(visitor).set_value(start.title).run()
    experiment(visitor).set_value(entry.title).run()
    assert not visitor.exception
    assert not visitor.error
    assert settings(visitor) == entry.runs
    assert _asked(visitor, entry) == 1
    # Untouched controls keep their values in a rerun.
    visitor.run()
    assert settings(visitor) == entry.runs
    assert experiment(visitor).value == entry.title
    assert server.queue.n_started == began  # selecting an experiment does not train it


def _asked(visitor: AppTest, entry: Experiment) -> int:
    """Number of times that the page shows an experiment's question."""
    texts = (visitor.caption, visitor.info, visitor.markdown)
    return "\n".join(text_of(elements) for elements in texts).count(entry.question)


def test_experiment_question_is_shown_once(
    server: Services,
) -> None:
    visitor = open_logistic()
    before, entry = EXPERIMENTS["E4"], EXPERIMENTS["E1"]
    assert _asked(visitor, before) == 1
    experiment(visitor).set_value(entry.title).run()
    # The page marks the results of the other experiment as old.
    assert "Press **Train** to find out." in text_of(visitor.main.info)
    assert entry.question in text_of(visitor.main.info)
    assert BEFORE in text_of(visitor.main.info)
    assert (_asked(visitor, entry), _asked(visitor, before)) == (1, 0)
    visitor.button(key="logistic-train").click().run()
    assert (_asked(visitor, entry), _asked(visitor, before)) == (1, 0)
    settle(visitor, server)
    assert (_asked(visitor, entry), _asked(visitor, before)) == (1, 0)
    assert entry.question in text_of(visitor.main.caption)


def _keep_as_seen(visitor: AppTest) -> None:
    """Make every control report its drawn value, like a browser that has no newer state.

    AppTest by default reports the value in the session.
    """
    kinds: list[Any] = [visitor.selectbox, visitor.slider, visitor.text_input]
    for kind in (*kinds, visitor.select_slider):
        for control in kind:
            control.set_value(control.value)


def test_late_browser_messages_are_no_selection() -> None:
    visitor = open_logistic()
    start = settings(visitor)[0].dataset.noise
    _keep_as_seen(visitor)
    seen = visitor.slider(key="logistic-noise")
    for noise in (start + 0.01, start + 0.02, start + 0.03):
        seen.set_value(noise).run()
        assert [run.dataset.noise for run in settings(visitor)] == [noise, noise]
        assert visitor.slider(key="logistic-noise").value == noise
        assert experiment(visitor).value == "Custom"


@pytest.mark.parametrize("in_one_message", [True, False])
def test_train_right_after_selecting_an_experiment_trains_it(
    in_one_message: bool, server: Services
) -> None:
    visitor = open_logistic()
    entry = EXPERIMENTS["E1"]
    _keep_as_seen(visitor)
    chosen, train = experiment(visitor), visitor.button(key="logistic-train")
    chosen.set_value(entry.title)
    if not in_one_message:
        chosen.run()
    train.click().run()  # the other controls still report their earlier values
    assert settings(visitor) == entry.runs
    settle(visitor, server)
    assert experiment(visitor).value == entry.title
    assert _asked(visitor, entry) == 1
    assert BEFORE not in text_of(visitor.info)


def test_add_right_after_selecting_an_experiment_does_both() -> None:
    visitor = open_logistic()
    experiment(visitor).set_value(EXPERIMENTS["E1"].title)
    visitor.button(key="logistic-add").click().run()
    assert not visitor.exception
    a, b = EXPERIMENTS["E1"].runs
    assert runs_in_address(visitor, 2) == (a, b, b)

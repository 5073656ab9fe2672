"""Trainings of several pages of one session: each page says whose they are."""

from dataclasses import replace
from itertools import count

import pytest
from streamlit.testing.v1 import AppTest

from annlab import Run
from annlab.config.links import write_bench
from annlab.lessons.experiments import DEFAULTS
from annlab.ui.services import Services
from tests.ui.visitor import (
    BEFORE,
    LOGISTIC,
    address,
    charts,
    go_to,
    open_logistic,
    said,
    visit,
    wait_for,
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

MULTICLASS = "pages/multiclass.py"
# Minutes, were it not stopped.
LONG = {"samples": "100", "epochs": "10000", "batch": "1", "b.hidden": "3"}
OTHER = "is still training"
_SEEDS = count()


def _begin(page: str, data: str, server: Services) -> AppTest:
    # With a seed of its own: a training that was stopped before would be shown, not begun.
    visitor = visit(page, data=data, **LONG, seed=str(next(_SEEDS)))
    session = visitor.session_state["session_id"]
    wait_for(lambda: any(job.epoch for job in server.queue.batch(session) or ()))
    return visitor.run()


def test_stored_results_are_shown_whatever_another_page_trains(
    server: Services, default_runs: list[Run]
) -> None:
    visitor = _begin(MULTICLASS, "blobs", server)
    assert OTHER not in said(visitor.info)
    go_to(visitor, LOGISTIC)
    assert not visitor.exception
    assert OTHER not in said(visitor.info)
    assert "surface-0" in charts(visitor)
    assert len(visitor.metric) == len(default_runs)
    # Nothing is said of it, and there is nothing to stop.
    assert "will train next" not in said(visitor.caption)
    # The training goes on, and its page still waits for it.
    assert server.queue.batch(visitor.session_state["session_id"])
    go_to(visitor, MULTICLASS)
    assert "multiclass-live-loss" in charts(visitor)


def test_what_another_page_trains_is_not_shown_as_ones_own(server: Services) -> None:
    visitor = _begin(MULTICLASS, "blobs", server)
    go_to(visitor, "pages/regression.py")
    assert "The Multiclass page is still training" in said(visitor.info)
    assert not [key for key in charts(visitor) if "live" in key]
    assert "will train next" in said(visitor.caption)
    # The other way round, what waits is the other page's.
    go_to(visitor, MULTICLASS)
    assert "the Regression page will train next" in said(visitor.caption)


def test_a_stop_for_another_page_shows_nothing_of_it_here(server: Services) -> None:
    visitor = _begin(MULTICLASS, "blobs", server)
    session = visitor.session_state["session_id"]
    go_to(visitor, "pages/regression.py")  # waits
    go_to(visitor, LOGISTIC)
    visitor.text_input(key="logistic-b-hidden").set_value("8").run()
    visitor.text_input(key="logistic-epochs").set_value("800").run()
    visitor.button(key="logistic-train").click().run()  # takes its place
    go_to(visitor, "pages/regression.py")
    visitor.button(key="regression-stop").click().run()  # ends the first
    wait_for(lambda: server.queue.waiting_batch(session) is None)
    wait_for(lambda: all(job.epoch for job in server.queue.batch(session)))
    visitor.run()
    assert "The Logistic vs MLP page is still training" in said(visitor.info)
    visitor.button(key="regression-stop").click().run()
    wait_for(lambda: server.queue.batch(session) is None)
    visitor.run()
    assert not visitor.exception
    assert "Canceled before it started" in said(visitor.error)
    assert not visitor.metric


def test_what_differs_is_said_of_what_is_trained_now(server: Services) -> None:
    visitor = _begin(LOGISTIC, "xor", server)
    visitor.text_input(key="logistic-b-hidden").set_value("8").run()
    visitor.button(key="logistic-train").click().run()
    assert "your new settings will train next" in said(visitor.caption)
    (differs,) = (m.value for m in visitor.markdown if "What differs" in m.value)
    assert "**B** 3]" in differs


def test_what_is_stored_needs_no_training(server: Services) -> None:
    visitor = open_logistic()
    began = server.queue.n_started
    visitor.button(key="logistic-train").click().run()
    assert server.queue.n_started == began
    assert len(visitor.metric) == 2


def test_a_reload_after_stop_shows_the_stopped_run_and_trains_nothing(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Twice the same model, so that both are stopped while they train.
    monkeypatch.delitem(LONG, "b.hidden")
    visitor = _begin(LOGISTIC, "xor", server)
    session = visitor.session_state["session_id"]
    visitor.button(key="logistic-stop").click().run()
    wait_for(lambda: server.queue.batch(session) is None)
    visitor.run()
    scores = [metric.value for metric in visitor.metric]
    assert len(scores) == 2
    again = visit(LOGISTIC, **address(visitor))
    assert not again.exception
    assert [metric.value for metric in again.metric] == scores
    assert "topped" in said(again.warning)
    assert BEFORE not in said(again.info)
    assert server.queue.n_unfinished == 0
    # Who wants the whole training presses Train.
    again.button(key="logistic-train").click().run()
    session = again.session_state["session_id"]
    wait_for(lambda: any(job.epoch for job in server.queue.batch(session) or ()))


def test_a_stopped_default_is_trained_for_who_opens_the_page_without_settings(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = DEFAULTS["logistic_vs_mlp"].runs
    stored = [server.repository.run(run) for run in runs]
    stopped = {
        run.digest: replace(found, ending="stopped")
        for run, found in zip(runs, stored, strict=True)
    }
    monkeypatch.setattr(server.repository, "run", lambda config: stopped.get(config.digest))
    submitted = []
    monkeypatch.setattr(
        "annlab.ui.train.actions.submit", lambda state, runs: submitted.append(runs)
    )
    visitor = visit(LOGISTIC)
    assert submitted
    assert set(submitted) == {runs}
    submitted.clear()
    again = visit(LOGISTIC, **address(visitor))
    assert submitted == []
    assert again.session_state["logistic-shown"] == runs


def test_a_model_that_was_stopped_before_the_other_began_is_said(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = DEFAULTS["logistic_vs_mlp"].runs
    found = replace(server.repository.run(a), ending="stopped")
    monkeypatch.setattr(server.repository, "run", lambda config: found if config == a else None)
    visitor = visit(LOGISTIC, **write_bench((a, b)))
    assert not visitor.exception
    assert "Model A was stopped before the other models had started." in said(visitor.info)
    assert server.queue.n_unfinished == 0

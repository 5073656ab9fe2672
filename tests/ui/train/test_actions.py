"""Training from several pages of one session."""

import re
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from annlab import Run
from annlab.config.links import write_bench
from annlab.lessons.experiments import DEFAULTS
from annlab.runs.budget import compute_of
from annlab.runs.duration import Speed, about
from annlab.ui.services import Services
from annlab.ui.state.bench_link import read_bench_link
from tests.ui.visitor import (
    BEFORE,
    LOGISTIC,
    address,
    charts,
    go_to,
    heads,
    open_logistic,
    text_of,
    visit,
    wait_for,
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

MULTICLASS = "pages/multiclass.py"
# Trains for minutes unless stopped.
LONG = {"samples": "100", "epochs": "10000", "batch": "1", "b.hidden": "3"}
OTHER = "is still training"
_SEEDS = count()


def _begin(page: str, data: str, server: Services) -> AppTest:
    # With a new seed, because a run stopped earlier would be shown instead of trained.
    visitor = visit(page, data=data, **LONG, seed=str(next(_SEEDS)))
    visitor.button(key=f"{Path(page).stem.split('_')[0]}-train").click().run()
    session = visitor.session_state["session_id"]
    wait_for(lambda: any(job.epoch for job in server.queue.batch(session) or ()))
    return visitor.run()


def test_stored_results_are_shown_while_another_page_trains(
    server: Services, default_runs: list[Run]
) -> None:
    visitor = _begin(MULTICLASS, "blobs", server)
    assert OTHER not in text_of(visitor.info)
    go_to(visitor, LOGISTIC)
    assert not visitor.exception
    assert OTHER not in text_of(visitor.info)
    assert "surface-0" in charts(visitor)
    assert len(heads(visitor)) == len(default_runs)
    # The page does not mention the other training.
    assert "will train next" not in text_of(visitor.caption)
    # The training continues, and its page still waits for it.
    assert server.queue.batch(visitor.session_state["session_id"])
    go_to(visitor, MULTICLASS)
    assert "multiclass-live-loss" in charts(visitor)


def test_training_of_another_page_is_not_shown_here(server: Services) -> None:
    visitor = _begin(MULTICLASS, "blobs", server)
    go_to(visitor, "pages/regression.py")
    assert "The Multiclass page is still training" in text_of(visitor.info)
    assert not [key for key in charts(visitor) if "live" in key]
    assert "will train next" in text_of(visitor.caption)
    # On the training page, the queued training belongs to the other page.
    go_to(visitor, MULTICLASS)
    assert "the Regression page will train next" in text_of(visitor.caption)


def test_stop_for_another_page_shows_none_of_its_results(server: Services) -> None:
    for run in DEFAULTS["regression"].runs:
        server.repository.delete(run.digest)  # what another test stopped would be shown
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
    assert "The Logistic vs MLP page is still training" in text_of(visitor.info)
    visitor.button(key="regression-stop").click().run()
    wait_for(lambda: server.queue.batch(session) is None)
    visitor.run()
    assert not visitor.exception
    assert "Canceled before it started" in text_of(visitor.error)
    assert not heads(visitor)


def test_differences_are_those_of_the_running_training(server: Services) -> None:
    visitor = _begin(LOGISTIC, "xor", server)
    visitor.text_input(key="logistic-b-hidden").set_value("8").run()
    visitor.button(key="logistic-train").click().run()
    assert "your new settings will train next" in text_of(visitor.caption)
    (differs,) = (m.value for m in visitor.markdown if "What differs" in m.value)
    assert "**B** 3]" in differs


def test_stored_runs_are_not_trained_again(server: Services) -> None:
    visitor = open_logistic()
    began = server.queue.n_started
    visitor.button(key="logistic-train").click().run()
    assert server.queue.n_started == began
    assert len(heads(visitor)) == 2


def test_reload_after_stop_shows_the_stopped_run(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two equal models, so that Stop hits both during training.
    monkeypatch.delitem(LONG, "b.hidden")
    visitor = _begin(LOGISTIC, "xor", server)
    session = visitor.session_state["session_id"]
    visitor.button(key="logistic-stop").click().run()
    wait_for(lambda: server.queue.batch(session) is None)
    visitor.run()
    scores = [metric.value for metric in heads(visitor)]
    assert len(scores) == 2
    again = visit(LOGISTIC, **address(visitor))
    assert not again.exception
    assert [metric.value for metric in heads(again)] == scores
    assert "topped" in text_of(again.warning)
    assert BEFORE not in text_of(again.info)
    assert server.queue.n_unfinished == 0
    # Train starts the full training.
    again.button(key="logistic-train").click().run()
    session = again.session_state["session_id"]
    wait_for(lambda: any(job.epoch for job in server.queue.batch(session) or ()))


def test_stopped_default_is_trained_when_page_opens_without_settings(
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


def test_stop_keeps_what_one_model_learned_while_the_other_waited(server: Services) -> None:
    visitor = _begin(LOGISTIC, "xor", server)
    session = visitor.session_state["session_id"]
    a, b = server.queue.batch(session)
    assert (a.state, b.state) == ("running", "waiting")
    visitor.button(key="logistic-stop").click().run()
    wait_for(lambda: server.queue.batch(session) is None)
    visitor.run()
    assert server.repository.run(a.config).ending == "stopped"
    again = visit(LOGISTIC, **address(visitor))
    for seen in (visitor, again):
        assert not seen.exception
        assert not seen.error
        assert _letters(seen) == ["A"]
        assert f"{UNTRAINED} Press **Train**" in text_of(seen.info)
    # Train trains it.
    visitor.button(key="logistic-train").click().run()
    batch = server.queue.batch(session)
    assert [job.config for job in batch] == [a.config, b.config]
    assert not any(job.done for job in batch)


UNTRAINED = "Model B is not trained yet."


def _letters(visitor: AppTest) -> list[str]:
    """Letters of the models with results."""
    return [re.search(r"annlab-letter'[^>]*>(\w)<", head.html)[1] for head in heads(visitor)]


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("A-", UNTRAINED),
        ("-B", "Model A is not trained yet."),
        ("A-C", UNTRAINED),
        ("-B-D", "Models A and C are not trained yet."),
    ],
)
def test_models_with_results_keep_their_letters_beside_those_without(
    server: Services, monkeypatch: pytest.MonkeyPatch, which: str, said: str
) -> None:
    stored = [server.repository.run(run) for run in DEFAULTS["logistic_vs_mlp"].runs]
    found = iter(replace(run, ending="stopped") for run in stored)
    runs, known = [], {}
    for size, letter in enumerate(which, 20):
        if letter == "-":
            model = stored[1].config.model.model_copy(update={"hidden_sizes": (size,)})
            runs.append(stored[1].config.model_copy(update={"model": model}))
        else:
            run = next(found)
            runs.append(run.config)
            known[run.config.digest] = run
    monkeypatch.setattr(server.repository, "load", known.get)
    visitor = visit(LOGISTIC, **write_bench(runs), models=str(len(runs)))
    assert not visitor.exception
    assert _letters(visitor) == list(which.replace("-", ""))
    assert said in text_of(visitor.info)
    assert server.queue.n_unfinished == 0
    # With other settings, Train would train those.
    visitor.text_input(key="logistic-epochs").set_value("3").run()
    assert f"{said} Press" not in text_of(visitor.info)


def test_deleted_result_is_named(server: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = DEFAULTS["logistic_vs_mlp"].runs
    visitor = visit(LOGISTIC)
    known = {runs[0].digest: server.repository.run(runs[0])}
    monkeypatch.setattr(server.repository, "load", known.get)
    visitor.run()
    assert not visitor.exception
    assert "Model B is not trained yet, or its result was deleted." in text_of(visitor.info)
    assert _letters(visitor) == ["A"]


def test_run_that_the_server_ended_says_why(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = DEFAULTS["logistic_vs_mlp"].runs
    stopped = replace(server.repository.run(a), ending="stopped")
    found = {a.digest: stopped, b.digest: server.repository.run(b)}
    monkeypatch.setattr(server.repository, "load", found.get)
    # Also for the run that came to its end in the same moment.
    monkeypatch.setattr(server.queue, "why_ended", lambda config: "nobody was there.")
    visitor = visit(LOGISTIC, **write_bench((a, b)))
    assert not visitor.exception
    said = text_of(visitor.info)
    n = stopped.n_epochs
    assert f"Model A was stopped after epoch {n} because nobody was there." in said
    assert "Model B was" not in said


HELD = "This link asks for a large training, about"


def test_large_training_of_a_link_waits_for_train(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = {"data": "moons", "epochs": "20", "seed": "77", "b.hidden": "3"}
    runs, _ = read_bench_link(query, DEFAULTS["logistic_vs_mlp"].runs, ("binary",), "")
    work = sum(map(compute_of, runs))
    monkeypatch.setattr("annlab.ui.train.actions.LINK_WORK", work / 2.5)
    began = server.queue.n_started
    visitor = visit(LOGISTIC, **query)
    assert not visitor.exception
    assert f"{HELD} 2.5 times as much as a page trains by itself" in text_of(visitor.info)
    with monkeypatch.context() as slow:
        slow.setattr(server.cluster, "_speed", Speed(1000, 1000))
        seconds = sum(filter(None, map(server.cluster.seconds_of, runs)))
        visitor.run()
        assert f"training, {about(seconds)} of one core. Press **Train**" in text_of(visitor.info)
    assert server.queue.n_started == began
    assert not server.queue.sessions
    # Of the changed settings, the link says nothing.
    visitor.text_input(key="logistic-epochs").set_value("21").run()
    assert HELD not in text_of(visitor.info)
    visitor.text_input(key="logistic-epochs").set_value("20").run()
    visitor.button(key="logistic-train").click().run()
    wait_for(lambda: all(server.repository.is_whole(run) for run in runs))
    visitor.run()
    assert HELD not in text_of(visitor.info)
    assert len(heads(visitor)) == 2
    # Stored results are shown at once.
    again = visit(LOGISTIC, **query)
    assert len(heads(again)) == 2


def test_small_training_of_a_link_starts_by_itself(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = {"data": "moons", "epochs": "20", "seed": "78", "b.hidden": "3"}
    runs, _ = read_bench_link(query, DEFAULTS["logistic_vs_mlp"].runs, ("binary",), "")
    monkeypatch.setattr("annlab.ui.train.actions.LINK_WORK", sum(map(compute_of, runs)))
    visitor = visit(LOGISTIC, **query)
    assert HELD not in text_of(visitor.info)
    wait_for(lambda: all(server.repository.is_whole(run) for run in runs))


def test_reload_joins_a_large_training(server: Services) -> None:
    visitor = _begin(LOGISTIC, "xor", server)
    again = visit(LOGISTIC, **address(visitor))
    batches = [server.queue.batch(v.session_state["session_id"]) for v in (visitor, again)]
    assert batches[0]
    assert batches[0] == batches[1]

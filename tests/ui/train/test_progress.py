"""Live view of a training: polling, queue, progress, curves."""

import html
import re
import time
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import DatasetConfig, RunConfig, TrainingConfig, load_dataset
from annlab.figures.base.theme import MODEL_COLORS
from annlab.jobs.job import Job, JobState
from annlab.runs.history import history_columns
from annlab.ui.train import progress
from annlab.ui.train.progress import (
    FIRST_LOOK_SECONDS,
    QUEUED_SECONDS,
    LookCost,
    poll_seconds,
)
from tests.ui.visitor import DEADLINE_SECONDS, charts, text_of

CONFIG = RunConfig(
    dataset=DatasetConfig(name="moons", n_samples=40), training=TrainingConfig(n_seeds=2)
)


def test_new_training_is_polled_often() -> None:
    assert poll_seconds(queued=False, n_unfinished=1) < 0.5


def test_long_training_is_polled_less_often() -> None:
    waits = [poll_seconds(False, 1, elapsed_seconds=s) for s in (0.0, 6.0, 60.0, 6000.0)]
    assert waits == sorted(waits)
    assert waits[0] < waits[1] < waits[2] == waits[3] <= 2


def test_queued_training_is_polled_rarely() -> None:
    assert poll_seconds(queued=True, n_unfinished=1) == QUEUED_SECONDS > 1


@pytest.mark.parametrize("queued", [False, True])
@pytest.mark.parametrize("look_seconds", [0.01, 0.05])
def test_polling_takes_at_most_half_a_core(queued: bool, look_seconds: float) -> None:
    waits = [poll_seconds(queued, n, look_seconds=look_seconds) for n in range(200)]
    assert waits == sorted(waits)
    assert waits[199] == pytest.approx(2 * 199 * look_seconds)
    # All polls together take at most half a core.
    assert all(look_seconds * n / wait <= 0.51 for n, wait in enumerate(waits))


def test_the_cost_of_a_poll_is_that_of_the_last_ones() -> None:
    cost = LookCost()
    for _ in range(40):
        with cost.counted():
            started = time.thread_time()
            while time.thread_time() - started < 0.01:
                pass
    assert 0.02 < cost.seconds < 0.03
    for _ in range(40):
        with cost.counted():
            time.sleep(0.001)  # takes no processor time
    assert cost.seconds < 0.01


def _watch() -> None:
    """Script of a page during training."""
    import streamlit as st

    from annlab.ui.state.bench_state import BenchState
    from annlab.ui.train.progress import live

    st.session_state["session_id"] = "me"
    live(BenchState("page", (), ()))


@pytest.fixture
def batch(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """A running batch of two jobs, which the test advances."""
    found = [Job(CONFIG, JobState.RUNNING), Job(CONFIG, JobState.RUNNING)]
    queue = SimpleNamespace(
        batch=lambda session: tuple(found),
        wait_for_progress=lambda session, seconds: None,
        n_unfinished=2,
        n_ahead=lambda job: 3,
    )
    server = SimpleNamespace(
        queue=queue,
        cluster=SimpleNamespace(ready=True, start_error="", seconds_of=lambda config: 42.0),
        repository=SimpleNamespace(run=lambda config: None),
        datasets=SimpleNamespace(load_if_ready=load_dataset),
    )
    for module in ("train.progress", "state.own_access"):
        monkeypatch.setattr(f"annlab.ui.{module}.services", lambda: server)
    return found


def _advance(job: Job, n_epochs: int) -> None:
    epochs = np.arange(n_epochs + 1)[:, None, None]
    columns = history_columns(job.config)
    rows = np.broadcast_to(np.array([0.5, 0.7]) / (1 + epochs), (n_epochs + 1, len(columns), 2))
    job.history.append(rows)
    job.elapsed_seconds = 3.0
    job.layers = [(np.ones((2, 1), np.float32), np.zeros(1, np.float32))]


def _seen() -> AppTest:
    visitor = AppTest.from_function(_watch, default_timeout=DEADLINE_SECONDS).run()
    assert not visitor.exception
    return visitor


@pytest.mark.parametrize(
    ("states", "n_unfinished", "n_waits"),
    [
        (["running", "waiting"], 2, 1),
        (["running", "waiting"], 3, 0),
        (["running", "waiting"], 60, 0),
        (["finished", "running"], 1, 1),
        (["finished", "running"], 2, 0),
    ],
)
def test_first_epochs_are_awaited_if_nobody_else_trains(
    batch: list[Job],
    monkeypatch: pytest.MonkeyPatch,
    states: list[str],
    n_unfinished: int,
    n_waits: int,
) -> None:
    batch[:] = [Job(CONFIG, JobState(state)) for state in states]
    queue = progress.services().queue  # type: ignore[attr-defined]
    waits: list[float] = []
    monkeypatch.setattr(queue, "n_unfinished", n_unfinished)
    monkeypatch.setattr(queue, "wait_for_progress", lambda session, seconds: waits.append(seconds))
    _seen()
    assert waits == [FIRST_LOOK_SECONDS] * n_waits


def _progress(visitor: AppTest) -> list[tuple[float, str]]:
    """Percent and text of each model in training."""
    bodies = [element.proto.body for element in visitor.get("html")]
    return [
        (float(re.search(r"aria-valuenow='([\d.]+)'", body)[1]), html.unescape(body))
        for body in bodies
        if "progressbar" in body
    ]


def test_curves_and_surfaces_move_during_training(batch: list[Job]) -> None:
    _advance(batch[0], 25)
    _advance(batch[1], 50)
    visitor = _seen()
    found = charts(visitor)
    assert {"page-live-surface-0", "page-live-surface-1"} <= set(found)
    curves = {t.get("name"): t for t in found["page-live-loss"]["data"] if t.get("name")}
    assert len(curves["A training"]["x"]) == 26
    assert len(curves["B training"]["x"]) == 51
    assert found["page-live-loss"]["layout"]["xaxis"]["range"] == [0, 100]
    (a, text), (b, _) = _progress(visitor)
    assert (a, b) == (25, 50)
    assert "Epoch 25 of 100" in text
    assert "9.0\u00a0s left" in text  # 25 epochs took 3 s


def test_queue_position_is_shown(batch: list[Job]) -> None:
    for job in batch:
        job.state = JobState.WAITING
    visitor = _seen()
    assert charts(visitor) == {}
    for done, text in _progress(visitor):
        assert done == 0
        assert "3 trainings ahead" in text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (JobState.FINISHED, "Done."),
        (JobState.FAILED, "Failed."),
        (JobState.CANCELED, "Stopped."),
    ],
)
def test_ended_training_shows_its_ending(batch: list[Job], state: JobState, words: str) -> None:
    batch[0].state = state
    _advance(batch[1], 10)
    (_, ended), (_, running) = _progress(_seen())
    assert f"<span>{words}</span>" in ended
    assert "Epoch 10 of 100" in running


def test_training_that_started_again_says_so_until_it_ends(batch: list[Job]) -> None:
    for job in batch:
        _advance(job, 10)
    batch[1].restarted = True
    again = "started again from the first epoch because its worker process died."
    said = text_of(_seen().markdown)
    assert f"Model B {again}" in said
    assert f"Model A {again}" not in said
    batch[1].state = JobState.FINISHED
    assert again not in text_of(_seen().markdown)


def test_model_b_keeps_its_color_while_a_waits(batch: list[Job]) -> None:
    _advance(batch[1], 10)
    curves = {t.get("name"): t for t in charts(_seen())["page-live-loss"]["data"]}
    assert curves["B training"]["line"]["color"] == MODEL_COLORS[1]


@pytest.mark.parametrize("validated", [False, True])
def test_live_test_curve_is_shown_without_a_validation_split(
    batch: list[Job], validated: bool
) -> None:
    held_out = {"test_fraction": 0.2, "validation_fraction": 0.2 if validated else 0.0}
    dataset = CONFIG.dataset.model_copy(update=held_out)
    batch[:] = [Job(CONFIG.model_copy(update={"dataset": dataset}), JobState.RUNNING)]
    _advance(batch[0], 10)
    names = {trace.get("name") for trace in charts(_seen())["page-live-loss"]["data"]}
    assert ("A test" in names) is not validated
    assert ("A validation" in names) is validated


def test_diverged_network_is_left_out_of_live_curve_and_loss(
    batch: list[Job],
) -> None:
    batch[:] = batch[:1]
    _advance(batch[0], 1)
    n_columns = len(batch[0].history.columns)
    batch[0].history.append(np.broadcast_to([0.25, 1e9], (1, n_columns, 2)))
    batch[0].diverged_epochs = np.array([0, 2])
    visitor = _seen()
    curves = {t.get("name"): t for t in charts(visitor)["page-live-loss"]["data"]}
    assert max(curves["A training"]["y"]) < 1
    ((_, text),) = _progress(visitor)
    assert "loss 0.25" in text

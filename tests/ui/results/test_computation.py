"""A computation in place on a page: progress, stop, result and failure."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from annlab.jobs.computation import Computation, ComputationState
from annlab.jobs.computation_dispatcher import ComputationDispatcher, Slots
from annlab.jobs.kinds import KINDS
from annlab.ui.results.computation import (
    LACKS_THREADS,
    POLL_SECONDS,
    SECONDS_PER_WATCHER,
    again_label,
    end_text,
    poll_seconds,
    progress_text,
)
from annlab.ui.services import Services
from tests.jobs.counting import KINDS_OF_COUNTS, CountRequest
from tests.ui.visitor import serving, wait_for


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Server that knows the kinds of counts."""
    with pytest.MonkeyPatch.context() as patch:
        for name, kind in KINDS_OF_COUNTS.items():
            patch.setitem(KINDS, name, kind)
        path: Path = tmp_path_factory.mktemp("store") / "runs.sqlite"
        with serving(f"sqlite:///{path}") as made:
            yield made


def _page() -> None:
    """Script of a page with a computation."""
    import streamlit as st

    from annlab.ui.results.computation import computed
    from tests.jobs.counting import CountRequest

    st.session_state["drawn"] = st.session_state.get("drawn", 0) + 1
    values = {"n": 3, "seconds": 0.0, "then": "return", **st.session_state.get("request", {})}

    def draw_partial(partial: bytes) -> None:
        st.caption(f"so far {partial.decode()}")

    kind = st.session_state.get("kind", "count")
    data = computed(
        kind,
        CountRequest(**values),
        "Counting",
        draw_partial=draw_partial,
    )
    if data is not None:
        st.markdown(f"Counted to {data.decode()}.")


def open_page(kind: str = "count", **request: object) -> AppTest:
    visitor = AppTest.from_function(_page, default_timeout=60)
    visitor.session_state["kind"] = kind
    visitor.session_state["request"] = request
    return visitor.run()


def texts(visitor: AppTest) -> list[str]:
    assert not visitor.exception
    return [element.value for element in (*visitor.markdown, *visitor.caption, *visitor.error)]


@pytest.mark.usefixtures("counting")
def test_a_short_computation_shows_its_result_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annlab.ui.results.computation.FIRST_LOOK_SECONDS", 60.0)
    visitor = open_page()
    assert texts(visitor) == ["Counted to 3."]
    assert not visitor.button


@pytest.mark.usefixtures("counting")
def test_a_short_computation_that_takes_time_is_a_quiet_line() -> None:
    visitor = open_page(n=8, seconds=0.25)
    assert texts(visitor)[0].startswith("Counting")
    assert not visitor.get("progress")
    assert not visitor.button
    wait_for(lambda: texts(visitor.run()) == ["Counted to 8."])


def test_progress_and_stop_stand_in_place_and_the_rest_can_follow(counting: Services) -> None:
    visitor = open_page("count_on", n=60, seconds=0.1)
    (progress,) = visitor.get("progress")
    assert progress.proto.text.startswith("Counting")
    (button,) = visitor.button
    assert button.label == "Stop"
    wait_for(lambda: "so far" in " ".join(texts(visitor.run())))
    visitor.button[0].click().run()
    wait_for(lambda: visitor.run().button[0].label == "Continue")
    at, partial = texts(visitor)
    assert at.startswith("Counting: stopped at ")
    n = int(partial.removeprefix("so far "))
    assert 0 < n < 60
    visitor.button[0].click().run()
    assert visitor.button[0].label == "Stop"
    wait_for(lambda: texts(visitor.run())[-1] == "Counted to 60.")


@pytest.mark.usefixtures("counting")
def test_a_stopped_computation_that_cannot_continue_starts_again() -> None:
    visitor = open_page("count_long", n=61, seconds=0.1)
    wait_for(lambda: "so far" in " ".join(texts(visitor.run())))
    visitor.button[0].click().run()
    wait_for(lambda: visitor.run().button[0].label == "Start again")
    visitor.button[0].click().run()
    assert visitor.button[0].label == "Stop"
    wait_for(lambda: "so far" in " ".join(texts(visitor.run())))
    visitor.button[0].click().run()
    wait_for(lambda: visitor.run().button[0].label == "Start again")


@pytest.mark.usefixtures("counting")
def test_too_few_threads_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    slots = Slots(short=1, long=0)
    monkeypatch.setattr(ComputationDispatcher, "slots", lambda self: slots)
    visitor = open_page("count_long", n=2)
    assert [warning.value for warning in visitor.warning] == [LACKS_THREADS]
    monkeypatch.undo()
    wait_for(lambda: texts(visitor.run()) == ["Counted to 2."])
    assert not visitor.warning


def test_going_on_is_called_by_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in KINDS_OF_COUNTS.items():
        monkeypatch.setitem(KINDS, name, kind)

    def label(kind: str, state: ComputationState) -> str:
        return again_label(Computation(kind, CountRequest(n=1), "digest", state=state))

    assert label("count_on", ComputationState.STOPPED) == "Continue"
    assert label("count_long", ComputationState.STOPPED) == "Start again"
    assert label("count_long", ComputationState.RUNNING) == "Continue"  # for others
    assert label("count_on", ComputationState.FAILED) == "Try again"


@pytest.mark.usefixtures("counting")
def test_a_failure_is_said_and_can_be_tried_again() -> None:
    visitor = open_page(then="refuse")
    wait_for(lambda: bool(visitor.run().error))
    assert texts(visitor)[-1] == "There is nothing to count."
    (button,) = visitor.button
    assert button.label == "Try again"
    button.click().run()
    wait_for(lambda: bool(visitor.run().error))


def computation(**values: Any) -> Computation:
    return Computation("count", CountRequest(n=1), "digest", **values)


def test_progress_is_said_in_words() -> None:
    waiting = computation()
    assert progress_text(waiting, "Counting", True) == "Counting: in the queue…"
    assert progress_text(waiting, "Counting", False) == "Counting: starting the workers…"
    running = {"state": ComputationState.RUNNING}
    assert progress_text(computation(**running), "Counting", True) == "Counting…"
    half = computation(**running, progress=0.25, elapsed_seconds=2.0)
    assert progress_text(half, "Counting", True) == "Counting: 25%, 6.0\u00a0s left"
    stopping = computation(**running, stopping=True)
    assert progress_text(stopping, "Counting", True) == "Counting: stopping…"
    stopped = computation(state=ComputationState.STOPPED, progress=0.4)
    assert end_text(stopped, "Counting") == "Counting: stopped at 40%."
    for_others = computation(**running, stopped_by={"s"})
    assert "continues for others" in end_text(for_others, "Counting")


def test_many_watchers_poll_rarely() -> None:
    assert poll_seconds(1) == POLL_SECONDS
    assert poll_seconds(100) == 100 * SECONDS_PER_WATCHER

"""Batches and presence of sessions."""

import pytest

from annlab.config import RunConfig
from annlab.jobs.job import Job
from annlab.jobs.sessions import BLIP_SECONDS, PATIENCE_SECONDS, Sessions

ONE, TWO, THREE = ((Job(RunConfig.from_url(f"epochs={n}")),) for n in (1, 2, 3))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("annlab.jobs.sessions.time.monotonic", lambda: now[0])
    return now


def test_one_batch_runs_and_one_waits() -> None:
    sessions = Sessions()
    assert (sessions.running("s"), sessions.waiting("s")) == (None, None)
    sessions.run("s", ONE)
    sessions.wait("s", TWO)
    sessions.wait("s", THREE)
    assert (sessions.running("s"), sessions.waiting("s")) == (ONE, THREE)
    assert list(sessions) == ["s"]
    assert sessions.advance("s") is THREE
    assert (sessions.running("s"), sessions.waiting("s")) == (THREE, None)
    assert sessions.advance("s") is None
    assert list(sessions) == []


def test_silent_session_stays_present(clock: list[float]) -> None:
    sessions = Sessions()
    sessions.run("s", ONE)
    clock[0] += 3600
    assert sessions.is_present("s")
    assert sessions.gone() == []


def test_browser_reconnecting_in_time_stays_present(clock: list[float]) -> None:
    sessions = Sessions()
    sessions.run("s", ONE)
    sessions.leave("s")
    clock[0] += BLIP_SECONDS
    assert sessions.is_present("s")
    sessions.look("s")
    clock[0] += PATIENCE_SECONDS + 1
    assert sessions.is_present("s")
    assert sessions.gone() == []


def test_a_browser_that_stays_away_is_gone(clock: list[float]) -> None:
    sessions = Sessions()
    for name in ("s", "other"):
        sessions.run(name, ONE)
    sessions.leave("s")
    clock[0] += BLIP_SECONDS + 1
    assert not sessions.is_present("s")  # others may stop what it has trained
    assert sessions.gone() == []  # but it finds its results if it comes back
    clock[0] += PATIENCE_SECONDS
    assert sessions.gone() == ["s"]
    sessions.forget("s")
    assert sessions.gone() == []
    assert list(sessions) == ["other"]


def test_session_without_a_batch_is_not_stored(clock: list[float]) -> None:
    sessions = Sessions()
    sessions.leave("nobody")
    sessions.run("s", ONE)
    sessions.leave("s")
    sessions.advance("s")
    clock[0] += PATIENCE_SECONDS + 1
    assert sessions.gone() == []

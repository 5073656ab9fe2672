"""Batches and presence of sessions."""

import pytest

from annlab.config import RunConfig
from annlab.jobs.job import Job
from annlab.jobs.sessions import BLIP_SECONDS, PATIENCE_SECONDS, Sessions
from tests.jobs.fakes import Clock

ONE, TWO, THREE = ((Job(RunConfig.from_url(f"epochs={n}")),) for n in (1, 2, 3))


@pytest.fixture
def clock() -> Clock:
    return Clock()


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


def test_silent_session_stays_present(clock: Clock) -> None:
    sessions = Sessions(clock)
    sessions.run("s", ONE)
    clock.now += 3600
    assert sessions.is_present("s")
    assert sessions.gone() == []


def test_browser_reconnecting_in_time_stays_present(clock: Clock) -> None:
    sessions = Sessions(clock)
    sessions.run("s", ONE)
    sessions.leave("s")
    clock.now += BLIP_SECONDS
    assert sessions.is_present("s")
    sessions.look("s")
    clock.now += PATIENCE_SECONDS + 1
    assert sessions.is_present("s")
    assert sessions.gone() == []


def test_a_browser_that_stays_away_is_gone(clock: Clock) -> None:
    sessions = Sessions(clock)
    for name in ("s", "other"):
        sessions.run(name, ONE)
    sessions.leave("s")
    clock.now += BLIP_SECONDS + 1
    assert not sessions.is_present("s")  # others may stop what it has trained
    assert sessions.gone() == []  # but it finds its results if it comes back
    clock.now += PATIENCE_SECONDS
    assert sessions.gone() == ["s"]
    sessions.forget("s")
    assert sessions.gone() == []
    assert list(sessions) == ["other"]


def test_session_without_a_batch_is_not_stored(clock: Clock) -> None:
    sessions = Sessions(clock)
    sessions.leave("nobody")
    sessions.run("s", ONE)
    sessions.leave("s")
    sessions.advance("s")
    clock.now += PATIENCE_SECONDS + 1
    assert sessions.gone() == []


def test_the_first_time_of_leaving_counts(clock: Clock) -> None:
    sessions = Sessions(clock)
    sessions.run("s", ONE)
    sessions.leave("s")
    clock.now += PATIENCE_SECONDS + 1
    sessions.leave("s")
    assert sessions.gone() == ["s"]


def test_a_job_is_watched_while_one_of_its_sessions_is_connected(clock: Clock) -> None:
    sessions, job = Sessions(clock), Job(ONE[0].config, watchers={"s", "other"})
    for session in job.watchers:
        sessions.run(session, (job,))
    sessions.leave("s")
    clock.now += 100
    assert sessions.away_seconds(job) == 0
    sessions.leave("other")
    clock.now += 30
    assert sessions.away_seconds(job) == 30
    sessions.look("s")
    assert sessions.away_seconds(job) == 0
    sessions.leave("s")
    clock.now += 7
    for session in ("other", "s"):
        sessions.withdraw(session, job)
        sessions.forget(session)
    clock.now += 5
    assert job.watchers == set()
    assert sessions.away_seconds(job) == 12  # since the later of the two was connected


def test_only_present_sessions_that_do_not_watch_a_job_wait_for_its_worker(clock: Clock) -> None:
    sessions = Sessions(clock)
    running, own, others = (
        Job(batch[0].config, watchers=watchers)
        for batch, watchers in ((ONE, {"s"}), (TWO, {"s"}), (THREE, {"s", "other"}))
    )
    sessions.run("other", (others,))
    assert not sessions.others_wait(running, [])
    assert not sessions.others_wait(running, [own])
    assert sessions.others_wait(running, [own, others])
    sessions.leave("other")
    clock.now += BLIP_SECONDS + 1
    assert not sessions.others_wait(running, [own, others])

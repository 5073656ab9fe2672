"""Trainings that the server ends by itself."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from annlab.jobs.ends import (
    ALONE_SECONDS,
    OTHERS_WAIT_SECONDS,
    why_hopeless,
    why_too_long,
    why_unfollowed,
)
from annlab.jobs.job import Job, JobState
from annlab.jobs.queue import TrainingQueue
from annlab.jobs.sessions import PATIENCE_SECONDS
from tests.jobs.fakes import Clock, FakeCluster, FakeRepository
from tests.jobs.small_trainings import wait_until
from tests.store.runs import make_run

RUN = make_run(0)
A, B = RUN.config, make_run(1).config


@pytest.mark.parametrize("others_wait", [False, True])
def test_training_ends_only_beyond_the_limit(others_wait: bool) -> None:
    limit = {False: 600, True: 60}[others_wait]
    assert not why_unfollowed(0, others_wait)
    assert not why_unfollowed(limit, others_wait)
    why = why_unfollowed(limit + 0.1, others_wait)
    assert ("1 minute while others waited" if others_wait else "10 minutes") in why


def test_training_ends_only_beyond_the_longest_duration() -> None:
    assert not why_too_long(90, 1.5)
    assert "at most 1.5 minutes on this server." in why_too_long(90.1, 1.5)
    assert "at most 1 minute on this server." in why_too_long(61, 1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster(n_slots=1)


@pytest.fixture
def queue(cluster: FakeCluster, clock: Clock) -> Iterator[TrainingQueue]:
    made = TrainingQueue(FakeRepository(), cluster, clock)
    yield made
    made.close()


def wait(cluster: FakeCluster, clock: Clock, seconds: float) -> None:
    """Let time pass, with the regular work in between and at the end."""
    for step in (PATIENCE_SECONDS / 2,) * int(2 * seconds // PATIENCE_SECONDS):
        clock.now += step
        cluster.on_tick()
    clock.now += seconds % (PATIENCE_SECONDS / 2)
    cluster.on_tick()


def test_training_of_a_closed_tab_ends_after_ten_minutes(
    queue: TrainingQueue, cluster: FakeCluster, clock: Clock
) -> None:
    (job,) = queue.submit([A], "s")
    wait(cluster, clock, 3 * ALONE_SECONDS)
    assert not job.stopping  # a connected session may be silent
    queue.leave("s")
    wait(cluster, clock, ALONE_SECONDS)
    assert not job.stopping
    wait(cluster, clock, 1)
    assert job.stopping
    wait(cluster, clock, 1)
    assert cluster.events == [job.key]
    cluster.futures[0].end((replace(RUN, ending="stopped").to_bytes(), [0.5] * RUN.n_seeds, None))
    queue.close()
    assert job.state == JobState.FINISHED
    assert queue.repository.run(A).ending == "stopped"
    assert "nobody who asked for it had been connected for 10 minutes" in queue.why_ended(A)


def test_training_of_a_closed_tab_ends_after_a_minute_if_others_wait(
    queue: TrainingQueue, cluster: FakeCluster, clock: Clock
) -> None:
    (job,) = queue.submit([A], "s")
    queue.leave("s")
    wait(cluster, clock, OTHERS_WAIT_SECONDS + 30)
    assert not job.stopping
    queue.submit([B], "other")  # has to wait from now on
    cluster.on_tick()
    assert cluster.events == [job.key]


def test_others_wait_a_whole_minute_at_least(
    queue: TrainingQueue, cluster: FakeCluster, clock: Clock
) -> None:
    (job,) = queue.submit([A], "s")
    queue.submit([B], "other")
    queue.leave("s")
    wait(cluster, clock, OTHERS_WAIT_SECONDS)
    assert not job.stopping
    wait(cluster, clock, 1)
    assert job.stopping


def test_session_that_reconnects_keeps_its_training(
    queue: TrainingQueue, cluster: FakeCluster, clock: Clock
) -> None:
    (job,) = queue.submit([A], "s")
    for _ in range(10):
        queue.leave("s")
        wait(cluster, clock, PATIENCE_SECONDS - 1)
        queue.look("s")  # on any page
    assert not job.stopping
    # After a longer time, the browser has a new session, which asks for the same training.
    queue.leave("s")
    wait(cluster, clock, ALONE_SECONDS - 1)
    assert queue.sessions == ()
    assert queue.submit([A], "s again") == (job,)
    wait(cluster, clock, ALONE_SECONDS)
    assert not job.stopping


def test_shared_training_goes_on_until_both_sessions_have_left(
    queue: TrainingQueue, cluster: FakeCluster, clock: Clock
) -> None:
    (job,) = queue.submit([A], "one")
    queue.submit([A], "two")
    queue.leave("one")
    wait(cluster, clock, 2 * ALONE_SECONDS)
    assert not job.stopping
    queue.leave("two")
    wait(cluster, clock, ALONE_SECONDS)
    assert not job.stopping  # the later one counts
    wait(cluster, clock, 1)
    assert job.stopping


def test_training_asked_for_again_while_it_ends_is_trained_anew(
    queue: TrainingQueue, cluster: FakeCluster, clock: Clock
) -> None:
    (job,) = queue.submit([A], "s")
    queue.leave("s")
    wait(cluster, clock, ALONE_SECONDS + 1)
    (again,) = queue.submit([A], "back")
    assert again is not job
    cluster.futures[0].end((replace(RUN, ending="stopped").to_bytes(), [0.5] * RUN.n_seeds, None))
    queue.close()
    assert again.state == JobState.RUNNING
    wait(cluster, clock, 2 * ALONE_SECONDS)
    assert not again.stopping


def test_training_ends_after_the_longest_duration_although_it_is_watched(
    queue: TrainingQueue, cluster: FakeCluster, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNLAB_MAX_MINUTES", "30")
    (first,) = queue.submit([A], "s")
    (second,) = queue.submit([B], "other")
    wait(cluster, clock, 30 * 60)
    assert cluster.events == []
    wait(cluster, clock, 1)
    assert cluster.events == [first.key]
    cluster.futures[0].end((replace(RUN, ending="stopped").to_bytes(), [0.5] * RUN.n_seeds, None))
    queue.wait_for_end("s", 60)
    assert "a training may take at most 30 minutes on this server" in queue.why_ended(A)
    # The time in the queue does not count.
    wait(cluster, clock, 30 * 60)
    assert not second.stopping
    wait(cluster, clock, 1)
    assert second.stopping


def _report(job: Job, n_rows: int, elapsed_seconds: float) -> None:
    rows = np.ones((n_rows, len(job.history.columns), job.config.n_networks), np.float32)
    diverged = np.zeros(job.config.n_networks, np.int64)
    taken = job.take_report(
        {
            "first_row": len(job.history),
            "elapsed_seconds": elapsed_seconds,
            "rows": rows.tobytes(),
            "diverged_epochs": diverged.tobytes(),
            "weights": [],
        }
    )
    assert taken


def _job(epoch: int, elapsed_seconds: float, patience: int = 0) -> Job:
    training = A.training.model_copy(
        update={"max_epochs": 1000, "early_stopping_patience": patience}
    )
    job = Job(A.model_copy(update={"training": training}), JobState.RUNNING)
    # The start and the first epoch take 10 s, which are not repeated.
    _report(job, 2, 10.0)
    if epoch > 1:
        _report(job, epoch - 1, 10.0 + elapsed_seconds)
    return job


def test_training_ends_soon_if_it_would_take_twice_as_long_as_is_allowed() -> None:
    # 1,000 epochs of 0.5 s: 8.3 minutes.
    assert not why_hopeless(_job(5, 2.0), 4.2)
    assert why_hopeless(_job(5, 2.0), 4.1).startswith(
        "it would have taken about 8.3 minutes, and a training may take at most 4.1 minutes"
    )
    assert not why_hopeless(_job(4, 1.5), 0.1)  # too early to tell
    assert not why_hopeless(_job(1, 0.0), 0.1)
    assert not why_hopeless(_job(5, 2.0, patience=5), 0.1)  # it may stop by itself


def test_hopeless_training_is_stopped_and_says_why(
    queue: TrainingQueue, cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNLAB_MAX_MINUTES", "1")
    (job,) = queue.submit([A], "s")
    _report(job, 2, 1.0)
    _report(job, 1, 200.0)  # longer than the clock of the queue says
    cluster.on_tick()
    assert job.stopping
    assert "it would have taken about" in job.why_ended


def test_training_that_is_estimated_too_long_is_refused(
    queue: TrainingQueue, cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNLAB_MAX_MINUTES", "1")
    cluster.seconds = 180.0
    with pytest.raises(ValueError, match="would take about 3 minutes; this server allows 1 minut"):
        queue.submit([A], "s")
    patient = A.training.model_copy(update={"early_stopping_patience": 5})
    queue.submit([A.model_copy(update={"training": patient})], "s")  # it may stop by itself
    cluster.seconds = 119.0  # the estimate may be wrong
    queue.submit([A], "s")


def test_run_that_is_trained_to_its_end_has_no_reason(
    queue: TrainingQueue, cluster: FakeCluster, clock: Clock
) -> None:
    queue.submit([A], "s")
    queue.leave("s")
    wait(cluster, clock, ALONE_SECONDS + 1)
    cluster.futures[0].end((replace(RUN, ending="stopped").to_bytes(), [0.5] * RUN.n_seeds, None))
    wait_until(lambda: bool(queue.why_ended(A)))
    queue.submit([A], "back")
    cluster.futures[1].end((RUN.to_bytes(), [0.5] * RUN.n_seeds, None))
    queue.wait_for_end("back", 60)
    assert queue.why_ended(A) == ""

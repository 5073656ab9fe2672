"""Sessions that disconnect, and threads that must not block."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from annlab import Run
from annlab.config import RunConfig
from annlab.jobs.job import JobState
from annlab.jobs.queue import TrainingQueue
from tests.jobs.fakes import FakeCluster, FakeRepository
from tests.store.runs import make_run

DEADLINE_SECONDS = 60
RUNS = [make_run(seed) for seed in range(4)]
A, B, C, D = (run.config for run in RUNS)


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def aside() -> Iterator[Callable[..., Any]]:
    """Call a function on another thread; fail if it blocks."""
    with ThreadPoolExecutor() as pool:
        yield lambda *call: pool.submit(*call).result(DEADLINE_SECONDS)


def end(cluster: FakeCluster, number: int, run: Run) -> None:
    cluster.futures[number].end((run.to_bytes(), [0.5] * run.n_seeds, None))


def report(cluster: FakeCluster, number: int, config: RunConfig) -> None:
    """Deliver the first progress report of the training submitted as number `number`."""
    _, (_, key, *_), _ = cluster.submitted[number]
    n_columns = 2
    cluster.on_event(
        {
            "key": key,
            "first_row": 0,
            "rows": np.ones((2, n_columns, 1), np.float32).tobytes(),
            "diverged_epochs": np.zeros(1, np.int64).tobytes(),
            "elapsed_seconds": 1.0,
            "weights": [],
        }
    )


# --- sessions that disconnect ----------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that is disconnected is gone for good."""
    for name in ("BLIP_SECONDS", "PATIENCE_SECONDS"):
        monkeypatch.setattr(f"annlab.jobs.sessions.{name}", -1.0)


def test_a_tab_that_never_polls_keeps_its_training(
    queue: TrainingQueue, cluster: FakeCluster
) -> None:
    (job,) = queue.submit([A], "on the home page")
    queue.submit([A], "other")
    assert queue.stop("other") == 1
    assert cluster.events == []
    assert not job.stopping


@pytest.mark.usefixtures("impatient")
def test_gone_session_does_not_prevent_a_stop(queue: TrainingQueue, cluster: FakeCluster) -> None:
    (job,) = queue.submit([A], "gone")
    queue.submit([A], "other")
    queue.leave("gone")
    assert queue.stop("other") == 0
    assert job.stopping
    assert cluster.events == [job.key]


@pytest.mark.usefixtures("impatient")
def test_queued_jobs_of_a_gone_session_are_canceled(
    queue: TrainingQueue, cluster: FakeCluster
) -> None:
    running = queue.submit([A, B], "gone")
    queue.submit([D], "gone")  # waits for the end of these two
    (queued,) = queue.submit([C], "also gone")
    (shared,) = queue.submit([C], "there")
    assert shared is queued
    for session in ("gone", "also gone"):
        queue.leave(session)
    cluster.on_tick()
    assert queue.sessions == ("there",)
    assert [job.state for job in running] == [JobState.RUNNING] * 2  # running jobs continue
    assert queued.state == JobState.WAITING  # for the other session
    queue.leave("there")
    cluster.on_tick()
    assert queued.state == JobState.CANCELED
    assert queue.n_unfinished == 2
    end(cluster, 0, RUNS[0])
    queue.close()
    assert queue.repository.run(A) is not None
    assert len(cluster.submitted) == 2


@pytest.mark.usefixtures("impatient")
def test_polling_session_is_present_again(queue: TrainingQueue, cluster: FakeCluster) -> None:
    queue.submit([A], "s")
    queue.leave("s")
    assert queue.batch("s") is not None
    cluster.on_tick()
    assert queue.sessions == ("s",)


# --- threads that must not block -------------------------------------------------------------


def test_dask_callback_thread_never_blocks(queue: TrainingQueue, cluster: FakeCluster) -> None:
    jobs = [queue.submit([config], config.digest)[0] for config in (A, B)]
    fetched = threading.Event()

    def slow() -> Any:
        assert fetched.wait(DEADLINE_SECONDS)
        return RUNS[0].to_bytes(), [0.5], None

    cluster.futures[0].end(slow)  # runs callbacks on this thread, like Dask's callback thread
    assert not jobs[0].done
    end(cluster, 1, RUNS[1])
    fetched.set()
    for config in (A, B):
        queue.wait_for_end(config.digest, DEADLINE_SECONDS)
    assert [job.state for job in jobs] == [JobState.FINISHED] * 2
    assert queue.repository.scores[A.digest] == [0.5]
    assert all(future.released for future in cluster.futures)


def test_progress_arrives_while_the_queue_is_locked(
    queue: TrainingQueue, cluster: FakeCluster, aside: Callable[..., Any]
) -> None:
    (job,) = queue.submit([A], "s")
    held, heard = threading.Event(), threading.Event()

    def recent_run(config: RunConfig) -> None:
        """Accessed while the queue is locked."""
        held.set()
        assert heard.wait(DEADLINE_SECONDS)

    queue.repository.recent_run = recent_run
    with ThreadPoolExecutor() as pool:
        submitting = pool.submit(queue.submit, [B], "other")
        assert held.wait(DEADLINE_SECONDS)
        aside(report, cluster, 0, A)
        assert job.epoch == 1
        heard.set()
        submitting.result(DEADLINE_SECONDS)


def test_submitting_a_training_blocks_no_session(
    queue: TrainingQueue, cluster: FakeCluster, aside: Callable[..., Any]
) -> None:
    entered, go_on = threading.Event(), threading.Event()
    submit = cluster.submit

    def slow(*arguments: Any, **options: Any) -> Any:
        entered.set()
        assert go_on.wait(DEADLINE_SECONDS)
        return submit(*arguments, **options)

    cluster.submit = slow
    with ThreadPoolExecutor() as pool:
        submitting = pool.submit(queue.submit, [A], "s")
        assert entered.wait(DEADLINE_SECONDS)
        assert aside(queue.batch, "s")[0].state == JobState.RUNNING
        assert aside(queue.stop, "s") == 0  # the worker sees the stop event at once
        go_on.set()
        submitting.result(DEADLINE_SECONDS)
    assert cluster.events == [queue.batch("s")[0].key]


def test_no_more_trainings_run_than_there_are_workers(
    queue: TrainingQueue, cluster: FakeCluster
) -> None:
    both = threading.Barrier(2, timeout=DEADLINE_SECONDS)

    def n_slots() -> int:
        both.wait()  # each thread has its answer before the other acts on its own
        return 1

    cluster.n_slots = n_slots
    with ThreadPoolExecutor() as pool:
        submitted = [pool.submit(queue.submit, [config], config.digest) for config in (A, B)]
        states = [future.result(DEADLINE_SECONDS)[0].state for future in submitted]
    assert sorted(states) == [JobState.RUNNING, JobState.WAITING]
    assert len(cluster.submitted) == 1
    cluster.n_slots = lambda: 1
    first, second = (A, B) if queue.batch(A.digest)[0].state == JobState.RUNNING else (B, A)
    end(cluster, 0, next(run for run in RUNS if run.config == first))
    queue.close()  # when all that has come is taken in
    assert len(cluster.submitted) == 2
    assert queue.batch(second.digest)[0].state == JobState.RUNNING


def test_a_report_that_makes_no_sense_is_left_alone(
    queue: TrainingQueue, cluster: FakeCluster
) -> None:
    (job,) = queue.submit([A], "s")
    cluster.on_event({"digest": A.digest, "rows": []})  # of another version of annlab
    cluster.on_event({"key": job.key, "first_row": 0, "rows": b"\0" * 20})
    assert job.epoch == 0
    report(cluster, 0, A)
    assert job.epoch == 1


def test_a_progress_report_reaches_its_own_training_alone(
    queue: TrainingQueue, cluster: FakeCluster
) -> None:
    other_cluster = FakeCluster()
    other = TrainingQueue(FakeRepository(), other_cluster)
    (mine,), (theirs,) = queue.submit([A], "s"), other.submit([A], "s")
    # Both servers receive the events of both.
    other_cluster.submitted += cluster.submitted
    report(cluster, 0, A)
    report(other_cluster, 1, A)
    assert (mine.epoch, theirs.epoch) == (1, 0)
    keys = [options["key"] for _, _, options in other_cluster.submitted]
    assert len(set(keys)) == 2
    other.close()


def test_failed_submission_of_a_training_gives_a_message(
    queue: TrainingQueue, cluster: FakeCluster
) -> None:
    def fail(*arguments: Any, **options: Any) -> Any:
        raise OSError("the scheduler is gone")

    cluster.submit = fail
    (job,) = queue.submit([A], "s")
    assert job.state == JobState.FAILED
    assert queue.failure(A) == "Could not start training: the scheduler is gone"
    assert queue.batch("s") is None

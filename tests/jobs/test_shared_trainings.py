"""Trainings on an external cluster, which other servers may wait for too."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from annlab.jobs.dispatcher import LEFT_TO_OTHERS
from annlab.jobs.job import JobState
from annlab.jobs.queue import TrainingQueue
from annlab.runs.history import history_columns
from tests.jobs.fakes import FakeCluster, FakeRepository
from tests.jobs.small_trainings import wait_until
from tests.store.runs import make_run

RUN = make_run(0)
CONFIG = RUN.config
TASK = f"train_run-{CONFIG.digest}"
RESULT = (RUN.to_bytes(), [0.5] * RUN.n_seeds, None)
STOPPED = (replace(RUN, ending="stopped").to_bytes(), [0.5] * RUN.n_seeds, None)


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster(scheduler="tcp://elsewhere:8786")


@pytest.fixture
def report(cluster: FakeCluster) -> Callable[..., None]:
    """Send a report of the worker."""

    def send(first_row: int, stop: str, **more: Any) -> None:
        shape = (1, len(history_columns(CONFIG)), CONFIG.training.n_seeds)
        message = {
            "key": CONFIG.digest,
            "first_row": first_row,
            "rows": np.zeros(shape, np.float32).tobytes(),
            "diverged_epochs": np.zeros(CONFIG.training.n_seeds, np.int64).tobytes(),
            "elapsed_seconds": 1.0 + first_row,
            "weights": [],
            "stop": stop,
        }
        cluster.on_event({**message, **more})

    return send


def test_all_servers_use_one_name(queue: TrainingQueue, cluster: FakeCluster) -> None:
    queue.submit([CONFIG], "s")
    assert cluster.submitted[0][2]["key"] == TASK
    other = FakeCluster(scheduler="tcp://elsewhere:8786")
    TrainingQueue(FakeRepository(), other).submit([CONFIG], "t")
    assert other.submitted[0][2]["key"] == TASK
    assert other.submitted[0][1] == cluster.submitted[0][1]


def test_a_stop_goes_to_each_try_once(
    queue: TrainingQueue, cluster: FakeCluster, report: Callable[..., None]
) -> None:
    (job,) = queue.submit([CONFIG], "s")
    report(0, "first")
    queue.stop("s")
    wait_until(lambda: cluster.events == ["first"])
    report(1, "first")
    assert cluster.events == ["first"]
    report(0, "second")  # after the death of the worker, which had not seen it
    assert cluster.events == ["first", "second"]
    cluster.futures[0].end(STOPPED)
    wait_until(lambda: job.state == JobState.FINISHED)
    assert cluster.futures[0].released


def test_a_training_that_has_not_begun_is_left_at_once(
    queue: TrainingQueue, cluster: FakeCluster
) -> None:
    (job,) = queue.submit([CONFIG], "s")
    queue.stop("s")
    wait_until(lambda: job.state == JobState.CANCELED)
    assert cluster.futures[0].released
    assert cluster.events == []
    assert queue.failure(CONFIG) == queue.why_left(CONFIG) == ""


def test_what_is_left_to_others_is_no_failure(
    queue: TrainingQueue, cluster: FakeCluster, report: Callable[..., None]
) -> None:
    (job,) = queue.submit([CONFIG], "s")
    report(0, "first")
    cluster.elsewhere.add(TASK)
    queue.stop("s")
    wait_until(lambda: job.state == JobState.CANCELED)
    assert cluster.events == []
    assert cluster.futures[0].released
    assert queue.failure(CONFIG) == ""
    assert queue.why_left(CONFIG) == LEFT_TO_OTHERS
    # The result for the others is not taken.
    cluster.futures[0].end(RESULT)
    (again,) = queue.submit([CONFIG], "s")
    assert not again.done
    cluster.futures[1].end(RESULT)
    wait_until(lambda: again.state == JobState.FINISHED)
    assert queue.why_left(CONFIG) == ""


def test_a_run_that_others_have_stopped_is_trained_anew(
    queue: TrainingQueue, cluster: FakeCluster, report: Callable[..., None]
) -> None:
    (job,) = queue.submit([CONFIG], "s")
    report(0, "first")
    cluster.futures[0].end(STOPPED)
    wait_until(lambda: len(cluster.futures) == 2)
    assert not job.done
    report(0, "second")
    assert not job.restarted
    cluster.futures[1].end(RESULT)
    wait_until(lambda: job.state == JobState.FINISHED)
    assert queue.repository.run(CONFIG).ending != "stopped"


def test_missing_rows_are_asked_for_once(
    queue: TrainingQueue, cluster: FakeCluster, report: Callable[..., None]
) -> None:
    (job,) = queue.submit([CONFIG], "s")
    report(5, "first")
    report(6, "first")
    assert cluster.events == [f"{CONFIG.digest}-repeat"]
    assert job.elapsed_seconds == 7.0
    shape = (8, len(history_columns(CONFIG)), CONFIG.training.n_seeds)
    report(0, "first", rows=np.zeros(shape, np.float32).tobytes(), repeats=True)
    assert job.epoch == 7
    report(8, "first")
    assert job.epoch == 8

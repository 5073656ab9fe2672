"""Progress of a job from the reports of its worker."""

import math
from collections import deque
from typing import Any

import numpy as np
import pytest

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.jobs.job import Job, JobState
from annlab.runs.history import history_columns

CONFIG = RunConfig(
    dataset=DatasetConfig(name="moons", n_samples=40),
    model=ModelConfig(hidden_sizes=(3,)),
    training=TrainingConfig(n_seeds=2, max_epochs=10),
)
COLUMNS = history_columns(CONFIG)


def report(first_row: int, n_rows: int, **more: Any) -> dict[str, Any]:
    """Report of a worker; row k holds k for the first network, 10 k for the second."""
    rows = np.arange(first_row, first_row + n_rows, dtype=np.float32)[:, None, None]
    block = np.broadcast_to(rows * [1.0, 10.0], (n_rows, len(COLUMNS), 2)).astype(np.float32)
    return {
        "first_row": first_row,
        "rows": block.tobytes(),
        "diverged_epochs": np.zeros(2, np.int64).tobytes(),
        "elapsed_seconds": float(first_row + n_rows - 1),
        "weights": [],
        **more,
    }


def test_reports_that_follow_each_other_make_the_history() -> None:
    job = Job(CONFIG)
    assert job.epoch == 0
    assert math.isnan(job.train_loss)
    job.take_report(report(0, 1))
    job.take_report(report(1, 4))
    history = job.history.as_dict()
    assert list(history) == COLUMNS
    for rows in history.values():
        np.testing.assert_array_equal(rows, [[k, 10 * k] for k in range(5)])
    assert (job.epoch, job.elapsed_seconds, job.seconds_left) == (4, 4.0, 6.0)


@pytest.mark.parametrize("first_row", [1, 3, 7])
def test_report_that_does_not_follow_is_ignored(first_row: int) -> None:
    job = Job(CONFIG)
    job.take_report(report(0, 2))
    assert job.take_report(report(first_row, 2)) == (first_row < 2)
    assert job.epoch == 1
    assert job.elapsed_seconds == (1.0 if first_row < 2 else first_row + 1)


@pytest.mark.parametrize("n_known", [0, 1, 5])
def test_rows_repeated_for_another_server_add_what_is_missing(n_known: int) -> None:
    job = Job(CONFIG)
    if n_known:
        job.take_report(report(0, n_known))
    assert not job.take_report(report(6, 2))  # rows before are missing
    assert job.take_report(report(0, 9, repeats=True))
    assert job.take_report(report(9, 1))
    assert not job.restarted
    for rows in job.history.as_dict().values():
        np.testing.assert_array_equal(rows, [[k, 10 * k] for k in range(10)])


def test_retry_restarts_the_history_without_changing_read_arrays() -> None:
    job = Job(CONFIG)
    job.take_report(report(0, 6, diverged_epochs=np.array([0, 3]).tobytes()))
    before = job.history.as_dict()["train_loss"]
    assert not job.restarted
    job.take_report(report(0, 2))
    assert job.epoch == 1
    assert job.diverged_epochs.tolist() == [0, 0]
    assert len(before) == 6
    assert job.restarted
    job.take_report(report(2, 3))
    assert job.restarted  # until it ends


def test_networks_that_have_diverged_do_not_count_in_the_loss() -> None:
    job = Job(CONFIG)
    job.take_report(report(0, 3))
    assert job.train_loss == 11.0  # mean of 2 and 20
    job.take_report(report(3, 1, diverged_epochs=np.array([0, 3]).tobytes()))
    assert job.train_loss == 3.0
    job.take_report(report(4, 1, diverged_epochs=np.array([4, 3]).tobytes()))
    assert job.train_loss == 22.0  # mean of all if all diverged


def test_weights_get_the_shapes_of_the_layers() -> None:
    job = Job(CONFIG)
    shapes = [((2, 3), (3,)), ((3, 1), (1,))]
    weights = [
        (np.ones(W, np.float32).tobytes(), np.ones(b, np.float32).tobytes()) for W, b in shapes
    ]
    job.take_report(report(0, 1, weights=weights))
    assert [(W.shape, b.shape) for W, b in job.layers] == shapes


def test_jobs_of_the_same_settings_are_told_apart() -> None:
    one, other = Job(CONFIG), Job(CONFIG)
    for job in (one, other):
        job.take_report(report(0, 3))
    queue = deque([one, other])
    assert queue.index(other) == 1
    queue.remove(other)
    assert queue == deque([one])


@pytest.mark.parametrize("state", list(JobState))
def test_a_job_is_done_unless_it_waits_or_runs(state: JobState) -> None:
    assert Job(CONFIG, state).done is (state.value in ("finished", "failed", "canceled"))

"""Intake of results from workers."""

import dataclasses
from concurrent.futures import CancelledError
from types import SimpleNamespace
from typing import Any

import pytest
from distributed import KilledWorker
from distributed.comm.core import CommClosedError
from pydantic import ValidationError

from annlab.config import RESULTS_VERSION, RunConfig
from annlab.jobs.results import OTHER_VERSION, take_result
from tests.jobs.fakes import FakeFuture, FakeRepository
from tests.store.runs import make_run

RUN = make_run(n_seeds=2)


def take(outcome: Any, *, external: bool = False) -> tuple[str, FakeRepository]:
    future, repository = FakeFuture(), FakeRepository()
    future.end(outcome)
    return take_result(future, repository, external), repository


def invalid() -> ValidationError:
    try:
        RunConfig.model_validate({"training": {"unheard_of": 1}})
    except ValidationError as error:
        return error
    raise AssertionError


def test_run_score_and_data_are_taken() -> None:
    failure, repository = take((RUN.to_bytes(), [0.5, 1.0], b"data"))
    assert failure == ""
    digest = RUN.config.digest
    assert repository.runs[digest].config == RUN.config
    assert repository.scores[digest] == [0.5, 1.0]
    assert repository.datasets[RUN.config.data_digest] == b"data"


def test_a_canceled_task_needs_no_client() -> None:
    def ask(timeout: float) -> None:
        raise AssertionError("its loop may have ended")

    future, repository = SimpleNamespace(status="cancelled", result=ask), FakeRepository()
    failure = take_result(future, repository, external=True)
    assert failure == "Lost the connection to the workers. Press Train to try again."
    assert repository.runs == {}


def test_a_run_without_score_and_data_is_taken_too() -> None:
    failure, repository = take((RUN.to_bytes(), None, None))
    assert failure == ""
    assert list(repository.runs) == [RUN.config.digest]
    assert repository.datasets == {}


def test_result_of_another_version_gives_a_message() -> None:
    other = dataclasses.replace(RUN, results_version=RESULTS_VERSION - 1)
    for outcome in (RUN.to_bytes(), (other.to_bytes(), [0.5, 1.0], None), (RUN.to_bytes(), None)):
        failure, repository = take(outcome)
        assert failure == OTHER_VERSION
        assert repository.runs == {}


@pytest.mark.parametrize(
    "error",
    [
        TypeError("train_run() takes 2 positional arguments but 3 were given"),
        AttributeError("module 'annlab.jobs.worker' has no attribute 'train_run'"),
        ModuleNotFoundError("No module named 'annlab.jobs'"),
        invalid(),
    ],
)
def test_unknown_call_on_an_external_worker_means_another_version(error: Exception) -> None:
    assert take(error, external=True)[0] == OTHER_VERSION
    assert take(error)[0] != OTHER_VERSION


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("The loss is not finite."), "The loss is not finite."),
        (CancelledError(), "Lost the connection to the workers. Press Train to try again."),
        (CommClosedError(), "Lost the connection to the workers. Press Train to try again."),
        (TimeoutError(), "Lost the connection to the workers. Press Train to try again."),
        (KilledWorker("key", SimpleNamespace(), 2), "Training failed 3 times because the worker"),
        (KilledWorker("key", SimpleNamespace(), 4), "Training failed 5 times because the worker"),
        (RuntimeError("who knows"), "Training failed: who knows"),
    ],
)
def test_failed_training_gives_a_message(error: Exception, said: str) -> None:
    failure, repository = take(error)
    assert failure.startswith(said)
    assert repository.runs == {}

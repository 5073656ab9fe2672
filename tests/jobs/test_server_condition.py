"""Condition of a server whose store works, fails or hangs."""

import threading
from pathlib import Path

import pytest

from annlab.jobs import server_condition
from annlab.jobs.queue import TrainingQueue
from annlab.jobs.server_condition import ConditionReader
from annlab.store.database import StoreError
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore
from tests.jobs.fakes import FakeCluster
from tests.jobs.small_trainings import config


@pytest.fixture
def queue(tmp_path: Path) -> TrainingQueue:
    store = RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    return TrainingQueue(RunRepository(store), FakeCluster(n_slots=0))


def test_a_working_server(queue: TrainingQueue, binary_run) -> None:
    reader = ConditionReader(queue, lambda: 3)
    queue.repository.keep_run(binary_run)
    queue.submit([config(1), config(2)], "s")
    found = reader.read()
    assert (found.started, found.store_up, found.sessions) == (1, 1, 3)
    assert found.store_bytes == len(binary_run.to_bytes())
    assert found.trainings_waiting + found.trainings_running == 2
    assert found.workers == queue.cluster.n_slots()
    reader.close()


def test_a_store_that_fails_and_recovers(
    queue: TrainingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = ConditionReader(queue, lambda: 0)

    def fail() -> int:
        raise StoreError("The database cannot be used.")

    with monkeypatch.context() as patch:
        patch.setattr(queue.repository.store, "n_bytes", fail)
        assert reader.read().store_up == 0
    assert reader.read().store_up == 1
    reader.close()


def test_a_store_that_hangs_holds_nobody_up(
    queue: TrainingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_condition, "STORE_SECONDS", 0.05)
    reader, goes_on, asked = ConditionReader(queue, lambda: 0), threading.Event(), []

    def hang() -> int:
        asked.append(1)
        goes_on.wait(60)
        return 5

    monkeypatch.setattr(queue.repository.store, "n_bytes", hang)
    assert reader.read().store_up == reader.read().store_up == 0
    assert len(asked) == 1
    goes_on.set()
    monkeypatch.setattr(server_condition, "STORE_SECONDS", 60)
    assert (reader.read().store_up, reader.read().store_bytes) == (1, 5)
    reader.close()

"""Building data sets on a fake cluster."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from annlab import DatasetConfig
from annlab.jobs.dataset_builder import (
    _FORGET_SECONDS,
    _MAX_TASKS,
    _RETRY_SECONDS,
    DatasetBuilder,
)

MOONS, XOR = DatasetConfig(), DatasetConfig(name="xor")


class Client:
    """Fake client that keeps its futures in order of submission."""

    def __init__(self) -> None:
        self.futures: list[Any] = []

    def submit(self, function: object, config: dict[str, Any], **options: object) -> Any:
        future: Any = Future()
        future.status = "pending"
        future.released = False
        future.release = lambda: setattr(future, "released", True)
        self.futures.append(future)
        return future


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def builder(client: Client) -> DatasetBuilder:
    return DatasetBuilder(SimpleNamespace(load_own_data=lambda digest: None), client)


def test_concurrent_requests_share_one_task(builder: DatasetBuilder, client: Client) -> None:
    assert builder.build(MOONS, 0) is None
    assert builder.build(MOONS, 0) is None
    assert builder.build(XOR, 0) is None
    assert len(client.futures) == 2
    client.futures[0].set_result(b"points")
    assert builder.build(MOONS, 0) == b"points"
    # The repository keeps the data now, so a new request builds them again.
    assert builder.build(MOONS, 0) is None
    assert len(client.futures) == 3


def test_failed_data_set_is_retried_later(
    builder: DatasetBuilder, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("annlab.jobs.dataset_builder.time.monotonic", lambda: now)
    assert builder.build(MOONS, 0) is None
    client.futures[0].set_exception(ValueError("no network"))
    client.futures[0].status = "error"
    for _ in range(2):
        with pytest.raises(ValueError, match="no network"):
            builder.build(MOONS, 0)
    assert len(client.futures) == 1
    now += _RETRY_SECONDS + 1
    assert builder.build(MOONS, 0) is None
    assert len(client.futures) == 2


@pytest.mark.parametrize("gone", ["cancelled", "killed"])
def test_data_set_lost_with_its_worker_is_reported_and_retried(
    gone: str, builder: DatasetBuilder, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("annlab.jobs.dataset_builder.time.monotonic", lambda: now)
    assert builder.build(MOONS, 0) is None
    (future,) = client.futures
    if gone == "cancelled":
        future.cancel()
        future.status = "cancelled"
    else:
        future.set_exception(RuntimeError("a worker died"))
        future.status = "error"
    with pytest.raises(ValueError, match="Reload the page in 20 seconds"):
        builder.build(MOONS, 0)
    now += _RETRY_SECONDS + 1
    assert builder.build(MOONS, 0) is None
    client.futures[1].set_result(b"points")
    assert builder.build(MOONS, 0) == b"points"


def test_data_set_without_requests_is_released_on_the_workers(
    builder: DatasetBuilder, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("annlab.jobs.dataset_builder.time.monotonic", lambda: now)
    builder.build(MOONS, 0)
    builder.build(XOR, 0)
    now += _FORGET_SECONDS
    builder.build(XOR, 0)
    now += 1
    builder.build(DatasetConfig(name="circles"), 0)
    assert [future.released for future in client.futures] == [True, False, False]
    builder.build(MOONS, 0)  # built again
    assert len(client.futures) == 4


def test_a_dragged_slider_keeps_few_data_sets_on_the_workers(
    builder: DatasetBuilder, client: Client
) -> None:
    for n in range(_MAX_TASKS + 36):
        builder.build(DatasetConfig(n_samples=100 + n), 0)
    assert sum(not future.released for future in client.futures) == _MAX_TASKS
    assert not client.futures[-1].released


def test_submitting_a_data_set_blocks_no_other_request(
    builder: DatasetBuilder, client: Client
) -> None:
    entered, go_on, submit = threading.Event(), threading.Event(), client.submit

    def slow(*arguments: Any, **options: Any) -> Any:
        entered.set()
        assert go_on.wait(60)
        return submit(*arguments, **options)

    with ThreadPoolExecutor() as pool:
        client.submit = slow
        first = pool.submit(builder.build, MOONS, 0)
        assert entered.wait(60)
        client.submit = submit
        assert builder.build(MOONS, 0) is None  # under way
        assert builder.build(XOR, 0) is None
        assert len(client.futures) == 1
        go_on.set()
        assert first.result(60) is None
    assert len(client.futures) == 2


def test_failed_submission_of_a_data_set_is_reported_and_retried(
    builder: DatasetBuilder, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, submit = 1000.0, client.submit
    monkeypatch.setattr("annlab.jobs.dataset_builder.time.monotonic", lambda: now)

    def fail(*arguments: Any, **options: Any) -> Any:
        raise OSError("the scheduler is gone")

    client.submit = fail
    for _ in range(2):
        with pytest.raises(ValueError, match="Could not generate the data"):
            builder.build(MOONS, 0)
    client.submit = submit
    now += _RETRY_SECONDS + 1
    assert builder.build(MOONS, 0) is None
    assert len(client.futures) == 1

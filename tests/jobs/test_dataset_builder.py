"""Data sets in the making, with workers that do as they are told."""

from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest

from annlab import DatasetConfig
from annlab.jobs.dataset_builder import _FORGET_SECONDS, _MAX_FUTURES, _RETRY_SECONDS, Makings

MOONS, XOR = DatasetConfig(), DatasetConfig(name="xor")


class Client:
    """Keeps the futures that it has given out, in the order in which they were asked for."""

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
def makings(client: Client) -> Makings:
    cluster: Any = SimpleNamespace(client=client)
    return Makings(cluster)


def test_who_asks_meanwhile_shares_the_making(makings: Makings, client: Client) -> None:
    assert makings.result(MOONS, 0) is None
    assert makings.result(MOONS, 0) is None
    assert makings.result(XOR, 0) is None
    assert len(client.futures) == 2
    client.futures[0].set_result(b"points")
    assert makings.result(MOONS, 0) == b"points"
    # It is kept elsewhere now: who asks again has lost it.
    assert makings.result(MOONS, 0) is None
    assert len(client.futures) == 3


def test_what_failed_is_tried_again_after_a_while(
    makings: Makings, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("annlab.jobs.dataset_builder.time.monotonic", lambda: now)
    assert makings.result(MOONS, 0) is None
    client.futures[0].set_exception(ValueError("no network"))
    client.futures[0].status = "error"
    for _ in range(2):
        with pytest.raises(ValueError, match="no network"):
            makings.result(MOONS, 0)
    assert len(client.futures) == 1
    now += _RETRY_SECONDS + 1
    assert makings.result(MOONS, 0) is None
    assert len(client.futures) == 2


@pytest.mark.parametrize("gone", ["cancelled", "killed"])
def test_what_is_lost_with_its_worker_is_said_and_tried_again(
    gone: str, makings: Makings, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("annlab.jobs.dataset_builder.time.monotonic", lambda: now)
    assert makings.result(MOONS, 0) is None
    (future,) = client.futures
    if gone == "cancelled":
        future.cancel()
        future.status = "cancelled"
    else:
        future.set_exception(RuntimeError("a worker died"))
        future.status = "error"
    with pytest.raises(ValueError, match="Reload the page in 20 seconds"):
        makings.result(MOONS, 0)
    now += _RETRY_SECONDS + 1
    assert makings.result(MOONS, 0) is None
    client.futures[1].set_result(b"points")
    assert makings.result(MOONS, 0) == b"points"


def test_a_data_set_nobody_waits_for_is_released_on_the_workers(
    makings: Makings, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("annlab.jobs.dataset_builder.time.monotonic", lambda: now)
    makings.result(MOONS, 0)
    makings.result(XOR, 0)
    now += _FORGET_SECONDS
    makings.result(XOR, 0)
    now += 1
    makings.result(DatasetConfig(name="circles"), 0)
    assert [future.released for future in client.futures] == [True, False, False]
    makings.result(MOONS, 0)  # made anew
    assert len(client.futures) == 4


def test_a_dragged_slider_keeps_few_data_sets_on_the_workers(
    makings: Makings, client: Client
) -> None:
    for n in range(_MAX_FUTURES + 36):
        makings.result(DatasetConfig(n_samples=100 + n), 0)
    assert sum(not future.released for future in client.futures) == _MAX_FUTURES
    assert not client.futures[-1].released

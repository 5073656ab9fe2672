"""Computations of all sessions, on a fake cluster."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from annlab.config import DatasetConfig
from annlab.jobs.computation import Computation, ComputationState
from annlab.jobs.computations import Computations
from annlab.jobs.kinds import KINDS, Kind, digest_for
from annlab.store.database import StoreError
from annlab.store.run_store import RunStore
from tests.jobs.counting import KINDS_OF_COUNTS, CountRequest
from tests.jobs.fakes import FakeCluster

ONE, TWO, THREE, FOUR = (CountRequest(n=n) for n in range(1, 5))


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in KINDS_OF_COUNTS.items():
        monkeypatch.setitem(KINDS, name, kind)


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster(n_slots=1)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}")


@pytest.fixture
def computations(cluster: FakeCluster, store: RunStore) -> Iterator[Computations]:
    made = Computations(store.computations, cluster)
    yield made
    made.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that is disconnected is gone for good."""
    for name in ("BLIP_SECONDS", "PATIENCE_SECONDS"):
        monkeypatch.setattr(f"annlab.jobs.sessions.{name}", -1.0)


def finish(
    computations: Computations, cluster: FakeCluster, number: int, one: Computation, outcome: object
) -> None:
    cluster.futures[number].end(outcome)
    assert computations.wait_for_end(one, 60)


def test_concurrent_requests_share_one_computation(
    computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count", ONE, "s")
    assert computations.ask("count", CountRequest(n=1), "other") is one
    assert computations.n_watched == 2
    assert one.state == ComputationState.RUNNING
    ((name, (function, request_type, values, *_), options),) = cluster.submitted
    assert (name, function) == ("compute", "tests.jobs.counting:count")
    assert request_type == "tests.jobs.counting:CountRequest"
    assert CountRequest.model_validate(values) == ONE
    assert options["priority"] < 0
    finish(computations, cluster, 0, one, (b"1", True))
    assert (one.state, one.progress, one.result) == (ComputationState.FINISHED, 1.0, b"1")
    assert cluster.futures[0].released
    assert computations.ask("count", ONE, "third").result == b"1"
    assert computations.ask("count", ONE, "third", again=True).result == b"1"
    assert len(cluster.submitted) == 1
    assert computations.n_watched == 0


def test_thirty_sessions_at_once_share_one_computation(
    computations: Computations, cluster: FakeCluster
) -> None:
    barrier = threading.Barrier(30)

    def ask(session: str) -> Computation:
        barrier.wait(60)
        return computations.ask("count", ONE, session)

    with ThreadPoolExecutor(30) as pool:
        (one,) = set(pool.map(ask, map(str, range(30))))
    assert len(cluster.submitted) == 1
    assert computations.n_watched == 30
    finish(computations, cluster, 0, one, (b"1", True))


def test_a_stored_result_is_found_by_another_server(
    computations: Computations, cluster: FakeCluster, store: RunStore
) -> None:
    finish(computations, cluster, 0, computations.ask("count", ONE, "s"), (b"1", True))
    other = Computations(store.computations, FakeCluster())
    found = other.ask("count", ONE, "s")
    assert (found.state, found.result) == (ComputationState.FINISHED, b"1")
    other.close()


def test_a_result_is_found_without_starting_anything(
    computations: Computations, cluster: FakeCluster, store: RunStore
) -> None:
    assert computations.find("count", ONE) is None
    assert cluster.submitted == []
    one = computations.ask("count", ONE, "s")
    assert computations.find("count", ONE) is None
    finish(computations, cluster, 0, one, (b"1", True))
    assert computations.find("count", ONE) == b"1"
    other = Computations(store.computations, FakeCluster())
    assert other.find("count", ONE) == b"1"
    other.close()
    store.computations.save(digest_for("count", TWO), b"1", is_complete=False)
    assert computations.find("count", TWO) is None


def test_another_version_of_a_kind_computes_anew(
    computations: Computations, cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(computations, cluster, 0, computations.ask("count", ONE, "s"), (b"1", True))
    kind = Kind("The count", CountRequest, "tests.jobs.counting:count", version=2)
    monkeypatch.setitem(KINDS, "count", kind)
    assert not computations.ask("count", ONE, "s").done


def test_request_of_another_type_is_refused(computations: Computations) -> None:
    with pytest.raises(TypeError, match="count needs a CountRequest, got a DatasetConfig"):
        computations.ask("count", DatasetConfig(), "s")
    assert digest_for("count", ONE) != digest_for("count", TWO)
    assert digest_for("count", ONE) != digest_for("count_on", ONE)


def test_reports_are_shown(computations: Computations, cluster: FakeCluster) -> None:
    one = computations.ask("count", FOUR, "s")
    report = {"key": one.key, "share_done": 0.25, "elapsed_seconds": 2.0}
    cluster.on_event({**report, "partial": b"1"})
    cluster.on_event({**report, "share_done": 0.5})
    cluster.on_event({**report, "key": "another server's", "share_done": 1.0})
    assert (one.progress, one.elapsed_seconds, one.partial) == (0.5, 2.0, b"1")


def test_stop_keeps_what_there_is_until_somebody_goes_on(
    computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count_on", FOUR, "s")
    assert cluster.submitted[0][1][-1] == b""
    assert not computations.stop("s", one)
    assert one.stopping
    assert cluster.events == [one.key]
    assert computations.ask("count_on", FOUR, "s") is one
    finish(computations, cluster, 0, one, (b"3", False))
    assert (one.state, one.partial, one.result) == (ComputationState.STOPPED, b"3", b"")
    assert computations.ask("count_on", FOUR, "s") is one
    going_on = computations.ask("count_on", FOUR, "s", again=True)
    assert cluster.submitted[1][1][-1] == b"3"
    assert going_on.partial == b"3"
    finish(computations, cluster, 1, going_on, (b"4", True))
    assert computations.ask("count_on", FOUR, "s").result == b"4"


def test_last_reported_part_is_kept_if_a_stopped_function_returns_nothing(
    computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count", FOUR, "s")
    cluster.on_event({"key": one.key, "share_done": 0.5, "elapsed_seconds": 1, "partial": b"2"})
    computations.stop("s", one)
    finish(computations, cluster, 0, one, (b"", False))
    assert one.partial == b"2"


def test_a_stop_leaves_others_their_computation(
    computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count", FOUR, "s")
    computations.ask("count", FOUR, "other")
    assert computations.stop("s", one)
    assert (one.stopping, cluster.events) == (False, [])
    assert one.is_over_for("s")
    assert not one.is_over_for("other")
    # A page that is drawn again does not change its mind.
    assert computations.ask("count", FOUR, "s") is one
    assert not computations.stop("other", one)
    assert one.stopping
    # Another session wants all of it.
    assert computations.ask("count", FOUR, "third") is not one


def test_going_on_before_it_has_stopped_watches_again(computations: Computations) -> None:
    one = computations.ask("count", FOUR, "s")
    computations.ask("count", FOUR, "other")
    computations.stop("s", one)
    assert computations.ask("count", FOUR, "s", again=True) is one
    assert not one.is_over_for("s")
    assert computations.stop("other", one)


def test_waiting_computation_is_stopped_at_once(
    computations: Computations, cluster: FakeCluster
) -> None:
    for request in (ONE, TWO):
        computations.ask("count", request, "s")
    third = computations.ask("count", THREE, "s")
    assert third.state == ComputationState.WAITING
    assert not computations.stop("s", third)
    assert third.state == ComputationState.STOPPED
    assert computations.ask("count", THREE, "s") is third
    cluster.slots = 2
    cluster.on_tick()
    assert len(cluster.submitted) == 2
    assert computations.ask("count", THREE, "other").state == ComputationState.RUNNING


def test_a_dropped_computation_keeps_no_attachment(computations: Computations) -> None:
    for request in (ONE, TWO):
        computations.ask("count", request, "s")
    third = computations.ask("count_on", THREE, "s", attached=lambda: bytes(1000))
    assert third.n_bytes == 1000
    computations.stop("s", third)
    assert (third.attached, third.n_bytes) == ((), 1)


def test_long_computations_leave_a_slot(computations: Computations, cluster: FakeCluster) -> None:
    first = computations.ask("count_long", ONE, "s")
    second = computations.ask("count_long", TWO, "s")
    short = computations.ask("count", ONE, "other")
    assert [c.state for c in (first, second, short)] == ["running", "waiting", "running"]
    finish(computations, cluster, 1, short, (b"1", True))
    assert second.state == ComputationState.WAITING
    finish(computations, cluster, 0, first, (b"1", True))
    assert second.state == ComputationState.RUNNING


def test_computations_take_half_of_an_external_cluster(store: RunStore) -> None:
    cluster = FakeCluster(n_slots=4, scheduler="tcp://host:1")
    computations = Computations(store.computations, cluster)
    states = [computations.ask("count", CountRequest(n=n), "s").state for n in range(3)]
    assert states == ["running", "running", "waiting"]
    assert cluster.submitted[0][2]["resources"] is None
    computations.close()


def test_a_long_computation_leaves_a_thread_of_an_external_cluster(store: RunStore) -> None:
    cluster = FakeCluster(n_slots=1, scheduler="tcp://host:1")
    computations = Computations(store.computations, cluster)
    long = computations.ask("count_long", ONE, "s")
    assert long.state == ComputationState.WAITING
    assert computations.lacks_threads(long)
    short = computations.ask("count", ONE, "s")
    assert short.state == ComputationState.RUNNING
    assert not computations.lacks_threads(short)
    finish(computations, cluster, 0, short, (b"1", True))
    assert long.state == ComputationState.WAITING
    cluster.slots = 2
    cluster.on_tick()
    assert long.state == ComputationState.RUNNING
    queued = computations.ask("count_long", TWO, "s")
    assert queued.state == ComputationState.WAITING
    assert not computations.lacks_threads(queued)
    cluster.slots = 0  # unreachable
    cluster.on_tick()
    assert not computations.lacks_threads(queued)
    computations.close()


@pytest.mark.parametrize("scheduler", ["", "tcp://host:1"])
def test_long_computations_fill_slots_as_far_as_they_may(store: RunStore, scheduler: str) -> None:
    for n_threads in range(2, 9):
        cluster = FakeCluster(n_slots=n_threads, scheduler=scheduler)
        computations = Computations(store.computations, cluster)
        for n in range(2 * n_threads + 1):
            computations.ask("count_long", CountRequest(n=n), "s")
        n_slots = (n_threads + 1) // 2 if scheduler else 2 * n_threads
        assert len(cluster.submitted) == max(1, n_slots - 1)
        computations.close()


@pytest.mark.parametrize(
    "outcome", [b"without a state", TypeError("compute() takes 5 positional arguments")]
)
def test_result_of_another_version_is_no_training(store: RunStore, outcome: object) -> None:
    cluster = FakeCluster(scheduler="tcp://host:1")
    computations = Computations(store.computations, cluster)
    one = computations.ask("count", ONE, "s")
    finish(computations, cluster, 0, one, outcome)
    assert one.failure == (
        "The workers run another version of annlab. Update annlab there or here, and try again."
    )
    computations.close()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("There is nothing to count."), "There is nothing to count."),
        (KeyError("lost"), "The count failed: 'lost'"),
        (TimeoutError(), "Lost the connection to the workers. Try again."),
    ],
)
def test_failure_is_said_until_somebody_tries_again(
    error: Exception, sentence: str, computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count", ONE, "s")
    finish(computations, cluster, 0, one, error)
    assert (one.state, one.failure) == (ComputationState.FAILED, sentence)
    assert computations.ask("count", ONE, "other") is one
    again = computations.ask("count", ONE, "other", again=True)
    assert again.state == ComputationState.RUNNING
    assert again.failure == ""


def test_failed_submission_is_said(
    computations: Computations, cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise OSError("the scheduler is gone")

    monkeypatch.setattr(cluster, "submit", fail)
    one = computations.ask("count", ONE, "s")
    assert computations.wait_for_end(one, 60)
    assert one.failure == "The count could not start: the scheduler is gone"


@pytest.mark.usefixtures("impatient")
def test_browser_that_left_withdraws(computations: Computations, cluster: FakeCluster) -> None:
    running = computations.ask("count", ONE, "gone")
    shared = computations.ask("count", TWO, "gone")
    computations.ask("count", TWO, "there")
    waiting = computations.ask("count_long", THREE, "gone")
    computations.leave("gone")
    cluster.on_tick()
    assert running.stopping
    assert not shared.stopping
    assert waiting.state == ComputationState.STOPPED
    assert cluster.events == [running.key]
    cluster.on_tick()
    assert cluster.events == [running.key]


def test_only_sessions_that_wait_are_kept_in_mind(
    computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count", ONE, "waits")
    finish(computations, cluster, 0, one, (b"1", True))
    for reader in ("reads", "reads too"):
        assert computations.ask("count", ONE, reader) is one
    assert list(computations._sessions) == ["waits"]


@pytest.mark.usefixtures("impatient")
def test_reading_a_result_shows_that_a_browser_is_back(
    computations: Computations, cluster: FakeCluster
) -> None:
    finish(computations, cluster, 0, computations.ask("count", ONE, "s"), (b"1", True))
    running = computations.ask("count", TWO, "s")
    computations.leave("s")
    computations.ask("count", ONE, "s")
    cluster.on_tick()
    assert not running.stopping


def test_waiting_computations_that_no_page_asks_for_are_dropped(
    computations: Computations, cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("annlab.jobs.computations.time.monotonic", lambda: now)
    cluster.slots = 1
    for request in (ONE, TWO):
        computations.ask("count", request, "s")
    dropped, asked = (computations.ask("count", request, "s") for request in (THREE, FOUR))
    long = computations.ask("count_long", ONE, "s")
    now += 14
    computations.ask("count", FOUR, "s")
    now += 2
    cluster.on_tick()
    assert [c.state for c in (dropped, asked, long)] == ["stopped", "waiting", "waiting"]
    # Asked for again, it is computed.
    assert computations.ask("count", THREE, "s").state == ComputationState.WAITING
    now += 75
    cluster.on_tick()
    assert long.state == ComputationState.STOPPED
    assert computations.ask("count_long", ONE, "s").state == ComputationState.WAITING


def test_a_background_tab_keeps_the_place_of_its_long_computation(
    computations: Computations, cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("annlab.jobs.computations.time.monotonic", lambda: now)
    running, waiting = (computations.ask("count_long", request, "s") for request in (ONE, TWO))
    for _ in range(5):
        now += 60
        cluster.on_tick()
        assert computations.ask("count_long", TWO, "s") is waiting
    assert waiting.state == ComputationState.WAITING
    # Its page may be opened again.
    assert (running.state, running.stopping) == (ComputationState.RUNNING, False)


def test_attachment_is_made_once(computations: Computations, cluster: FakeCluster) -> None:
    made = []
    for _ in range(3):
        computations.ask("count", ONE, "s", attached=lambda: made.append(1) or b"run")
    assert made == [1]
    assert cluster.submitted[0][1][-1] == b"run"


def test_results_stay_in_memory_while_the_store_fails(
    computations: Computations, cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise StoreError("The database is full.")

    for name in ("save", "load"):
        monkeypatch.setattr(f"annlab.store.computation_store.ComputationStore.{name}", fail)
    one = computations.ask("count", ONE, "s")
    finish(computations, cluster, 0, one, (b"1", True))
    assert computations.ask("count", ONE, "other").result == b"1"

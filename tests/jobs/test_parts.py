"""Computations that several workers compute in parts, on a fake cluster."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from annlab.jobs.computation import ComputationState
from annlab.jobs.computations import Computations
from annlab.jobs.kinds import KINDS
from annlab.jobs.parts import PARTS_PER_WORKER, Parts
from annlab.store.run_store import RunStore
from tests.jobs.counting import KINDS_OF_COUNTS, CountRequest
from tests.jobs.fakes import FakeCluster

N_WORKERS = 2
N_PARTS = PARTS_PER_WORKER * N_WORKERS
ONE_ROUND, TWO_ROUNDS = CountRequest(n=1), CountRequest(n=2)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in KINDS_OF_COUNTS.items():
        monkeypatch.setitem(KINDS, name, kind)


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster(n_slots=N_WORKERS)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}")


@pytest.fixture
def computations(cluster: FakeCluster, store: RunStore) -> Iterator[Computations]:
    made = Computations(store.computations, cluster)
    yield made
    made.close()


def submitted(cluster: FakeCluster) -> list[tuple[object, ...]]:
    """What was attached to each part, its round, its number, and the number of parts."""
    return [arguments[5:] for _, arguments, _ in cluster.submitted]


def end(computations: Computations, cluster: FakeCluster, number: int, outcome: object) -> None:
    """End a part, and wait until what follows is done."""
    cluster.futures[number].end(outcome)
    computations._dispatcher._results.submit(lambda: None).result(60)


def test_each_worker_computes_a_part_and_the_results_are_merged(
    computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count_apart", ONE_ROUND, "s")
    assert computations.ask("count_apart", ONE_ROUND, "other") is one
    assert submitted(cluster) == [(b"", 0, 0, N_PARTS), (b"", 0, 1, N_PARTS)]
    keys = [arguments[3] for _, arguments, _ in cluster.submitted]
    for k in range(N_PARTS):
        assert one.state == ComputationState.RUNNING
        end(computations, cluster, k, (b"%d" % k, True))
        assert len(cluster.submitted) == min(N_PARTS, N_WORKERS + k + 1)
    assert (one.state, one.result) == (ComputationState.FINISHED, b"0 1 2 3 4 5")
    assert (one.progress, one.partial) == (1.0, b"")
    assert len(set(keys)) == len(keys)
    stored = computations._dispatcher.load(one.digest)
    assert stored is not None
    assert (stored.data, stored.is_complete) == (one.result, True)


def test_one_worker_computes_the_whole(store: RunStore) -> None:
    cluster = FakeCluster(n_slots=1)
    computations = Computations(store.computations, cluster)
    one = computations.ask("count_apart", TWO_ROUNDS, "s")
    assert submitted(cluster) == [(b"",)]
    end(computations, cluster, 0, (b"0", True))
    assert (one.state, one.result) == (ComputationState.FINISHED, b"0")
    computations.close()


def test_what_cannot_be_divided_is_computed_once(
    computations: Computations, cluster: FakeCluster
) -> None:
    computations.ask("count_on", ONE_ROUND, "s")
    assert submitted(cluster) == [(b"",)]


def test_a_round_starts_from_the_merged_result_of_the_one_before(
    computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count_apart", TWO_ROUNDS, "s", attached=lambda: b"run")
    assert submitted(cluster)[0] == (b"run", b"", 0, 0, N_PARTS)
    # The last part to end is not the last that began.
    for k in (1, 0, *range(2, N_PARTS)):
        end(computations, cluster, k, (b"%d" % k, True))
    assert one.state == ComputationState.RUNNING
    second = [(b"run", b"0 1 2 3 4 5", 1, k, N_PARTS) for k in range(N_WORKERS)]
    assert submitted(cluster)[N_PARTS:] == second
    for k in range(N_PARTS):
        end(computations, cluster, N_PARTS + k, (b"9", True))
    assert (one.state, one.result) == (ComputationState.FINISHED, b"0 1 2 3 4 5 9")


def test_progress_and_results_so_far_are_those_of_all_parts(
    computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count_apart", ONE_ROUND, "s")
    first, second = (
        {"key": arguments[3], "elapsed_seconds": 2.0} for _, arguments, _ in cluster.submitted
    )
    # A fifth was known before.
    for part in (first, second):
        cluster.on_event({**part, "share_done": 0.2})
    cluster.on_event({**first, "share_done": 0.3, "partial": b"0"})
    cluster.on_event({**second, "share_done": 0.4, "partial": b"1"})
    computations._dispatcher._results.submit(lambda: None).result(60)
    assert one.progress == pytest.approx(0.2 + 0.1 + 0.2)
    assert one.partial == b"0 1"
    assert one.elapsed_seconds == pytest.approx(2.0, abs=1.0)
    end(computations, cluster, 0, (b"0", True))
    cluster.on_event({**second, "share_done": 0.4})
    assert one.progress == pytest.approx(0.5)


def test_a_stop_ends_all_parts_and_keeps_what_they_have(
    computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count_apart", ONE_ROUND, "s")
    end(computations, cluster, 0, (b"0", True))
    keys = [arguments[3] for _, arguments, _ in cluster.submitted]
    computations.stop("s", one)
    assert sorted(cluster.events) == sorted(keys[1:])
    end(computations, cluster, 1, (b"1", False))
    assert (one.state, len(cluster.submitted)) == (ComputationState.RUNNING, 3)
    end(computations, cluster, 2, (b"", False))
    assert (one.state, one.partial) == (ComputationState.STOPPED, b"0 1")
    computations.ask("count_apart", ONE_ROUND, "s", again=True)
    assert submitted(cluster)[3] == (b"0 1", 0, 0, N_PARTS)


def test_a_stop_after_a_complete_round_is_no_end(
    computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count_apart", TWO_ROUNDS, "s")
    for k in range(N_PARTS - 1):
        end(computations, cluster, k, (b"0", True))
    computations.stop("s", one)
    end(computations, cluster, N_PARTS - 1, (b"1", True))
    assert (one.state, one.partial) == (ComputationState.STOPPED, b"0 1")


def test_a_failed_part_ends_the_computation(
    computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count_apart", ONE_ROUND, "s")
    key = cluster.submitted[1][1][3]
    end(computations, cluster, 0, ValueError("There is nothing to count."))
    assert cluster.events == [key]
    end(computations, cluster, 1, (b"1", False))
    assert (one.state, one.failure) == (ComputationState.FAILED, "There is nothing to count.")
    assert (one.partial, len(cluster.submitted)) == (b"1", 2)


def test_results_are_merged_on_one_thread_also_when_a_part_cannot_be_submitted(
    computations: Computations, cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []
    keep = Parts.keep

    def note_thread(self: Parts, found: bytes) -> None:
        threads.append(threading.current_thread().name)
        keep(self, found)

    def refuse(*arguments: object, **options: object) -> None:
        raise OSError("no scheduler")

    monkeypatch.setattr(Parts, "keep", note_thread)
    monkeypatch.setattr(cluster, "submit", refuse)
    one = computations.ask("count_apart", ONE_ROUND, "s")
    assert computations.wait_for_end(one, 60)
    assert one.failure == "The count could not start: no scheduler"
    assert len(threads) == N_WORKERS
    assert {name.rpartition("_")[0] for name in threads} == {"annlab-computations"}


def test_others_start_before_further_parts_but_no_computation_loses_its_last_slot(
    computations: Computations, cluster: FakeCluster
) -> None:
    first = computations.ask("count_apart", ONE_ROUND, "s")  # two of three slots for long ones
    computations.ask("count_long", ONE_ROUND, "s")  # the third
    waiting = computations.ask("count_long", TWO_ROUNDS, "s")
    assert waiting.state == ComputationState.WAITING
    end(computations, cluster, 0, (b"0", True))
    assert waiting.state == ComputationState.RUNNING
    assert len(cluster.submitted) == 4
    another = computations.ask("count_long", CountRequest(n=3), "s")
    end(computations, cluster, 1, (b"1", True))
    assert (first.state, another.state) == (ComputationState.RUNNING, ComputationState.WAITING)
    assert submitted(cluster)[4] == (b"", 0, 2, N_PARTS)


def test_a_stop_between_two_parts_ends_at_once(
    computations: Computations, cluster: FakeCluster
) -> None:
    one = computations.ask("count_apart", ONE_ROUND, "s")
    cluster.connected = False  # nothing starts
    for k in range(N_WORKERS):
        end(computations, cluster, k, (b"%d" % k, True))
    assert one.state == ComputationState.RUNNING
    computations.stop("s", one)
    assert computations.wait_for_end(one, 60)
    assert (one.state, one.partial) == (ComputationState.STOPPED, b"0 1")

"""Computations on a real cluster of worker processes."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from annlab.config import DatasetConfig, RunConfig, TrainingConfig
from annlab.jobs.cluster import Cluster
from annlab.jobs.computation import Computation, ComputationState
from annlab.jobs.dask_settings import MAX_DEATHS
from annlab.jobs.kinds import KINDS
from annlab.ui.services import Services
from tests.jobs.counting import KINDS_OF_COUNTS, CountRequest
from tests.jobs.serve import serve

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

DEADLINE_SECONDS = 60


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in KINDS_OF_COUNTS.items():
        monkeypatch.setitem(KINDS, name, kind)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    path = tmp_path_factory.mktemp("store") / "runs.sqlite"
    made = serve(f"sqlite:///{path}", Cluster(n_workers=1, scheduler=""))
    made.cluster.start()
    assert made.cluster.wait_until_ready(DEADLINE_SECONDS), made.cluster.start_error
    yield made
    made.close()


def ask(server: Services, session: str = "s", kind: str = "count", **values: object) -> Computation:
    return server.computations.ask(kind, CountRequest(**values), session)


def end(server: Services, computation: Computation) -> None:
    assert server.computations.wait_for_end(computation, DEADLINE_SECONDS)


def test_two_sessions_get_one_result_with_progress(server: Services) -> None:
    one = ask(server, n=8, seconds=0.15)
    assert ask(server, "other", n=8, seconds=0.15) is one
    wait_until(lambda: one.progress > 0)
    assert one.elapsed_seconds > 0
    end(server, one)
    assert (one.state, one.result) == (ComputationState.FINISHED, b"8")
    stored = server.repository.store.computations.load(one.digest)
    assert stored is not None
    assert (stored.data, stored.is_complete) == (b"8", True)


def test_attachment_reaches_the_function(server: Services) -> None:
    request = CountRequest(n=1)
    one = server.computations.ask("count", request, "s", attached=lambda: b"run ")
    end(server, one)
    assert one.result == b"run 1"


def test_a_stop_in_the_middle_keeps_what_there_is_and_goes_on(server: Services) -> None:
    one = ask(server, kind="count_on", n=40, seconds=0.05)
    wait_until(lambda: one.partial != b"")
    server.computations.stop("s", one)
    end(server, one)
    assert one.state == ComputationState.STOPPED
    n = int(one.partial)
    assert 0 < n < 40
    request = CountRequest(n=40, seconds=0.05)
    rest = server.computations.ask("count_on", request, "s", again=True)
    wait_until(lambda: rest.progress > 0)
    assert rest.progress > n / 40
    end(server, rest)
    assert rest.result == b"40"


@pytest.mark.parametrize(
    ("then", "sentence"),
    [
        ("refuse", "There is nothing to count."),
        ("fail", "The count failed: 'lost'"),
        (
            "die",
            f"The count failed {MAX_DEATHS} times because the worker process died, probably "
            "from lack of memory.",
        ),
    ],
)
def test_failures_are_sentences(then: str, sentence: str, server: Services) -> None:
    one = ask(server, n=1, then=then)
    end(server, one)
    assert (one.state, one.failure) == (ComputationState.FAILED, sentence)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="there are no signals here")
def test_a_computation_survives_the_death_of_its_worker(server: Services) -> None:
    one = ask(server, n=20, seconds=0.1)
    wait_until(lambda: one.progress > 0)
    (pid,) = server.cluster.client.run(os.getpid).values()
    os.kill(pid, signal.SIGKILL)
    end(server, one)
    assert one.result == b"20"


def test_a_training_does_not_wait_for_computations(server: Services) -> None:
    long = [ask(server, kind="count_long", n=2000 + i, seconds=0.05) for i in range(2)]
    wait_until(lambda: long[0].progress > 0)
    config = RunConfig(
        dataset=DatasetConfig(name="moons", n_samples=100),
        training=TrainingConfig(max_epochs=3),
    )
    server.queue.submit([config], "t")
    server.queue.wait_for_end("t", DEADLINE_SECONDS)
    assert server.repository.run(config) is not None
    short = ask(server, n=1)
    end(server, short)
    assert [one.state for one in long] == [ComputationState.RUNNING, ComputationState.WAITING]
    for one in long:
        server.computations.stop("s", one)
        end(server, one)


def test_a_closing_server_ends_its_computations(tmp_path: Path) -> None:
    server = serve(f"sqlite:///{tmp_path / 'runs.sqlite'}", Cluster(n_workers=0, scheduler=""))
    server.cluster.start()
    with closing(server):
        assert server.cluster.wait_until_ready(DEADLINE_SECONDS), server.cluster.start_error
        one = ask(server, n=100, seconds=0.05)
        wait_until(lambda: one.progress > 0)
    assert one.failure == "Lost the connection to the workers. Try again."

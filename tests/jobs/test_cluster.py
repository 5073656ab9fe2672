"""Processes of the cluster: start, restart, and shutdown with the server."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from distributed import Client, Event
from distributed.utils import LoopRunner

from annlab.jobs import worker_processes
from annlab.jobs.cluster import Cluster
from annlab.jobs.worker_processes import WorkerProcesses
from tests.jobs.fakes import FakeFuture
from tests.jobs.small_trainings import wait_until

ROOT = Path(__file__).resolve().parents[2]
WITH_A_WORKER = """
import signal, time
import annlab.jobs.worker_processes
from annlab.jobs import worker_processes
from annlab.jobs.cluster import Cluster

# A shell may start background tests with SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
annlab.jobs.worker_processes._END_SECONDS = 2
cluster = Cluster(n_workers=1)
cluster.connect()
cluster.client.wait_for_workers(1)
# Errors reach the caller.
said = cluster.submit("make_dataset", {"name": "no such data"}).exception()
assert isinstance(said, ValueError), said
try:
    print("ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    pass
"""
# While a server stops, the thread that starts the workers may wake up.
STOPPED_BEFORE_ITS_WORKERS = """
import threading, time
from annlab.jobs import worker_processes
from annlab.jobs.cluster import Cluster

connect = Cluster.connect
Cluster.connect = lambda self: (print("too late"), connect(self))

Cluster(n_workers=1).start(after_seconds=0.5)
threading.Thread(target=lambda: (time.sleep(3), print("stopped"))).start()
"""


def _server(script: str) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ANNLAB")}
    return subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _workers(server: subprocess.Popen[str]) -> list[psutil.Process]:
    assert server.stdout is not None
    assert server.stdout.readline() == "ready\n"
    workers = psutil.Process(server.pid).children(recursive=True)
    assert workers
    return workers


@pytest.mark.skipif(os.name != "posix", reason="there are no process groups here")
@pytest.mark.parametrize("stuck", [False, True], ids=["willing", "stuck"])
def test_workers_exit_silently_with_the_server(stuck: bool) -> None:
    with _server(WITH_A_WORKER) as server:
        workers = _workers(server)
        if stuck:
            workers[0].suspend()  # the parent, which would end the others
        # Ctrl+C in a terminal reaches all processes of the group.
        os.killpg(server.pid, signal.SIGINT)
        _, complaints = server.communicate(timeout=30)
    assert (server.returncode, complaints) == (0, "")
    assert not psutil.wait_procs(workers, timeout=10)[1]


def _listens_to(process: psutil.Process) -> set[str]:
    connections = process.net_connections(kind="inet")
    return {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN}


def test_workers_accept_only_local_connections() -> None:
    with _server(WITH_A_WORKER) as server:
        processes = [psutil.Process(server.pid), *_workers(server)]
        heard = [_listens_to(process) for process in processes]
        server.kill()
    assert set.union(*heard) == {"127.0.0.1"}


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_a_cluster_that_has_been_closed_has_no_slots() -> None:
    before = _listens_to(psutil.Process())
    cluster = Cluster(n_workers=0)
    cluster.connect()
    cluster.client.wait_for_workers(1)
    assert _listens_to(psutil.Process()) - before <= {"127.0.0.1"}
    assert cluster.n_slots() == 1
    cluster.close()
    assert cluster.n_slots() == 0


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_a_user_without_the_key_cannot_use_the_scheduler(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(WorkerProcesses, "start", lambda self: None)
    with closing(Cluster(n_workers=1, scheduler="")) as cluster:
        cluster.connect()
        address = cluster.client.scheduler.address
        assert address.startswith("tls://127.0.0.1:")
        for foreign in (address, address.replace("tls://", "tcp://")):
            with pytest.raises((OSError, TypeError)):
                Client(foreign, timeout=2, set_as_default=False)
        (key,) = tmp_path.glob("*/key.pem")
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert not key.exists()


def test_a_release_waits_for_seconds_at_most() -> None:
    waits = []

    def sync(act: object, callback_timeout: float) -> None:
        waits.append(callback_timeout)

    cluster, future = Cluster(n_workers=0, scheduler=""), FakeFuture()
    cluster.client = SimpleNamespace(sync=sync)
    cluster.release(future)
    assert future.released
    assert len(waits) == 1
    assert 0 < waits[0] < 60


def test_workers_end_when_the_server_is_killed() -> None:
    with _server(WITH_A_WORKER) as server:
        workers = _workers(server)
        server.kill()
    assert not psutil.wait_procs(workers, timeout=60)[1]


def test_server_stopped_before_workers_start_exits_silently() -> None:
    with _server(STOPPED_BEFORE_ITS_WORKERS) as server:
        assert server.communicate(timeout=60) == ("stopped\n", "")


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_cluster_closed_before_start_never_starts() -> None:
    cluster = Cluster(n_workers=0)
    cluster.start(after_seconds=60)
    cluster.close()
    assert not cluster.wait_until_ready(2)
    assert cluster.client is None


@pytest.fixture
def inside() -> Iterator[Cluster]:
    """Cluster with a worker thread in this process, started by the test."""
    with closing(Cluster(n_workers=0, scheduler="")) as cluster:
        yield cluster


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_regular_callback_continues_after_an_error(inside: Cluster) -> None:
    n_calls = [0, 0]

    def fail() -> None:
        n_calls[0] += 1
        raise RuntimeError("no luck")

    def count() -> None:
        n_calls[1] += 1

    inside.attach(lambda message: None, fail)
    inside.attach(lambda message: None, count)
    inside.start()
    wait_until(lambda: min(n_calls) >= 3)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_an_event_is_set_without_waiting_for_the_scheduler(inside: Cluster) -> None:
    inside.set_event("before there is one")
    inside.connect()
    inside.set_event("stop")
    wait_until(lambda: Event("stop", client=inside.client).is_set())
    inside.close()
    inside.set_event("after its end")


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_a_client_may_be_collected_while_dask_starts_a_loop(inside: Cluster) -> None:
    inside.connect()
    forgotten = Client(inside.client.cluster, set_as_default=False)

    def collect() -> None:
        with LoopRunner._lock:
            forgotten.__del__()

    thread = threading.Thread(target=collect, daemon=True)
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert forgotten.status == "closed"


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_missing_workers_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annlab.jobs.cluster.START_SECONDS", 0)
    monkeypatch.setattr(WorkerProcesses, "start", lambda self: None)
    with closing(Cluster(n_workers=1, scheduler="")) as cluster:
        cluster.start()
        wait_until(lambda: bool(cluster.start_error))
        assert cluster.start_error.startswith("No training worker of this server has answered")
        assert not cluster.ready


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_crashing_workers_are_reported_and_recover(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers die at the start, as with a missing package."""
    monkeypatch.setattr("annlab.jobs.worker_processes.pause_after", lambda n_failures: 0.0)
    command = [sys.executable, "-c", "raise SystemExit('No module named torch')"]
    asked = []
    monkeypatch.setattr(
        "annlab.jobs.local_cluster.worker_command", lambda *how: asked.append(how) or command
    )
    with closing(Cluster(n_workers=1, scheduler="")) as cluster:
        cluster.start()
        wait_until(lambda: bool(cluster.start_error))
        assert "times in a row before they were ready" in cluster.start_error
        assert not cluster.ready
        command[:] = worker_processes.worker_command(*asked[0])
        assert cluster.wait_until_ready(worker_processes.START_SECONDS)
        wait_until(lambda: cluster.start_error == "")


def test_attempts_to_reach_an_absent_scheduler_leave_nothing_behind() -> None:
    cluster = Cluster(scheduler="tcp://127.0.0.1:1")
    with pytest.raises(ConnectionRefusedError):
        cluster.connect()
    threads = threading.active_count()
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            cluster.connect()
    assert threading.active_count() == threads

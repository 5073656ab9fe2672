"""The cluster's processes: how they end with the server that has started them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest

from annlab.config import DatasetConfig, RunConfig, TrainingConfig
from annlab.jobs.cluster import Cluster
from annlab.jobs.queue import Jobs
from annlab.store.run_store import RunStore

ROOT = Path(__file__).resolve().parents[2]
WITH_A_WORKER = """
import signal, time
import annlab.jobs.cluster
from annlab.jobs.cluster import Cluster, worker_function

# Who runs the tests in the background may have it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
annlab.jobs.cluster._END_SECONDS = 2
cluster = Cluster(n_workers=1)
cluster.start()
cluster.client.wait_for_workers(1)
# What cannot be made is said to the one who asked.
said = cluster.client.submit(worker_function("make_dataset"), {"name": "no such data"}).exception()
assert isinstance(said, ValueError), said
try:
    print("ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    pass
"""
# A server takes a while to stop, in which the thread that starts the workers wakes up.
STOPPED_BEFORE_ITS_WORKERS = """
import threading, time
from annlab.jobs.cluster import Cluster

start = Cluster.start
Cluster.start = lambda self: (print("too late"), start(self))

from annlab.jobs.queue import Jobs
from annlab.store.run_store import RunStore

Jobs(RunStore("sqlite://"), Cluster(n_workers=1)).start(after_seconds=0.5)
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
def test_workers_end_with_the_server_and_say_nothing(stuck: bool) -> None:
    with _server(WITH_A_WORKER) as server:
        workers = _workers(server)
        if stuck:
            workers[0].suspend()  # that which would end the others
        # Ctrl+C in a terminal goes to all processes of the group.
        os.killpg(server.pid, signal.SIGINT)
        _, complaints = server.communicate(timeout=30)
    assert (server.returncode, complaints) == (0, "")
    assert not psutil.wait_procs(workers, timeout=10)[1]


def _listens_to(process: psutil.Process) -> set[str]:
    connections = process.net_connections(kind="inet")
    return {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN}


def test_nobody_else_can_reach_the_workers() -> None:
    with _server(WITH_A_WORKER) as server:
        processes = [psutil.Process(server.pid), *_workers(server)]
        heard = [_listens_to(process) for process in processes]
        server.kill()
    assert set.union(*heard) == {"127.0.0.1"}


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_a_cluster_that_has_been_closed_has_no_slots() -> None:
    before = _listens_to(psutil.Process())
    cluster = Cluster(n_workers=0)
    cluster.start()
    cluster.client.wait_for_workers(1)
    assert _listens_to(psutil.Process()) - before <= {"127.0.0.1"}
    assert cluster.n_slots() == 1
    cluster.close()
    assert cluster.n_slots() == 0


def test_workers_end_when_the_server_is_killed() -> None:
    with _server(WITH_A_WORKER) as server:
        workers = _workers(server)
        server.kill()
    assert not psutil.wait_procs(workers, timeout=60)[1]


def test_a_server_that_stops_before_its_workers_start_says_nothing() -> None:
    with _server(STOPPED_BEFORE_ITS_WORKERS) as server:
        assert server.communicate(timeout=60) == ("stopped\n", "")


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_what_is_closed_before_it_starts_never_does() -> None:
    jobs = Jobs(RunStore("sqlite://"), Cluster(n_workers=0))
    jobs.start(after_seconds=60)
    jobs.close()
    assert not jobs.wait_until_ready(2)
    assert jobs.cluster.client is None


def _moons(n_epochs: int, seed: int) -> RunConfig:
    training = TrainingConfig(max_epochs=n_epochs, seed=seed)
    return RunConfig(dataset=DatasetConfig(name="moons", n_samples=100), training=training)


@contextmanager
def _cluster_of_others(port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "dask"]
    address = f"tcp://127.0.0.1:{port}"
    scheduler = [*command, "scheduler", "--host", "127.0.0.1", "--port", str(port)]
    worker = [*command, "worker", address, "--host", "127.0.0.1", "--nthreads", "2"]
    worker += ["--preload", "annlab.jobs.worker"]
    processes = [
        subprocess.Popen(
            [*start, "--no-dashboard"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for start in (scheduler, worker)
    ]
    try:
        yield
    finally:
        for process in reversed(processes):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="there are no process groups here")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
@pytest.mark.parametrize("patience", ["30s", "1s"], ids=["waited for", "given up"])
def test_a_scheduler_of_others_that_comes_back_is_used_again(patience: str) -> None:
    import dask

    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    jobs = Jobs(RunStore("sqlite://"), Cluster(scheduler=f"tcp://127.0.0.1:{port}"))
    with dask.config.set({"distributed.comm.timeouts.connect": patience}), closing(jobs):
        with _cluster_of_others(port):
            jobs.start()
            assert jobs.wait_until_ready(60)
            (lost,) = jobs.submit([_moons(10_000, 1)], "s")
            jobs.wait_for_progress("s", 60)
            assert lost.epoch
        jobs.wait_for_end("s", 60)
        assert jobs.failure(lost.config).startswith("The connection to the workers was lost.")
        given_up = patience == "1s"
        end = time.monotonic() + 30
        while given_up and jobs.cluster.client.status != "closed" and time.monotonic() < end:
            time.sleep(0.1)
        assert (jobs.cluster.client.status == "closed") is given_up
        # What is asked for meanwhile waits.
        (job,) = jobs.submit([_moons(50, 2)], "s")
        assert job.state == "waiting"
        with _cluster_of_others(port):
            jobs.wait_for_end("s", 60)
            assert job.state == "finished"
            assert job.epoch  # its progress was heard

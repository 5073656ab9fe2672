"""The cluster's processes: how they end with the server that has started them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from annlab.cluster import Cluster
from annlab.jobs import Jobs
from annlab.store import RunStore

ROOT = Path(__file__).resolve().parents[1]
WITH_A_WORKER = """
import signal, time
import annlab.cluster
from annlab.cluster import Cluster, worker_function

# Who runs the tests in the background may have it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
annlab.cluster._END_SECONDS = 2
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
from annlab.cluster import Cluster

start = Cluster.start
Cluster.start = lambda self: (print("too late"), start(self))

from annlab.jobs import Jobs
from annlab.store import RunStore

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


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_a_cluster_that_has_been_closed_has_no_slots() -> None:
    cluster = Cluster(n_workers=0)
    cluster.start()
    cluster.client.wait_for_workers(1)
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

"""The cluster's processes: how they end with the server that has started them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from annlab.cluster import Cluster

ROOT = Path(__file__).resolve().parents[1]
WITH_A_WORKER = """
import time
from annlab.cluster import Cluster

cluster = Cluster(n_workers=1)
cluster.start()
cluster.client.wait_for_workers(1)
print("ready", flush=True)
try:
    time.sleep(60)
except KeyboardInterrupt:
    pass
"""
# A server takes a while to stop, in which the thread that starts the workers may wake up.
STOPPED_BEFORE_ITS_WORKERS = """
import threading, time
from annlab.cluster import Cluster
from annlab.jobs import Jobs
from annlab.store import RunStore

Jobs(RunStore("sqlite://"), Cluster(n_workers=1)).start(after_seconds=0.5)
threading.Thread(target=time.sleep, args=(3,)).start()
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no process groups here")


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


@pytest.mark.parametrize("whom", ["terminal", "server"])
def test_workers_end_with_the_server_and_say_nothing(whom: str) -> None:
    with _server(WITH_A_WORKER) as server:
        workers = _workers(server)
        # Ctrl+C in a terminal goes to all processes of the group.
        (os.killpg if whom == "terminal" else os.kill)(server.pid, signal.SIGINT)
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
    began = time.monotonic()
    with _server(STOPPED_BEFORE_ITS_WORKERS) as server:
        _, complaints = server.communicate(timeout=60)
    assert complaints == ""
    assert time.monotonic() - began > 3

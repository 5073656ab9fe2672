"""Workers that one process forks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from distributed import Client, LocalCluster

from annlab.jobs.cluster import Cluster
from annlab.jobs.worker_processes import START_SECONDS
from tests.jobs.small_trainings import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks workers"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANNLAB_TEACHER_KEY", "a key of a teacher")
        patch.setenv("ANNLAB_DATABASE_URL", "sqlite:///of-the-server.sqlite")
        with closing(Cluster(n_workers=2, scheduler="")) as made:
            made.start()
            assert made.wait_until_ready(START_SECONDS), made.start_error
            wait_until(lambda: len(_workers(made)) == 2 and _n_connected(made) == 2)
            yield made


def _workers(cluster: Cluster) -> list[psutil.Process]:
    return psutil.Process(cluster.worker_pid).children()


def _n_connected(cluster: Cluster) -> int:
    return len(cluster.client.scheduler_info()["workers"])


def _has_ended(process: psutil.Process) -> bool:
    # Where nobody waits for orphans, they stay zombies.
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_they_share_what_the_first_has_imported(cluster: Cluster) -> None:
    parent, workers = psutil.Process(cluster.worker_pid), _workers(cluster)
    together = sum(process.memory_full_info().pss for process in (parent, *workers))
    # Each alone takes as much as the parent.
    assert together < 0.7 * len(workers) * parent.memory_info().rss


def test_they_know_no_secrets_and_are_polite(cluster: Cluster) -> None:
    names = (
        "ANNLAB_TEACHER_KEY",
        "ANNLAB_DATABASE_URL",
        "OMP_NUM_THREADS",
        "MALLOC_TRIM_THRESHOLD_",
    )

    def read() -> tuple[list[str | None], str, int]:
        score = Path("/proc/self/oom_score_adj").read_text().strip()
        return [os.environ.get(name) for name in names], score, os.nice(0)

    for variables, score, niceness in cluster.client.run(read).values():
        assert variables == [None, None, "1", None]
        assert score == "500"  # Linux ends them before the web process
        assert niceness == 10 + os.nice(0)


def test_a_killed_worker_is_forked_again(cluster: Cluster) -> None:
    parent, (first, second) = cluster.worker_pid, _workers(cluster)
    first.kill()
    wait_until(lambda: first.pid not in {w.pid for w in _workers(cluster)})
    wait_until(lambda: len(_workers(cluster)) == 2 and _n_connected(cluster) == 2)
    assert cluster.worker_pid == parent
    assert second in _workers(cluster)
    assert cluster.start_error == ""


def test_they_end_with_the_process_that_forked_them(cluster: Cluster) -> None:
    parent, workers = psutil.Process(cluster.worker_pid), _workers(cluster)
    parent.kill()
    wait_until(lambda: all(map(_has_ended, workers)))
    # The server starts new ones.
    wait_until(lambda: cluster.worker_pid != parent.pid and _n_connected(cluster) == 2)


def test_they_end_with_an_external_scheduler() -> None:
    with LocalCluster(n_workers=0, dashboard_address=None) as scheduler:
        command = [sys.executable, "-m", "annlab.jobs.workers", scheduler.scheduler_address, "2"]
        process = subprocess.Popen(command, start_new_session=True)
        with Client(scheduler, set_as_default=False) as client:
            client.wait_for_workers(2, START_SECONDS)
            threads = client.scheduler_info()["workers"].values()
            assert [facts["nthreads"] for facts in threads] == [1, 1]
            workers = psutil.Process(process.pid).children()
            assert set(client.run(os.getpid).values()) == {worker.pid for worker in workers}
    assert process.wait(START_SECONDS) == 0
    assert all(map(_has_ended, workers))

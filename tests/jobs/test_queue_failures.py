"""Workers that are killed, and trainings that fail."""

import os
import signal

import psutil
import pytest

from annlab.jobs.dask_settings import MAX_DEATHS
from annlab.jobs.job import Job
from annlab.ui.services import Services
from tests.jobs.small_trainings import config, finish, long_config, wait_until

pytestmark = [
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


def workers(server: Services) -> dict[str, int]:
    return server.cluster.client.run(os.getpid)


def worker_of(server: Services, job: Job) -> int:
    """Process that trains a job."""
    keys = server.cluster.client.processing()
    address = next(a for a, found in keys.items() if any(job.config.digest in k for k in found))
    return workers(server)[address]


def test_a_killed_worker_costs_only_time(server: Services) -> None:
    wanted = config(40, epochs=4000)
    (job,) = server.queue.submit([wanted], "s")
    wait_until(lambda: job.epoch > 10)
    assert not job.restarted
    os.kill(worker_of(server, job), signal.SIGKILL)
    wait_until(lambda: job.restarted)
    assert not job.done
    finish(server, "s")
    run = server.repository.run(wanted)
    assert run is not None
    assert run.ending == "finished"
    assert server.queue.failure(wanted) == ""
    # The retry restarted the progress, and the history is complete.
    assert len(job.history.as_dict()["train_loss"]) == run.n_epochs + 1


@pytest.mark.slow
def test_job_whose_workers_keep_dying_fails_with_a_message(server: Services) -> None:
    wanted = long_config(41)
    (job,) = server.queue.submit([wanted], "s")
    killed: set[int] = set()
    while len(killed) < MAX_DEATHS:
        wait_until(lambda: job.done or bool(_trains(server, job)))
        assert not job.done
        process = worker_of(server, job)
        if process not in killed:
            os.kill(process, signal.SIGKILL)
            killed.add(process)
        wait_until(lambda p=process: job.done or not psutil.pid_exists(p))
    finish(server, "s")
    assert job.state == "failed"
    assert f"{MAX_DEATHS} times" in server.queue.failure(wanted)
    assert server.repository.run(wanted) is None
    # The queue still trains other runs.
    assert server.repository.run(config(142)) is None
    server.queue.submit([config(142)], "s")
    finish(server, "s")
    assert server.repository.run(config(142)) is not None


def _trains(server: Services, job: Job) -> bool:
    held = server.cluster.client.processing().values()
    return any(job.config.digest in key for keys in held for key in keys)


@pytest.mark.slow
def test_the_workers_come_back_when_all_their_processes_are_killed(server: Services) -> None:
    old = psutil.Process(server.cluster.worker_pid)
    for process in [*old.children(recursive=True), old]:
        process.kill()
    server.queue.submit([config(43)], "s")
    finish(server, "s")
    assert server.repository.run(config(43)) is not None
    wait_until(lambda: server.cluster.n_slots() == server.cluster.n_workers)


def test_a_training_that_fails_says_why(server: Services) -> None:
    if "gpu" in server.cluster.accelerators:
        pytest.skip("this machine has the GPU that the test needs to be missing")
    wanted = config(44, accelerator="gpu")
    server.queue.submit([wanted], "s")
    finish(server, "s")
    assert "there is no GPU" in server.queue.failure(wanted)

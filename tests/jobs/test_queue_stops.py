"""Runs of the queue that a session stops, and asks for again."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from annlab.jobs.job import JobState
from annlab.ui.services import Services
from tests.jobs.small_trainings import DEADLINE_SECONDS, config, finish, long_config, wait_until

pytestmark = [
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


def test_stop_ends_a_run_and_keeps_it(server: Services) -> None:
    wanted = long_config(6)
    (job,) = server.queue.submit([wanted], "s")
    wait_until(lambda: job.epoch > 2)
    assert server.queue.stop("s") == 0
    finish(server, "s")
    run = server.repository.run(wanted)
    assert run is not None
    assert run.ending == "stopped"
    assert 2 < run.n_epochs < 10_000
    assert len(run.history["train_loss"]) == run.n_epochs + 1


def test_stop_drops_what_waits_and_keeps_what_the_others_learned(server: Services) -> None:
    *running, waiting = server.queue.submit([long_config(seed) for seed in (8, 9, 10)], "s")
    wait_until(lambda: all(job.epoch > 2 for job in running))  # one on each worker
    assert server.queue.stop("s") == 0
    assert waiting.state == JobState.CANCELED
    finish(server, "s")
    assert [server.repository.run(job.config).ending for job in running] == ["stopped"] * 2
    assert server.repository.run(waiting.config) is None


def test_stop_awaits_the_end_of_own_runs_beside_a_shared_one(server: Services) -> None:
    own, shared = server.queue.submit([long_config(11), long_config(12)], "s")
    server.queue.submit([shared.config], "other")
    wait_until(lambda: own.epoch > 2)
    assert server.queue.stop("s") == 1
    assert own.stopping
    assert not shared.stopping
    # In the same order, because a page names its models by it.
    batch = server.queue.batch("s")
    assert batch is None or [job.config for job in batch] == [own.config, shared.config]
    finish(server, "s")
    assert server.repository.run(own.config).ending == "stopped"
    assert not shared.done


def test_wait_for_end_times_out(server: Services) -> None:
    (job,) = server.queue.submit([long_config(107)], "s")
    wait_until(lambda: job.epoch > 0)
    server.queue.wait_for_end("s", 0.2)
    assert server.queue.batch("s") is not None
    with ThreadPoolExecutor() as page:
        waits = page.submit(server.queue.wait_for_end, "s", DEADLINE_SECONDS)
        server.queue.stop("s")
        waits.result()
    assert server.queue.batch("s") is None


def test_pressing_stop_twice_keeps_the_run_too(server: Services) -> None:
    wanted = long_config(106)
    (job,) = server.queue.submit([wanted], "s")
    wait_until(lambda: job.epoch > 2)
    server.queue.stop("s")
    assert server.queue.stop("s") == 0
    batch = server.queue.batch("s")
    assert batch is None or batch[0] is job  # the session still waits for the job
    finish(server, "s")
    assert server.repository.run(wanted).ending == "stopped"


def test_a_stopped_run_is_trained_anew_when_asked_for_again(server: Services) -> None:
    wanted = config(7, epochs=2000)
    (job,) = server.queue.submit([wanted], "s")
    wait_until(lambda: job.epoch > 0)
    server.queue.stop("s")
    finish(server, "s")
    assert server.repository.run(wanted).ending == "stopped"
    server.queue.submit([wanted], "s")
    finish(server, "s")
    assert server.repository.run(wanted).ending == "finished"


def test_run_resubmitted_while_stopping_is_trained_completely(
    server: Services,
) -> None:
    wanted = config(43, epochs=1500)
    before = server.queue.n_started
    (job,) = server.queue.submit([wanted], "s")
    wait_until(lambda: job.epoch > 0)
    server.queue.stop("s")
    (others,) = server.queue.submit([wanted], "other")
    (again,) = server.queue.submit([wanted], "s")
    assert job not in (others, again)
    finish(server, "s")
    finish(server, "other")
    assert server.repository.run(wanted).ending == "finished"
    assert server.queue.n_unfinished == 0
    # The run is trained again for both sessions.
    assert server.queue.n_started == before + 2


def test_session_that_submits_during_a_stop_can_stop(server: Services) -> None:
    wanted = long_config(44)
    (job,) = server.queue.submit([wanted], "s")
    wait_until(lambda: job.epoch > 0)
    server.queue.stop("s")
    (others,) = server.queue.submit([wanted], "other")
    server.queue.stop("other")
    assert others.state in (JobState.CANCELED, JobState.RUNNING)
    finish(server, "s")
    finish(server, "other")
    assert server.queue.n_unfinished == 0

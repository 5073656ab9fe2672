"""The queue's batches of sessions: one that runs, one that waits, and runs that sessions share."""

import threading

import pytest

from annlab.jobs.job import JobState
from annlab.ui.services import Services
from tests.jobs.small_trainings import config, finish, long_config, wait_until

pytestmark = [
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


def test_the_same_config_of_many_sessions_is_trained_once(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = long_config(8)
    sessions = [f"s{i}" for i in range(30)]
    before = server.queue.n_started
    threads = [threading.Thread(target=server.queue.submit, args=([wanted], s)) for s in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = {id(server.queue.batch(s)[0]) for s in sessions}
    assert len(found) == 1
    job = server.queue.batch("s0")[0]
    wait_until(lambda: job.epoch > 0)  # all sessions share this job
    assert server.queue.n_started == before + 1
    # If one session stops the job, it continues while another session is present.
    assert server.queue.stop("s0") == 1
    assert job.state == JobState.RUNNING
    for session in sessions[2:]:
        server.queue.leave(session)
    assert server.queue.stop("s1") == 1  # they may come back
    monkeypatch.setattr("annlab.jobs.sessions.BLIP_SECONDS", 0.0)
    server.queue.submit([wanted], "s1")
    assert server.queue.stop("s1") == 0
    wait_until(lambda: job.done)


def test_a_session_has_one_batch_running_and_one_waiting(server: Services) -> None:
    running, second, third = long_config(10), config(11), config(12)
    server.queue.submit([running], "s")
    server.queue.submit([second], "s")
    server.queue.submit([third], "s")  # replaces the second batch
    assert server.queue.batch("s")[0].config == running
    assert server.queue.waiting_batch("s")[0].config == third
    server.queue.submit([third], "s")  # pressed twice
    assert server.queue.n_unfinished == 1
    wait_until(lambda: server.queue.batch("s")[0].epoch > 0)
    server.queue.stop("s")
    finish(server, "s")  # Stop ends the running batch and starts the waiting one
    assert server.repository.run(running).ending == "stopped"
    assert server.repository.run(second) is None
    assert server.repository.run(third) is not None


def test_replacing_a_waiting_batch_stops_nothing(server: Services) -> None:
    kept = config(40, epochs=1500)
    server.queue.submit([kept], "s")
    server.queue.submit([kept, config(41)], "s")
    (first, _) = server.queue.submit([kept, config(42)], "s")
    assert first.config == kept
    assert not server.queue.batch("s")[0].stopping
    finish(server, "s")
    assert server.repository.run(kept).ending == "finished"
    assert server.repository.run(config(41)) is None
    assert server.repository.run(config(42)).ending == "finished"


def test_resubmitting_the_running_batch_drops_the_waiting_one(server: Services) -> None:
    server.queue.submit([long_config(51)], "s")
    server.queue.submit([config(52)], "s")
    (job,) = server.queue.submit([long_config(51)], "s")
    assert job is server.queue.batch("s")[0]
    assert server.queue.waiting_batch("s") is None
    server.queue.stop("s")
    finish(server, "s")
    assert server.repository.run(config(52)) is None


def test_waiting_batch_is_complete_although_a_shared_run_was_stopped(
    server: Services,
) -> None:
    shared = config(45, epochs=1500)
    (job, _) = server.queue.submit([shared, long_config(46)], "s")
    wait_until(lambda: job.epoch > 0)
    server.queue.submit([shared, config(47)], "s")
    server.queue.stop("s")
    finish(server, "s")
    assert server.repository.run(shared).ending == "finished"
    assert server.repository.run(config(47)).ending == "finished"


def test_waiting_batch_skips_runs_finished_by_others(
    server: Services,
) -> None:
    wanted = config(48)
    server.queue.submit([long_config(49)], "s")
    (waiting,) = server.queue.submit([wanted], "s")
    server.queue.submit([wanted], "other")
    finish(server, "other")
    before = server.queue.n_started
    server.queue.stop("s")
    finish(server, "s")
    assert waiting.state == "finished"
    assert server.queue.n_started == before


def test_a_waiting_batch_begins_when_the_running_one_ends(server: Services) -> None:
    server.queue.submit([config(13, epochs=300)], "s")
    server.queue.submit([config(14)], "s")
    finish(server, "s")
    assert server.repository.run(config(14)) is not None

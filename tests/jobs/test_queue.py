"""The queue on a real cluster of worker processes."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from annlab.analysis.evaluation import evaluate
from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.datasets import load_dataset
from annlab.jobs.cluster import MAX_DEATHS, Cluster
from annlab.jobs.job import Job, JobState
from annlab.runs.run import Run
from annlab.ui.services import Services
from tests.jobs.serve import serve

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

DEADLINE_SECONDS = 60


def config(seed: int = 0, epochs: int = 5, **training: object) -> RunConfig:
    return RunConfig(
        dataset=DatasetConfig(name="moons", n_samples=100),
        model=ModelConfig(hidden_sizes=(4,), activation="tanh"),
        training=TrainingConfig(max_epochs=epochs, seed=seed, **training),
    )


def long_config(seed: int) -> RunConfig:
    """A run that takes minutes unless stopped."""
    return config(seed, epochs=10_000, batch_size=1)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def finish(server: Services, session: str) -> None:
    wait_until(lambda: server.queue.batch(session) is None)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    path = tmp_path_factory.mktemp("store") / "runs.sqlite"
    made = serve(f"sqlite:///{path}", Cluster(n_workers=2, scheduler=""))
    made.cluster.start()
    assert made.cluster.wait_until_ready(DEADLINE_SECONDS), made.cluster.start_error
    yield made
    made.close()


@pytest.fixture(autouse=True)
def nothing_left(server: Services) -> Iterator[None]:
    yield
    while server.queue.sessions:
        for session in server.queue.sessions:
            server.queue.stop(session)
        time.sleep(0.02)
    wait_until(lambda: server.queue.n_unfinished == 0)


def workers(server: Services) -> dict[str, int]:
    return server.cluster.client.run(os.getpid)


def worker_of(server: Services, job: Job) -> int:
    """Process that trains a job."""
    keys = server.cluster.client.processing()
    address = next(a for a, found in keys.items() if any(job.config.digest in k for k in found))
    return workers(server)[address]


def test_run_beyond_the_work_limit_is_refused_unless_stored(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, other = config(900), config(901)
    server.queue.submit([stored], "s")
    finish(server, "s")
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1")
    (job,) = server.queue.submit([stored], "s")
    assert job.state == "finished"
    with pytest.raises(ValueError, match="compute this server allows"):
        server.queue.submit([stored, other], "s")
    assert server.queue.batch("s") is None
    assert server.repository.run(other) is None


def test_a_batch_is_trained_and_kept(server: Services) -> None:
    pair = (config(1), config(2))
    server.queue.submit(pair, "s")
    finish(server, "s")
    for wanted in pair:
        run = server.repository.run(wanted)
        assert run is not None
        assert run.config == wanted
        stored = server.repository.store.load(wanted.digest)
        assert stored is not None
        np.testing.assert_array_equal(stored.history["train_loss"], run.history["train_loss"])


def test_a_worker_trains_the_same_run_as_this_process(server: Services) -> None:
    from annlab import train

    wanted = config(3)
    server.queue.submit([wanted], "s")
    finish(server, "s")
    there, here = server.repository.run(wanted), train(wanted)
    assert there is not None
    np.testing.assert_array_equal(there.history["train_loss"], here.history["train_loss"])


def test_start_does_not_wait_for_the_workers(tmp_path: Path) -> None:
    lazy = serve(f"sqlite:///{tmp_path}/r.sqlite", Cluster(n_workers=1, scheduler=""))
    try:
        lazy.cluster.start()
        (job,) = lazy.queue.submit([config(4)], "s")
        assert not lazy.cluster.ready
        assert job.state == JobState.WAITING
        finish(lazy, "s")
        assert lazy.repository.run(config(4)) is not None
    finally:
        lazy.close()


def test_progress_grows_and_ends_with_the_whole_history(server: Services) -> None:
    wanted = config(5, epochs=3000)
    (job,) = server.queue.submit([wanted], "s")
    wait_until(lambda: job.epoch > 0)
    first = job.epoch
    wait_until(lambda: job.epoch > first)
    live = job.history.as_dict()["train_loss"]
    layers = job.layers
    assert [(W.shape, b.shape) for W, b in layers] == [((2, 4), (4,)), ((4, 1), (1,))]
    finish(server, "s")
    run = server.repository.run(wanted)
    assert run is not None
    np.testing.assert_array_equal(run.history["train_loss"][: len(live)], live)
    assert len(live) < len(run.history["train_loss"])


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


def test_how_long_a_job_still_takes() -> None:
    job = Job(config(epochs=10))
    assert job.seconds_left == float("inf")
    job.history.append(np.zeros((5, 2, 1)))  # four epochs, and the untrained state
    job.elapsed_seconds = 2.0
    assert job.seconds_left == pytest.approx(3.0)
    job.state = JobState.FINISHED
    assert job.seconds_left == 0


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


def test_a_finished_run_is_not_trained_again(server: Services) -> None:
    wanted = config(9)
    server.queue.submit([wanted], "s")
    finish(server, "s")
    before = server.queue.n_started
    (job,) = server.queue.submit([wanted], "other")
    assert job.state == "finished"
    assert server.queue.batch("other") is None
    assert server.queue.n_started == before


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


def test_the_same_run_twice_in_a_batch_is_one_job(server: Services) -> None:
    one, other = server.queue.submit([config(50), config(50)], "s")
    assert one is other
    finish(server, "s")
    assert one.state == "finished"


def test_a_waiting_batch_begins_when_the_running_one_ends(server: Services) -> None:
    server.queue.submit([config(13, epochs=300)], "s")
    server.queue.submit([config(14)], "s")
    finish(server, "s")
    assert server.repository.run(config(14)) is not None


def test_waiting_job_knows_the_number_of_trainings_ahead(server: Services) -> None:
    n = server.cluster.n_workers
    running = [server.queue.submit([long_config(20 + i)], f"s{i}")[0] for i in range(n)]
    (first,) = server.queue.submit([config(30)], "first")
    (second,) = server.queue.submit([config(31)], "second")
    wait_until(lambda: all(job.state == JobState.RUNNING for job in running))
    assert (first.state, server.queue.n_ahead(first)) == (JobState.WAITING, n)
    assert (second.state, server.queue.n_ahead(second)) == (JobState.WAITING, n + 1)
    for i in range(n):
        server.queue.stop(f"s{i}")
    finish(server, "first")
    finish(server, "second")


def test_a_killed_worker_costs_only_time(server: Services) -> None:
    wanted = config(40, epochs=4000)
    (job,) = server.queue.submit([wanted], "s")
    wait_until(lambda: job.epoch > 10)
    os.kill(worker_of(server, job), signal.SIGKILL)
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


def test_run_is_stored_with_its_score_without_a_data_request(
    server: Services,
) -> None:
    points = DatasetConfig(name="circles", n_samples=60)
    alone = config(8, n_seeds=3).model_copy(update={"dataset": points})
    assert server.repository.dataset(points) is None
    server.queue.submit([alone], "s")
    finish(server, "s")
    (info,) = server.repository.runs([alone.digest])
    score = evaluate(server.repository.run(alone), split=load_dataset(points).scored_split).accuracy
    assert info.score == pytest.approx(score.mean())


def test_data_sets_are_made_by_a_worker(server: Services) -> None:
    wanted = DatasetConfig(name="circles", n_samples=200, test_fraction=0.25)
    made, here = server.datasets.load(RunConfig(dataset=wanted)), load_dataset(wanted)
    np.testing.assert_array_equal(made.X_train, here.X_train)
    np.testing.assert_array_equal(made.y_test, here.y_test)
    assert server.datasets.load(wanted) is made
    assert server.repository.store.load_dataset(wanted.digest) is not None


def test_data_sets_are_made_while_all_workers_train(server: Services) -> None:
    n = server.cluster.n_workers
    jobs = [server.queue.submit([long_config(50 + i)], f"s{i}")[0] for i in range(n)]
    wait_until(lambda: all(job.epoch > 0 for job in jobs))
    assert len(server.datasets.load(DatasetConfig(name="xor", n_samples=100)).X_train) == 100
    assert not any(job.done for job in jobs)


def test_accelerators_are_what_the_workers_have(server: Services) -> None:
    from annlab.training.accelerators import available

    assert server.cluster.accelerators == available()


def test_without_a_store_results_live_in_memory(server: Services, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    broken = serve(f"sqlite:///{tmp_path}/file/runs.sqlite", server.cluster)
    broken.queue.submit([config(60)], "s")
    finish(broken, "s")
    assert isinstance(broken.repository.run(config(60)), Run)
    assert broken.repository.store_error


def test_worker_thread_in_this_process_trains(tmp_path: Path) -> None:
    inside = serve(f"sqlite:///{tmp_path}/r.sqlite", Cluster(n_workers=0, scheduler=""))
    inside.cluster.start()
    try:
        inside.queue.submit([config(61), config(62)], "s")
        finish(inside, "s")
        assert inside.repository.run(config(61)) is not None
        assert inside.repository.run(config(62)) is not None
        assert inside.datasets.load(DatasetConfig(n_samples=50)).X_train.shape == (50, 2)
        (job,) = inside.queue.submit([long_config(63)], "s")
        wait_until(lambda: job.epoch > 0)
        inside.queue.stop("s")
        finish(inside, "s")
        assert inside.repository.run(long_config(63)).ending == "stopped"
    finally:
        inside.close()

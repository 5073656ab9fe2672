"""Jobs on a real cluster of worker processes."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from annlab.analysis.evaluation import evaluate
from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.datasets import load_dataset
from annlab.jobs.cluster import MAX_DEATHS, Cluster
from annlab.jobs.job import Job, JobState
from annlab.jobs.queue import Jobs
from annlab.runs.run import Run
from annlab.store.run_store import RunStore

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

DEADLINE_SECONDS = 60


def config(seed: int = 0, epochs: int = 5, **training: object) -> RunConfig:
    return RunConfig(
        dataset=DatasetConfig(name="moons", n_samples=100),
        model=ModelConfig(hidden_sizes=(4,), activation="tanh"),
        training=TrainingConfig(max_epochs=epochs, seed=seed, **training),
    )


def long_config(seed: int) -> RunConfig:
    """A run of minutes, were it not stopped."""
    return config(seed, epochs=10_000, batch_size=1)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def finish(jobs: Jobs, session: str) -> None:
    wait_until(lambda: jobs.batch(session) is None)


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    path = tmp_path_factory.mktemp("store") / "runs.sqlite"
    made = Jobs(RunStore(f"sqlite:///{path}"), Cluster(n_workers=2, scheduler=""))
    made.start()
    assert made.wait_until_ready(DEADLINE_SECONDS)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def nothing_left(jobs: Jobs) -> Iterator[None]:
    yield
    while jobs._batches:
        for session in list(jobs._batches):
            jobs.stop(session)
        time.sleep(0.02)
    wait_until(lambda: jobs.n_unfinished == 0)


def workers(jobs: Jobs) -> dict[str, int]:
    return jobs.cluster.client.run(os.getpid)


def worker_of(jobs: Jobs, job: Job) -> int:
    """The process that trains a job now."""
    keys = jobs.cluster.client.processing()
    address = next(a for a, found in keys.items() if any(job.config.digest in k for k in found))
    return workers(jobs)[address]


def test_what_this_host_does_not_allow_is_refused_unless_it_is_stored(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, other = config(900), config(901)
    jobs.submit([stored], "s")
    finish(jobs, "s")
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1")
    (job,) = jobs.submit([stored], "s")
    assert job.state == "finished"
    with pytest.raises(ValueError, match="compute this server allows"):
        jobs.submit([stored, other], "s")
    assert jobs.batch("s") is None
    assert jobs.run(other) is None


def test_a_batch_is_trained_and_kept(jobs: Jobs) -> None:
    pair = (config(1), config(2))
    jobs.submit(pair, "s")
    finish(jobs, "s")
    for wanted in pair:
        run = jobs.run(wanted)
        assert run is not None
        assert run.config == wanted
        stored = jobs.library.store.load(wanted.digest)
        assert stored is not None
        np.testing.assert_array_equal(stored.history["train_loss"], run.history["train_loss"])


def test_a_worker_trains_the_same_run_as_this_process(jobs: Jobs) -> None:
    from annlab import train

    wanted = config(3)
    jobs.submit([wanted], "s")
    finish(jobs, "s")
    there, here = jobs.run(wanted), train(wanted)
    assert there is not None
    np.testing.assert_array_equal(there.history["train_loss"], here.history["train_loss"])


def test_start_does_not_wait_for_the_workers(tmp_path: Path) -> None:
    lazy = Jobs(RunStore(f"sqlite:///{tmp_path}/r.sqlite"), Cluster(n_workers=1, scheduler=""))
    start = time.monotonic()
    lazy.start()
    returned = time.monotonic() - start
    # What is asked for meanwhile waits, and is trained when they have come.
    lazy.submit([config(4)], "s")
    assert not lazy.ready
    assert lazy.batch("s")[0].state == "waiting"
    try:
        finish(lazy, "s")
        ready = time.monotonic() - start
        assert lazy.run(config(4)) is not None
        assert returned < ready / 10
    finally:
        lazy.close()


def test_progress_grows_and_ends_with_the_whole_history(jobs: Jobs) -> None:
    wanted = config(5, epochs=3000)
    (job,) = jobs.submit([wanted], "s")
    wait_until(lambda: job.epoch > 0)
    first = job.epoch
    wait_until(lambda: job.epoch > first)
    live = job.history.as_dict()["train_loss"]
    layers = job.layers
    assert [(W.shape, b.shape) for W, b in layers] == [((2, 4), (4,)), ((4, 1), (1,))]
    finish(jobs, "s")
    run = jobs.run(wanted)
    assert run is not None
    np.testing.assert_array_equal(run.history["train_loss"][: len(live)], live)
    assert len(live) < len(run.history["train_loss"])


def test_stop_ends_a_run_within_half_a_second_and_keeps_it(jobs: Jobs) -> None:
    wanted = long_config(6)
    (job,) = jobs.submit([wanted], "s")
    wait_until(lambda: job.epoch > 2)
    start = time.monotonic()
    assert jobs.stop("s") == 0
    finish(jobs, "s")
    # Twice what is promised: this machine may be busy with other things.
    assert time.monotonic() - start < 1.0
    run = jobs.run(wanted)
    assert run is not None
    assert run.ending == "stopped"
    assert 2 < run.n_epochs < 10_000
    assert len(run.history["train_loss"]) == run.n_epochs + 1


def test_how_long_a_job_still_takes() -> None:
    job = Job(config(epochs=10))
    assert job.seconds_left == float("inf")
    job.history.append(np.zeros((5, 2, 1)))  # four epochs, and before the first
    job.elapsed_seconds = 2.0
    assert job.seconds_left == pytest.approx(3.0)
    job.state = JobState.FINISHED
    assert job.seconds_left == 0


def test_an_end_is_waited_for_but_not_for_ever(jobs: Jobs) -> None:
    (job,) = jobs.submit([long_config(107)], "s")
    wait_until(lambda: job.epoch > 0)
    start = time.monotonic()
    jobs.wait_for_end("s", 0.2)
    assert 0.2 <= time.monotonic() - start < 1.0
    assert jobs.batch("s") is not None
    jobs.stop("s")
    jobs.wait_for_end("s", DEADLINE_SECONDS)
    assert jobs.batch("s") is None


def test_pressing_stop_twice_keeps_the_run_too(jobs: Jobs) -> None:
    wanted = long_config(106)
    (job,) = jobs.submit([wanted], "s")
    wait_until(lambda: job.epoch > 2)
    jobs.stop("s")
    assert jobs.stop("s") == 0
    batch = jobs.batch("s")
    assert batch is None or batch[0] is job  # still waited for, not given up
    finish(jobs, "s")
    assert jobs.run(wanted).ending == "stopped"


def test_a_stopped_run_is_trained_anew_when_asked_for_again(jobs: Jobs) -> None:
    wanted = config(7, epochs=2000)
    (job,) = jobs.submit([wanted], "s")
    wait_until(lambda: job.epoch > 0)
    jobs.stop("s")
    finish(jobs, "s")
    assert jobs.run(wanted).ending == "stopped"
    jobs.submit([wanted], "s")
    finish(jobs, "s")
    assert jobs.run(wanted).ending == "finished"


def test_the_same_config_of_many_sessions_is_trained_once(jobs: Jobs) -> None:
    wanted = long_config(8)
    sessions = [f"s{i}" for i in range(30)]
    before = jobs._n_submitted
    threads = [threading.Thread(target=jobs.submit, args=([wanted], s)) for s in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = {id(jobs.batch(s)[0]) for s in sessions}
    assert len(found) == 1
    job = jobs.batch("s0")[0]
    wait_until(lambda: job.epoch > 0)  # all of them see the progress of this one
    assert jobs._n_submitted == before + 1
    # One leaves: it goes on for the others, as long as one of them looks.
    for session in sessions:
        jobs.batch(session)
    assert jobs.stop("s0") == 1
    assert job.state == "running"
    for session in sessions[2:]:
        jobs._seen[session] -= 3600  # as if their tabs had been closed long ago
    assert jobs.stop("s1") == 0
    wait_until(lambda: job.done)


def test_a_finished_run_is_not_trained_again(jobs: Jobs) -> None:
    wanted = config(9)
    jobs.submit([wanted], "s")
    finish(jobs, "s")
    before = jobs._n_submitted
    (job,) = jobs.submit([wanted], "other")
    assert job.state == "finished"
    assert jobs.batch("other") is None
    assert jobs._n_submitted == before


def test_a_session_has_one_batch_running_and_one_waiting(jobs: Jobs) -> None:
    running, second, third = long_config(10), config(11), config(12)
    jobs.submit([running], "s")
    jobs.submit([second], "s")
    jobs.submit([third], "s")  # takes the second one's place
    assert jobs.batch("s")[0].config == running
    assert jobs.waiting_batch("s")[0].config == third
    jobs.submit([third], "s")  # pressed twice
    assert jobs.n_unfinished == 1
    wait_until(lambda: jobs.batch("s")[0].epoch > 0)
    jobs.stop("s")
    finish(jobs, "s")  # Stop ends what runs; what waits begins
    assert jobs.run(running).ending == "stopped"
    assert jobs.run(second) is None
    assert jobs.run(third) is not None


def test_what_takes_the_place_of_a_waiting_batch_stops_nothing(jobs: Jobs) -> None:
    kept = config(40, epochs=1500)
    jobs.submit([kept], "s")
    jobs.submit([kept, config(41)], "s")
    (first, _) = jobs.submit([kept, config(42)], "s")
    assert first.config == kept
    assert not jobs.batch("s")[0].stopping
    finish(jobs, "s")
    assert jobs.run(kept).ending == "finished"
    assert jobs.run(config(41)) is None
    assert jobs.run(config(42)).ending == "finished"


def test_who_goes_back_to_what_is_running_wants_nothing_more(jobs: Jobs) -> None:
    jobs.submit([long_config(51)], "s")
    jobs.submit([config(52)], "s")
    (job,) = jobs.submit([long_config(51)], "s")
    assert job is jobs.batch("s")[0]
    assert jobs.waiting_batch("s") is None
    jobs.stop("s")
    finish(jobs, "s")
    assert jobs.run(config(52)) is None


def test_what_is_asked_for_again_while_it_is_being_stopped_is_trained_whole(jobs: Jobs) -> None:
    wanted = config(43, epochs=1500)
    before = jobs._n_submitted
    (job,) = jobs.submit([wanted], "s")
    wait_until(lambda: job.epoch > 0)
    jobs.stop("s")
    (others,) = jobs.submit([wanted], "other")
    (again,) = jobs.submit([wanted], "s")
    assert job not in (others, again)
    finish(jobs, "s")
    finish(jobs, "other")
    assert jobs.run(wanted).ending == "finished"
    assert jobs.n_unfinished == 0
    # Once more, for both of them.
    assert jobs._n_submitted == before + 2


def test_who_asks_during_a_stop_can_stop_too(jobs: Jobs) -> None:
    wanted = long_config(44)
    (job,) = jobs.submit([wanted], "s")
    wait_until(lambda: job.epoch > 0)
    jobs.stop("s")
    (others,) = jobs.submit([wanted], "other")
    jobs.stop("other")
    assert others.state in (JobState.CANCELED, JobState.RUNNING)
    finish(jobs, "s")
    finish(jobs, "other")
    assert jobs.n_unfinished == 0


def test_a_waiting_batch_is_trained_whole_though_it_shares_a_run_that_was_stopped(
    jobs: Jobs,
) -> None:
    shared = config(45, epochs=1500)
    (job, _) = jobs.submit([shared, long_config(46)], "s")
    wait_until(lambda: job.epoch > 0)
    jobs.submit([shared, config(47)], "s")
    jobs.stop("s")
    finish(jobs, "s")
    assert jobs.run(shared).ending == "finished"
    assert jobs.run(config(47)).ending == "finished"


def test_a_waiting_batch_does_not_train_what_others_have_finished_meanwhile(jobs: Jobs) -> None:
    wanted = config(48)
    jobs.submit([long_config(49)], "s")
    (waiting,) = jobs.submit([wanted], "s")
    jobs.submit([wanted], "other")
    finish(jobs, "other")
    before = jobs._n_submitted
    jobs.stop("s")
    finish(jobs, "s")
    assert waiting.state == "finished"
    assert jobs._n_submitted == before


def test_the_same_run_twice_in_a_batch_is_one_job(jobs: Jobs) -> None:
    one, other = jobs.submit([config(50), config(50)], "s")
    assert one is other
    finish(jobs, "s")
    assert one.state == "finished"


def test_a_waiting_batch_begins_when_the_running_one_ends(jobs: Jobs) -> None:
    jobs.submit([config(13, epochs=300)], "s")
    jobs.submit([config(14)], "s")
    finish(jobs, "s")
    assert jobs.run(config(14)) is not None


def test_who_waits_is_told_how_many_are_ahead(jobs: Jobs) -> None:
    n = jobs.cluster.n_workers
    for i in range(n):
        jobs.submit([long_config(20 + i)], f"s{i}")
    (first,) = jobs.submit([config(30)], "first")
    (second,) = jobs.submit([config(31)], "second")
    wait_until(lambda: sum(j.state == "running" for j in jobs._jobs.values()) == n)
    assert (first.state, jobs.n_ahead(first)) == ("waiting", n)
    assert (second.state, jobs.n_ahead(second)) == ("waiting", n + 1)
    for i in range(n):
        jobs.stop(f"s{i}")
    finish(jobs, "first")
    finish(jobs, "second")


def test_a_killed_worker_costs_only_time(jobs: Jobs) -> None:
    wanted = config(40, epochs=4000)
    (job,) = jobs.submit([wanted], "s")
    wait_until(lambda: job.epoch > 10)
    os.kill(worker_of(jobs, job), signal.SIGKILL)
    finish(jobs, "s")
    run = jobs.run(wanted)
    assert run is not None
    assert run.ending == "finished"
    assert jobs.failure(wanted) == ""
    # The progress began anew with the second try, and is whole.
    assert len(job.history.as_dict()["train_loss"]) == run.n_epochs + 1


@pytest.mark.slow
def test_a_job_whose_workers_keep_dying_is_given_up_with_a_sentence(jobs: Jobs) -> None:
    wanted = long_config(41)
    (job,) = jobs.submit([wanted], "s")
    killed: set[int] = set()
    while len(killed) < MAX_DEATHS:
        wait_until(lambda: job.done or bool(_trains(jobs, job)))
        assert not job.done
        process = worker_of(jobs, job)
        if process not in killed:
            os.kill(process, signal.SIGKILL)
            killed.add(process)
        wait_until(lambda p=process: job.done or not psutil.pid_exists(p))  # type: ignore[misc]
    finish(jobs, "s")
    assert job.state == "failed"
    assert f"{MAX_DEATHS} times" in jobs.failure(wanted)
    assert jobs.run(wanted) is None
    # And life goes on.
    assert jobs.run(config(142)) is None
    jobs.submit([config(142)], "s")
    finish(jobs, "s")
    assert jobs.run(config(142)) is not None


def _trains(jobs: Jobs, job: Job) -> bool:
    held = jobs.cluster.client.processing().values()
    return any(job.config.digest in key for keys in held for key in keys)


@pytest.mark.slow
def test_the_workers_come_back_when_all_their_processes_are_killed(jobs: Jobs) -> None:
    old = jobs.cluster._processes
    for child in [*psutil.Process(old.pid).children(recursive=True), psutil.Process(old.pid)]:
        child.kill()
    jobs.submit([config(43)], "s")
    finish(jobs, "s")
    assert jobs.run(config(43)) is not None
    wait_until(lambda: jobs.cluster.n_slots() == jobs.cluster.n_workers)


def test_a_training_that_fails_says_why(jobs: Jobs) -> None:
    if "gpu" in jobs.accelerators:
        pytest.skip("this machine has the GPU that the test needs to be missing")
    wanted = config(44, accelerator="gpu")
    jobs.submit([wanted], "s")
    finish(jobs, "s")
    assert "there is no GPU" in jobs.failure(wanted)


def test_a_run_is_stored_with_its_score_though_nobody_asked_for_its_points(jobs: Jobs) -> None:
    points = DatasetConfig(name="circles", n_samples=60)
    alone = config(8, n_seeds=3).model_copy(update={"dataset": points})
    assert jobs.library.dataset(points) is None
    jobs.submit([alone], "s")
    finish(jobs, "s")
    (info,) = jobs.library.runs([alone.digest])
    score = evaluate(jobs.run(alone), split=load_dataset(points).scored_split).accuracy
    assert info.score == pytest.approx(score.mean())


def test_a_run_whose_points_cannot_be_had_is_kept_without_a_score(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = config(9).model_copy(update={"dataset": DatasetConfig(name="circles", n_samples=62)})

    def fail(config: DatasetConfig) -> None:
        raise TimeoutError

    monkeypatch.setattr(jobs, "dataset", fail)
    (job,) = jobs.submit([alone], "s")
    finish(jobs, "s")
    assert job.state == "finished"
    (info,) = jobs.library.runs([alone.digest])
    assert info.score is None


def test_data_sets_are_made_by_a_worker(jobs: Jobs) -> None:
    wanted = DatasetConfig(name="circles", n_samples=200, test_fraction=0.25)
    made, here = jobs.dataset(RunConfig(dataset=wanted)), load_dataset(wanted)
    np.testing.assert_array_equal(made.X_train, here.X_train)
    np.testing.assert_array_equal(made.y_test, here.y_test)
    assert jobs.dataset(wanted) is made
    assert jobs.library.store.load_dataset(wanted.digest) is not None


def test_data_sets_are_made_while_all_workers_train(jobs: Jobs) -> None:
    for i in range(jobs.cluster.n_workers):
        jobs.submit([long_config(50 + i)], f"s{i}")
    wait_until(lambda: all(j.epoch > 0 for j in jobs._jobs.values()))
    assert len(jobs.dataset(DatasetConfig(name="xor", n_samples=100)).X_train) == 100
    assert all(not j.done for j in list(jobs._jobs.values()))


def test_accelerators_are_what_the_workers_have(jobs: Jobs) -> None:
    from annlab.training.accelerators import available

    assert jobs.accelerators == available()


def test_without_a_store_results_live_in_memory(jobs: Jobs, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    broken = Jobs(RunStore(f"sqlite:///{tmp_path}/file/runs.sqlite"), jobs.cluster)
    broken._ready.set()
    broken.submit([config(60)], "s")
    finish(broken, "s")
    assert isinstance(broken.run(config(60)), Run)
    assert broken.library.store_error


def test_a_worker_thread_in_this_process_does_too(tmp_path: Path) -> None:
    inside = Jobs(RunStore(f"sqlite:///{tmp_path}/r.sqlite"), Cluster(n_workers=0, scheduler=""))
    inside.start()
    try:
        inside.submit([config(61), config(62)], "s")
        finish(inside, "s")
        assert inside.run(config(61)) is not None
        assert inside.run(config(62)) is not None
        assert inside.dataset(DatasetConfig(n_samples=50)).X_train.shape == (50, 2)
        (job,) = inside.submit([long_config(63)], "s")
        wait_until(lambda: job.epoch > 0)
        inside.stop("s")
        finish(inside, "s")
        assert inside.run(long_config(63)).ending == "stopped"
    finally:
        inside.close()


def test_an_existing_cluster_can_be_named(jobs: Jobs, tmp_path: Path) -> None:
    address = jobs.cluster.client.scheduler.address
    guest = Jobs(RunStore(f"sqlite:///{tmp_path}/r.sqlite"), Cluster(scheduler=address))
    guest.start()
    try:
        assert guest.wait_until_ready(DEADLINE_SECONDS)
        guest.submit([config(64)], "s")
        finish(guest, "s")
        assert guest.run(config(64)) is not None
    finally:
        guest.close()

"""The queue on a real cluster of worker processes."""

from pathlib import Path

import numpy as np
import pytest

from annlab.config import DatasetConfig
from annlab.jobs.cluster import Cluster
from annlab.jobs.job import Job, JobState
from annlab.runs.run import Run
from annlab.ui.services import Services
from tests.jobs.serve import serve
from tests.jobs.small_trainings import config, finish, long_config, wait_until

pytestmark = [
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


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


def test_how_long_a_job_still_takes() -> None:
    job = Job(config(epochs=10))
    assert job.seconds_left == float("inf")
    job.history.append(np.zeros((5, 2, 1)))  # four epochs, and the untrained state
    job.elapsed_seconds = 2.0
    assert job.seconds_left == pytest.approx(3.0)
    job.state = JobState.FINISHED
    assert job.seconds_left == 0


def test_a_finished_run_is_not_trained_again(server: Services) -> None:
    wanted = config(9)
    server.queue.submit([wanted], "s")
    finish(server, "s")
    before = server.queue.n_started
    (job,) = server.queue.submit([wanted], "other")
    assert job.state == "finished"
    assert server.queue.batch("other") is None
    assert server.queue.n_started == before


def test_the_same_run_twice_in_a_batch_is_one_job(server: Services) -> None:
    one, other = server.queue.submit([config(50), config(50)], "s")
    assert one is other
    finish(server, "s")
    assert one.state == "finished"


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

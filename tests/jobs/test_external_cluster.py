"""Servers on an external Dask cluster: one that comes and goes, and one that several share."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

import dask
import numpy as np
import pytest

from annlab.config import DatasetConfig, RunConfig, TrainingConfig
from annlab.jobs.cluster import Cluster
from annlab.jobs.dispatcher import LEFT_TO_OTHERS
from annlab.jobs.job import JobState
from annlab.jobs.keys import write_key
from annlab.ui.services import Services
from tests.jobs.external import external_cluster, n_trained
from tests.jobs.serve import serve
from tests.jobs.small_trainings import config, finish, long_config, wait_until
from tests.started import free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="there are no process groups here"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


def _moons(n_epochs: int, seed: int) -> RunConfig:
    training = TrainingConfig(max_epochs=n_epochs, seed=seed)
    return RunConfig(dataset=DatasetConfig(name="moons", n_samples=100), training=training)


@pytest.mark.parametrize("patience", ["30s", "1s"], ids=["waited for", "given up"])
def test_an_external_scheduler_that_comes_back_is_used_again(patience: str) -> None:
    port = free_port()
    server = serve("sqlite://", Cluster(scheduler=f"tcp://127.0.0.1:{port}"))
    cluster, queue = server.cluster, server.queue
    with dask.config.set({"distributed.comm.timeouts.connect": patience}), closing(server):
        with external_cluster(port):
            cluster.start()
            assert cluster.wait_until_ready(60)
            (lost,) = queue.submit([_moons(10_000, 1)], "s")
            queue.wait_for_progress("s", 60)
            assert lost.epoch
        queue.wait_for_end("s", 60)
        assert queue.failure(lost.config).startswith("Lost the connection to the workers.")
        if patience == "1s":
            wait_until(lambda: "does not answer" in cluster.start_error)
        # Requests during the outage wait.
        (job,) = queue.submit([_moons(50, 2)], "s")
        assert job.state == JobState.WAITING
        with external_cluster(port):
            queue.wait_for_end("s", 60)
            assert job.state == JobState.FINISHED
            assert job.epoch  # progress reports arrive
            assert cluster.start_error == ""


def test_a_scheduler_that_is_away_at_the_start_is_tried_again() -> None:
    port = free_port()
    server = serve("sqlite://", Cluster(scheduler=f"tcp://127.0.0.1:{port}"))
    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}), closing(server):
        server.cluster.start()
        (job,) = server.queue.submit([_moons(50, 3)], "s")
        wait_until(lambda: bool(server.cluster.start_error))
        assert f"tcp://127.0.0.1:{port} does not answer" in server.cluster.start_error
        assert job.state == JobState.WAITING
        with external_cluster(port):
            server.queue.wait_for_end("s", 60)
            assert job.state == JobState.FINISHED
            assert server.cluster.start_error == ""


@pytest.mark.skipif(
    "site-packages" in str(find_spec("annlab")), reason="every process here has annlab"
)
def test_a_cluster_without_annlab_is_named() -> None:
    port = free_port()
    with (
        external_cluster(port, has_annlab=False),
        closing(Cluster(scheduler=f"tcp://127.0.0.1:{port}")) as cluster,
    ):
        cluster.start()
        wait_until(lambda: "or one of its workers lacks annlab" in cluster.start_error)
        assert f"tcp://127.0.0.1:{port}" in cluster.start_error


def test_dasks_own_settings_of_tls_are_used(tmp_path: Path) -> None:
    pem = str(tmp_path / "key.pem")
    write_key(pem)
    ours = {"client.cert", "client.key"}
    theirs = {f"{part}.{what}" for part in ("scheduler", "worker") for what in ("cert", "key")}
    named = {f"distributed.comm.tls.{name}": pem for name in {"ca-file", *ours, *theirs}}
    variables = {
        f"DASK_{name.upper().replace('.', '__').replace('-', '_')}": value
        for name, value in {**named, "distributed.comm.require-encryption": "true"}.items()
    }
    port = free_port()
    with (
        dask.config.set(named),
        external_cluster(port, protocol="tls", variables=variables),
        closing(serve("sqlite://", Cluster(scheduler=f"tls://127.0.0.1:{port}"))) as server,
    ):
        server.cluster.start()
        (job,) = server.queue.submit([config(8)], "s")
        server.queue.wait_for_end("s", 60)
        assert job.state == JobState.FINISHED


@contextmanager
def _two_servers(folder: Path) -> Iterator[tuple[Services, Services]]:
    """Two servers with one store, on one cluster that trains one run at a time."""
    port = free_port()
    with external_cluster(port, n_threads=1):
        one, other = (
            serve(f"sqlite:///{folder}/r.sqlite", Cluster(scheduler=f"tcp://127.0.0.1:{port}"))
            for _ in range(2)
        )
        with closing(one), closing(other):
            for server in (one, other):
                server.cluster.start()
                assert server.cluster.wait_until_ready(60)
            yield one, other


def test_two_servers_train_the_same_run_once(tmp_path: Path) -> None:
    wanted = _moons(2000, 4)
    with _two_servers(tmp_path) as (one, other):
        (early,) = one.queue.submit([wanted], "s")
        wait_until(lambda: early.epoch > 50)
        (late,) = other.queue.submit([wanted], "t")
        wait_until(lambda: late.epoch > 50)
        assert not early.done
        finish(one, "s")
        finish(other, "t")
        for server, job in ((one, early), (other, late)):
            assert job.state == JobState.FINISHED
            assert not job.restarted
            run = server.repository.run(wanted)
            assert run.n_epochs == 2000
            for name, rows in job.history.as_dict().items():
                np.testing.assert_array_equal(rows, run.history[name][: len(rows)])
        assert one.repository.run(wanted).fingerprint == other.repository.run(wanted).fingerprint
        assert n_trained(one.cluster.client) == 1


def test_stop_on_one_server_ends_a_shared_training_for_its_sessions_only(tmp_path: Path) -> None:
    wanted = long_config(5)
    with _two_servers(tmp_path) as (one, other):
        (left,) = one.queue.submit([wanted], "s")
        (kept,) = other.queue.submit([wanted], "t")
        wait_until(lambda: left.epoch > 2 and kept.epoch > 2)
        one.queue.stop("s")
        one.queue.wait_for_end("s", 60)
        assert left.state == JobState.CANCELED
        assert one.queue.why_left(wanted) == LEFT_TO_OTHERS
        epoch = kept.epoch
        wait_until(lambda: kept.epoch > epoch + 2)
        # Who comes back is shown all of it again.
        (again,) = one.queue.submit([wanted], "s")
        wait_until(lambda: again.epoch > epoch)
        other.queue.stop("t")
        other.queue.wait_for_end("t", 60)
        assert kept.state == JobState.CANCELED
        one.queue.stop("s")
        finish(one, "s")
        assert again.state == JobState.FINISHED
        assert one.queue.why_left(wanted) == ""
        assert one.repository.run(wanted).ending == "stopped"
        # The stop was for this training, not for the next one.
        (anew,) = one.queue.submit([wanted], "s")
        wait_until(lambda: anew.epoch > again.epoch / 2)
        one.queue.stop("s")
        finish(one, "s")


def test_a_training_ends_when_its_last_server_is_gone(tmp_path: Path) -> None:
    with _two_servers(tmp_path) as (one, other):
        (job,) = one.queue.submit([long_config(6)], "s")
        wait_until(lambda: job.epoch > 2)
        one.cluster.client.close()
        (following,) = other.queue.submit([config(7)], "t")  # the only thread is free again
        finish(other, "t")
        assert following.state == JobState.FINISHED

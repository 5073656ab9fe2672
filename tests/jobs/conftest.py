"""A server on a real cluster of two worker processes."""

import time
from collections.abc import Iterator

import pytest

from annlab.jobs.cluster import Cluster
from annlab.jobs.queue import TrainingQueue
from annlab.ui.services import Services
from tests.jobs.fakes import FakeCluster, FakeRepository
from tests.jobs.serve import serve
from tests.jobs.small_trainings import DEADLINE_SECONDS, wait_until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    path = tmp_path_factory.mktemp("store") / "runs.sqlite"
    made = serve(f"sqlite:///{path}", Cluster(n_workers=2, scheduler=""))
    made.cluster.start()
    assert made.cluster.wait_until_ready(DEADLINE_SECONDS), made.cluster.start_error
    yield made
    made.close()


@pytest.fixture
def queue(cluster: FakeCluster) -> Iterator[TrainingQueue]:
    """A queue on the fake cluster of a test file."""
    made = TrainingQueue(FakeRepository(), cluster)
    yield made
    made.close()


@pytest.fixture
def nothing_left(server: Services) -> Iterator[None]:
    """All trainings are stopped after the test."""
    yield
    while server.queue.sessions:
        for session in server.queue.sessions:
            server.queue.stop(session)
        time.sleep(0.02)
    wait_until(lambda: server.queue.n_unfinished == 0)

"""Data sets and scores that the workers of a real cluster make."""

import numpy as np
import pytest

from annlab.analysis.evaluation import evaluate
from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import load_dataset
from annlab.ui.services import Services
from tests.jobs.small_trainings import config, finish, long_config, wait_until

pytestmark = [
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


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

"""Memory of a worker process that loads and trains on 60,000 images."""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psutil

from annlab import RunConfig
from annlab.jobs.cluster import Cluster
from annlab.jobs.dataset_builder import DatasetBuilder
from annlab.jobs.job import Job
from annlab.jobs.queue import TrainingQueue
from annlab.lessons.experiments import EXPERIMENTS
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore
from tests.benchmarks.data import fashion_mnist
from tests.benchmarks.goals import GOALS
from tests.benchmarks.server import children
from tests.benchmarks.table import Row, Say

SAMPLE_SECONDS = 0.02
START_SECONDS = 120
TRAINING_SECONDS = 300
EPOCHS = 3


def worker_memory(repeats: int, say: Say) -> list[Row]:
    """Resident memory of the one worker: at rest, and at most while it loads and trains."""
    at_rest, loading, training = [], [], []
    with fashion_mnist():
        for k in range(repeats):
            say(f"memory of a worker with 60,000 × 784, {k + 1} of {repeats}")
            before, while_loading, while_training = _one_training()
            at_rest.append(before)
            loading.append(max(while_loading))
            training.append(max(while_training))
    return [
        Row("worker, 60,000 × 784: at rest", at_rest, unit="MB"),
        Row("worker, 60,000 × 784: peak while loading", loading, (), "MB", GOALS["worker"]),
        Row("worker, 60,000 × 784: peak while training", training, (), "MB", GOALS["worker"]),
    ]


def _one_training() -> tuple[float, list[float], list[float]]:
    with tempfile.TemporaryDirectory(prefix="annlab-") as folder:
        repository = RunRepository(RunStore(f"sqlite:///{Path(folder) / 'runs.sqlite'}"))
        with closing(Cluster(n_workers=1)) as cluster:
            queue = TrainingQueue(repository, cluster)
            datasets = DatasetBuilder(repository, cluster)
            cluster.start()
            if not cluster.wait_until_ready(START_SECONDS):
                raise RuntimeError(cluster.start_error or "no worker came")
            (worker,) = children(psutil.Process())["worker"]
            before = worker.memory_info().rss / 1e6
            (job,) = queue.submit([_config()], "benchmark")
            # Load the data for display, like a page during training.
            with ThreadPoolExecutor() as page:
                points = page.submit(datasets.load, job.config.dataset)
                loading, training = _watch(job, worker)
                points.result()
            if job.state != "finished":
                raise RuntimeError(queue.failure(job.config) or f"the training was {job.state}")
    return before, loading, training


def _config() -> RunConfig:
    run = EXPERIMENTS["E10"].runs[-1]
    training = {**run.training.model_dump(), "n_seeds": 1, "max_epochs": EPOCHS}
    return RunConfig(dataset=run.dataset, model=run.model, training=training)


def _watch(job: Job, worker: psutil.Process) -> tuple[list[float], list[float]]:
    """Megabytes before and after the first row of the history."""
    loading: list[float] = []
    training: list[float] = []
    end = time.monotonic() + TRAINING_SECONDS
    while not job.done and time.monotonic() < end:
        (training if len(job.history) else loading).append(worker.memory_info().rss / 1e6)
        time.sleep(SAMPLE_SECONDS)
    return loading, training

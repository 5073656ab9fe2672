"""Services of a server without pages."""

from annlab.jobs.cluster import Cluster
from annlab.jobs.dataset_builder import DatasetBuilder
from annlab.jobs.queue import TrainingQueue
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore
from annlab.ui.services import Services


def serve(database_url: str, cluster: Cluster) -> Services:
    """Services on a cluster that the caller starts."""
    repository = RunRepository(RunStore(database_url))
    queue = TrainingQueue(repository, cluster)
    return Services(repository, cluster, queue, DatasetBuilder(repository, cluster))

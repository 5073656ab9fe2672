"""Services of a server without pages."""

from annlab.jobs.cluster import Cluster
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore
from annlab.ui.services import Services
from annlab.ui.services import serve as serve_runs


def serve(database_url: str, cluster: Cluster) -> Services:
    """Services on a cluster that the caller starts."""
    return serve_runs(RunRepository(RunStore(database_url)), cluster)

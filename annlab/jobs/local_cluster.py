"""Local Dask cluster: scheduler in this process, workers in subprocesses.

Dask is imported when the cluster starts, so that the first page need not wait for the import.
"""

import os
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from annlab.jobs.keys import write_key
from annlab.jobs.worker_processes import N_THREADS, RESOURCES, WorkerProcesses, worker_command

if TYPE_CHECKING:
    from distributed import LocalCluster
    from distributed.security import Security


class LocalDask:
    """Starts a Dask scheduler in this process and local workers.

    The scheduler accepts only local connections with its key, because every client can run
    arbitrary code and a machine may have other users.

    Parameters
    ----------
    n_workers : int
        Number of worker processes; 0: one thread in this process.

    Attributes
    ----------
    cluster : distributed.LocalCluster
        Dask cluster for a client.
    folder : str
        Temporary folder that only this user can read.
    """

    def __init__(self, n_workers: int) -> None:
        self._folder = TemporaryDirectory(prefix="annlab-")
        self.folder = self._folder.name
        self._processes: WorkerProcesses | None = None
        inside = n_workers == 0
        key = os.path.join(self._folder.name, "key.pem")
        try:
            self.cluster = _scheduler(None if inside else key)
        except BaseException:
            self._folder.cleanup()
            raise
        if not inside:
            command = worker_command(self.cluster.scheduler_address, n_workers, key)
            self._processes = WorkerProcesses(command, lambda: self.n_workers > 0)
            self._processes.start()

    @property
    def n_workers(self) -> int:
        """Number of connected workers."""
        scheduler: Any = self.cluster.scheduler  # in this process, so no network call
        return 0 if scheduler is None else len(scheduler.workers)

    @property
    def error(self) -> str:
        """Why there are no workers, as a sentence for the user; empty if there is no error."""
        return self._processes.error if self._processes else ""

    @property
    def worker_pid(self) -> int | None:
        """Process id of the parent of the workers, or None."""
        return self._processes.pid if self._processes else None

    def close_workers(self) -> None:
        """Stop the workers."""
        if self._processes is not None:
            self._processes.close()

    def close(self) -> None:
        """Stop the workers and the scheduler."""
        self.close_workers()
        self.cluster.close()
        self._folder.cleanup()


def _scheduler(key: str | None) -> "LocalCluster":
    """Start a scheduler with a TLS key, or, if `key` is None, with a worker thread."""
    from distributed import LocalCluster

    if key is not None:
        write_key(key)
    return LocalCluster(
        n_workers=1 if key is None else 0,
        threads_per_worker=N_THREADS,
        processes=key is not None,
        host=None if key is None else "127.0.0.1",
        # No dashboard, but the scheduler requires a port for metrics.
        scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
        worker_dashboard_address="127.0.0.1:0",
        resources=RESOURCES if key is None else None,
        security=None if key is None else _security(key),
    )


def _security(key: str) -> "Security":
    from distributed.security import Security

    roles = ("scheduler", "worker", "client")
    files = {f"tls_{role}_{part}": key for role in roles for part in ("key", "cert")}
    return Security(require_encryption=True, tls_ca_file=key, **files)

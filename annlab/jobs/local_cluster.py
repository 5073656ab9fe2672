"""A Dask cluster of this machine: a scheduler in this process, workers outside it.

Dask is imported when the cluster starts: the first page is not to wait for it.
"""

import os
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from annlab.jobs.keys import write_key
from annlab.jobs.worker_processes import N_THREADS, TRAINING, WorkerProcesses, worker_command

if TYPE_CHECKING:
    from distributed import LocalCluster
    from distributed.security import Security


class LocalDask:
    """Starts a scheduler in this process, and its workers.

    The scheduler listens to this machine alone, and to those who have its key: whoever reaches
    it can have it run anything, and a machine may have other users.

    Parameters
    ----------
    n_workers : int
        Worker processes; 0: one thread inside this process.

    Attributes
    ----------
    cluster : distributed.LocalCluster
        For a client to connect with.
    """

    def __init__(self, n_workers: int) -> None:
        self._folder = TemporaryDirectory(prefix="annlab-")
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
        """Workers that have connected."""
        scheduler: Any = self.cluster.scheduler  # in this process: to ask it takes no time
        return 0 if scheduler is None else len(scheduler.workers)

    @property
    def error(self) -> str:
        """Why there are no workers, in a sentence for people; empty while all goes well."""
        return self._processes.error if self._processes else ""

    @property
    def worker_pid(self) -> int | None:
        """Process id of the parent of the workers, while there is one."""
        return self._processes.pid if self._processes else None

    def close_workers(self) -> None:
        """End the workers."""
        if self._processes is not None:
            self._processes.close()

    def close(self) -> None:
        """End the workers and the scheduler."""
        self.close_workers()
        self.cluster.close()
        self._folder.cleanup()


def _scheduler(key: str | None) -> "LocalCluster":
    """A scheduler that is reached with a key; None: with a worker thread, in this process."""
    from distributed import LocalCluster

    if key is not None:
        write_key(key)
    return LocalCluster(
        n_workers=1 if key is None else 0,
        threads_per_worker=N_THREADS,
        processes=key is not None,
        host=None if key is None else "127.0.0.1",
        # No dashboard; but the scheduler insists on a port for its metrics.
        scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
        worker_dashboard_address="127.0.0.1:0",
        resources=TRAINING if key is None else None,
        security=None if key is None else _security(key),
    )


def _security(key: str) -> "Security":
    from distributed.security import Security

    roles = ("scheduler", "worker", "client")
    files = {f"tls_{role}_{part}": key for role in roles for part in ("key", "cert")}
    return Security(require_encryption=True, tls_ca_file=key, **files)

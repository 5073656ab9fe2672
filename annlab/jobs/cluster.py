"""The Dask cluster behind the jobs: a scheduler in this process, workers outside it.

Dask is imported when the cluster starts: the first page is not to wait for it.
"""

import atexit
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annlab.environment import Environment

if TYPE_CHECKING:
    from distributed import LocalCluster

log = logging.getLogger(__name__)

# A training whose worker has died this often is given up.
MAX_DEATHS = 3
# A worker trains one run at a time; a second thread makes data sets meanwhile.
TRAINING = {"training": 1}
_THREADS = 2
_WATCH_SECONDS = 1.0
# A busy or small host may need this long to import torch.
_START_SECONDS = "120"
# For the workers to end by themselves.
_END_SECONDS = 5.0
# Pages come first: workers take what processor time these leave.
_NICENESS = 10
_SETTINGS = {
    "distributed.scheduler.allowed-failures": MAX_DEATHS - 1,
    # Progress events are kept by the scheduler; a few are enough.
    "distributed.admin.low-level-log-length": 100,
    "logging.distributed": "error",
}


def worker_function(name: str) -> Any:
    """Something of `annlab.jobs.worker`, as pickle finds it now.

    Its functions travel by name, and Streamlit imports modules anew when their code is edited
    under a running server: those that were imported before are then others.
    """
    return getattr(import_module("annlab.jobs.worker"), name)


class Cluster:
    """Starts a cluster, or joins one, and keeps its workers alive.

    Parameters
    ----------
    n_workers : int or None
        Worker processes; 0: one thread inside this process, for hosts that allow no
        others. None: the environment variable ``ANNLAB_WORKERS``, else one for each core,
        four at most.
    scheduler : str or None
        Address of an existing cluster, to be used instead. None: the environment variable
        ``ANNLAB_SCHEDULER``. Empty: none.

    Raises
    ------
    ValueError
        If an ``ANNLAB_*`` variable has a wrong value; the message is a sentence for people.
    """

    def __init__(self, n_workers: int | None = None, scheduler: str | None = None) -> None:
        environment = Environment.read()
        self.n_workers = environment.workers if n_workers is None else n_workers
        self.scheduler = environment.scheduler if scheduler is None else scheduler
        self._local: LocalCluster | None = None
        self._processes: subprocess.Popen[bytes] | None = None
        self._keeper: threading.Thread | None = None
        self._closing = threading.Event()
        self.client: Any = None

    def start(self) -> None:
        """Start everything; returns once the scheduler answers, before the workers do."""
        import dask
        from distributed import Client, LocalCluster

        dask.config.set(_SETTINGS)
        # Dask sets its loggers up when it is imported, which may have been before.
        logging.getLogger("distributed").setLevel(logging.ERROR)
        # What fails in a worker is said to the one who asked, also by one in this process.
        logging.getLogger("distributed.worker").setLevel(logging.CRITICAL)
        atexit.register(self.close)
        if self.scheduler:
            self.client = Client(self.scheduler, set_as_default=False)
        else:
            inside = self.n_workers == 0
            self._local = LocalCluster(
                n_workers=1 if inside else 0,
                threads_per_worker=_THREADS,
                processes=not inside,
                host=None if inside else "127.0.0.1",
                # No dashboard; but the scheduler insists on a port for its metrics.
                scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                worker_dashboard_address="127.0.0.1:0",
                resources=TRAINING if inside else None,
            )
            self.client = Client(self._local, set_as_default=False)
            if not inside:
                self._start_workers(self._local.scheduler_address)

    @property
    def connected(self) -> bool:
        """Whether the scheduler is there, as far as is known."""
        return self.client is not None and self.client.status == "running"

    def listen(self, topic: str, take: Callable[[Any], None]) -> None:
        """Have the events of a topic; a scheduler that was away must be told again.

        Joins a cluster of others' making anew where Dask has given its scheduler up.
        """
        from distributed import Client

        if self.scheduler and self.client.status == "closed" and not self.closing:
            try:
                self.client = Client(self.scheduler, set_as_default=False)
            except OSError:
                return
        if self.connected:
            self.client.subscribe_topic(topic, take)

    def set_event(self, name: str) -> None:
        """Set the `distributed.Event` of a name, which workers may look at."""
        from distributed import Event

        Event(name, client=self.client).set()

    @property
    def closing(self) -> bool:
        """Whether `close` has been called."""
        return self._closing.is_set()

    @property
    def resources(self) -> dict[str, int] | None:
        """What a training asks of a worker; a cluster of others' making knows nothing of it."""
        return None if self.scheduler else TRAINING

    def n_slots(self) -> int:
        """Trainings that can run at the same time: 0 while no worker can be reached."""
        if self.closing or not self.connected:
            return 0
        try:
            workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        except Exception:
            # Gone since a moment ago; a cluster of others' making may be lost at any time.
            if self.closing or self.scheduler:
                return 0
            raise
        if self.scheduler:
            return sum(worker["nthreads"] for worker in workers)
        return len(workers)

    def complete(self) -> bool:
        """Whether no more workers are to be expected: those started here are all there."""
        return not self.scheduler and self.n_slots() >= self.n_workers

    def _start_workers(self, address: str) -> None:
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        command = [sys.executable, "-m", "dask", "worker", address]
        command += ["--nworkers", str(self.n_workers), "--nthreads", str(_THREADS)]
        command += ["--resources", " ".join(f"{k}={v}" for k, v in TRAINING.items())]
        command += [
            "--preload",
            "annlab.jobs.worker",
            # Whoever reaches a worker can have it run anything: this machine only.
            "--host",
            "127.0.0.1",
            "--no-dashboard",
            "--dashboard-address",
            "127.0.0.1:0",
            "--death-timeout",
            _START_SECONDS,
        ]
        environment = {**os.environ, "PYTHONPATH": path, "DASK_LOGGING__DISTRIBUTED": "error"}

        def keep_alive() -> None:
            while not self._closing.is_set():
                # A session of their own: Ctrl+C in the terminal is for the server, which ends them.
                self._processes = subprocess.Popen(command, env=environment, start_new_session=True)
                if hasattr(os, "setpriority"):  # not on Windows
                    os.setpriority(os.PRIO_PROCESS, self._processes.pid, _NICENESS)
                while self._processes.poll() is None:
                    if self._closing.wait(_WATCH_SECONDS):
                        return
                if not self._closing.wait(_WATCH_SECONDS):
                    log.warning("The worker processes are gone; starting new ones")

        keeper = threading.Thread(target=keep_alive, name="annlab-workers", daemon=True)
        keeper.start()
        self._keeper = keeper

    @staticmethod
    def _kill(processes: subprocess.Popen[bytes]) -> None:
        if hasattr(os, "killpg"):  # not on Windows
            # Their whole session: a worker by itself would live on for a while.
            os.killpg(processes.pid, signal.SIGKILL)
        else:
            processes.kill()
        processes.wait()

    def close(self) -> None:
        """End the workers and the scheduler."""
        self._closing.set()
        atexit.unregister(self.close)
        if self._keeper is not None:
            self._keeper.join()  # it starts nothing any more
        if self._processes is not None:
            self._processes.terminate()
            try:
                self._processes.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self._kill(self._processes)
        if self.client is not None:
            self.client.close()
        if self._local is not None:
            self._local.close()

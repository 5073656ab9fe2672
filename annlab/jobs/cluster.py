"""The Dask cluster that trains: a scheduler in this process, workers outside it.

Dask is imported when the cluster starts: the first page is not to wait for it.
"""

import atexit
import logging
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from annlab.environment import Environment
from annlab.jobs.local_cluster import LocalDask
from annlab.jobs.worker_processes import START_SECONDS, TRAINING, pause_after

log = logging.getLogger(__name__)

# A training whose worker has died this often is given up.
MAX_DEATHS = 3
_TICK_SECONDS = 0.5
# Between two looks for the first worker.
_LOOK_SECONDS = 0.1
# For the first worker to say what it computes on.
_ANSWER_SECONDS = 60
_SETTINGS = {
    "distributed.scheduler.allowed-failures": MAX_DEATHS - 1,
    # Progress events are kept by the scheduler; a few are enough.
    "distributed.admin.low-level-log-length": 100,
    "logging.distributed": "error",
}


def worker_function(name: str) -> Any:
    """A function or constant of `annlab.jobs.worker`, as pickle finds it now.

    Its functions travel by name, and Streamlit imports modules anew when their code is edited
    under a running server: those that were imported before are then others.
    """
    return getattr(import_module("annlab.jobs.worker"), name)


class Cluster:
    """Starts a cluster, or joins one, and stays connected with it.

    Parameters
    ----------
    n_workers : int or None
        Worker processes; 0: one thread inside this process, for hosts that allow no
        others. None: the environment variable ``ANNLAB_WORKERS``, else one for each core,
        four at most.
    scheduler : str or None
        Address of an existing cluster, to be used instead. None: the environment variable
        ``ANNLAB_SCHEDULER``. Empty: none.

    Attributes
    ----------
    accelerators : dict of str
        What the workers can compute on: names in configs, and what they are called. Empty until
        the first worker is ready.

    Raises
    ------
    ValueError
        If an ``ANNLAB_*`` variable has a wrong value; the message is a sentence for people.
    """

    def __init__(self, n_workers: int | None = None, scheduler: str | None = None) -> None:
        environment = Environment.read()
        self.n_workers = environment.workers if n_workers is None else n_workers
        self.scheduler = environment.scheduler if scheduler is None else scheduler
        self.accelerators: dict[str, str] = {}
        self.client: Any = None
        self._error = ""
        self._local: LocalDask | None = None
        self._on_event: list[Callable[[dict[str, Any]], None]] = []
        self._on_tick: list[Callable[[], None]] = []
        self._needed = threading.Event()
        self._ready = threading.Event()
        self._closing = threading.Event()

    def attach(
        self, on_event: Callable[[dict[str, Any]], None], on_tick: Callable[[], None]
    ) -> None:
        """Have progress delivered, and be called regularly; to be called before the start.

        Parameters
        ----------
        on_event : callable
            Is given each report of a worker, on the thread that keeps the connection alive: it
            must not wait for anything.
        on_tick : callable
            Is called as soon as the first worker is ready, and then twice a second: workers come
            and go at any time, and nobody announces them.
        """
        self._on_event.append(on_event)
        self._on_tick.append(on_tick)

    # --- starting ------------------------------------------------------------------------

    def start(self, after_seconds: float = 0.0) -> None:
        """Start the workers in the background; returns at once.

        Parameters
        ----------
        after_seconds : float
            How long they leave the machine to others, unless they are needed.
        """
        threading.Thread(
            target=self._serve, args=(after_seconds,), name="annlab-cluster", daemon=True
        ).start()

    def _serve(self, after_seconds: float) -> None:
        self._needed.wait(after_seconds)
        n_failures = 0
        while not self._ended:
            try:
                self.connect()
                if not self.ready:
                    self._wait_for_worker()
                n_failures, self._error, pause = 0, "", _TICK_SECONDS
            except Exception as error:
                if self._ended:
                    return
                log.warning("No workers", exc_info=True)
                n_failures += 1
                self._error, pause = self._sentence(error), pause_after(n_failures)
            self._tick()
            self._closing.wait(pause)

    @property
    def _ended(self) -> bool:
        """Whether the server has been stopped meanwhile."""
        return self.closing or not threading.main_thread().is_alive()

    def connect(self) -> None:
        """Start or join a scheduler, unless that is done; returns before there are workers.

        Raises
        ------
        Exception
            If the scheduler cannot be started or reached.
        """
        import dask
        from distributed import Client

        if self.client is None:
            dask.config.set(_SETTINGS)
            # Dask sets its loggers up when it is imported, which may have been before.
            logging.getLogger("distributed").setLevel(logging.ERROR)
            # What fails in a worker is said to the one who asked, also by one in this process.
            logging.getLogger("distributed.worker").setLevel(logging.CRITICAL)
            atexit.register(self.close)
            if not self.scheduler:
                self._local = self._local or LocalDask(self.n_workers)
            self.client = Client(
                self._local.cluster if self._local else self.scheduler, set_as_default=False
            )
        elif not self.scheduler:
            return
        elif self.client.status == "closed":  # Dask has given its scheduler up
            self.client = Client(self.scheduler, set_as_default=False)
        # A scheduler that was away must be told again.
        if self.connected:
            self.client.subscribe_topic(worker_function("TOPIC"), self._take_event)

    def _wait_for_worker(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.n_slots():
            if time.monotonic() > deadline:
                raise TimeoutError("no worker has connected")
            if self._closing.wait(_LOOK_SECONDS):
                return
        self.accelerators = self.submit("accelerators").result(_ANSWER_SECONDS)
        self._ready.set()

    def _sentence(self, error: Exception) -> str:
        where = f"the Dask scheduler at {self.scheduler}" if self.scheduler else "this server"
        if isinstance(error, TimeoutError):
            what = (
                f"No training worker of {where} has answered within {START_SECONDS // 60} minutes"
            )
        elif isinstance(error, OSError) and self.scheduler:
            what = f"{where[0].upper()}{where[1:]} does not answer"
        else:
            what = f"The training workers of {where} could not be started: {error}"
        return f"{what}. The server keeps trying."

    def _tick(self) -> None:
        if not self.ready:
            return
        for act in self._on_tick:
            try:
                act()
            except Exception:  # the next one may go well
                log.exception("What is done regularly has failed")

    def _take_event(self, event: tuple[float, dict[str, Any]]) -> None:
        for take in self._on_event:
            take(event[1])

    # --- state ---------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether a worker is warm."""
        return self._ready.is_set()

    def wait_until_ready(self, timeout_seconds: float) -> bool:
        """Wait for the first warm worker; False if none came in time."""
        return self._ready.wait(timeout_seconds)

    def wake(self) -> None:
        """There is work: workers are started now."""
        self._needed.set()

    @property
    def start_error(self) -> str:
        """Why there are no workers, in a sentence for people; empty while all goes well."""
        return (self._local.error if self._local else "") or self._error

    @property
    def connected(self) -> bool:
        """Whether the scheduler is there, as far as is known."""
        return self.client is not None and self.client.status == "running"

    @property
    def closing(self) -> bool:
        """Whether `close` has been called."""
        return self._closing.is_set()

    @property
    def worker_pid(self) -> int | None:
        """Process id of the parent of the workers that were started here, if there is one."""
        return self._local.worker_pid if self._local else None

    @property
    def resources(self) -> dict[str, int] | None:
        """What a training asks of a worker; an external cluster knows nothing of it."""
        return None if self.scheduler else TRAINING

    def n_slots(self) -> int:
        """Trainings that can run at the same time: 0 while no worker can be reached."""
        if self.closing or not self.connected:
            return 0
        if self._local is not None:
            return self._local.n_workers
        try:
            workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        except Exception:  # an external cluster may be lost at any time
            log.debug("No information about the workers", exc_info=True)
            return 0
        return sum(worker["nthreads"] for worker in workers)

    # --- work ----------------------------------------------------------------------------

    def submit(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Have a worker call a function of `annlab.jobs.worker`; returns Dask's future."""
        return self.client.submit(worker_function(name), *arguments, pure=False, **options)

    def set_event(self, name: str) -> None:
        """Set the `distributed.Event` of a name, which workers look at; returns at once.

        In a thread of its own: it waits for the scheduler, which may be gone.
        """
        threading.Thread(
            target=self._set_event, args=(name,), name="annlab-event", daemon=True
        ).start()

    def _set_event(self, name: str) -> None:
        from distributed import Event

        try:
            Event(name, client=self.client).set()
        except Exception:
            log.warning("The scheduler could not be told", exc_info=True)

    def close(self) -> None:
        """End the workers and the scheduler."""
        self._closing.set()
        self._needed.set()
        atexit.unregister(self.close)
        if self._local is not None:
            self._local.close_workers()
        if self.client is not None:
            self.client.close()
        if self._local is not None:
            self._local.close()

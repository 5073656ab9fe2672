"""Connection to the Dask cluster for training, local or external.

Dask is imported when the cluster starts, so that the first page need not wait for the import.
"""

import atexit
import logging
import math
import socket
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from annlab.config import RunConfig
from annlab.environment import Environment
from annlab.host.workers import spare_mb
from annlab.jobs.dask_settings import set_up_dask
from annlab.jobs.local_cluster import LocalDask
from annlab.jobs.no_workers import why_no_workers
from annlab.jobs.worker_processes import START_SECONDS, TRAINING, pause_after
from annlab.runs.budget import Limits
from annlab.runs.duration import Speed, seconds_of

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.5
# Seconds between checks for the first worker.
_LOOK_SECONDS = 0.1
# Seconds for the first worker to report its accelerators.
_ANSWER_SECONDS = 60
_PROBE_SECONDS = 10
# For what Dask's loop does at once. Without a limit, Dask waits forever for a loop that has ended.
_LOOP_SECONDS = 5


def worker_function(name: str) -> Any:
    """Return the current version of a function or constant of `annlab.jobs.worker`.

    Pickle sends functions by name, and Streamlit reloads edited modules in a running server, so
    a function imported earlier may differ from the one that pickle finds.
    """
    return getattr(import_module("annlab.jobs.worker"), name)


def _probe(address: str) -> None:
    """Raise OSError if nobody listens at the address of a scheduler.

    A `Client` that cannot connect keeps a thread and three file descriptors for good.
    """
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.hostname and parts.port:
        socket.create_connection((parts.hostname, parts.port), _PROBE_SECONDS).close()


class Cluster:
    """Starts or joins a Dask cluster and keeps the connection.

    Parameters
    ----------
    n_workers : int or None
        Number of worker processes; 0: one thread in this process, for hosts without
        subprocesses. None: the environment variable ``ANNLAB_WORKERS``, else as many as cores
        and memory allow.
    scheduler : str or None
        Address of an external cluster to use instead. None: the environment variable
        ``ANNLAB_SCHEDULER``. Empty: no external cluster.

    Attributes
    ----------
    accelerators : dict of str
        Accelerators of the workers: display names by name in configs. Empty until the first
        worker is ready.

    Raises
    ------
    ValueError
        If an ``ANNLAB_*`` variable is invalid; the message is a sentence for the user.
    """

    def __init__(self, n_workers: int | None = None, scheduler: str | None = None) -> None:
        environment = Environment.read()
        self.n_workers = environment.workers if n_workers is None else n_workers
        self.scheduler = environment.scheduler if scheduler is None else scheduler
        self.accelerators: dict[str, str] = {}
        self._speed: Speed | None = None
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
        """Set callbacks for progress reports and regular work, before the start.

        Parameters
        ----------
        on_event : callable
            Called with each report of a worker, on the thread that keeps the connection alive,
            so it must not block.
        on_tick : callable
            Called when the first worker is ready and then twice a second, because workers join
            and leave without notice.
        """
        self._on_event.append(on_event)
        self._on_tick.append(on_tick)

    # --- starting ------------------------------------------------------------------------

    def start(self, after_seconds: float = 0.0) -> None:
        """Start the workers in the background without blocking.

        Parameters
        ----------
        after_seconds : float
            Delay of the start, which leaves the processor to other work, unless `wake` is called.
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
                self._error = why_no_workers(
                    error, self.scheduler, START_SECONDS, lambda: self.client.get_versions()
                )
                pause = pause_after(n_failures)
            self._tick()
            self._closing.wait(pause)

    @property
    def _ended(self) -> bool:
        """Whether the server has been stopped."""
        return self.closing or not threading.main_thread().is_alive()

    def connect(self) -> None:
        """Start or join a scheduler unless connected, without waiting for workers.

        Raises
        ------
        Exception
            If the scheduler cannot be started or reached.
        """
        from distributed import Client

        if self.client is None:
            set_up_dask()
            atexit.register(self.close)
            if not self.scheduler:
                self._local = self._local or LocalDask(self.n_workers)
            else:
                _probe(self.scheduler)
            self.client = Client(
                self._local.cluster if self._local else self.scheduler, set_as_default=False
            )
        elif not self.scheduler:
            return
        elif self.client.status == "closed":  # Dask has given up on the scheduler
            _probe(self.scheduler)
            self.client = Client(self.scheduler, set_as_default=False)
        # A restarted scheduler has lost the subscription.
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
        try:
            self._speed = self.submit("speed").result(_ANSWER_SECONDS)
        except Exception:  # then no duration is foreseen
            log.warning("The speed of the workers is unknown", exc_info=True)
        self._ready.set()

    def _tick(self) -> None:
        if not self.ready:
            return
        for act in self._on_tick:
            try:
                act()
            except Exception:  # the next call may succeed
                log.exception("The regular work of the queue failed")

    def _take_event(self, event: tuple[float, dict[str, Any]]) -> None:
        for take in self._on_event:
            take(event[1])

    # --- state ---------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether at least one worker is ready."""
        return self._ready.is_set()

    def wait_until_ready(self, timeout_seconds: float) -> bool:
        """Wait for the first worker; return False on timeout."""
        return self._ready.wait(timeout_seconds)

    def wake(self) -> None:
        """Start the workers now, without the remaining delay."""
        self._needed.set()

    @property
    def start_error(self) -> str:
        """Why there are no workers, as a sentence for the user; empty if there is no error."""
        return (self._local.error if self._local else "") or self._error

    @property
    def connected(self) -> bool:
        """Whether the scheduler is believed to be reachable."""
        return self.client is not None and self.client.status == "running"

    @property
    def closing(self) -> bool:
        """Whether `close` has been called."""
        return self._closing.is_set()

    @property
    def worker_pid(self) -> int | None:
        """Process id of the parent of the local workers, or None."""
        return self._local.worker_pid if self._local else None

    @property
    def folder(self) -> str | None:
        """Folder that local worker processes can read; None for other workers."""
        return self._local.folder if self._local and self.n_workers else None

    @property
    def resources(self) -> dict[str, int] | None:
        """Dask resources of a training; None on an external cluster, which does not define them."""
        return None if self.scheduler else TRAINING

    @property
    def limits(self) -> Limits:
        """What this host allows one training."""
        # The workers of an external cluster have memory of their own.
        spare = math.inf if self.scheduler else 1e6 * spare_mb(self.n_workers)
        return Limits.of(spare, self.seconds_of)

    def seconds_of(self, config: RunConfig) -> float | None:
        """Estimate the seconds of a training; None before a worker is ready, and on a GPU."""
        if self._speed is None or (
            config.training.accelerator != "cpu" and "gpu" in self.accelerators
        ):
            return None
        return seconds_of(config, self._speed)

    def n_slots(self) -> int:
        """Number of trainings that can run concurrently; 0 while no worker is reachable."""
        if self.closing or not self.connected:
            return 0
        if self._local is not None:
            return self._local.n_workers
        try:
            workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        except Exception:  # an external cluster may disappear at any time
            log.debug("No information about the workers", exc_info=True)
            return 0
        return sum(worker["nthreads"] for worker in workers)

    # --- work ----------------------------------------------------------------------------

    def submit(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Submit a function of `annlab.jobs.worker` to the workers; return the Dask future."""
        return self.client.submit(worker_function(name), *arguments, pure=False, **options)

    def set_event(self, name: str) -> None:
        """Set a `distributed.Event` that workers check, without blocking.

        Runs in a thread, because setting the event waits for the scheduler, which may be gone.
        """
        threading.Thread(
            target=self._set_event, args=(name,), name="annlab-event", daemon=True
        ).start()

    def _set_event(self, name: str) -> None:
        from distributed import Event

        try:
            Event(name, client=self.client).set()
        except Exception:
            log.warning("The event could not be sent to the scheduler", exc_info=True)

    def leave(self, task: str) -> bool:
        """Leave a task to other servers if they wait for it too; return whether it was left.

        Asks the scheduler, and waits for it. In one step there, because two servers that leave a
        task at the same time must not both rely on the other.
        """
        ours = self.client.id

        # Nested, so that it is sent by value: the scheduler need not have annlab.
        def leave_to_others(dask_scheduler: Any) -> bool:
            state = dask_scheduler.tasks.get(task)
            if state is None or all(client.client_key == ours for client in state.who_wants):
                return False
            dask_scheduler.client_releases_keys([task], ours)
            return True

        try:
            return bool(self.client.run_on_scheduler(leave_to_others))
        except Exception:
            log.warning("The scheduler could not be asked about a task", exc_info=True)
            return False

    def release(self, future: Any) -> None:
        """Release a future, so that its task can be submitted again at once."""
        future.release()

        async def nothing() -> None:
            """Run after the release, which Dask leaves to its loop."""

        try:
            self.client.sync(nothing, callback_timeout=_LOOP_SECONDS)
        except Exception:  # the scheduler or the server has ended
            log.debug("A task was released without its client", exc_info=True)

    def close(self) -> None:
        """Stop the workers and the scheduler."""
        self._closing.set()
        self._needed.set()
        atexit.unregister(self.close)
        if self._local is not None:
            self._local.close_workers()
        if self.client is not None:
            self.client.close()
        if self._local is not None:
            self._local.close()

"""Hands trainings to the cluster, and takes in what they report and return."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import uuid4

from annlab.config import RESULTS_VERSION
from annlab.datasets.own.of_config import own_data_in
from annlab.jobs.attached_data import submit_with_data
from annlab.jobs.cluster import Cluster, worker_function
from annlab.jobs.job import Job, JobState
from annlab.jobs.results import take_result
from annlab.jobs.training_log import log_end, log_start
from annlab.store.database import StoreError
from annlab.store.repository import RunRepository

log = logging.getLogger(__name__)

LEFT_TO_OTHERS = "Someone else is running the same training, so it continues for them."


class Dispatcher:
    """Hands trainings to the cluster, and takes in what they report and return.

    Parameters
    ----------
    repository : RunRepository
        Where finished runs go.
    cluster : Cluster
        Where the trainings run.
    on_progress : callable
        Is called after each report; must not wait for anything.
    on_end : callable
        Is given a job that has ended, how, and why there is no run; empty if there is one.

    Attributes
    ----------
    n_started : int
        Trainings that were claimed so far.
    """

    def __init__(
        self,
        repository: RunRepository,
        cluster: Cluster,
        on_progress: Callable[[], None],
        on_end: Callable[[Job, JobState, str], None],
    ) -> None:
        self.n_started = 0
        self._repository, self._cluster = repository, cluster
        self._on_progress, self._on_end = on_progress, on_end
        self._running: dict[str, Job] = {}  # by key
        self._futures: dict[str, Any] = {}  # by key
        # Trainings of other servers, of which reports from before are missing and were asked for.
        self._asked: set[str] = set()
        self._stops: dict[str, str] = {}  # names of the events that were set, by key
        # Other servers may train on the same cluster.
        self._server = uuid4().hex
        # Takes results in, one after another: Dask's own thread for callbacks is for all sessions.
        self._results = ThreadPoolExecutor(1, thread_name_prefix="annlab-results")

    def close(self) -> None:
        """Take in what has come, and nothing more."""
        self._results.shutdown()

    @property
    def n_running(self) -> int:
        """Trainings that were claimed and have not ended."""
        return len(self._running)

    def n_slots(self) -> int:
        """How many trainings can run at the same time; may ask the cluster."""
        if not (self._cluster.ready and self._cluster.connected):
            return 0
        # Local workers reconnect silently after a crash and pick up queued tasks: assume one slot.
        return self._cluster.n_slots() or int(not self._cluster.scheduler)

    def claim(self, job: Job) -> None:
        """Take a job over, which is to be submitted next; not for several threads at once."""
        self.n_started += 1
        job.number = self.n_started
        job.key = self._key(job)
        job.state = JobState.RUNNING
        self._running[job.key] = job
        log_start(job)

    def _key(self, job: Job) -> str:
        if self._cluster.scheduler:  # servers that ask for the same training share it
            return job.config.digest
        # Of its own for each try: an event stays set.
        return f"{job.config.digest}-{self._server}-{job.number}"

    def submit(self, job: Job) -> None:
        """Hand a claimed job to the cluster."""
        try:
            future = submit_with_data(
                self._cluster,
                self._repository.load_own_data,
                own_data_in(job.config),
                "train_run",
                job.config.model_dump(mode="json"),
                job.key,
                RESULTS_VERSION,
                bool(self._cluster.scheduler),
                key=_task(job),
                resources=self._cluster.resources,
            )
        except StoreError as error:
            self._end(job, JobState.FAILED, str(error))
        except Exception as error:
            log.exception("A training could not be submitted")
            self._end(job, JobState.FAILED, f"Could not start training: {error}")
        else:
            if self._running.get(job.key) is not job:  # left meanwhile
                self._cluster.release(future)
                return
            self._futures[job.key] = future
            future.add_done_callback(partial(self._hand_over, job))

    def take_report(self, message: dict[str, Any]) -> None:
        """Take in a worker's report: without a lock, since all others wait behind it."""
        job = self._running.get(message.get("key", ""))
        if job is None:
            return
        try:
            is_whole = job.take_report(message)
            if job.stopping and self._cluster.scheduler:
                self._send_stop(job)
            if is_whole:
                self._asked.discard(job.key)
            elif job.key not in self._asked:
                self._asked.add(job.key)
                self._cluster.set_event(worker_function("REPEAT").format(job.key))
        except (KeyError, ValueError):
            log.warning("A worker of another version of annlab reports", exc_info=True)
        self._on_progress()

    def stop(self, job: Job) -> None:
        """Ask a training to end and keep what it has, without waiting.

        A training that another server waits for too goes on there, and ends here without a run. So
        does one of an external cluster that has not begun.
        """
        if not self._cluster.scheduler:
            self._cluster.set_event(job.key)
            return
        threading.Thread(
            target=self._leave_or_stop, args=(job,), name="annlab-stop", daemon=True
        ).start()

    def _leave_or_stop(self, job: Job) -> None:
        is_left = self._cluster.leave(_task(job))
        if is_left or not job.elapsed_seconds:
            with suppress(RuntimeError):  # the server ends
                self._results.submit(self._leave, job, LEFT_TO_OTHERS if is_left else "")
        else:
            self._send_stop(job)

    def _send_stop(self, job: Job) -> None:
        """Send a stop, once to each try of a training: the next follows a worker's death."""
        if job.stop_name and self._stops.get(job.key) != job.stop_name:
            self._stops[job.key] = job.stop_name
            self._cluster.set_event(job.stop_name)

    def _leave(self, job: Job, why: str) -> None:
        if self._running.get(job.key) is job:
            if future := self._futures.pop(job.key, None):
                self._cluster.release(future)
            self._end(job, JobState.CANCELED, why)

    def _hand_over(self, job: Job, future: Any) -> None:
        # On Dask's one thread for callbacks, which must not wait.
        with suppress(RuntimeError):  # the server ends
            self._results.submit(self._take_result, job, future)

    def _take_result(self, job: Job, future: Any) -> None:
        if self._running.get(job.key) is not job:  # left to another server
            self._cluster.release(future)
            return
        failure = take_result(future, self._repository, external=bool(self._cluster.scheduler))
        self._futures.pop(job.key, None)
        self._cluster.release(future)
        if not failure and self._was_stopped_elsewhere(job):
            job.begin_again()
            self.submit(job)
        else:
            self._end(job, JobState.FAILED if failure else JobState.FINISHED, failure)

    def _was_stopped_elsewhere(self, job: Job) -> bool:
        """Whether another server has stopped the training just when this one asked for it."""
        if not self._cluster.scheduler or job.stopping:
            return False
        run = self._repository.recent_run(job.config)
        return run is not None and run.ending == "stopped"

    def _end(self, job: Job, state: JobState, failure: str) -> None:
        if self._running.get(job.key) is not job:
            return
        del self._running[job.key]
        self._asked.discard(job.key)
        self._stops.pop(job.key, None)
        log_end(job, state)
        self._on_end(job, state, failure)


def _task(job: Job) -> str:
    """Name of the task of a claimed job in Dask."""
    return f"train_run-{job.key}"

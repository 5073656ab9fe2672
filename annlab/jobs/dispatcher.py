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
            return f"{RESULTS_VERSION}-{job.config.digest}"
        # Of its own for each try: an event stays set.
        return f"{self._server}-{job.number}"

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
            self._futures[job.key] = future
            future.add_done_callback(partial(self._hand_over, job))

    def take_report(self, message: dict[str, Any]) -> None:
        """Take in a worker's report: without a lock, since all others wait behind it."""
        job = self._running.get(message.get("key", ""))
        if job is None:
            return
        try:
            if job.take_report(message):
                self._asked.discard(job.key)
            elif job.key not in self._asked:
                self._asked.add(job.key)
                self._cluster.set_event(worker_function("REPEAT").format(job.key))
        except (KeyError, ValueError):
            log.warning("A worker of another version of annlab reports", exc_info=True)
        self._on_progress()

    def stop(self, job: Job) -> None:
        """Ask a training to end and keep what it has, without waiting.

        A training that another server waits for too goes on there, and ends here without a run.
        """
        if not self._cluster.scheduler:
            self._cluster.set_event(job.key)
            return
        threading.Thread(
            target=self._stop_or_leave, args=(job,), name="annlab-stop", daemon=True
        ).start()

    def _stop_or_leave(self, job: Job) -> None:
        if self._cluster.is_wanted_elsewhere(_task(job)):
            with suppress(RuntimeError):  # the server ends
                self._results.submit(self._leave, job)
        else:
            self._cluster.set_event(job.key)

    def _leave(self, job: Job) -> None:
        if self._running.get(job.key) is job:
            if future := self._futures.pop(job.key, None):
                future.release()
            self._end(job, JobState.CANCELED, LEFT_TO_OTHERS)

    def _hand_over(self, job: Job, future: Any) -> None:
        # On Dask's one thread for callbacks, which must not wait.
        with suppress(RuntimeError):  # the server ends
            self._results.submit(self._take_result, job, future)

    def _take_result(self, job: Job, future: Any) -> None:
        if self._running.get(job.key) is not job:  # left to another server
            future.release()
            return
        failure = take_result(future, self._repository, external=bool(self._cluster.scheduler))
        self._futures.pop(job.key)
        future.release()
        self._end(job, JobState.FAILED if failure else JobState.FINISHED, failure)
        if self._cluster.scheduler and job.stopping:
            # The next training of these settings has the same event.
            self._cluster.clear_event(job.key)

    def _end(self, job: Job, state: JobState, failure: str) -> None:
        del self._running[job.key]
        self._asked.discard(job.key)
        log_end(job, state)
        self._on_end(job, state, failure)


def _task(job: Job) -> str:
    """Name of the task of a claimed job in Dask."""
    return f"train_run-{job.key}"

"""Hands trainings to the cluster, and takes in what they report and return."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import uuid4

from annlab.config import RESULTS_VERSION
from annlab.datasets.own.of_config import own_data_in
from annlab.jobs.attached_data import submit_with_data
from annlab.jobs.cluster import Cluster
from annlab.jobs.job import Job, JobState
from annlab.jobs.results import take_result
from annlab.jobs.training_log import log_end, log_start
from annlab.store.database import StoreError
from annlab.store.repository import RunRepository

log = logging.getLogger(__name__)


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
        Is given a job that has ended, and why there is no run; empty if there is one.

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
        on_end: Callable[[Job, str], None],
    ) -> None:
        self.n_started = 0
        self._repository, self._cluster = repository, cluster
        self._on_progress, self._on_end = on_progress, on_end
        self._running: dict[str, Job] = {}  # by key
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
        # Of its own for each try: an event stays set, also when its server is gone.
        job.key = f"{self._server}-{self.n_started}"
        job.state = JobState.RUNNING
        self._running[job.key] = job
        log_start(self.n_started, job)

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
                key=f"train_run-{job.config.digest}-{job.key}",
                resources=self._cluster.resources,
            )
        except StoreError as error:
            self._end(job, str(error))
        except Exception as error:
            log.exception("A training could not be submitted")
            self._end(job, f"Could not start training: {error}")
        else:
            future.add_done_callback(partial(self._hand_over, job))

    def take_report(self, message: dict[str, Any]) -> None:
        """Take in a worker's report: without a lock, since all others wait behind it."""
        job = self._running.get(message.get("key", ""))
        if job is None:
            return
        try:
            job.take_report(message)
        except (KeyError, ValueError):
            log.warning("A worker of another version of annlab reports", exc_info=True)
        self._on_progress()

    def _hand_over(self, job: Job, future: Any) -> None:
        # On Dask's one thread for callbacks, which must not wait.
        with suppress(RuntimeError):  # the server ends
            self._results.submit(self._take_result, job, future)

    def _take_result(self, job: Job, future: Any) -> None:
        failure = take_result(future, self._repository, external=bool(self._cluster.scheduler))
        future.release()
        self._end(job, failure)

    def _end(self, job: Job, failure: str) -> None:
        del self._running[job.key]
        log_end(int(job.key.rpartition("-")[2]), job, failed=bool(failure))
        self._on_end(job, failure)

"""Jobs: submit trainings, watch them, stop them. Dask does the work.

A job is the training of one run, and its key is the run's digest: who submits a run that is
already waiting or running shares its job. What one press of Train asks for (the models of a
bench) is a batch. A session has at most one batch that runs and one that waits.
"""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import CancelledError
from typing import Any
from uuid import uuid4

from pydantic import ValidationError
from zict import LRU

from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import Dataset
from annlab.jobs.cluster import MAX_DEATHS, Cluster, worker_function
from annlab.jobs.dataset_builder import Makings
from annlab.jobs.job import Job, JobState
from annlab.runs.budget import check_budget
from annlab.runs.run import Run
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore
from annlab.validation import explain

log = logging.getLogger(__name__)

_FAILURES_IN_MEMORY = 100
_DATASET_TIMEOUT_SECONDS = 60
# A page waits no longer for points that are being made, and looks again later.
_DATASET_PAGE_SECONDS = 1.0
_SLOT_SECONDS = 0.5
# A session that has not looked for this long is gone; with many jobs all look less often.
_LOOKING_SECONDS = 4.0
_LOOKING_SECONDS_PER_JOB = 0.2


Batch = tuple[Job, ...]


class Jobs:
    """Trains runs in the background and remembers what came out.

    Parameters
    ----------
    store : RunStore
        Where finished runs go. If it fails, `library` keeps them in memory only.
    cluster : Cluster
        Where the trainings run.
    """

    def __init__(self, store: RunStore, cluster: Cluster) -> None:
        self.library = RunRepository(store)
        self.cluster = cluster
        self.start_error = ""
        self.accelerators: dict[str, str] = {}
        self._lock = threading.RLock()
        self._moved = threading.Condition(self._lock)
        self._ready = threading.Event()
        self._needed = threading.Event()
        self._queue: deque[Job] = deque()
        self._jobs: dict[str, Job] = {}  # waiting or running, by digest
        # Those that are being stopped, and have a successor in `_jobs` who waits for their end.
        self._ending: dict[str, Job] = {}
        self._batches: dict[str, deque[Batch]] = {}  # by session: running, waiting
        self._failures: LRU[str, str] = LRU(_FAILURES_IN_MEMORY, {})
        self._seen: dict[str, float] = {}  # when a session has last looked at its batch
        self._server = uuid4().hex
        self._n_submitted = 0
        self._makings = Makings(cluster)

    def start(self, after_seconds: float = 0.0) -> None:
        """Start the workers in the background; returns at once.

        Parameters
        ----------
        after_seconds : float
            How long they leave the machine to others, unless there is work for them.
        """
        threading.Thread(
            target=self._start, args=(after_seconds,), name="annlab-start", daemon=True
        ).start()

    def _start(self, after_seconds: float) -> None:
        self._needed.wait(after_seconds)
        if self._stopped():
            return
        try:
            self.cluster.start()
            self._listen()
            self.cluster.client.wait_for_workers(1)
            self.accelerators = self.cluster.client.submit(
                worker_function("accelerators"), pure=False
            ).result()
        except Exception as error:
            if self._stopped():
                return
            log.exception("The workers could not be started")
            self.start_error = f"The workers could not be started: {error}"
            return
        self._ready.set()
        self._pump()
        # Other workers come moments later, or at any time to a cluster of others' making,
        # and nobody announces them.
        while not (self.cluster.complete() or self.cluster.closing):
            time.sleep(_SLOT_SECONDS)
            self._listen()
            self._pump()

    def _listen(self) -> None:
        self.cluster.listen(worker_function("TOPIC"), self._on_event)

    def _stopped(self) -> bool:
        """Whether the server has been stopped meanwhile."""
        return self.cluster.closing or not threading.main_thread().is_alive()

    @property
    def ready(self) -> bool:
        """Whether a worker is warm."""
        return self._ready.is_set()

    def wait_until_ready(self, timeout_seconds: float) -> bool:
        """Wait for the first warm worker; False if none came in time."""
        return self._ready.wait(timeout_seconds)

    def close(self) -> None:
        """End everything."""
        self._needed.set()
        self.cluster.close()

    # --- submitting and stopping -------------------------------------------------------

    def submit(self, configs: Sequence[RunConfig], session: str) -> Batch:
        """Ask for runs: those that are stored whole are there at once.

        If a batch of this session is running, the new one waits for it, in the place of
        one that waited before.

        Parameters
        ----------
        configs : sequence of RunConfig
            The models of one bench.
        session : str
            Who asks.

        Returns
        -------
        tuple of Job
            In the order of `configs`.

        Raises
        ------
        ValueError
            If one that is not stored is more work than this host allows; the message is a
            sentence for people.
        """
        stored = {config: self.is_whole(config) for config in configs}
        for config in configs:
            if not stored[config]:
                check_budget(config)
        with self._lock:
            self._seen[session] = time.monotonic()
            batches = self._batches.setdefault(session, deque())
            if len(batches) == 2:
                batches.pop()  # nothing of it has begun
            if batches and self._gives(batches[0], configs):
                return batches[0]
            batches.append(
                tuple(Job(c, JobState.FINISHED if stored[c] else JobState.WAITING) for c in configs)
            )
            if len(batches) == 1:
                self._begin(session)
            batch = batches[-1]
        self._advance()
        return batch

    def is_whole(self, config: RunConfig) -> bool:
        """Whether the run of a config is there, and was not stopped by hand."""
        return self._is_whole(self.run(config))

    @staticmethod
    def _is_whole(run: Run | None) -> bool:
        return run is not None and run.ending != "stopped"

    @staticmethod
    def _gives(batch: Batch, configs: Sequence[RunConfig]) -> bool:
        """Whether what is running is what is asked for, and goes on to its end."""
        return [job.config for job in batch] == list(configs) and not any(
            job.stopping for job in batch
        )

    def _begin(self, session: str) -> None:
        """Let the first batch of a session wait for its turn."""
        batches = self._batches[session]
        batches[0] = tuple(self._begun(job, session) for job in batches[0])

    def _begun(self, job: Job, session: str) -> Job:
        """The job under which a run is trained: this one, unless it is under way already."""
        digest = job.config.digest
        current = self._jobs.get(digest)
        if job.done:
            return job
        if current is not None and not current.stopping:
            job = current
        elif current is None and self._is_whole(self.library.recent_run(job.config)):
            job.state = JobState.FINISHED  # by others, since it was asked for
            return job
        else:
            if current is not None:
                self._ending[digest] = current
            self._jobs[digest] = job
            self._queue.append(job)
        job.watchers.add(session)
        return job

    def stop(self, session: str) -> int:
        """Stop what a session is watching; what was learned until then is kept.

        What waited behind it begins. A run that other sessions watch goes on for them.

        Returns
        -------
        int
            How many runs go on because of others.
        """
        with self._lock:
            batches = self._batches.get(session)
            if not batches:
                return 0
            running, shared = self._withdraw(batches[0], session)
            if shared or not running:
                batches.popleft()
                if batches:
                    self._begin(session)
            # Otherwise the session keeps watching until they have ended.
        self._end(running)
        self._advance()
        return shared

    def _withdraw(self, batch: Batch, session: str) -> tuple[list[Job], int]:
        """Take a session's interest back: which jobs are to be ended, how many go on."""
        running, shared = [], 0
        for job in batch:
            # One that is ending already is still waited for when Stop is pressed twice.
            if job.done or not (session in job.watchers or job.stopping):
                continue
            job.watchers.discard(session)
            if any(self._looks(other) for other in job.watchers):
                shared += 1
            elif job.state == JobState.WAITING:
                job.state = JobState.CANCELED
                self._queue.remove(job)
                del self._jobs[job.config.digest]
            else:
                job.stopping = True
                running.append(job)
        return running, shared

    def _looks(self, session: str) -> bool:
        """Whether a session has looked lately: one whose tab was closed looks no more."""
        patience = max(_LOOKING_SECONDS, _LOOKING_SECONDS_PER_JOB * len(self._jobs))
        return time.monotonic() - self._seen.get(session, -math.inf) < patience

    def _end(self, running: Iterable[Job]) -> None:
        # Never under the lock: this waits for the client's thread, which may wait for the
        # lock to deliver an event.
        for job in running:
            self.cluster.set_event(job.stop_event)

    # --- watching ------------------------------------------------------------------------

    def batch(self, session: str) -> Batch | None:
        """What a session is waiting for now, if anything."""
        with self._lock:
            batches = self._batches.get(session)
            if not batches:
                self._seen.pop(session, None)
                return None
            self._seen[session] = time.monotonic()
            return batches[0]

    def waiting_batch(self, session: str) -> Batch | None:
        """What waits for the end of the session's running batch, if anything."""
        with self._lock:
            batches = self._batches.get(session)
            return batches[1] if batches and len(batches) == 2 else None

    def wait_for_progress(self, session: str, timeout_seconds: float) -> None:
        """Wait until a job of the session's batch has learned something, or all are done."""

        def moved() -> bool:
            batch = self.batch(session)
            return batch is None or any(job.epoch or job.done for job in batch)

        with self._moved:
            self._moved.wait_for(moved, timeout_seconds)

    def wait_for_end(self, session: str, timeout_seconds: float) -> None:
        """Wait until nothing more of the session's batch is under way."""
        with self._moved:
            self._moved.wait_for(lambda: self.batch(session) is None, timeout_seconds)

    def n_ahead(self, job: Job) -> int:
        """How many trainings stand before a waiting job."""
        with self._lock:
            if job not in self._queue:
                return 0
            return self._n_running() + list(self._queue).index(job)

    def _n_running(self) -> int:
        return sum(job.state == JobState.RUNNING for job in self._jobs.values()) + len(self._ending)

    @property
    def n_unfinished(self) -> int:
        """Trainings of all sessions that wait or run."""
        return len(self._jobs) + len(self._ending)

    def _on_event(self, event: tuple[float, Any]) -> None:
        message = event[1]
        with self._lock:
            digest = message["digest"]
            job = self._ending.get(digest) or self._jobs.get(digest)
            if job is None:
                return
            job.take_report(message)
            self._moved.notify_all()

    # --- running ---------------------------------------------------------------------------

    def _pump(self) -> None:
        """Hand waiting jobs to Dask, as many as can run at once.

        Not more: Dask counts a worker's death against every task that it held.
        """
        if not self._queue:
            return
        self._needed.set()
        if not (self.ready and self.cluster.connected):
            return
        # Workers started here come back without a word, and then find what was handed over.
        n_slots = self.cluster.n_slots() or int(not self.cluster.scheduler)
        begun = []
        with self._lock:
            ready = [job for job in self._queue if job.config.digest not in self._ending]
            for job in ready[: max(0, n_slots - self._n_running())]:
                self._queue.remove(job)
                self._n_submitted += 1
                # A name of its own for each try: an event stays set, also when its server is gone.
                job.stop_event = f"stop-{self._server}-{self._n_submitted}"
                job.state = JobState.RUNNING
                begun.append(job)
        for job in begun:
            try:
                future = self.cluster.client.submit(
                    worker_function("train_run"),
                    job.config.model_dump(mode="json"),
                    job.stop_event,
                    key=f"train_run-{job.config.digest}",
                    resources=self.cluster.resources,
                    pure=False,
                )
            except Exception as error:
                log.exception("A training could not be submitted")
                self._finish(job, JobState.FAILED, f"The training could not be begun: {error}")
            else:
                future.add_done_callback(lambda future, job=job: self._on_done(job, future))

    def _on_done(self, job: Job, future: Any) -> None:
        from distributed import KilledWorker

        state = JobState.FAILED
        said = ""
        try:
            run = Run.from_bytes(future.result())
            self._fetch_points(run.config)
            self.library.keep_run(run)
            state = JobState.FINISHED
        except KilledWorker:
            said = (
                f"This training was begun {MAX_DEATHS} times, and each time its worker process "
                "died, probably for want of memory. Try a smaller network, fewer seeds or "
                "fewer samples."
            )
        except CancelledError:
            said = "The connection to the workers was lost. Train again to have another try."
        except ValidationError as error:  # a worker knows other settings than this process
            said = "; ".join(explain(error))
        except ValueError as error:
            said = str(error)
        except Exception as error:
            log.exception("A training failed")
            said = f"The training failed: {error}"
        # Before the job is gone: who submits the same run again must not get this result.
        future.release()
        self._finish(job, state, said)

    def _fetch_points(self, config: RunConfig) -> None:
        """Have the points here, by which a run is scored when it is stored.

        Only now that it is trained: a worker would hold the points of both at the same time.
        """
        try:
            self.dataset(config)
        except Exception:  # the run is worth keeping without
            log.exception("The points of a run could not be had")

    def _finish(self, job: Job, state: JobState, failure: str) -> None:
        with self._lock:
            job.state = state
            digest = job.config.digest
            unfinished = self._ending if self._ending.get(digest) is job else self._jobs
            unfinished.pop(digest, None)
            self._failures.discard(digest)
            if failure:
                self._failures[digest] = failure
        self._advance()

    def _advance(self) -> None:
        """Begin the batches whose turn has come."""
        with self._lock:
            for session, batches in list(self._batches.items()):
                while batches and all(job.done for job in batches[0]):
                    batches.popleft()
                    if batches:
                        self._begin(session)
                if not batches:
                    del self._batches[session]
                    self._seen.pop(session, None)
            self._moved.notify_all()
        self._pump()

    # --- results -----------------------------------------------------------------------------

    def run(self, config: RunConfig) -> Run | None:
        """The run of a config, if it was ever finished or stopped."""
        return self.library.run(config)

    def failure(self, config: RunConfig) -> str:
        """Why the last training of a config failed; empty if it did not."""
        return self._failures.get(config.digest) or ""

    def dataset(self, config: DatasetConfig | RunConfig) -> Dataset:
        """The points of a config: from the library, or made by a worker.

        Raises
        ------
        ValueError
            If they cannot be made; the message is a sentence for people.
        TimeoutError
            If no worker is there to make them, or it takes too long.
        """
        dataset = self._dataset_within(config, _DATASET_TIMEOUT_SECONDS)
        if dataset is None:
            raise TimeoutError(self.start_error or "The points are still being made.")
        return dataset

    def dataset_if_ready(self, config: DatasetConfig | RunConfig) -> Dataset | None:
        """The points of a config, or None while workers are still starting or making them.

        Raises
        ------
        ValueError
            If they cannot be made; the message is a sentence for people.
        """
        return self._dataset_within(config, _DATASET_PAGE_SECONDS if self.ready else 0.0)

    def _dataset_within(self, config: DatasetConfig | RunConfig, seconds: float) -> Dataset | None:
        dataset = self.library.dataset(config)
        if dataset is not None:
            return dataset
        self._needed.set()
        if not self.wait_until_ready(seconds):
            return None
        data = self._makings.result(config, seconds)
        return None if data is None else self.library.keep_dataset(config, data)

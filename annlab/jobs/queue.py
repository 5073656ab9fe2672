"""Training queue shared by all sessions, executed by Dask.

A job is the training of one run. Sessions that submit a run that is already waiting or running
share its job. A batch is the set of jobs of one press of Train (the models of a bench).
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from zict import LRU

from annlab.config import RunConfig
from annlab.environment import Environment
from annlab.jobs.cluster import Cluster
from annlab.jobs.dispatcher import Dispatcher
from annlab.jobs.ends import end_overdue
from annlab.jobs.job import Job, JobState
from annlab.jobs.notify import Changes
from annlab.jobs.rounds import in_rounds
from annlab.jobs.sessions import Batch, Sessions
from annlab.runs.budget import check_budget
from annlab.store.repository import RunRepository, is_whole

_ENDS_IN_MEMORY = 100
_TURNS_IN_MEMORY = 10_000


class TrainingQueue:
    """Trains runs in the background and stores the results.

    Parameters
    ----------
    repository : RunRepository
        Storage of finished runs.
    cluster : Cluster
        Cluster for the trainings, started by the caller.
    clock : callable
        Returns the time in seconds, for the presence of sessions and the duration of trainings.

    Attributes
    ----------
    n_started : int
        Number of trainings submitted to the cluster so far.
    """

    def __init__(
        self,
        repository: RunRepository,
        cluster: Cluster,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.repository = repository
        self.cluster = cluster
        self._clock = clock
        # Which jobs wait and run, for whom, and in which turn: the five below. Held for look-ups
        # and moves alone, never while the cluster, the store or a thread is waited for.
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._jobs: dict[str, Job] = {}  # waiting or running, by digest
        # Jobs being stopped whose successor in `_jobs` waits for their end.
        self._stopping: dict[str, Job] = {}
        self._sessions = Sessions(clock)
        self._turns: LRU[str, int] = LRU(_TURNS_IN_MEMORY, {})  # number of the last, by session
        self._changes = Changes()
        self._failures: LRU[str, str] = LRU(_ENDS_IN_MEMORY, {})
        self._early_ends: LRU[str, str] = LRU(_ENDS_IN_MEMORY, {})
        self._left: LRU[str, str] = LRU(_ENDS_IN_MEMORY, {})
        self._dispatcher = Dispatcher(repository, cluster, self._changes.notify, self._finish)
        cluster.attach(self._dispatcher.take_report, self._on_tick)

    def close(self) -> None:
        """Take in what has come, and nothing more."""
        self._dispatcher.close()

    # --- submitting and stopping -------------------------------------------------------

    def submit(self, configs: Sequence[RunConfig], session: str) -> Batch:
        """Submit runs for training; complete stored runs are finished at once.

        If a batch of this session is running, the new batch waits for it and replaces the batch
        that waited before.

        Parameters
        ----------
        configs : sequence of RunConfig
            Models of one bench.
        session : str
            Session that submits.

        Returns
        -------
        tuple of Job
            Jobs in the order of `configs`.

        Raises
        ------
        ValueError
            If a run that is not stored exceeds the work allowed on this server; the message is a
            sentence for the user.
        """
        stored = {config: self.repository.is_whole(config) for config in configs}
        for config in configs:
            if not stored[config]:
                check_budget(config, self.cluster.limits)
        batch = tuple(
            Job(config, JobState.FINISHED if stored[config] else JobState.WAITING)
            for config in configs
        )
        with self._lock:
            self._sessions.look(session)
            self._sessions.drop_waiting(session)  # none of its jobs has started
            running = self._sessions.running(session)
            if running is None:
                batch = self._enqueue(session, batch)
            elif _is_already_running(running, configs):
                return running
            else:
                self._sessions.wait(session, batch)
        self._start_due_batches()
        return batch

    def _enqueue(self, session: str, batch: Batch) -> Batch:
        """Queue the jobs of a batch as the running batch of a session."""
        batch = tuple(self._enqueue_or_share(job, session) for job in batch)
        self._sessions.run(session, batch)
        return batch

    def _enqueue_or_share(self, job: Job, session: str) -> Job:
        """Queue a job, or return the job that already trains the same run."""
        digest = job.config.digest
        current = self._jobs.get(digest)
        if job.done:
            return job
        if current is not None and not current.stopping:
            job = current
        elif current is None and is_whole(self.repository.recent_run(job.config)):
            job.state = JobState.FINISHED  # another session finished it meanwhile
            return job
        else:
            if current is not None:
                self._stopping[digest] = current
            self._jobs[digest] = job
            self._waiting.append(job)
        job.watchers.add(session)
        return job

    def stop(self, session: str) -> int:
        """Stop the running batch of a session and keep the results so far.

        The waiting batch starts next. Runs watched by other sessions continue for them.

        Returns
        -------
        int
            Number of runs that continue for other sessions.
        """
        with self._lock:
            batch = self._sessions.running(session)
            if batch is None:
                return 0
            # If Stop is pressed twice, the session still waits for a job that is already stopping.
            mine = [
                j
                for j in dict.fromkeys(batch)
                if not j.done and (session in j.watchers or j.stopping)
            ]
            shared = [job for job in mine if self._leave(job, session)]
            running = [job for job in mine if job not in shared and not job.done]
            for job in running:
                job.stopping = True
            if not running:
                self._advance(session)
            elif shared:
                # The session keeps watching until its own jobs have ended.
                self._sessions.run(session, tuple(_without(job, shared) for job in batch))
        for job in running:
            self._dispatcher.stop(job)
        self._start_due_batches()
        return len(shared)

    def _leave(self, job: Job, session: str) -> bool:
        """Remove a watcher; drop an unwatched waiting job. Return whether others watch the job."""
        job.watchers.discard(session)
        if any(self._sessions.is_present(other) for other in job.watchers):
            return True
        if job.state == JobState.WAITING:
            job.state = JobState.CANCELED
            self._waiting.remove(job)
            del self._jobs[job.config.digest]
        return False

    def _advance(self, session: str) -> None:
        """Start the waiting batch of a session, if any."""
        following = self._sessions.advance(session)
        if following is not None:
            self._enqueue(session, following)

    def leave(self, session: str) -> None:
        """Record that the browser of a session is disconnected.

        If the browser does not return, the session's waiting jobs are dropped, and its running jobs
        end when nobody has watched them for some time (`annlab.jobs.ends`).
        """
        with self._lock:
            self._sessions.leave(session)

    def look(self, session: str) -> None:
        """Record that the browser of a session is connected, on whichever page."""
        with self._lock:
            self._sessions.look(session)

    def _withdraw_gone(self) -> None:
        with self._lock:
            for session in self._sessions.gone():
                for job in self._sessions.running(session) or ():
                    if not job.done:
                        self._sessions.withdraw(session, job)
                        self._leave(job, session)
                self._sessions.forget(session)

    def _end_overdue(self) -> None:
        """End trainings that are to end (`annlab.jobs.ends`), and keep what they have."""
        max_minutes = Environment.read().max_minutes
        with self._lock:
            overdue = end_overdue(
                self._jobs.values(), self._waiting, self._sessions, self._clock(), max_minutes
            )
        for job in overdue:
            self._dispatcher.stop(job)

    # --- watching ------------------------------------------------------------------------

    def batch(self, session: str) -> Batch | None:
        """Running batch of a session, or None."""
        with self._lock:
            self._sessions.look(session)
            return self._sessions.running(session)

    def waiting_batch(self, session: str) -> Batch | None:
        """Batch that waits for the end of the running batch of a session, or None."""
        with self._lock:
            return self._sessions.waiting(session)

    @property
    def sessions(self) -> tuple[str, ...]:
        """Sessions with a batch."""
        with self._lock:
            return tuple(self._sessions)

    def wait_for_progress(self, session: str, timeout_seconds: float) -> None:
        """Wait until a job of the session's batch reports progress, or all jobs are done."""

        def has_moved() -> bool:
            batch = self.batch(session)
            return batch is None or any(job.epoch or job.done for job in batch)

        self._changes.wait_for(has_moved, timeout_seconds)

    def wait_for_end(self, session: str, timeout_seconds: float) -> None:
        """Wait until all jobs of the session's batch are done."""
        self._changes.wait_for(lambda: self.batch(session) is None, timeout_seconds)

    def n_ahead(self, job: Job) -> int:
        """Number of trainings ahead of a waiting job."""
        with self._lock:
            if job not in self._waiting:
                return 0
            return self._dispatcher.n_running + self._in_rounds().index(job)

    @property
    def n_started(self) -> int:
        """Trainings that were handed to the cluster so far."""
        return self._dispatcher.n_started

    @property
    def n_running(self) -> int:
        """Number of trainings that the cluster has."""
        return self._dispatcher.n_running

    @property
    def n_unfinished(self) -> int:
        """Number of waiting and running trainings of all sessions."""
        return len(self._jobs) + len(self._stopping)

    def trains(self, config: RunConfig) -> bool:
        """Whether a training of a config waits or runs."""
        return config.digest in self._jobs

    def failure(self, config: RunConfig) -> str:
        """Why the last training of a config failed; empty if it did not fail."""
        return self._failures.get(config.digest) or ""

    def why_left(self, config: RunConfig) -> str:
        """Why the last training of a config ended without a run and did not fail; else empty."""
        return self._left.get(config.digest) or ""

    def why_ended(self, config: RunConfig) -> str:
        """Why the server ended the last training of a config, and what to do; else empty."""
        return self._early_ends.get(config.digest) or ""

    # --- running -------------------------------------------------------------------------

    def _on_tick(self) -> None:
        self._withdraw_gone()
        self._end_overdue()
        self._start_due_batches()

    def _start_due_batches(self) -> None:
        """Start batches that are due and submit jobs to the cluster."""
        with self._lock:
            for session in self._sessions:
                while (batch := self._sessions.running(session)) and all(j.done for j in batch):
                    self._advance(session)
        self._changes.notify()
        self._dispatch()

    def _dispatch(self) -> None:
        """Submit waiting jobs to the cluster, up to the number of free slots.

        More would be wrong, because Dask counts a worker's death against every task it held.
        """
        if not self._waiting:
            return
        self.cluster.wake()
        for job in self._take_due(self._dispatcher.n_slots()):
            self._dispatcher.submit(job)

    def _take_due(self, n_slots: int) -> list[Job]:
        """Remove and return the jobs that can start."""
        with self._lock:
            ready = [job for job in self._in_rounds() if job.config.digest not in self._stopping]
            due = ready[: max(0, n_slots - self._dispatcher.n_running)]
            for job in due:
                self._waiting.remove(job)
                self._dispatcher.claim(job)
                job.started = self._clock()
                self._turns.update(dict.fromkeys(job.watchers, self._dispatcher.n_started))
        return due

    def _in_rounds(self) -> list[Job]:
        """Waiting jobs, next one first."""
        waiting = list(self._waiting)
        return [waiting[i] for i in in_rounds([job.watchers for job in waiting], self._turns)]

    def _finish(self, job: Job, state: JobState, failure: str) -> None:
        digest = job.config.digest
        failed, left = (failure, "") if state == JobState.FAILED else ("", failure)
        ends = ((self._failures, failed), (self._left, left), (self._early_ends, job.why_ended))
        for known, text in ends:
            known.discard(digest)
            if text:
                known[digest] = text
        with self._lock:
            job.state = state
            unfinished = self._stopping if self._stopping.get(digest) is job else self._jobs
            unfinished.pop(digest, None)
        self._start_due_batches()


def _without(job: Job, shared: Sequence[Job]) -> Job:
    """A job, or its end for a session that no longer watches it."""
    return Job(job.config, JobState.CANCELED) if job in shared else job


def _is_already_running(batch: Batch, configs: Iterable[RunConfig]) -> bool:
    """Whether a batch trains exactly these configs and is not being stopped."""
    return [job.config for job in batch] == list(configs) and not any(job.stopping for job in batch)

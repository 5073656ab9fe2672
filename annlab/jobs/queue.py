"""Queue of trainings: what waits and what runs, shared by all sessions. Dask does the work.

A job is the training of one run: who submits a run that is already waiting or running shares its
job. What one press of Train asks for (the models of a bench) is a batch.
"""

import threading
from collections import deque
from collections.abc import Iterable, Sequence

from zict import LRU

from annlab.config import RunConfig
from annlab.jobs.changes import Changes
from annlab.jobs.cluster import Cluster
from annlab.jobs.dispatcher import Dispatcher
from annlab.jobs.job import Job, JobState
from annlab.jobs.sessions import Batch, Sessions
from annlab.runs.budget import check_budget
from annlab.store.repository import RunRepository, is_whole

_FAILURES_IN_MEMORY = 100


class TrainingQueue:
    """Trains runs in the background and keeps what comes out.

    Parameters
    ----------
    repository : RunRepository
        Where finished runs go.
    cluster : Cluster
        Where the trainings run; to be started by the caller.
    """

    def __init__(self, repository: RunRepository, cluster: Cluster) -> None:
        self.repository = repository
        self.cluster = cluster
        # Which jobs wait and run, and for whom: the four below. Held for look-ups and moves alone,
        # never while the cluster, the store or a thread is waited for.
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._jobs: dict[str, Job] = {}  # waiting or running, by digest
        # Those that are being stopped, and have a successor in `_jobs` that waits for their end.
        self._stopping: dict[str, Job] = {}
        self._sessions = Sessions()
        self._changes = Changes()
        self._failures: LRU[str, str] = LRU(_FAILURES_IN_MEMORY, {})
        self._dispatcher = Dispatcher(repository, cluster, self._changes.notify, self._finish)
        cluster.attach(self._dispatcher.take_report, self._on_tick)

    def close(self) -> None:
        """Take in what has come, and nothing more."""
        self._dispatcher.close()

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
        stored = {config: self.repository.is_whole(config) for config in configs}
        for config in configs:
            if not stored[config]:
                check_budget(config)
        batch = tuple(
            Job(config, JobState.FINISHED if stored[config] else JobState.WAITING)
            for config in configs
        )
        with self._lock:
            self._sessions.look(session)
            self._sessions.drop_waiting(session)  # nothing of it has begun
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
        """Let the jobs of a batch wait for their turn, as the running batch of its session."""
        batch = tuple(self._enqueue_or_share(job, session) for job in batch)
        self._sessions.run(session, batch)
        return batch

    def _enqueue_or_share(self, job: Job, session: str) -> Job:
        """The job under which a run is trained: this one, unless it is under way already."""
        digest = job.config.digest
        current = self._jobs.get(digest)
        if job.done:
            return job
        if current is not None and not current.stopping:
            job = current
        elif current is None and is_whole(self.repository.recent_run(job.config)):
            job.state = JobState.FINISHED  # by others, since it was asked for
            return job
        else:
            if current is not None:
                self._stopping[digest] = current
            self._jobs[digest] = job
            self._waiting.append(job)
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
            batch = self._sessions.running(session)
            if batch is None:
                return 0
            # One that is ending already is still waited for when Stop is pressed twice.
            mine = [
                j
                for j in dict.fromkeys(batch)
                if not j.done and (session in j.watchers or j.stopping)
            ]
            shared = [job for job in mine if self._leave(job, session)]
            running = [job for job in mine if job not in shared and not job.done]
            for job in running:
                job.stopping = True
            if shared or not running:
                self._advance(session)
            # Otherwise the session keeps watching until they have ended.
        for job in running:
            self.cluster.set_event(job.key)
        self._start_due_batches()
        return len(shared)

    def _leave(self, job: Job, session: str) -> bool:
        """Take a session's interest back; whether others watch the job. Else it may not begin."""
        job.watchers.discard(session)
        if any(self._sessions.is_present(other) for other in job.watchers):
            return True
        if job.state == JobState.WAITING:
            job.state = JobState.CANCELED
            self._waiting.remove(job)
            del self._jobs[job.config.digest]
        return False

    def _advance(self, session: str) -> None:
        """Give the turn to the batch that waits in a session, if there is one."""
        following = self._sessions.advance(session)
        if following is not None:
            self._enqueue(session, following)

    def leave(self, session: str) -> None:
        """Note that the browser of a session was disconnected.

        If it does not come back, what it waits for is withdrawn: what runs goes on, but no longer
        for this session.
        """
        with self._lock:
            self._sessions.leave(session)

    def _withdraw_gone(self) -> None:
        with self._lock:
            for session in self._sessions.gone():
                for job in self._sessions.running(session) or ():
                    if not job.done:
                        self._leave(job, session)
                self._sessions.forget(session)

    # --- watching ------------------------------------------------------------------------

    def batch(self, session: str) -> Batch | None:
        """The batch that a session is waiting for now, if there is one."""
        with self._lock:
            self._sessions.look(session)
            return self._sessions.running(session)

    def waiting_batch(self, session: str) -> Batch | None:
        """The batch that waits for the end of the session's running one, if there is one."""
        with self._lock:
            return self._sessions.waiting(session)

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions that wait for something."""
        with self._lock:
            return tuple(self._sessions)

    def wait_for_progress(self, session: str, timeout_seconds: float) -> None:
        """Wait until a job of the session's batch has learned something, or all are done."""

        def has_moved() -> bool:
            batch = self.batch(session)
            return batch is None or any(job.epoch or job.done for job in batch)

        self._changes.wait_for(has_moved, timeout_seconds)

    def wait_for_end(self, session: str, timeout_seconds: float) -> None:
        """Wait until nothing more of the session's batch is under way."""
        self._changes.wait_for(lambda: self.batch(session) is None, timeout_seconds)

    def n_ahead(self, job: Job) -> int:
        """How many trainings stand before a waiting job."""
        with self._lock:
            if job not in self._waiting:
                return 0
            return self._dispatcher.n_running + self._waiting.index(job)

    @property
    def n_started(self) -> int:
        """Trainings that were handed to the cluster so far."""
        return self._dispatcher.n_started

    @property
    def n_unfinished(self) -> int:
        """Trainings of all sessions that wait or run."""
        return len(self._jobs) + len(self._stopping)

    def failure(self, config: RunConfig) -> str:
        """Why the last training of a config failed; empty if it did not."""
        return self._failures.get(config.digest) or ""

    # --- running -------------------------------------------------------------------------

    def _on_tick(self) -> None:
        self._withdraw_gone()
        self._start_due_batches()

    def _start_due_batches(self) -> None:
        """Begin the batches whose turn has come, and hand jobs to the cluster."""
        with self._lock:
            for session in self._sessions:
                while (batch := self._sessions.running(session)) and all(j.done for j in batch):
                    self._advance(session)
        self._changes.notify()
        self._dispatch()

    def _dispatch(self) -> None:
        """Hand waiting jobs to the cluster, as many as can run at once.

        Not more: Dask counts a worker's death against every task that it held.
        """
        if not self._waiting:
            return
        self.cluster.wake()
        for job in self._take_due(self._dispatcher.n_slots()):
            self._dispatcher.submit(job)

    def _take_due(self, n_slots: int) -> list[Job]:
        """Take the jobs that can begin out of the queue."""
        with self._lock:
            ready = [job for job in self._waiting if job.config.digest not in self._stopping]
            due = ready[: max(0, n_slots - self._dispatcher.n_running)]
            for job in due:
                self._waiting.remove(job)
                self._dispatcher.claim(job)
        return due

    def _finish(self, job: Job, failure: str) -> None:
        digest = job.config.digest
        self._failures.discard(digest)
        if failure:
            self._failures[digest] = failure
        with self._lock:
            job.state = JobState.FAILED if failure else JobState.FINISHED
            unfinished = self._stopping if self._stopping.get(digest) is job else self._jobs
            unfinished.pop(digest, None)
        self._start_due_batches()


def _is_already_running(batch: Batch, configs: Iterable[RunConfig]) -> bool:
    """Whether a batch trains exactly these configs, and is not being stopped."""
    return [job.config for job in batch] == list(configs) and not any(job.stopping for job in batch)

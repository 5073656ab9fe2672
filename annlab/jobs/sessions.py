"""Running and waiting batch of each session, and presence of sessions."""

import time
from collections.abc import Callable, Iterable, Iterator

from annlab.jobs.job import Job

# Jobs of one press of Train: the models of a bench.
Batch = tuple[Job, ...]

# For so long a browser may be disconnected and still count as watching. A reload of the page makes
# a new session, whose Stop is not to be refused for the sake of the one before.
BLIP_SECONDS = 5.0
# After so long a session is gone for good: Streamlit keeps it no longer for a browser that comes
# back.
PATIENCE_SECONDS = 120.0


class Sessions:
    """Batches and presence of each session.

    A session is present from its first batch until its browser has been disconnected for
    `PATIENCE_SECONDS`, so a visitor may read another page or lock the phone for a moment. Not
    thread-safe; the lock of the queue guards it.

    Parameters
    ----------
    clock : callable
        Returns the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._running: dict[str, Batch] = {}
        self._waiting: dict[str, Batch] = {}
        self._left: dict[str, float] = {}  # time of disconnection, by session

    def __iter__(self) -> Iterator[str]:
        """Iterate over the sessions with a batch."""
        return iter(tuple(self._running))

    def running(self, session: str) -> Batch | None:
        """Return the running batch, or None."""
        return self._running.get(session)

    def waiting(self, session: str) -> Batch | None:
        """Return the batch that waits for the end of the running batch, or None."""
        return self._waiting.get(session)

    def run(self, session: str, batch: Batch) -> None:
        """Replace the running batch."""
        self._running[session] = batch

    def wait(self, session: str, batch: Batch) -> None:
        """Replace the waiting batch."""
        self._waiting[session] = batch

    def drop_waiting(self, session: str) -> None:
        """Remove the waiting batch."""
        self._waiting.pop(session, None)

    def advance(self, session: str) -> Batch | None:
        """Remove the running batch; return the next batch, or None."""
        following = self._waiting.pop(session, None)
        if following is None:
            self.forget(session)
        else:
            self._running[session] = following
        return following

    def forget(self, session: str) -> None:
        """Remove a session."""
        for known in (self._running, self._waiting, self._left):
            known.pop(session, None)

    # --- presence ------------------------------------------------------------------------

    def look(self, session: str) -> None:
        """Record that a session is connected."""
        self._left.pop(session, None)

    def leave(self, session: str) -> None:
        """Record that the browser of a session is disconnected; the first time counts."""
        if session in self._running:
            self._left.setdefault(session, self._clock())

    def is_present(self, session: str) -> bool:
        """Whether a browser is connected with a session, or was a moment ago."""
        return session not in self._left or self._away_seconds(session) <= BLIP_SECONDS

    def gone(self) -> list[str]:
        """The sessions that wait for something, and whose browsers will not come back."""
        return [s for s in self._left if self._away_seconds(s) > PATIENCE_SECONDS]

    def withdraw(self, session: str, job: Job) -> None:
        """Let a session that is gone watch a job no longer, but note when it was connected."""
        job.watchers.discard(session)
        job.last_seen = max(job.last_seen, self._last_seen(session))

    def away_seconds(self, job: Job) -> float:
        """Time since one of the sessions that watched a job was connected; 0 while one is."""
        seen = [job.last_seen, *map(self._last_seen, job.watchers)]
        return max(0.0, self._clock() - max(seen))

    def others_wait(self, job: Job, waiting: Iterable[Job]) -> bool:
        """Whether a present session that does not watch a job watches one that waits."""
        others = (session for other in waiting for session in other.watchers - job.watchers)
        return any(self.is_present(session) for session in others)

    def _last_seen(self, session: str) -> float:
        return self._left.get(session, self._clock())

    def _away_seconds(self, session: str) -> float:
        return self._clock() - self._last_seen(session)

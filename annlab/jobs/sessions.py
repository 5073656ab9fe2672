"""What each session waits for: one batch that runs, one that waits; and who is still there."""

import time
from collections.abc import Iterator

from annlab.jobs.job import Job

# What one press of Train asks for: the models of a bench.
Batch = tuple[Job, ...]

# For so long a browser may be disconnected before its session counts as gone: as long as
# Streamlit keeps a session for a browser that comes back.
PATIENCE_SECONDS = 120.0


class Sessions:
    """The batches of each session, and which sessions are still there.

    A session is present from its first batch on, until its browser has been disconnected for
    `PATIENCE_SECONDS`: who reads another page, or has put the phone away for a moment, still
    waits for the results. Not safe to use from several threads: the queue's lock guards it.
    """

    def __init__(self) -> None:
        self._running: dict[str, Batch] = {}
        self._waiting: dict[str, Batch] = {}
        self._left: dict[str, float] = {}  # when a session's browser was disconnected

    def __iter__(self) -> Iterator[str]:
        """The sessions that wait for something."""
        return iter(tuple(self._running))

    def running(self, session: str) -> Batch | None:
        """The batch that runs, or whose turn it is, if there is one."""
        return self._running.get(session)

    def waiting(self, session: str) -> Batch | None:
        """The batch that waits for the end of the running one, if there is one."""
        return self._waiting.get(session)

    def run(self, session: str, batch: Batch) -> None:
        """Put a batch in the place of the running one."""
        self._running[session] = batch

    def wait(self, session: str, batch: Batch) -> None:
        """Put a batch in the place of the waiting one."""
        self._waiting[session] = batch

    def drop_waiting(self, session: str) -> None:
        """Forget the waiting batch."""
        self._waiting.pop(session, None)

    def advance(self, session: str) -> Batch | None:
        """Forget the running batch; gives the one whose turn it is now, if there is one."""
        following = self._waiting.pop(session, None)
        if following is None:
            self.forget(session)
        else:
            self._running[session] = following
        return following

    def forget(self, session: str) -> None:
        """Forget a session."""
        for known in (self._running, self._waiting, self._left):
            known.pop(session, None)

    # --- presence ------------------------------------------------------------------------

    def look(self, session: str) -> None:
        """Note that a session is there."""
        self._left.pop(session, None)

    def leave(self, session: str) -> None:
        """Note that the browser of a session was disconnected."""
        if session in self._running:
            self._left[session] = time.monotonic()

    def is_present(self, session: str) -> bool:
        """Whether a session is still there, or may come back."""
        left = self._left.get(session)
        return left is None or time.monotonic() - left <= PATIENCE_SECONDS

    def gone(self) -> list[str]:
        """The sessions that wait for something, and are not there any more."""
        return [session for session in self._left if not self.is_present(session)]

"""What each session waits for: one batch that runs, one that waits; and who is still there."""

import math
import time
from collections.abc import Iterator

from annlab.jobs.job import Job

# What one press of Train asks for: the models of a bench.
Batch = tuple[Job, ...]

# For so long a browser may be disconnected and still count as watching. A reload of the page makes
# a new session, whose Stop is not to be refused for the sake of the one before.
BLIP_SECONDS = 5.0
# After so long a session is gone for good: Streamlit keeps it no longer for a browser that comes
# back.
PATIENCE_SECONDS = 120.0


class Sessions:
    """The batches of each session, and which sessions are still there.

    A session is present as long as its browser is connected, whatever page it shows: who reads
    the home page, or has the tab in the background, still waits for the results. Not safe to use
    from several threads: the queue's lock guards it.
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
        """Whether a browser is connected with a session, or was a moment ago."""
        return self._away_seconds(session) <= BLIP_SECONDS

    def gone(self) -> list[str]:
        """The sessions that wait for something, and whose browsers will not come back."""
        return [s for s in self._left if self._away_seconds(s) > PATIENCE_SECONDS]

    def _away_seconds(self, session: str) -> float:
        left = self._left.get(session)
        return -math.inf if left is None else time.monotonic() - left

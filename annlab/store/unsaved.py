"""Finished runs that wait in memory until the store takes them."""

import logging
import threading
import time
from dataclasses import dataclass, field

from numpy.typing import ArrayLike

from annlab.runs.budget import MAX_RUN_BYTES
from annlab.runs.run import Run

log = logging.getLogger(__name__)

# They exist nowhere else: two of the largest.
UNSAVED_BYTES = 2 * MAX_RUN_BYTES


# Compared by identity, because the same settings may be trained again.
@dataclass(frozen=True, eq=False)
class Unsaved:
    """Finished run that is not stored yet.

    Attributes
    ----------
    run : Run
    score : array-like or None
        Score of each network on the held-out split; None if it is not computed yet.
    data : bytes
        Its data set, by `annlab.datasets.serialize.bytes_for_display`; empty if it is not sent
        along.
    since : float
        Time since which it waits, by `time.monotonic`.
    """

    run: Run
    score: ArrayLike | None = None
    data: bytes = b""
    since: float = field(default_factory=time.monotonic)

    @property
    def n_bytes(self) -> int:
        """Size in memory."""
        return self.run.n_bytes + len(self.data)

    def __str__(self) -> str:
        """Describe the run for the log."""
        config = self.run.config
        return f"{config.digest} ({config.dataset.name}, {self.run.n_seeds} networks)"


class UnsavedRuns:
    """Runs that wait, the oldest first; safe for several threads.

    Parameters
    ----------
    max_bytes : int
        Largest total size. The oldest runs beyond it are lost, and the log names them; the newest
        one stays even if it is larger.
    """

    def __init__(self, max_bytes: int = UNSAVED_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._waiting: dict[str, Unsaved] = {}  # by digest

    def add(self, one: Unsaved) -> None:
        """Let a run wait as the newest, in the place of an earlier one of the same settings."""
        with self._lock:
            self._waiting.pop(one.run.config.digest, None)
            self._waiting[one.run.config.digest] = one
            lost = self._drop_oldest()
        for other in lost:
            log.error("Lost a run, because too many wait for the store: %s", other)

    def _drop_oldest(self) -> list[Unsaved]:
        lost = []
        n_bytes = sum(one.n_bytes for one in self._waiting.values())
        while n_bytes > self._max_bytes and len(self._waiting) > 1:
            lost.append(self._waiting.pop(next(iter(self._waiting))))
            n_bytes -= lost[-1].n_bytes
        return lost

    def all(self) -> tuple[Unsaved, ...]:
        """Return all that wait, the oldest first."""
        with self._lock:
            return tuple(self._waiting.values())

    def oldest(self) -> Unsaved | None:
        """Return the one that waits longest, or None."""
        return next(iter(self.all()), None)

    def get(self, digest: str) -> Unsaved | None:
        """Return the one with a digest, or None."""
        return self._waiting.get(digest)

    def remove(self, one: Unsaved) -> bool:
        """Let a run wait no longer; False if it was removed or replaced before."""
        with self._lock:
            if self._waiting.get(one.run.config.digest) is not one:
                return False
            del self._waiting[one.run.config.digest]
            return True

    def discard(self, digest: str) -> None:
        """Let the run with a digest wait no longer, if there is one."""
        with self._lock:
            self._waiting.pop(digest, None)

"""Wakes threads that wait for news of trainings."""

import threading
import time
from collections.abc import Callable


class Changes:
    """Lets threads wait until something has changed.

    Its lock guards nothing but a count, and nobody holds it while a condition is looked at: who
    reports a change never waits, not even the thread that keeps the connection to Dask alive.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def notify(self) -> None:
        """Say that something has changed."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[], bool], timeout_seconds: float) -> bool:
        """Wait until a condition holds; False if it did not in time.

        Parameters
        ----------
        condition : callable
            Is asked at once, and again after each change.
        timeout_seconds : float
        """
        deadline = time.monotonic() + timeout_seconds
        while True:
            seen = self._count
            if condition():
                return True
            left = deadline - time.monotonic()
            if left <= 0 or not self._wait_for_change(seen, left):
                return False

    def _wait_for_change(self, seen: int, timeout_seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._count != seen, timeout_seconds)

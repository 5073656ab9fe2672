"""Notification of threads that wait for training progress."""

import threading
import time
from collections.abc import Callable


class Changes:
    """Condition variable whose notifier never blocks.

    The lock guards only a counter and is free while conditions are evaluated, so `notify` never
    blocks, in particular not on the thread that keeps the connection to Dask alive.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def notify(self) -> None:
        """Wake all waiting threads."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[], bool], timeout_seconds: float) -> bool:
        """Wait until a condition holds; return False on timeout.

        Parameters
        ----------
        condition : callable
            Evaluated at once and again after each change.
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

"""Turns of trainings and computations in one worker process."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Beside a training, a computation works a quarter of the time: three seconds of rest per second of
# work. Python runs one thread at a time, so it would slow the training down by more than half.
REST_PER_WORK = 3.0
# Longest sleep between two looks at whether a rest is to end.
_LOOK_SECONDS = 0.1


class Turns:
    """Lets computations rest while the same process trains.

    A training never waits for a computation, and a computation beside trainings still comes to
    its end.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_trainings = 0
        self._quiet = threading.Event()  # set while nothing trains
        self._quiet.set()

    @contextmanager
    def training(self) -> Iterator[None]:
        """Mark the time of a training."""
        with self._lock:
            self._n_trainings += 1
            self._quiet.clear()
        try:
            yield
        finally:
            with self._lock:
                self._n_trainings -= 1
                if not self._n_trainings:
                    self._quiet.set()

    def rest(self, worked_seconds: float, should_end: Callable[[], bool]) -> None:
        """Sleep while a training runs, in proportion to the work before.

        Parameters
        ----------
        worked_seconds : float
            Time that the computation has worked since its last rest.
        should_end : callable
            Ends the rest when it returns True.
        """
        deadline = time.monotonic() + REST_PER_WORK * worked_seconds
        while not self._quiet.is_set():
            left = deadline - time.monotonic()
            if left <= 0 or self._quiet.wait(min(left, _LOOK_SECONDS)) or should_end():
                return

"""Condition of a server: what its queue, workers and store do now."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from annlab.host.metrics import Condition
from annlab.jobs.queue import TrainingQueue
from annlab.store.database import StoreError

# So long a hanging database may hold up whoever asks.
STORE_SECONDS = 2.0


class ConditionReader:
    """Reads the condition of a server without waiting for a database that hangs.

    Parameters
    ----------
    queue : TrainingQueue
        The server's queue, before its cluster is started.
    n_sessions : callable
        Returns the number of connected browsers.
    """

    def __init__(self, queue: TrainingQueue, n_sessions: Callable[[], int]) -> None:
        self._queue, self._n_sessions = queue, n_sessions
        self._ticked = time.monotonic()
        self._n_bytes = 0
        self._asked: Future[int] | None = None
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="annlab-condition")
        queue.cluster.attach(lambda report: None, self._note_tick)

    def _note_tick(self) -> None:
        self._ticked = time.monotonic()

    def read(self) -> Condition:
        """Return the condition; takes up to `STORE_SECONDS`."""
        cluster, n_running = self._queue.cluster, self._queue.n_running
        return Condition(
            started=1,
            trainings_waiting=max(0, self._queue.n_unfinished - n_running),
            trainings_running=n_running,
            trainings_started=self._queue.n_started,
            # There is no regular work before the first worker is ready.
            queue_silent_seconds=time.monotonic() - self._ticked if cluster.ready else 0.0,
            workers=cluster.n_slots(),
            store_up=int(self._store_answers()),
            store_bytes=self._n_bytes,
            sessions=self._n_sessions(),
        )

    def _store_answers(self) -> bool:
        # An unanswered question is not asked again, so that they do not pile up.
        asked = self._asked or self._asker.submit(self._queue.repository.store.n_bytes)
        self._asked = asked
        try:
            self._n_bytes = asked.result(STORE_SECONDS)
        except StoreError:
            self._asked = None
            return False
        except TimeoutError:
            return False
        self._asked = None
        return True

    def close(self) -> None:
        """Ask the store nothing more."""
        self._asker.shutdown(wait=False)

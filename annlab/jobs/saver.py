"""Stores finished runs beside the class, and says which of them wait for the store."""

import atexit
import logging
import threading
import time

from annlab.jobs.worker_processes import pause_after
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore

log = logging.getLogger(__name__)

# Longest pause between two tries, in seconds.
_LONGEST_PAUSE_SECONDS = 10.0
# Time for the last runs when the server ends.
_LAST_SECONDS = 5.0
# Pages mention runs that wait longer than this. A usual one is stored in a fraction of a second.
_UNUSUAL_SECONDS = 2.0


class Saver:
    """One thread that stores runs in order, and tries again while the store fails.

    It has all the time that the store takes, and nobody waits for it.

    Parameters
    ----------
    repository : RunRepository
        Where the runs wait.
    store : RunStore
        The same store as the repository's.
    """

    def __init__(self, repository: RunRepository, store: RunStore) -> None:
        self._repository, self._store = repository, store
        self._closing = False
        # A daemon, because a store that hangs must not keep the server from its end.
        self._thread = threading.Thread(target=self._serve, name="annlab-saver", daemon=True)

    def start(self) -> None:
        """Start the thread; the end of the server stops it."""
        atexit.register(self.close)
        self._thread.start()

    def _serve(self) -> None:
        n_failures = 0
        while not self._closing:
            pause = min(_LONGEST_PAUSE_SECONDS, pause_after(n_failures)) if n_failures else None
            self._repository.saving_is_due.wait(pause)
            self._repository.saving_is_due.clear()
            n_failures = 0 if self._repository.save_unsaved(self._store) else n_failures + 1

    def close(self) -> None:
        """Store what still waits, and name in the log what is lost."""
        atexit.unregister(self.close)
        self._closing = True
        self._repository.saving_is_due.set()
        self._thread.join(_LAST_SECONDS)
        for one in self._repository.unsaved.all():
            log.error("Lost a run, because the server ends and the store has not taken it: %s", one)

    def notice(self) -> str:
        """Sentences for every page while the store fails; empty while it works."""
        oldest = self._repository.unsaved.oldest()
        is_late = oldest is not None and time.monotonic() - oldest.since > _UNUSUAL_SECONDS
        error = self._repository.saving_error or self._repository.store_error
        if oldest is None or not (is_late or error):
            return self._repository.store_error and (
                f"Earlier results are missing here, because {_BROKEN}. {error}"
            )
        n = len(self._repository.unsaved.all())
        runs = "1 run waits" if n == 1 else f"{n} runs wait"
        return (
            f"{runs} to be stored, because {_BROKEN}. What waits is lost if the server restarts "
            f"before that. {error}"
        ).rstrip()


_BROKEN = "the database of this server does not work right now"

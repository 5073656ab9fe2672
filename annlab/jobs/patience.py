"""A store for pages: they wait two seconds at most for a database that is slow or hangs."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar, cast

from annlab.store.computation_store import ComputationStore
from annlab.store.managed_runs import ManagedRuns
from annlab.store.own_data_store import OwnDataStore
from annlab.store.run_store import RunStore, StoreError

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_SECONDS = 2.0
# A file of 20 MB may take longer on its way to a distant database.
FILE_SECONDS = 10.0
HANGS = "The database does not answer."
SLOW = "The database answers too slowly."

# Methods that carry a whole file.
_OF_FILES = {"add"}
# Calls that may wait at the same time: fewer than the connections of SQLAlchemy's pool, so that
# one is left for the thread that stores, and one for the question whether the database answers.
_MOST_CALLS = 8
# Slow calls of a thread add up for so long. A page draws in less.
_PAGE_SECONDS = 10.0
_SLOW_SECONDS = 0.1
_PROBE_PAUSE_SECONDS = 0.5


class Patience:
    """Gives up calls that take too long, and refuses others until the database answers again.

    A driver waits for ever for a database that is stopped while its connections stay open: no
    timeout of the server, of the driver or of TCP ends that. So each call runs in a thread of its
    own, which is left behind when the time is over.

    Parameters
    ----------
    probe : callable
        Small question to the database.
    seconds : float
        Longest time that a page waits.
    """

    def __init__(self, probe: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
        self._probe, self._seconds = probe, seconds
        self._slots = threading.Semaphore(_MOST_CALLS)
        self._hangs = threading.Event()
        self._lock = threading.Lock()
        self._of_thread = threading.local()

    @property
    def hangs(self) -> bool:
        """Whether calls are refused, because the database does not answer."""
        return self._hangs.is_set()

    def call(self, use: Callable[[], T], seconds: float | None = None) -> T:
        """Return the result of a function, or raise its error.

        Parameters
        ----------
        use : callable
            Uses the database. If the time is over, it goes on without anybody who waits for it.
        seconds : float, optional
            Longest time, if not that of a page.

        Raises
        ------
        StoreError
            If the time is over, or an earlier call has shown that the database hangs.
        """
        if self.hangs:
            raise StoreError(HANGS)
        started = time.monotonic()
        limit = self._seconds_left(started) if seconds is None else seconds
        if limit <= 0:
            raise StoreError(SLOW)
        try:
            if not self._slots.acquire(timeout=limit):
                raise StoreError(self._give_up(limit))
            future: Future[T] = Future()
            threading.Thread(
                target=self._run, args=(use, future), name="annlab-store", daemon=True
            ).start()
            try:
                return future.result(max(0.0, started + limit - time.monotonic()))
            except TimeoutError:
                if future.done():  # the function's own error
                    raise
                raise StoreError(self._give_up(limit)) from None
        finally:
            self._note(time.monotonic() - started)

    def _run(self, use: Callable[[], T], future: "Future[T]") -> None:
        try:
            future.set_result(use())
        except Exception as error:
            log.debug("The store answers with an error", exc_info=True)
            future.set_exception(error)
        finally:
            self._slots.release()

    def _seconds_left(self, now: float) -> float:
        """How long this thread may still wait: a slow answer to each question of a page adds up."""
        of_thread = self._of_thread
        if now - getattr(of_thread, "since", float("-inf")) > _PAGE_SECONDS:
            of_thread.since, of_thread.spent = now, 0.0
        return self._seconds - float(of_thread.spent)

    def _note(self, seconds: float) -> None:
        if seconds > _SLOW_SECONDS and hasattr(self._of_thread, "spent"):
            self._of_thread.spent += seconds

    def _give_up(self, limit: float) -> str:
        """Refuse calls from now on, unless this one had only the rest of a page's time."""
        if limit < self._seconds:
            return SLOW
        with self._lock:
            if not self.hangs:
                log.warning("%s Pages continue without it.", HANGS)
                self._hangs.set()
                threading.Thread(target=self._ask, name="annlab-probe", daemon=True).start()
        return HANGS

    def _ask(self) -> None:
        """Ask until an answer, be it an error, comes in time."""
        while self.hangs:
            time.sleep(_PROBE_PAUSE_SECONDS)
            started = time.monotonic()
            try:
                self._probe()
            except Exception:
                log.debug("The database answers with an error", exc_info=True)
            if time.monotonic() - started < self._seconds:
                log.warning("The database answers again.")
                self._of_thread = threading.local()  # all pages have their time again
                self._hangs.clear()


class _PatientStore:
    """A store whose methods are called with patience."""

    def __init__(self, store: object, patience: Patience) -> None:
        self.unhurried, self._patience = store, patience

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.unhurried, name)
        if isinstance(found, ComputationStore | OwnDataStore | ManagedRuns):
            return _PatientStore(found, self._patience)
        if not callable(found):
            return found
        seconds = FILE_SECONDS if name in _OF_FILES else None
        return lambda *args, **options: self._patience.call(
            lambda: found(*args, **options), seconds
        )


def patient(store: RunStore) -> RunStore:
    """Return a store for pages, with computations and own data: no call takes long.

    Every method raises `StoreError` when a page has waited two seconds, and at once while the
    database is known to hang.
    """
    patience = Patience(lambda: store.load_dataset("probe"))
    return cast(RunStore, _PatientStore(store, patience))


def unhurried(store: RunStore) -> RunStore:
    """Return the store below a patient one, for a thread that may wait; others as they are."""
    return cast(RunStore, getattr(store, "unhurried", store))

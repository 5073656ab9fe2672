"""Computations of workers beside trainings, shared by all sessions.

Sessions that ask for the same thing share one computation, and later ones find its result in the
store. Among computations the first come first, but long ones never take the last free slot if there
is more than one. What can be divided takes the slots that nobody else wants, one of each worker.

A local worker trains and computes in threads of its own, and its computations rest most of the time
while it trains, so a training does not wait for them. The threads of an external cluster do both:
a server computes in half of them, rounded up, but nothing long in the only one. A training that
finds no free thread there waits for computations, but goes before waiting ones.

A waiting computation that no page asks for any more is dropped. A running one goes on for as long
as a session that waits for it is there, because its page may be opened again.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Collection

from zict import LRU

from annlab.datasets.own.of_config import own_data_in
from annlab.datasets.own.own_data import OwnData
from annlab.jobs.attached_data import LoadData
from annlab.jobs.cluster import Cluster
from annlab.jobs.computation import Computation, ComputationState
from annlab.jobs.computation_dispatcher import ComputationDispatcher, Slots
from annlab.jobs.kinds import KINDS, digest_for
from annlab.jobs.notify import Changes
from annlab.jobs.parts import Part
from annlab.jobs.sessions import Sessions
from annlab.store.computation_store import ComputationStore
from annlab.store.repository import memory
from annlab.validation import Config

# Bytes of results, partial results and failures.
_IN_MEMORY = 32_000_000
# Deleted data, which results of running computations may still tell of.
_FORGOTTEN_IN_MEMORY = 10_000
# A waiting page asks about once a second. A computation that no page asks for any more is dropped
# before it starts, because a dragged slider leaves one per position.
_FORGET_SECONDS = 15.0
# A browser wakes a page in a background tab only once a minute, and what it waits for longest is
# not to lose its place in the queue.
_FORGET_LONG_SECONDS = 90.0


class Computations:
    """Runs computations in the background and keeps the results.

    Parameters
    ----------
    store : ComputationStore
        Where results are kept.
    cluster : Cluster
        Where they are computed; the caller starts it.
    load_data : callable
        Returns a file or a table of own data by its digest, or None.
    """

    def __init__(
        self, store: ComputationStore, cluster: Cluster, load_data: LoadData = lambda digest: None
    ) -> None:
        self._cluster = cluster
        # Guards the collections below; never held while the cluster or the store is waited for.
        self._lock = threading.Lock()
        self._waiting: deque[Computation] = deque()
        self._active: dict[str, Computation] = {}  # waiting or running, by digest
        self._ended: LRU[str, Computation] = memory(_IN_MEMORY, lambda one: one.n_bytes)
        # How often `forget` was called, and its last call about some own data.
        self._n_forgotten = 0
        self._forgotten: LRU[str, int] = LRU(_FORGOTTEN_IN_MEMORY, {})
        self._sessions = Sessions()
        self._changes = Changes()
        self._slots = Slots(0, 0)
        self._dispatcher = ComputationDispatcher(
            store, cluster, self._finish, load_data, self._dispatch
        )
        cluster.attach(self._dispatcher.take_report, self._on_tick)

    def close(self) -> None:
        """Take in what has come, and nothing more."""
        self._dispatcher.close()

    # --- asking and stopping -------------------------------------------------------------

    def ask(
        self,
        kind: str,
        request: Config,
        session: str,
        *,
        attached: Callable[[], bytes] | None = None,
        own: OwnData | None = None,
        again: bool = False,
    ) -> Computation:
        """Return the computation of a request: a finished one, the current one, or a new one.

        A session gets the computation that it stopped, and every session gets one that failed,
        until somebody asks again.

        Parameters
        ----------
        kind : str
            Name in `annlab.jobs.kinds.KINDS`.
        request : Config
            Of the kind's type.
        session : str
            Session that asks, and waits from now on.
        attached : callable, optional
            Returns what the function takes besides the request, such as a run. Equal requests
            must come with equal attachments.
        own : OwnData, optional
            Own data that the function needs, or the result tells of, besides those in the request.
        again : bool
            Whether to start again what has failed or was stopped.

        Returns
        -------
        Computation
        """
        digest = digest_for(kind, request)
        n_forgotten = self._n_forgotten
        found = self._join(digest, session, again)
        if found is not None:
            return found
        stored = self._dispatcher.load(digest)
        needed = own_data_in(request) if own is None else (*own_data_in(request), own)
        new = Computation(
            kind, request, digest, own=needed, asked=time.monotonic(), n_forgotten=n_forgotten
        )
        if stored is not None and stored.is_complete:
            new.state, new.progress, new.result = ComputationState.FINISHED, 1.0, stored.data
        else:
            new.partial = b"" if stored is None else stored.data
            new.attached = () if attached is None else (attached(),)
            if KINDS[kind].continues:
                new.attached += (new.partial,)
        # Another session may have asked meanwhile.
        found = self._join(digest, session, again, new)
        self._dispatch()
        return found or new

    def find(self, kind: str, request: Config) -> bytes | None:
        """Return the result of a request if there is one, without starting anything."""
        digest = digest_for(kind, request)
        with self._lock:
            ended = self._ended.get(digest)
        if ended is not None and ended.state == ComputationState.FINISHED:
            return ended.result
        stored = self._dispatcher.load(digest)
        return stored.data if stored is not None and stored.is_complete else None

    def computes(self, kind: str, request: Config) -> bool:
        """Whether the computation of a request waits or runs."""
        return digest_for(kind, request) in self._active

    def forget(self, contents: Collection[str]) -> None:
        """Drop from memory what was, or is being, computed from own data that were deleted.

        Parameters
        ----------
        contents : collection of str
            By `OwnData.content`; also SHA-256 of files.
        """
        with self._lock:
            self._n_forgotten += 1
            self._forgotten.update(dict.fromkeys(contents, self._n_forgotten))
            for digest, ended in list(self._ended.items()):
                if ended.contents.intersection(contents):
                    self._ended.discard(digest)

    def _join(
        self, digest: str, session: str, again: bool, new: Computation | None = None
    ) -> Computation | None:
        """Return the current or last computation of a request, else take in a new one."""
        with self._lock:
            self._sessions.look(session)
            found = self._active.get(digest)
            if found is not None and (not found.stopping or session in found.stopped_by):
                found.asked = time.monotonic()
                if again and not found.stopping:
                    found.stopped_by.discard(session)
                if session not in found.stopped_by:
                    self._watch(session, found)
                return found
            ended = self._ended.get(digest)
            if ended is not None and ended.is_settled_for(session, again):
                return ended
            if new is None:
                return None
            if new.done:
                self._keep(new)
            else:
                self._watch(session, new)
                self._active[digest] = new
                self._waiting.append(new)
            return new

    def _watch(self, session: str, computation: Computation) -> None:
        """Let a session wait for a computation."""
        # Not before, because `leave` is called only for browsers that have waited.
        self._sessions.run(session, ())
        computation.watchers.add(session)

    def stop(self, session: str, computation: Computation) -> bool:
        """Stop a computation for a session; what there is so far is kept.

        Returns
        -------
        bool
            Whether the computation goes on for other sessions.
        """
        with self._lock:
            if computation.done:
                return False
            computation.stopped_by.add(session)
            computation.watchers.discard(session)
            if any(self._sessions.is_present(other) for other in computation.watchers):
                return True
            self._stop(computation)
        self._send_stops([computation])
        return False

    def _stop(self, computation: Computation) -> None:
        """Drop a waiting computation, or mark a running one."""
        if computation.state == ComputationState.WAITING:
            computation.state, computation.attached = ComputationState.STOPPED, ()
            self._waiting.remove(computation)
            del self._active[computation.digest]
            self._keep(computation)
        else:
            computation.stopping = True

    def _send_stops(self, stopped: list[Computation]) -> None:
        for computation in stopped:
            if computation.stopping:
                self._dispatcher.stop(computation)
        self._changes.notify()

    def leave(self, session: str) -> None:
        """Record that the browser of a session is disconnected.

        If it does not return, the session's computations stop unless others watch them.
        """
        with self._lock:
            self._sessions.leave(session)

    def look(self, session: str) -> None:
        """Record that the browser of a session is connected, on whichever page."""
        with self._lock:
            self._sessions.look(session)

    @property
    def sessions(self) -> tuple[str, ...]:
        """Sessions that wait for a computation."""
        with self._lock:
            return tuple(self._sessions)

    def wait_for_end(self, computation: Computation, timeout_seconds: float) -> bool:
        """Wait until a computation has ended; return False on timeout."""
        return self._changes.wait_for(lambda: computation.done, timeout_seconds)

    def lacks_threads(self, computation: Computation) -> bool:
        """Whether a computation waits for more threads than all workers together have."""
        return (
            computation.state == ComputationState.WAITING
            and KINDS[computation.kind].is_long
            and self._slots.short > self._slots.long == 0
        )

    @property
    def n_watched(self) -> int:
        """Number of pages that wait for a computation, over all sessions."""
        return sum(len(computation.watchers) for computation in list(self._active.values()))

    # --- running -------------------------------------------------------------------------

    def _on_tick(self) -> None:
        with self._lock:
            gone = self._sessions.gone()
            for session in gone:
                self._sessions.forget(session)
            dropped = [c for c in self._active.values() if self._is_unwanted(c, gone)]
            for computation in dropped:
                self._stop(computation)
        self._send_stops(dropped)
        self._dispatch()

    def _is_unwanted(self, computation: Computation, gone: list[str]) -> bool:
        if computation.stopping:
            return False
        watched = computation.watchers.copy()
        computation.watchers.difference_update(gone)
        if watched and not computation.watchers:
            return True
        is_long = KINDS[computation.kind].is_long
        patience_seconds = _FORGET_LONG_SECONDS if is_long else _FORGET_SECONDS
        return (
            computation.state == ComputationState.WAITING
            and time.monotonic() - computation.asked > patience_seconds
            and self._cluster.ready
        )

    def _dispatch(self) -> None:
        """Submit waiting computations, up to the number of free slots.

        More would be wrong, because Dask counts a worker's death against every task it held.
        """
        if not self._waiting and not self._dispatcher.n_waiting_parts:
            return
        self._cluster.wake()
        self._slots = self._dispatcher.slots()
        for part in self._take_due(self._slots):
            self._dispatcher.submit(part)

    def _take_due(self, slots: Slots) -> list[Part]:
        """Take and return the computations, and parts of running ones, that can start."""
        with self._lock:
            due = self._dispatcher.further_parts(slots, is_last_call=False)
            for computation in list(self._waiting):
                if self._dispatcher.is_free_for(computation, slots):
                    self._waiting.remove(computation)
                    due.append(self._dispatcher.claim(computation, slots))
            return due + self._dispatcher.further_parts(slots, is_last_call=True)

    def _finish(self, computation: Computation, state: ComputationState) -> None:
        with self._lock:
            computation.state = state
            # A successor may wait already.
            if self._active.get(computation.digest) is computation:
                del self._active[computation.digest]
            self._keep(computation)
        self._changes.notify()
        self._dispatch()

    def _keep(self, ended: Computation) -> None:
        """Keep what has ended, unless it tells of own data that were deleted since it was asked."""
        if all(self._forgotten.get(c, 0) <= ended.n_forgotten for c in ended.contents):
            self._ended[ended.digest] = ended

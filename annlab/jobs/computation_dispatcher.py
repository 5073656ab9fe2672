"""Hands computations to the cluster, and takes in what they report and return."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4

from annlab.datasets.own.tables import MissingDataError
from annlab.jobs.attached_data import LoadData, submit_with_data
from annlab.jobs.cluster import Cluster
from annlab.jobs.computation import Computation, ComputationState
from annlab.jobs.kinds import KINDS
from annlab.jobs.parts import PARTS_PER_WORKER, Part, Parts
from annlab.jobs.results import OTHER_VERSION, explain_failure, result_of
from annlab.jobs.worker_processes import COMPUTATION, COMPUTATIONS_PER_WORKER
from annlab.store.computation_store import ComputationStore, StoredResult
from annlab.store.database import StoreError
from annlab.validation import RESULTS_VERSION

log = logging.getLogger(__name__)


class Slots(NamedTuple):
    """How many computations may run at the same time.

    Attributes
    ----------
    short : int
        A short computation starts while fewer run.
    long : int
        A long computation starts while fewer run, of any length.
    workers : int
        Parts of one computation that may run at the same time: one thread of each worker, because
        Python runs one thread of a process at a time.
    """

    short: int
    long: int
    workers: int = 1


class ComputationDispatcher:
    """Hands computations to the cluster, and takes in what they report and return.

    Parameters
    ----------
    store : ComputationStore
        Where results go.
    cluster : Cluster
        Where the computations run.
    on_end : callable
        Is given a computation that has ended, and its new state.
    load_data : callable
        Returns a file or a table of own data by its digest, or None.
    on_free : callable
        Is called when a part of a computation has ended that goes on.
    """

    def __init__(
        self,
        store: ComputationStore,
        cluster: Cluster,
        on_end: Callable[[Computation, ComputationState], None],
        load_data: LoadData,
        on_free: Callable[[], None],
    ) -> None:
        self._load_data = load_data
        self._store, self._cluster = store, cluster
        self._on_end, self._on_free = on_end, on_free
        # Guards which parts wait and run; never held while anything is waited for.
        self._lock = threading.Lock()
        self._running: dict[str, Part] = {}  # by key
        self._claimed: dict[str, Parts] = {}  # of computations that have not ended, by key
        # Other servers may compute on the same cluster.
        self._server, self._n_started = uuid4().hex, 0
        # Takes results in: Dask's own thread for callbacks is for all sessions.
        self._results = ThreadPoolExecutor(1, thread_name_prefix="annlab-computations")

    def close(self) -> None:
        """Take in what has come, and nothing more."""
        self._results.shutdown()

    # --- submitting ----------------------------------------------------------------------

    def slots(self) -> Slots:
        """How many computations can run at the same time; may ask the cluster."""
        if not (self._cluster.ready and self._cluster.connected):
            return Slots(0, 0)
        n = self._cluster.n_slots()
        if self._cluster.scheduler:
            # The threads also train, and the only one is not to be held for minutes.
            half = (n + 1) // 2
            n_long = max(half - 1, int(n > 1))
            return Slots(half, n_long, max(1, n_long))
        # Local workers reconnect silently after a crash and pick up queued tasks.
        n_slots = COMPUTATIONS_PER_WORKER * max(1, n)
        return Slots(n_slots, n_slots - 1, max(1, n))

    def is_free_for(self, computation: Computation, slots: Slots) -> bool:
        """Whether a slot is free for a computation."""
        is_long = KINDS[computation.kind].is_long
        return len(self._running) < (slots.long if is_long else slots.short)

    def claim(self, computation: Computation, slots: Slots) -> Part:
        """Take a computation over, and return its first part, which is to be submitted."""
        with self._lock:
            self._n_started += 1
            # Of its own for each try: an event stays set, also when its server is gone.
            computation.key = f"{self._server}-computation-{self._n_started}"
            computation.state = ComputationState.RUNNING
            n_parts = PARTS_PER_WORKER * slots.workers if slots.workers > 1 else 1
            parts = self._claimed[computation.key] = Parts(computation, n_parts)
            return self._start(parts)

    @property
    def n_waiting_parts(self) -> int:
        """Parts of running computations that have not started."""
        return sum(parts.n_waiting for parts in list(self._claimed.values()))

    def further_parts(self, slots: Slots, *, is_last_call: bool) -> list[Part]:
        """Return further parts of running computations, which are to be submitted.

        Parameters
        ----------
        slots : Slots
        is_last_call : bool
            Whether no waiting computation wants the free slots. Otherwise only computations go on
            of which no part runs: what has started does not wait for what came later.
        """
        found = []
        with self._lock:
            most = slots.workers if is_last_call else 1
            while len(self._running) < slots.long:
                open_ones = [
                    parts
                    for parts in self._claimed.values()
                    if parts.n_waiting
                    and not parts.computation.stopping
                    and len(parts.running) < most
                ]
                if not open_ones:
                    break
                found.append(self._start(min(open_ones, key=lambda parts: len(parts.running))))
        return found

    def _start(self, parts: Parts) -> Part:
        part = parts.start()
        self._running[part.key] = part
        return part

    def submit(self, part: Part) -> None:
        """Hand a part to the cluster."""
        kind, request = KINDS[part.computation.kind], part.computation.request
        arguments, part.arguments = part.arguments, ()
        try:
            future = submit_with_data(
                self._cluster,
                self._load_data,
                part.computation.own,
                "compute",
                kind.function,
                f"{type(request).__module__}:{type(request).__qualname__}",
                request.model_dump(mode="json"),
                part.key,
                RESULTS_VERSION,
                *arguments,
                file=self._file_of(part.computation),
                key=f"compute-{part.computation.digest}-{part.key}",
                resources=None if self._cluster.scheduler else COMPUTATION,
                priority=-1,  # where trainings share the threads, they go first
            )
        except (MissingDataError, StoreError) as error:
            self._give_up(part, str(error))
        except Exception as error:
            log.exception("A computation could not be submitted")
            self._give_up(part, f"{kind.label} could not start: {error}")
        else:
            future.add_done_callback(partial(self._hand_over, part))

    def _give_up(self, part: Part, failure: str) -> None:
        """End a part that could not be submitted, on the thread that merges."""

        def end() -> None:
            self._fail(part, failure)
            self._go_on(part.parts)

        with suppress(RuntimeError):  # the server ends
            self._results.submit(end)

    def stop(self, computation: Computation) -> None:
        """Tell the workers of a running computation to stop; it ends when they have."""
        with self._lock:
            parts = self._claimed.get(computation.key)
            if parts is None:
                return
            parts.drop_waiting()
            keys = [part.key for part in parts.running]
        for key in keys:
            self._cluster.set_event(key)
        if not keys:  # its next part waited for a slot
            with suppress(RuntimeError):  # the server ends
                self._results.submit(self._go_on, parts)

    def _file_of(self, computation: Computation) -> bytes | None:
        """Load the file that the function of a computation reads; None if it reads none."""
        if not computation.file:
            return None
        data = self._load_data(computation.file)
        if data is None:
            raise MissingDataError("This file was deleted. Load it again.")
        return data

    # --- reports and results -------------------------------------------------------------

    def take_report(self, message: dict[str, Any]) -> None:
        """Take in a worker's report: without a lock, since all others wait behind it."""
        part = self._running.get(message.get("key", ""))
        if part is None:
            return
        parts = part.parts
        parts.take_report(part, float(message["share_done"]), message["elapsed_seconds"])
        if not (data := message.get("partial")):
            return
        part.partial = data
        if not parts.is_divided:
            part.computation.partial = data
            return
        with suppress(RuntimeError):  # the server ends
            self._results.submit(self._merge_partials, parts)

    def _merge_partials(self, parts: Parts) -> None:
        found = [part.partial for part in tuple(parts.running)]
        parts.computation.partial = parts.merge(*found) or parts.computation.partial

    def _hand_over(self, part: Part, future: Any) -> None:
        # On Dask's one thread for callbacks, which must not wait.
        with suppress(RuntimeError):  # the server ends
            self._results.submit(self._take_result, part, future)

    def _take_result(self, part: Part, future: Any) -> None:
        try:
            data, is_complete = _checked(result_of(future))
            part.parts.keep(data)
        except Exception as error:
            log.debug("No result", exc_info=True)
            label = KINDS[part.computation.kind].label
            external = bool(self._cluster.scheduler)
            self._fail(part, explain_failure(error, external, label, "Try again."))
        else:
            with self._lock:
                part.parts.end(part, is_complete=is_complete)
                del self._running[part.key]
        future.release()
        self._go_on(part.parts)

    def _fail(self, part: Part, failure: str) -> None:
        """Note that a part has failed, and stop the others."""
        part.computation.failure = part.computation.failure or failure
        part.parts.keep(part.partial)
        with self._lock:
            part.parts.end(part, is_complete=False)
            part.parts.drop_waiting()
            del self._running[part.key]
            others = [running.key for running in part.parts.running]
        for key in others:
            self._cluster.set_event(key)

    def _go_on(self, parts: Parts) -> None:
        """Let a computation go on after the end of a part, or end it."""
        computation = parts.computation
        with self._lock:
            if computation.key not in self._claimed:
                return  # another part has ended it
            may_go_on = not computation.stopping and not computation.failure
            has_ended = parts.is_over and not (may_go_on and parts.next_round())
            if has_ended:
                del self._claimed[computation.key]
        merged = parts.merge()
        if not has_ended:
            computation.partial = merged or computation.partial
            self._on_free()
            return
        if computation.failure:
            state = ComputationState.FAILED
        elif parts.is_complete:
            state, computation.progress = ComputationState.FINISHED, 1.0
            computation.result = merged
        else:
            state = ComputationState.STOPPED
        computation.partial = b"" if computation.result else merged or computation.partial
        self._save(computation)
        self._on_end(computation, state)

    # --- the store -----------------------------------------------------------------------

    def load(self, digest: str) -> StoredResult | None:
        """Return the stored result with a digest; None if there is none or the store fails."""
        try:
            return self._store.load(digest)
        except StoreError as error:
            log.warning("Continuing without the store: %s", error)
            return None

    def _save(self, computation: Computation) -> None:
        """Store the result, or the result so far if there is any."""
        data = computation.result or computation.partial
        if not (data and KINDS[computation.kind].is_stored):
            return
        is_complete, contents = bool(computation.result), computation.contents
        try:
            self._store.save(computation.digest, data, is_complete=is_complete, contents=contents)
        except StoreError as error:
            log.warning("A result stays in memory only: %s", error)


def _checked(result: Any) -> tuple[bytes, bool]:
    match result:
        case (bytes() as data, bool() as is_complete):
            return data, is_complete
    raise ValueError(OTHER_VERSION)

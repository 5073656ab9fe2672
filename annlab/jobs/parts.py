"""Parts of a running computation: which wait, which run, and what they have found together."""

import time
from collections import deque
from dataclasses import dataclass

from annlab.jobs.computation import Computation
from annlab.jobs.kinds import KINDS

# Parts of a round for each worker. With several, a worker that trains meanwhile computes fewer of
# them; with many, their preparation takes longer than what is saved (0.1 s for 600 configs).
PARTS_PER_WORKER = 3


# Compared by identity, because equal parts may belong to two tries.
@dataclass(eq=False)
class Part:
    """Part of a computation that a worker computes in one go.

    Attributes
    ----------
    parts : Parts
        All parts of the computation.
    key : str
        Name on the cluster.
    arguments : tuple of bytes or int
        Further arguments of the function, until it is submitted.
    seconds_before : float
        Time from the start of the computation to the start of this part.
    first_share, share : float
        Share of the computation that was done by the first and by the last report.
    partial : bytes
        Result so far; empty if there is none.
    """

    parts: "Parts"
    key: str
    arguments: tuple[bytes | int, ...] = ()
    seconds_before: float = 0.0
    first_share: float | None = None
    share: float = 0.0
    partial: bytes = b""

    @property
    def computation(self) -> Computation:
        """The computation that it is a part of."""
        return self.parts.computation

    @property
    def gained(self) -> float:
        """Share of the computation that this part has added."""
        return self.share - (self.share if self.first_share is None else self.first_share)


class Parts:
    """Parts of one computation, round after round.

    Methods that change which parts wait and run are not for several threads at once.

    Parameters
    ----------
    computation : Computation
        With a key. Its attachments move here.
    n_parts : int
        Parts of each round; 1 leaves all rounds to one worker.
    """

    def __init__(self, computation: Computation, n_parts: int) -> None:
        self.computation = computation
        self.running: list[Part] = []
        self._division = KINDS[computation.kind].division
        self._n_parts = n_parts if self._division else 1
        self._attached, computation.attached = computation.attached, ()
        self._round, self._n_complete = 0, 0
        self._waiting = deque(range(self._n_parts))
        self._merged = b""
        self._started: float | None = None
        # Shares of the computation: at the start of the round, and from its ended parts.
        self._share_before: float | None = None
        self._gained = 0.0

    @property
    def is_divided(self) -> bool:
        """Whether several workers may compute at the same time."""
        return self._n_parts > 1

    @property
    def n_waiting(self) -> int:
        """Number of parts of this round that have not started."""
        return len(self._waiting)

    def start(self) -> Part:
        """Let the next waiting part run, and return it."""
        number, key = self._waiting[0], self.computation.key
        arguments: tuple[bytes | int, ...] = self._attached
        if self.is_divided:
            key = f"{key}-{self._round}-{number}"
            arguments += (self._round, number, self._n_parts)
        else:
            self._attached = ()
        now = time.monotonic()
        if self._started is None:
            self._started = now
        part = Part(self, key, arguments, now - self._started)
        self.running.append(part)
        self._waiting.popleft()
        return part

    def drop_waiting(self) -> None:
        """Let no further part run."""
        self._waiting.clear()

    # --- reports and results -------------------------------------------------------------

    def take_report(self, part: Part, share_done: float, elapsed_seconds: float) -> None:
        """Take in how far a part is."""
        part.share = min(1.0, max(0.0, share_done))
        if part.first_share is None:
            part.first_share = part.share
        if self._share_before is None:
            self._share_before = part.first_share
        gained = self._gained + sum(running.gained for running in tuple(self.running))
        computation = self.computation
        if not self.is_divided:
            computation.progress = part.share
        else:
            computation.progress = max(computation.progress, min(1.0, self._share_before + gained))
        computation.elapsed_seconds = part.seconds_before + elapsed_seconds

    def merge(self, *found: bytes) -> bytes:
        """Merge results with what the ended parts have found; on one thread only."""
        results = [data for data in (self._merged, *found) if data]
        if len(results) < 2 or not self._division:
            return results[-1] if results else b""
        return self._division.merge(results)

    def keep(self, found: bytes) -> None:
        """Keep what a part has found; on the thread that merges."""
        self._merged = self.merge(found)

    def end(self, part: Part, *, is_complete: bool) -> None:
        """Take in that a part has ended."""
        self._n_complete += is_complete
        self._gained += part.gained
        self.running.remove(part)

    def next_round(self) -> bool:
        """Begin the next round if this one is complete, and another one follows."""
        if self._n_complete < self._n_parts or self._is_last_round:
            return False
        self._round, self._n_complete = self._round + 1, 0
        self._waiting.extend(range(self._n_parts))
        self._attached = (*self._attached[:-1], self._merged)
        self._share_before, self._gained = None, 0.0
        return True

    @property
    def is_over(self) -> bool:
        """Whether no part of this round waits or runs."""
        return not self._waiting and not self.running

    @property
    def is_complete(self) -> bool:
        """Whether all parts of all rounds have a complete result."""
        return self._n_complete == self._n_parts and self._is_last_round

    @property
    def _is_last_round(self) -> bool:
        if not (self.is_divided and self._division):
            return True
        return self._round + 1 >= self._division.n_rounds(self.computation.request)

"""Progress, watchers and result of one computation."""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.reading.requests import FileRequest, TableRequest
from annlab.jobs.kinds import KINDS
from annlab.validation import Config


class ComputationState(StrEnum):
    """State of a computation."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


# Compared by identity, because a second try of the same request is another computation.
@dataclass(eq=False)
class Computation:
    """Progress, watchers and result of one computation.

    Attributes
    ----------
    kind : str
        Name in `annlab.jobs.kinds.KINDS`.
    request : Config
    digest : str
        Digest of the request.
    state : ComputationState
    progress : float
        Share that is done, from 0 to 1.
    elapsed_seconds : float
        Time from its start to its last report.
    partial : bytes
        Result so far; empty if there is none. A stopped computation keeps it.
    result : bytes
        Result of a finished computation, else empty.
    failure : str
        Why there is no result, as a sentence for the user; empty if nothing failed.
    watchers : set of str
        Sessions that wait for the result.
    stopped_by : set of str
        Sessions that stopped it; it goes on while others watch.
    stopping : bool
        Whether its worker was told to stop.
    attached : tuple of bytes
        Further arguments of its function, until it is submitted.
    own : tuple of OwnData
        Own data that its function needs.
    key : str
        Name on the cluster; empty until submission.
    asked : float
        Time when a page last asked for it.
    n_forgotten : int
        How often own data had been deleted before it was asked for.
    """

    kind: str
    request: Config
    digest: str
    state: ComputationState = ComputationState.WAITING
    progress: float = 0.0
    elapsed_seconds: float = 0.0
    partial: bytes = b""
    result: bytes = b""
    failure: str = ""
    watchers: set[str] = field(default_factory=set)
    stopped_by: set[str] = field(default_factory=set)
    stopping: bool = False
    attached: tuple[bytes, ...] = ()
    own: tuple[OwnData, ...] = ()
    key: str = ""
    asked: float = 0.0
    n_forgotten: int = 0

    @property
    def done(self) -> bool:
        """Whether the computation has ended, in any way."""
        return self.state not in (ComputationState.WAITING, ComputationState.RUNNING)

    @property
    def file(self) -> str:
        """SHA-256 of the file that its function reads; empty if it reads none."""
        if not KINDS[self.kind].reads_file:
            return ""
        return cast(FileRequest | TableRequest, self.request).file

    @property
    def contents(self) -> frozenset[str]:
        """Digests of the own data that its result tells of."""
        return frozenset([*(one.content for one in self.own), *filter(None, [self.file])])

    @property
    def seconds_left(self) -> float:
        """Estimated remaining seconds at constant speed; infinite before the first report."""
        if not self.progress:
            return math.inf
        return self.elapsed_seconds * (1 / self.progress - 1)

    @property
    def n_bytes(self) -> int:
        """Size of what is kept, at least one byte."""
        return max(1, len(self.result) + len(self.partial) + sum(map(len, self.attached)))

    def is_over_for(self, session: str) -> bool:
        """Whether a session need not wait: it has ended, or goes on for others alone."""
        return self.done or (session in self.stopped_by and not self.stopping)

    def is_settled_for(self, session: str, again: bool) -> bool:
        """Whether a session gets this computation, which has ended, and no new one."""
        if self.state == ComputationState.FINISHED or again:
            return self.state == ComputationState.FINISHED
        return self.state == ComputationState.FAILED or session in self.stopped_by

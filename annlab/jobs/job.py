"""Progress and watchers of one training."""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.config import RunConfig
from annlab.nn.forward import Layers
from annlab.runs.history import History, history_columns


class JobState(StrEnum):
    """State of a training."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELED = "canceled"


# Compared by identity, because a second training of the same settings is another job.
@dataclass(eq=False)
class Job:
    """Progress and watchers of one training.

    Attributes
    ----------
    config : RunConfig
        Settings of the run.
    state : JobState
        State of the training.
    history : History
        History so far; without rows before the first report.
    elapsed_seconds : float
        Time from the start of the training to the last report.
    layers : list of (weights, biases)
        Current weights of the first network; empty for large networks.
    diverged_epochs : ndarray of int, shape (n_seeds,)
        Epoch in which each network diverged; 0 if it has not.
    watchers : set of str
        Sessions that wait for the training.
    key : str
        Name of the training on the cluster; empty until submission.
    stop_name : str
        Name of the event that ends it; empty until a worker of a shared cluster reports one.
    number : int
        Number of the training since the server started, from 1; 0 until submission.
    stopping : bool
        Whether a stop was requested.
    why_ended : str
        Why the server asked for the stop, and what to do (`annlab.jobs.ends`); empty if a session
        did.
    started : float
        When it was given to a worker, on the clock of the queue.
    restarted : bool
        Whether it started again from the first epoch, because a worker process died.
    last_seen : float
        When the last of the sessions that watched it, and are gone for good, was connected.
    """

    config: RunConfig
    state: JobState = JobState.WAITING
    history: History = field(init=False)
    elapsed_seconds: float = 0.0
    layers: Layers = ()
    diverged_epochs: NDArray[np.int64] = field(init=False)
    watchers: set[str] = field(default_factory=set)
    key: str = ""
    stop_name: str = ""
    number: int = 0
    stopping: bool = False
    why_ended: str = ""
    started: float = 0.0
    restarted: bool = False
    last_seen: float = -math.inf
    _first: tuple[int, float] = (0, 0.0)

    def __post_init__(self) -> None:
        self._begin()

    def begin_again(self) -> None:
        """Forget all reports: what comes is of another training of the same settings."""
        self._begin()
        self.elapsed_seconds, self.stop_name = 0.0, ""

    def _begin(self) -> None:
        n_seeds = self.config.training.n_seeds
        self.history = History(history_columns(self.config), n_seeds)
        self.diverged_epochs = np.zeros(n_seeds, np.int64)
        self._first = (0, 0.0)

    @property
    def done(self) -> bool:
        """Whether the training has ended, in any way."""
        return self.state not in (JobState.WAITING, JobState.RUNNING)

    @property
    def epoch(self) -> int:
        """Number of reported epochs."""
        return max(0, len(self.history) - 1)

    @property
    def train_loss(self) -> float:
        """Current training loss: mean over the networks that have not diverged.

        Mean over all networks if all have diverged. NaN before the first report.
        """
        if not len(self.history):
            return math.nan
        loss = self.history.last[self.history.columns.index("train_loss")]
        counted = self.diverged_epochs == 0
        return float(loss[counted].mean() if counted.any() else loss.mean())

    @property
    def seconds_left(self) -> float:
        """Estimated remaining seconds at constant time per epoch; infinite before epoch 1."""
        if self.done:
            return 0.0
        if not self.epoch:
            return math.inf
        return self.elapsed_seconds * (self.config.training.max_epochs / self.epoch - 1)

    @property
    def pace(self) -> tuple[int, float]:
        """Epochs since the first report of one, and their seconds: without the start."""
        epoch, seconds = self._first
        return (self.epoch - epoch, self.elapsed_seconds - seconds) if epoch else (0, 0.0)

    def take_report(self, message: dict[str, Any]) -> bool:
        """Append a worker's report; ignore one that does not follow the last row.

        Call from one thread only; other threads may read at the same time.

        Parameters
        ----------
        message : dict
            Report from `annlab.jobs.worker`.

        Returns
        -------
        bool
            False if rows before the report are missing: the training began for another server.
        """
        n_known = 0
        if message.get("repeats"):
            n_known = len(self.history)
        elif message["first_row"] == 0:
            # A worker that follows one that died begins a new history.
            self.restarted = self.restarted or len(self.history) > 0
            self._begin()
        history = self.history
        self.stop_name = message.get("stop", "")
        if message["first_row"] + n_known < len(history):
            return True
        self.elapsed_seconds = message["elapsed_seconds"]
        if message["first_row"] + n_known > len(history):
            return False
        rows = np.frombuffer(message["rows"], np.float32)
        rows = rows.reshape(-1, len(history.columns), history.n_seeds)
        history.append(rows[n_known:])
        if self.epoch and not self._first[0]:
            self._first = self.epoch, self.elapsed_seconds
        self.diverged_epochs = np.frombuffer(message["diverged_epochs"], np.int64)
        self.layers = [
            (np.frombuffer(W, np.float32).reshape(shape), np.frombuffer(b, np.float32))
            for (W, b), shape in zip(
                message["weights"], self.config.architecture.layers, strict=False
            )
        ]
        return True

"""A job: the training of one run, as far as it is."""

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annlab.config import RunConfig
from annlab.nn.forward import Layers

State = Literal["waiting", "running", "finished", "failed", "cancelled"]


@dataclass
class Job:
    """The training of one run, as far as it is.

    Attributes
    ----------
    config : RunConfig
        What is trained.
    state : str
        "waiting", "running", "finished", "failed" or "cancelled".
    history : dict of list
        Columns of the run's history so far: for each epoch the numbers of all seeds, as
        an array of shape (n_seeds,).
    elapsed_seconds : float
        Since the training began, as of the last report.
    layers : list of (weights, biases)
        The newest weights of the first seed; empty for large networks.
    watchers : set of str
        The sessions that want it.
    stop_event : str
        Name of the event that asks for its early end.
    stopping : bool
        Whether it has been asked to end early.
    """

    config: RunConfig
    state: State = "waiting"
    history: dict[str, list[NDArray[np.float32]]] = field(default_factory=dict)
    elapsed_seconds: float = 0.0
    layers: Layers = ()
    watchers: set[str] = field(default_factory=set)
    stop_event: str = ""
    stopping: bool = False

    @property
    def done(self) -> bool:
        """Whether nothing more is going to happen."""
        return self.state in ("finished", "failed", "cancelled")

    @property
    def epoch(self) -> int:
        """Epochs that have been reported."""
        return max(0, len(self.history.get("train_loss", ())) - 1)

    @property
    def seconds_left(self) -> float:
        """About how long it still takes, were all epochs alike; infinite before the first."""
        if self.done:
            return 0.0
        if not self.epoch:
            return math.inf
        return self.elapsed_seconds * (self.config.training.max_epochs / self.epoch - 1)

    def take_report(self, message: dict[str, Any]) -> None:
        """Take over what the worker has reported; what does not continue it is left alone.

        Parameters
        ----------
        message : dict
            As `annlab.jobs.worker` sends them.
        """
        # A first report may also be that of a second try, on another worker.
        before = self.history if message["first_row"] else {}
        if len(before.get("train_loss", ())) != message["first_row"]:
            return
        # A new dict, since others read the old one at the same time.
        history = {name: list(rows) for name, rows in before.items()}
        for row in message["rows"]:
            for name, values in row.items():
                history.setdefault(name, []).append(np.array(values, np.float32))
        self.history = history
        self.elapsed_seconds = message["elapsed_seconds"]
        self.layers = [
            (np.frombuffer(W, np.float32).reshape(shape), np.frombuffer(b, np.float32))
            for (W, b), shape in zip(
                message["weights"], self.config.architecture.layers, strict=False
            )
        ]

    def live_history(self) -> dict[str, NDArray[np.float32]]:
        """The history so far, each column of shape (n_epochs + 1, n_seeds)."""
        return {name: np.stack(rows) for name, rows in self.history.items()}

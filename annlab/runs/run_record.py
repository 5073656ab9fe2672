"""What a training recorded: config, history and weights of all networks."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annlab.config import RESULTS_VERSION, RunConfig
from annlab.datasets import Preprocessing
from annlab.nn.forward import Layers

Array = NDArray[Any]
Ending = Literal["finished", "early", "stopped", "diverged"]
# Epoch of a checkpoint, or a name for the best or last weights.
Epoch = int | Literal["best", "last"]


def _none() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Checkpoints:
    """Weights of all networks at some epochs.

    Attributes
    ----------
    epochs : ndarray of int, shape (n_checkpoints,)
        Ascending; the first is 0 (before training), the last is the end of the run.
    layers : tuple of (weights, biases)
        For each layer float32 arrays of shapes (n_checkpoints, n_seeds, n_in, n_out) and
        (n_checkpoints, n_seeds, n_out).
    """

    epochs: NDArray[np.int64]
    layers: tuple[tuple[Array, Array], ...]

    def at(self, epoch: int | None = None) -> Layers:
        """Weights and biases of all networks at one epoch (None: the last).

        Returns
        -------
        list of (weights, biases)
            For each layer, of shapes (n_seeds, n_in, n_out) and (n_seeds, n_out).

        Raises
        ------
        ValueError
            If no weights were kept at that epoch.
        """
        epoch = int(self.epochs[-1]) if epoch is None else epoch
        found = np.flatnonzero(self.epochs == epoch)
        if not len(found):
            kept = ", ".join(str(e) for e in self.epochs)
            raise ValueError(f"epoch: weights were kept at {kept}; got {epoch}")
        return [(W[found[0]], b[found[0]]) for W, b in self.layers]

    def latest(self, epoch: int) -> int:
        """Last epoch with a checkpoint up to `epoch`."""
        return int(self.epochs[self.epochs <= max(epoch, 0)][-1])


@dataclass(frozen=True)
class RunRecord:
    """What a training recorded: config, history and weights of all networks.

    Attributes
    ----------
    config : RunConfig
        Settings of the run.
    history : dict of ndarray, shape (n_epochs + 1, n_seeds)
        Columns by the names of `annlab.runs.history.history_columns`, measured in evaluation mode
        on the whole split; row 0 is before training. A network that has stopped learning repeats
        its last row.
    checkpoints : Checkpoints
        Weights at some epochs.
    epochs_trained : ndarray of int, shape (n_seeds,)
        Number of epochs that each network learned.
    epoch_seconds : ndarray, shape (n_epochs + 1,)
        Time from the start to the end of each epoch.
    duration_seconds : float
        Time of the whole training.
    accelerator : str
        Display name of the device that trained the run.
    ending : {"finished", "early", "stopped", "diverged"}
        Why the training ended: all epochs done; early stopping; stopped by a user; the loss of
        every network stopped being finite.
    message : str
        Sentences about the ending, for display; may be empty.
    diverged_epochs : ndarray of int, shape (n_seeds,)
        Epoch in which the loss of each network stopped being finite, or 0. A diverged network
        keeps its last finite weights.
    best_epochs : ndarray of int, shape (n_seeds,)
        Epoch of each network's lowest validation loss (training loss without a validation
        split), from 1 (0 for a network without a complete epoch); its last epoch without early
        stopping.
    best_layers : tuple of (weights, biases)
        With early stopping, the weights at `best_epochs`: for each layer of shapes
        (n_seeds, n_in, n_out) and (n_seeds, n_out); else empty.
    n_samples, n_distinct : dict of int
        By split: number of samples of one network, and of different samples of all networks.
    preprocessing : Preprocessing or None
        Scaling of raw samples to features and of outputs to values. None for runs of an earlier
        version.
    provenance : dict of str
        Date, versions and machine of the training.
    results_version : int
        `RESULTS_VERSION` of the annlab that trained the run.
    """

    config: RunConfig
    history: dict[str, Array]
    checkpoints: Checkpoints
    epochs_trained: NDArray[np.int64]
    epoch_seconds: NDArray[np.float64]
    duration_seconds: float
    accelerator: str
    ending: Ending = "finished"
    message: str = ""
    diverged_epochs: NDArray[np.int64] = field(default_factory=_none)
    best_epochs: NDArray[np.int64] = field(default_factory=_none)
    best_layers: tuple[tuple[Array, Array], ...] = ()
    n_samples: dict[str, int] = field(default_factory=dict)
    n_distinct: dict[str, int] = field(default_factory=dict)
    preprocessing: Preprocessing | None = None
    provenance: dict[str, str] = field(default_factory=dict)
    results_version: int = RESULTS_VERSION

    def __post_init__(self) -> None:
        # Runs of earlier versions, and runs built by hand, lack these values.
        missing: dict[str, Any] = {}
        if not self.diverged_epochs.size:
            missing["diverged_epochs"] = np.zeros(self.n_seeds, np.int64)
        if not self.best_epochs.size:
            missing["best_epochs"] = self.epochs_trained
        if not self.n_samples:
            missing["n_samples"] = {k: n for k, n in self.config.sizes._asdict().items() if n}
        if not self.n_distinct:
            missing["n_distinct"] = missing.get("n_samples", self.n_samples)
        for name, value in missing.items():
            object.__setattr__(self, name, value)

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Mask of the networks that count in means: not diverged, or all if all diverged."""
        counted = self.diverged_epochs == 0
        return counted if counted.any() else ~counted

    @property
    def stops_early(self) -> bool:
        """Whether the run keeps each network's best weights."""
        return bool(self.best_layers)

    @property
    def steps_per_epoch(self) -> int:
        """Number of optimizer steps in an epoch."""
        return -(-self.n_samples["train"] // self.config.training.batch_size)

    def layers(self, epoch: Epoch | None = None) -> Layers:
        """Weights and biases of all networks.

        Parameters
        ----------
        epoch : int, "best", "last" or None
            Weights at that epoch, each network's best weights, or the last weights. None: the
            best weights with early stopping, else the last.

        Returns
        -------
        list of (weights, biases)
            For each layer, of shapes (n_seeds, n_in, n_out) and (n_seeds, n_out).

        Raises
        ------
        ValueError
            If no weights were kept at that epoch.
        """
        if epoch in (None, "best") and self.stops_early:
            return list(self.best_layers)
        return self.checkpoints.at(epoch if isinstance(epoch, int | np.integer) else None)

    def shown_epochs(self, epoch: Epoch | None = None) -> NDArray[np.int64]:
        """Epoch of the weights that `layers` returns, for each network: shape (n_seeds,)."""
        if epoch in (None, "best"):
            return self.best_epochs if self.stops_early else self.epochs_trained
        last = epoch if isinstance(epoch, int | np.integer) else self.n_epochs
        return np.minimum(last, self.epochs_trained)

    def history_at(self, column: str, epoch: Epoch | None = None) -> Array:
        """Values of a history column at `shown_epochs`: shape (n_seeds,)."""
        return self.history[column][self.shown_epochs(epoch), np.arange(self.n_seeds)]

    @property
    def n_parameters(self) -> int:
        """Number of weights and biases of one network."""
        return self.config.n_parameters

    @property
    def n_epochs(self) -> int:
        """Number of epochs in the history."""
        return len(self.epoch_seconds) - 1

    @property
    def n_seeds(self) -> int:
        """Number of networks."""
        return self.config.training.n_seeds

    @property
    def n_bytes(self) -> int:
        """Bytes of memory that weights and history take."""
        weights = [
            array for layer in (*self.checkpoints.layers, *self.best_layers) for array in layer
        ]
        return sum(array.nbytes for array in (*weights, *self.history.values()))

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the whole content of a run.

        Runs with the same settings have different fingerprints if one was stopped or was trained
        on another machine.
        """
        facts = (
            self.config.digest,
            self.ending,
            self.message,
            self.duration_seconds,
            self.results_version,
            sorted(self.n_samples.items()),
            sorted(self.n_distinct.items()),
            sorted(self.provenance.items()),
        )
        found = blake2b(repr(facts).encode(), digest_size=16)
        for array in (
            self.checkpoints.epochs,
            self.epochs_trained,
            self.epoch_seconds,
            self.diverged_epochs,
            self.best_epochs,
        ):
            _add(found, array)
        for name in sorted(self.history):
            found.update(name.encode())
            _add(found, self.history[name])
        for W, b in (*self.checkpoints.layers, *self.best_layers):
            _add(found, W)
            _add(found, b)
        return found.hexdigest()


def _add(found: blake2b, array: NDArray[Any]) -> None:
    # The same bytes can be other numbers, or stand elsewhere.
    found.update(f"{array.dtype.str} {array.shape}".encode())
    found.update(array.tobytes())

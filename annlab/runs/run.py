"""A run: its config, its history and its weights. Everything shown is computed from these."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annlab.config import RESULTS_VERSION, RunConfig
from annlab.datasets import Preprocessing
from annlab.nn.forward import Layers

Array = NDArray[Any]
Ending = Literal["finished", "early", "stopped", "diverged"]
# An epoch whose weights were kept, or whose weights are meant.
Epoch = int | Literal["best", "last"]


def _none() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Checkpoints:
    """Weights at some epochs.

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
        """The weights and biases of all seeds at one epoch (None: the last).

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
        """The last epoch with weights that is not after `epoch`."""
        return int(self.epochs[self.epochs <= max(epoch, 0)][-1])


@dataclass(frozen=True)
class Run:
    """What came out of a training.

    Attributes
    ----------
    config : RunConfig
        What was run.
    history : dict of ndarray, shape (n_epochs + 1, n_seeds)
        Columns as `annlab.runs.history.history_columns` names them, measured in evaluation mode on
        the whole split; row 0 is before training. A network that has stopped learning keeps its
        last row.
    checkpoints : Checkpoints
        Weights at some epochs.
    epochs_trained : ndarray of int, shape (n_seeds,)
        Epochs after which each network stopped learning.
    epoch_seconds : ndarray, shape (n_epochs + 1,)
        Time since the start at the end of each epoch.
    duration_seconds : float
        Time of the whole training.
    accelerator : str
        What it was computed on, by name.
    ending : {"finished", "early", "stopped", "diverged"}
        Why it ended: all epochs done; early stopping; somebody stopped it; the loss of every
        network stopped being finite.
    message : str
        What is to be said about the ending, for people; may be empty.
    diverged_epochs : ndarray of int, shape (n_seeds,)
        The epoch in which the loss of a network stopped being finite; 0: it did not. Such a
        network keeps its last finite weights.
    best_epochs : ndarray of int, shape (n_seeds,)
        The epoch after which each network had its lowest validation loss (training loss, where
        nothing is kept for validation), counted from 1 (0 if it ended before its first epoch);
        without early stopping its last one.
    best_layers : tuple of (weights, biases)
        With early stopping, the weights of these epochs: for each layer of shapes
        (n_seeds, n_in, n_out) and (n_seeds, n_out); else empty.
    n_samples, n_distinct : dict of int
        By split: samples of one network; different samples of all networks together.
    preprocessing : Preprocessing or None
        How raw samples become features, and outputs become values. None for runs of an earlier
        version.
    provenance : dict of str
        When, with which versions and on which machine it was made.
    results_version : int
        Of the annlab that trained it.
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
        # What a run of an earlier version, or one that is put together by hand, does not say.
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
        """The networks that count in means: those that did not diverge; all, if all diverged."""
        counted = self.diverged_epochs == 0
        return counted if counted.any() else ~counted

    @property
    def stops_early(self) -> bool:
        """Whether each network's best weights were kept."""
        return bool(self.best_layers)

    @property
    def steps_per_epoch(self) -> int:
        """Steps of the optimizer in an epoch."""
        return -(-self.n_samples["train"] // self.config.training.batch_size)

    def layers(self, epoch: Epoch | None = None) -> Layers:
        """The weights and biases of all networks.

        Parameters
        ----------
        epoch : int, "best", "last" or None
            At that epoch; each network's best ones; the last ones. None: the best ones where
            there was early stopping, else the last ones.

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
        return self.checkpoints.at(epoch if isinstance(epoch, int) else None)

    def shown_epochs(self, epoch: Epoch | None = None) -> NDArray[np.int64]:
        """After which epoch each network had the weights that `layers` gives: (n_seeds,)."""
        if epoch in (None, "best"):
            return self.best_epochs if self.stops_early else self.epochs_trained
        last = epoch if isinstance(epoch, int) else self.n_epochs
        return np.minimum(last, self.epochs_trained)

    def history_at(self, column: str, epoch: Epoch | None = None) -> Array:
        """A column of the history after the epochs of `shown_epochs`: shape (n_seeds,)."""
        return self.history[column][self.shown_epochs(epoch), np.arange(self.n_seeds)]

    @property
    def n_parameters(self) -> int:
        """Weights and biases of one network."""
        return self.config.n_parameters

    @property
    def n_epochs(self) -> int:
        """Epochs that were run."""
        return len(self.epoch_seconds) - 1

    @property
    def n_seeds(self) -> int:
        """Networks that were trained at once."""
        return self.config.training.n_seeds

    @property
    def n_bytes(self) -> int:
        """What its weights and its history take in memory."""
        weights = [
            array for layer in (*self.checkpoints.layers, *self.best_layers) for array in layer
        ]
        return sum(array.nbytes for array in (*weights, *self.history.values()))

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all that a run says.

        Runs of the same settings differ in it if one was stopped, or comes from elsewhere.
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
            found.update(array.tobytes())
        for name in sorted(self.history):
            found.update(self.history[name].tobytes())
        for W, b in (*self.checkpoints.layers, *self.best_layers):
            found.update(W.tobytes() + b.tobytes())
        return found.hexdigest()

    def to_bytes(self) -> bytes:
        """The run as one safetensors file."""
        from annlab.runs.run_file import run_to_bytes

        return run_to_bytes(self)

    @staticmethod
    def from_bytes(data: bytes) -> "Run":
        """The run that `to_bytes` wrote.

        Raises
        ------
        SavedFileError
            If the data are cut off, altered, foreign, or do not fit together; the message
            says why, in a sentence for people.
        """
        from annlab.runs.run_file import run_from_bytes

        return run_from_bytes(data)

    def save(self, path: str | Path) -> None:
        """Write the run to a file: safetensors and JSON, never pickle."""
        Path(path).write_bytes(self.to_bytes())

    @staticmethod
    def load(path: str | Path) -> "Run":
        """Read a run that `save` wrote.

        Raises
        ------
        SavedFileError
            If the file is cut off, altered or foreign; the message is a sentence for people.
        """
        return Run.from_bytes(Path(path).read_bytes())

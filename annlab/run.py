"""A run: its config, its history and its weights. Everything shown is computed from these."""

import csv
import io
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from annlab import tensorfile
from annlab.config import RunConfig
from annlab.forward import Layers
from annlab.recording import history_columns
from annlab.tensorfile import TensorFileError

Array = NDArray[Any]
Ending = Literal["finished", "early", "stopped", "diverged"]

RunFileError = TensorFileError

# What a file may say: a year, and a few sentences.
MAX_SECONDS = 3e7
MAX_TEXT = 1000


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
        Columns as `annlab.recording.history_columns` names them, measured in evaluation mode on
        the whole part; row 0 is before training.
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
        Why it ended: all epochs done; early stopping; somebody stopped it; a loss stopped
        being finite.
    message : str
        What is to be said about the ending, for people; may be empty.
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
        weights = [array for layer in self.checkpoints.layers for array in layer]
        return sum(array.nbytes for array in (*weights, *self.history.values()))

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all that a run says.

        Runs of the same settings differ in it if one was stopped, or comes from elsewhere.
        """
        facts = (self.config.digest, self.ending, self.message, self.duration_seconds)
        found = blake2b(repr(facts).encode(), digest_size=16)
        for array in (self.checkpoints.epochs, self.epochs_trained, self.epoch_seconds):
            found.update(array.tobytes())
        for name in sorted(self.history):
            found.update(self.history[name].tobytes())
        for W, b in self.checkpoints.layers:
            found.update(W.tobytes() + b.tobytes())
        return found.hexdigest()

    def to_bytes(self) -> bytes:
        """The run as one safetensors file."""
        arrays = {f"history.{name}": values for name, values in self.history.items()}
        arrays["epochs"] = self.checkpoints.epochs
        arrays["epochs_trained"] = self.epochs_trained
        arrays["epoch_seconds"] = self.epoch_seconds
        for i, (W, b) in enumerate(self.checkpoints.layers):
            arrays[f"layer{i}.weights"] = W
            arrays[f"layer{i}.biases"] = b
        facts = {
            "config": self.config.model_dump(mode="json"),
            "duration_seconds": self.duration_seconds,
            "accelerator": self.accelerator,
            "ending": self.ending,
            "message": self.message,
        }
        return tensorfile.dump(arrays, facts, kind="run")

    @classmethod
    def from_bytes(cls, data: bytes) -> "Run":
        """The run that `to_bytes` wrote.

        Raises
        ------
        RunFileError
            If the data are cut off, altered, foreign, or do not fit together; the message
            is a sentence for people.
        """
        arrays, facts = tensorfile.load(data, kind="run")
        try:
            run = cls(
                config=RunConfig.model_validate(facts["config"]),
                history={
                    name.removeprefix("history."): values
                    for name, values in arrays.items()
                    if name.startswith("history.")
                },
                checkpoints=Checkpoints(
                    arrays["epochs"],
                    tuple(
                        (arrays[f"layer{i}.weights"], arrays[f"layer{i}.biases"])
                        for i in range(sum(name.endswith(".weights") for name in arrays))
                    ),
                ),
                epochs_trained=arrays["epochs_trained"],
                epoch_seconds=arrays["epoch_seconds"],
                duration_seconds=float(facts["duration_seconds"]),
                accelerator=str(facts["accelerator"]),
                ending=facts["ending"],
                message=str(facts["message"]),
            )
        except (KeyError, TypeError, ValueError) as error:  # ValidationError is a ValueError
            raise RunFileError("This run lacks a part, or its settings make no sense.") from error
        if not run._fits_together():
            raise RunFileError("The numbers in this run do not fit its settings.")
        return run

    def _fits_together(self) -> bool:
        # The checksum is no signature. A run may come from anybody, so all that pages and
        # figures rely on is looked at.
        epochs, layers = self.checkpoints.epochs, self.checkpoints.layers
        n, rows, n_seeds = epochs.size, self.epoch_seconds.size, self.n_seeds
        sizes = list(pairwise(self.config.layer_sizes))
        expected: list[tuple[Array, tuple[int, ...], str]] = [
            (epochs, (n,), "i"),
            (self.epochs_trained, (n_seeds,), "i"),
            (self.epoch_seconds, (rows,), "f"),
            *((values, (rows, n_seeds), "f") for values in self.history.values()),
        ]
        for (W, b), (n_in, n_out) in zip(layers, sizes, strict=False):
            expected += [(W, (n, n_seeds, n_in, n_out), "f"), (b, (n, n_seeds, n_out), "f")]
        return (
            len(layers) == len(sizes)
            and set(self.history) == set(history_columns(self.config))
            and all(
                array.shape == shape and array.dtype.kind == kind and np.isfinite(array).all()
                for array, shape, kind in expected
            )
            and n > 0
            and (epochs[0], epochs[-1]) == (0, self.n_epochs)
            and bool((np.diff(epochs) > 0).all())
            and 0 <= self.epochs_trained.min() <= self.epochs_trained.max() <= self.n_epochs
            and self.ending in get_args(Ending)
            and bool((np.diff(self.epoch_seconds) >= 0).all() and self.epoch_seconds[0] >= 0)
            and 0 <= self.duration_seconds < MAX_SECONDS
            and max(self.epoch_seconds[-1], 0) < MAX_SECONDS
            and max(len(self.message), len(self.accelerator)) <= MAX_TEXT
        )

    def history_csv(self) -> str:
        """The history as comma-separated values: one line for each epoch and network.

        Columns: ``epoch``, ``seconds`` since the start, ``seed``, then those of the history.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        columns = history_columns(self.config)
        writer.writerow(["epoch", "seconds", "seed", *columns])
        first = self.config.training.seed
        for epoch, seconds in enumerate(self.epoch_seconds):
            for k in range(self.n_seeds):
                # Nine digits give a float32 back exactly.
                numbers = [f"{self.history[name][epoch, k]:.9g}" for name in columns]
                writer.writerow([epoch, f"{seconds:.6f}", first + k, *numbers])
        return text.getvalue()

    def save(self, path: str | Path) -> None:
        """Write the run to a file: safetensors and JSON, never pickle."""
        Path(path).write_bytes(self.to_bytes())

    @staticmethod
    def load(path: str | Path) -> "Run":
        """Read a run that `save` wrote.

        Raises
        ------
        RunFileError
            If the file is cut off, altered or foreign; the message is a sentence for people.
        """
        return Run.from_bytes(Path(path).read_bytes())

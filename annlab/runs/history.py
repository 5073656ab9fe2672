"""History columns and checkpoint epochs of a run, and the growing history of a training."""

from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annlab.config import RunConfig
from annlab.datasets import Split, watched_split

# Column of the share of steps whose gradient was clipped.
CLIPPED = "clipped"
# Most training samples over which gradients are recorded, evenly spaced.
GRADIENT_SAMPLES = 1000
# Most training samples over which a loss is measured after every step, evenly spaced.
STEP_SAMPLES = 5000
# Before training, and 40 epochs.
MAX_CHECKPOINTS = 41
# Kept regardless of size: the first checkpoint, the last, and one in between.
_FEWEST_CHECKPOINTS = 3
# Limit for all checkpoints together, unless the fewest checkpoints take more.
CHECKPOINT_BYTES = 4_000_000
BYTES = 4  # of a float32


def checkpoint_epochs(max_epochs: int, n_parameters: int, n_seeds: int) -> tuple[int, ...]:
    """Epochs with a checkpoint: every epoch of a short run, else dense at first.

    Most changes at the beginning, so the distances between checkpoints grow by a constant factor
    once they are longer than one epoch.

    Parameters
    ----------
    max_epochs : int
        The last epoch.
    n_parameters, n_seeds : int
        Size of one network, and number of networks; large runs get fewer checkpoints.

    Returns
    -------
    tuple of int
        Ascending, without duplicates; at least 0 and the last epoch.
    """
    n = n_checkpoints(n_parameters * n_seeds)
    n = min(n, max_epochs + 1)
    epochs = [0, 1][: max_epochs + 1]
    for n_left in range(n - 2, 0, -1):
        factor = (max_epochs / epochs[-1]) ** (1 / n_left)
        epochs.append(max(epochs[-1] + 1, round(factor * epochs[-1])))
    return tuple(epochs)


def checkpoints_that_fit(n_numbers: int) -> int:
    """Number of checkpoints of so many numbers each that fit into CHECKPOINT_BYTES."""
    return CHECKPOINT_BYTES // (BYTES * n_numbers)


def n_checkpoints(n_numbers: int) -> int:
    """Largest number of checkpoints of a run, without those at best epochs."""
    return min(max(checkpoints_that_fit(n_numbers), _FEWEST_CHECKPOINTS), MAX_CHECKPOINTS)


# Names of splits in column names.
_PREFIXES = {"train": "train", "validation": "val", "test": "test"}


def column(split: Split, name: str) -> str:
    """Name of the history column of a loss or score on a split, such as "val_loss"."""
    return f"{_PREFIXES[split]}_{name}"


def watched_loss(available: Container[str]) -> str:
    """Name of the history column that guides training: the loss on the watched split.

    Parameters
    ----------
    available : container of str
        Names of the splits that have samples.
    """
    return column(watched_split(available), "loss")


def history_columns(config: RunConfig) -> list[str]:
    """Names of the values that a training records after each epoch.

    Loss and scores of the training split (``train_…``), and of the validation split (``val_…``)
    and the test split (``test_…``) if they have samples. With recorded gradients also the
    gradient norm of each layer's weights (``gradient_norm_…``, from 1), and the share of inactive
    units of each hidden layer (``inactive_…``). With clipping, the share of the epoch's steps
    whose gradient was clipped (``clipped``).
    """
    names = [
        column(split, name)
        for split in config.sizes.splits
        for name in ("loss", *(score.name for score in config.task.scores))
    ]
    if config.training.record_gradients:
        n_layers = len(config.architecture.layers)
        names += [f"gradient_norm_{layer}" for layer in range(1, n_layers + 1)]
        names += [f"inactive_{layer}" for layer in range(1, n_layers)]
    if config.training.clip_norm:
        names.append(CLIPPED)
    return names


def measured_every(n_train: int) -> int:
    """Distance of the training samples over which a loss is measured after every step."""
    return -(-n_train // STEP_SAMPLES)


class History:
    """Growing history of a training: columns × rows × networks, one row per epoch.

    A training appends a row after each epoch; a process that watches the training appends the
    rows that the training reports. One thread may append while others read, because an array
    that was read never changes.

    Parameters
    ----------
    columns : sequence of str
        Names from `history_columns`.
    n_seeds : int
        Number of networks.
    capacity : int
        Initial capacity in rows; the table grows automatically.
    """

    def __init__(self, columns: Sequence[str], n_seeds: int, capacity: int = 16) -> None:
        self.columns = tuple(columns)
        self.n_seeds = n_seeds
        self._buffer = np.empty((len(self.columns), max(1, capacity), n_seeds), np.float32)
        self._table = self._buffer[:, :0]  # the filled part

    def __len__(self) -> int:
        """Number of rows: recorded epochs, plus the row before training."""
        return self._table.shape[1]

    def append(self, block: ArrayLike) -> None:
        """Append rows.

        Parameters
        ----------
        block : array-like of float, shape (n_rows, n_columns, n_seeds)
            Columns in the order of `columns`.

        Raises
        ------
        ValueError
            If the block has another shape.
        """
        rows = np.asarray(block, np.float32)
        if rows.ndim != 3 or rows.shape[1:] != (len(self.columns), self.n_seeds):
            expected = f"(n_rows, {len(self.columns)}, {self.n_seeds})"
            raise ValueError(f"block: must be of shape {expected}, got {rows.shape}")
        n = len(self)
        end = n + len(rows)
        capacity = self._buffer.shape[1]
        if end > capacity:
            shape = (len(self.columns), max(end, 2 * capacity), self.n_seeds)
            grown = np.empty(shape, np.float32)
            grown[:, :n] = self._table
            self._buffer = grown
        self._buffer[:, n:end] = rows.swapaxes(0, 1)
        # One assignment at the end, so that a reader sees either all new rows or none.
        self._table = self._buffer[:, :end]

    @property
    def last(self) -> NDArray[np.float32]:
        """Newest row, shape (n_columns, n_seeds), read-only.

        Raises
        ------
        IndexError
            If the history is empty.
        """
        return _read_only(self._table[:, -1])

    def rows(self, start: int = 0) -> NDArray[np.float32]:
        """Rows from `start` on as a block for `append`; read-only, without a copy."""
        return _read_only(self._table[:, start:].swapaxes(0, 1))

    def as_dict(self) -> dict[str, NDArray[np.float32]]:
        """Columns by name, each of shape (n_rows, n_seeds); read-only, without a copy."""
        return dict(zip(self.columns, map(_read_only, self._table), strict=True))


def _read_only(array: NDArray[np.float32]) -> NDArray[np.float32]:
    array.flags.writeable = False
    return array

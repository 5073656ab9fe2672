"""History columns and checkpoint epochs of a run, and the history as it grows."""

from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annlab.config import RunConfig
from annlab.datasets import Split, watched_split

# Gradients are recorded over so many training samples at most, evenly chosen.
GRADIENT_SAMPLES = 1000
MAX_CHECKPOINTS = 40
# The first, the last and one between them are kept whatever they weigh.
_FEWEST_CHECKPOINTS = 3
# Weights of all checkpoints together, unless the fewest take more.
CHECKPOINT_BYTES = 4_000_000
BYTES = 4  # of a float32


def checkpoint_epochs(max_epochs: int, n_parameters: int, n_seeds: int) -> tuple[int, ...]:
    """The epochs whose weights are kept: 0, the last, and between them even in log-epochs.

    Parameters
    ----------
    max_epochs : int
        The last epoch.
    n_parameters, n_seeds : int
        Size of one network and number of networks: large ones are kept less often.

    Returns
    -------
    tuple of int
        Ascending, without repetitions; at least 0 and the last.
    """
    n = n_checkpoints(n_parameters * n_seeds)
    inner = np.geomspace(1, max_epochs, n - 1).round().astype(int)
    return tuple(sorted({0, max_epochs, *(int(epoch) for epoch in inner)}))


def n_checkpoints(n_numbers: int) -> int:
    """How often so many weights are kept at most."""
    n = CHECKPOINT_BYTES // (BYTES * n_numbers)
    return min(max(n, _FEWEST_CHECKPOINTS), MAX_CHECKPOINTS)


# What a split is called in the names of columns.
_PREFIXES = {"train": "train", "validation": "val", "test": "test"}


def column(split: Split, name: str) -> str:
    """The history column of a loss or score on a split: "val_loss" for "validation", "loss"."""
    return f"{_PREFIXES[split]}_{name}"


def watched_loss(available: Container[str]) -> str:
    """The history column by which choices are made: the loss on the watched split.

    Parameters
    ----------
    available : container of str
        Names of the splits that have samples.
    """
    return column(watched_split(available), "loss")


def history_columns(config: RunConfig) -> list[str]:
    """The names of what is recorded after every epoch.

    Loss and scores of the training split (``train_…``), and of the validation split (``val_…``)
    and the test split (``test_…``) where there are such; if gradients are recorded, for each
    layer from 1 the norm of its weights' gradient (``gradient_norm_…``), and for each hidden
    layer the share of inactive units (``inactive_…``).
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
    return names


class History:
    """The history of a training so far: columns × rows × networks, one row per epoch.

    A training appends a row after each epoch; whoever watches it from elsewhere appends the rows
    that are reported. One thread may append while others read: an array that was read never
    changes.

    Parameters
    ----------
    columns : sequence of str
        Names, as `history_columns` gives them.
    n_seeds : int
        Number of networks.
    capacity : int
        Rows to make room for at first; the table grows by itself.
    """

    def __init__(self, columns: Sequence[str], n_seeds: int, capacity: int = 16) -> None:
        self.columns = tuple(columns)
        self.n_seeds = n_seeds
        self._buffer = np.empty((len(self.columns), max(1, capacity), n_seeds), np.float32)
        self._table = self._buffer[:, :0]  # the part that is filled

    def __len__(self) -> int:
        """Number of rows: epochs that are recorded, and one from before training."""
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
        # In one step, and last: who reads meanwhile sees the rows before.
        self._table = self._buffer[:, :end]

    @property
    def last(self) -> NDArray[np.float32]:
        """The newest row, shape (n_columns, n_seeds), read-only.

        Raises
        ------
        IndexError
            If there is none yet.
        """
        return _read_only(self._table[:, -1])

    def rows(self, start: int = 0) -> NDArray[np.float32]:
        """The rows from `start` on, as a block that `append` takes; read-only, without a copy."""
        return _read_only(self._table[:, start:].swapaxes(0, 1))

    def as_dict(self) -> dict[str, NDArray[np.float32]]:
        """The history by column, each of shape (n_rows, n_seeds): read-only, without a copy."""
        return dict(zip(self.columns, map(_read_only, self._table), strict=True))


def _read_only(array: NDArray[np.float32]) -> NDArray[np.float32]:
    array.flags.writeable = False
    return array

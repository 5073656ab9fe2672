"""Table: the samples of data of one's own, before any split and preparation."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from annlab import tensor_file
from annlab.datasets.own.own_data import OwnData


@dataclass(frozen=True, eq=False)
class Table:
    """Samples of data of one's own.

    Attributes
    ----------
    own : OwnData
        Facts about them, which a config holds.
    X : ndarray of float64, shape (n_rows, n_columns)
        Numbers, and for a category the index of its value in `OwnColumn.values`; the index after
        the last stands for other values. NaN where a cell is missing.
    y : ndarray, shape (n_rows,), or (n_rows, n_targets) for several targets
        Class indices (int64), values (float64), or 0 and 1 of labels (int64).
    groups : ndarray of int64, shape (n_rows,), or None
        Index of each sample's group.
    """

    own: OwnData
    X: NDArray[np.float64]
    y: NDArray[Any]
    groups: NDArray[np.int64] | None = None

    @property
    def n_bytes(self) -> int:
        """Bytes of memory that the arrays take."""
        arrays = (self.X, self.y, self.groups)
        return sum(array.nbytes for array in arrays if array is not None)

    def to_bytes(self) -> bytes:
        """Write the table as one safetensors file."""
        arrays: dict[str, NDArray[Any]] = {"X": self.X, "y": self.y}
        if self.groups is not None:
            arrays["groups"] = self.groups
        return tensor_file.dump(arrays, self.own.model_dump(mode="json"), kind="table")


def table_from_bytes(data: bytes) -> Table:
    """Read a table that `Table.to_bytes` wrote.

    Raises
    ------
    annlab.tensor_file.SavedFileError
        If the bytes are not a table, or its arrays contradict its facts.
    """
    arrays, facts = tensor_file.load(data, kind="table")
    try:
        table = Table(OwnData.model_validate(facts), **arrays)
    except (TypeError, ValidationError) as error:
        raise tensor_file.SavedFileError("This table was altered.") from error
    n, n_targets = table.own.n_rows, len(table.own.target_names)
    of_target = (n, n_targets) if n_targets else (n,)
    if table.X.shape != (n, len(table.own.columns)) or table.y.shape != of_target:
        raise tensor_file.SavedFileError("This table was altered.")
    return table

"""Data of one's own for tests."""

import numpy as np

from annlab.datasets.own.arrays import table_of_arrays
from annlab.datasets.own.own_data import OwnColumn, OwnData
from annlab.datasets.own.table import Table

_X = np.random.default_rng(0).normal(size=(60, 2))
# Two clouds with a name each.
ARRAYS = table_of_arrays(_X, np.where(_X.sum(1) > 0, "above", "below"), title="Two sides")


def mixed_table(n_rows: int = 120, *, groups: bool = False, seed: int = 0) -> Table:
    """Make a table of a number, a number with gaps, and a category with rare and missing cells."""
    rng = np.random.default_rng(seed)
    X = np.stack(
        [
            rng.normal(50, 10, n_rows),
            np.where(rng.random(n_rows) < 0.2, np.nan, rng.normal(size=n_rows)),
            np.where(rng.random(n_rows) < 0.1, np.nan, rng.integers(0, 4, n_rows)),
        ],
        axis=1,
    )
    y = (X[:, 0] > 50).astype(np.int64) + (X[:, 2] == 1)
    indices = np.arange(n_rows) // 5 if groups else None
    own = OwnData(
        source="file",
        title="mixed.csv",
        content=f"{seed:x}{n_rows:x}".ljust(64, "0"),
        file="f" * 64,
        task="multiclass",
        n_rows=n_rows,
        columns=(
            OwnColumn(name="size"),
            OwnColumn(name="weight", has_missing=True),
            OwnColumn(
                name="color", values=("red", "green", "blue"), has_other=True, has_missing=True
            ),
        ),
        class_names=("a", "b", "c"),
        class_counts=tuple(np.bincount(y, minlength=3).tolist()),
        group_sizes=() if indices is None else tuple(np.bincount(indices).tolist()),
    )
    return Table(own, X, y, indices)

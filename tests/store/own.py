"""Own data for tests: a small table, and a clock that a test moves."""

import hashlib
from datetime import UTC, datetime, timedelta

import numpy as np

from annlab.datasets.own.own_data import OwnColumn, OwnData
from annlab.datasets.own.table import Table

ANNA, BEN = "a" * 32, "b" * 32
FILE = b"length,width,kind\n1,2,a\n3,4,b\n"
FILE_DIGEST = hashlib.sha256(FILE).hexdigest()


def make_table(seed: int = 0, n_rows: int = 40, file: bytes = FILE) -> Table:
    """Create a table of two classes that a line can tell apart."""
    random = np.random.default_rng(seed)
    y = np.arange(n_rows) % 2
    X = random.normal(size=(n_rows, 2)) + 4.0 * y[:, None]
    own = OwnData(
        source="file",
        title="leaves.csv",
        content=hashlib.sha256(X.tobytes()).hexdigest(),
        file=hashlib.sha256(file).hexdigest(),
        task="binary",
        n_rows=n_rows,
        columns=(OwnColumn(name="length"), OwnColumn(name="width")),
        target_name="kind",
        class_names=("a", "b"),
        class_counts=(n_rows // 2, n_rows // 2),
    )
    return Table(own, X, y.astype(np.int64))


class Clock:
    """Time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def wait(self, **duration: float) -> None:
        """Let some time pass, given as for a timedelta."""
        self.time += timedelta(**duration)

"""Data sets that are not everybody's: the real ones where they are, else random ones of their size.

What they teach differs, the work does not.
"""

import gzip
import os
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import joblib
import numpy as np
import pytest

from annlab.datasets import forget_datasets

# Real data beside the repository, where there are some.
_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "datasets" / "scikit_learn_data"
_HOUSING_FILE = "cal_housing_py3.pkz"
_HOUSING_SHAPE = (20_640, 9)  # as scikit-learn keeps it, the target among the columns


@contextmanager
def california_housing() -> Iterator[str]:
    """A data folder of scikit-learn for the block of a `with`; says whose numbers are in it."""
    given = os.environ.get("SCIKIT_LEARN_DATA", "~/scikit_learn_data")
    folders = (Path(given).expanduser(), _BESIDE)
    real = next((folder for folder in folders if (folder / _HOUSING_FILE).is_file()), None)
    with (
        tempfile.TemporaryDirectory(prefix="annlab-") as temporary,
        pytest.MonkeyPatch.context() as patch,
    ):
        if real is None:
            random = np.random.default_rng(0).uniform(1, 10, _HOUSING_SHAPE)
            joblib.dump(random, Path(temporary) / _HOUSING_FILE, compress=1)
        patch.setenv("SCIKIT_LEARN_DATA", str(real or temporary))
        try:
            yield "real data" if real else "random data"
        finally:
            # What was read from there is not to be found by who names another folder.
            forget_datasets()


@contextmanager
def fashion_mnist() -> Iterator[Path]:
    """A data folder of ours with random pictures, as many and as large as Fashion-MNIST's."""
    with (
        tempfile.TemporaryDirectory(prefix="annlab-") as temporary,
        pytest.MonkeyPatch.context() as patch,
    ):
        _write_random_images(Path(temporary))
        patch.setenv("ANNLAB_DATA_DIR", temporary)
        forget_datasets()
        try:
            yield Path(temporary)
        finally:
            forget_datasets()


def _write_random_images(folder: Path) -> None:
    random = np.random.default_rng(0)
    for part, n in (("train", 60_000), ("t10k", 10_000)):
        for kind, shape, high in (("images-idx3", (n, 28, 28), 256), ("labels-idx1", (n,), 10)):
            header = struct.pack(f">I{len(shape)}I", 0x800 + len(shape), *shape)
            numbers = random.integers(0, high, shape, dtype=np.uint8).tobytes()
            packed = gzip.compress(header + numbers, compresslevel=1)
            (folder / f"{part}-{kind}-ubyte.gz").write_bytes(packed)

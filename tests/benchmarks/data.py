"""Real data sets if available, else random data of the same size.

Random data give other scores but the same amount of work.
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

# Folder beside the repository that may have the real data.
_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "datasets" / "scikit_learn_data"
_HOUSING_FILE = "cal_housing_py3.pkz"
_HOUSING_SHAPE = (20_640, 9)  # file of scikit-learn, target included


@contextmanager
def california_housing() -> Iterator[str]:
    """Context manager for a scikit-learn data folder; yields a description of the data."""
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
            # Cached data of one folder must not be used for another.
            forget_datasets()


@contextmanager
def fashion_mnist() -> Iterator[Path]:
    """Context manager for a data folder with random images of the size of Fashion-MNIST."""
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

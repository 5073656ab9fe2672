"""Fashion-MNIST: images of clothes, read from the published IDX files.

Each function does its own imports, because exported scripts contain its source.

References
----------
Xiao, Rasul & Vollgraf (2017), Fashion-MNIST: a novel image dataset for benchmarking machine
learning algorithms, arXiv:1708.07747. The IDX format: LeCun, Cortes & Burges, The MNIST
database of handwritten digits.
"""

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from annlab.datasets.spec import Array, DatasetSpec


# Exported scripts print this source, so it reads the variable by itself, without `Environment`.
def fashion_mnist_file(name: str) -> Path:
    """Return the path of a Fashion-MNIST file, which is downloaded on first use.

    Raises OSError if the file is missing and cannot be downloaded.
    """
    import os
    from pathlib import Path

    import pooch

    home = Path(os.environ.get("ANNLAB_DATA_DIR") or Path.home() / ".cache" / "annlab")
    for folder in (home, home / "fashion_mnist"):
        if (folder / name).is_file():
            return folder / name
    md5 = {
        "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    }
    url = f"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/{name}"
    pooch.get_logger().setLevel("ERROR")
    try:
        found = pooch.retrieve(url, f"md5:{md5[name]}", fname=name, path=home / "fashion_mnist")
    except ValueError as error:  # another file came, such as the login page of a network
        raise OSError(str(error)) from error
    return Path(found)


def read_idx(path: Path, n_dimensions: int) -> Array:
    """Read a gzip IDX file of bytes into a uint8 array of the shape in its header.

    Raises ValueError if the file is cut off or has another format.
    """
    import gzip
    import math
    import zlib

    import numpy as np

    data = bytearray()
    try:
        with gzip.open(path) as file:
            # Reading in pieces avoids a moment with twice the memory.
            while piece := file.read(2**20):
                data += piece
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise ValueError(f"{path} is cut off or is not a gzip file.") from None
    start = 4 + 4 * n_dimensions
    # Two zeros, 8 for bytes, the number of dimensions, then every size in four bytes.
    if data[:4] != bytes([0, 0, 8, n_dimensions]) or len(data) < start:
        raise ValueError(f"{path} is not an IDX file of bytes in {n_dimensions} dimensions.")
    shape = np.frombuffer(data[4:start], ">u4").tolist()
    if len(data) - start != math.prod(shape):
        sizes = " × ".join(map(str, shape))
        raise ValueError(f"{path} should hold {sizes} bytes, but it holds {len(data) - start}.")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def read_fashion_mnist_split(prefix: str) -> tuple[Array, Array]:
    """Read the images of one split, flattened to pixel bytes, and their classes."""
    import numpy as np

    images = read_idx(fashion_mnist_file(f"{prefix}-images-idx3-ubyte.gz"), 3)
    labels = read_idx(fashion_mnist_file(f"{prefix}-labels-idx1-ubyte.gz"), 1)
    n = len(labels)
    if n == 0 or images.shape != (n, 28, 28) or labels.max() > 9:
        raise ValueError(
            f"The files {prefix}-… do not contain images and classes of Fashion-MNIST."
        )
    return images.reshape(n, 28 * 28), labels.astype(np.int64)


def load_fashion_mnist() -> tuple[Array, ...]:
    """Read X and y of the training split, and X and y of the test split."""
    return *read_fashion_mnist_split("train"), *read_fashion_mnist_split("t10k")


# MD5 sums of the published files. `fashion_mnist_file` repeats the sums because exported scripts
# contain its source; a test compares both.
PUBLISHED = {
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}


def fashion_mnist_digest() -> str:
    """Hash of the Fashion-MNIST files in use; a sample of the images has another hash.

    Missing files are assumed to be the published ones, which would be downloaded.
    """
    home = Path(os.environ.get("ANNLAB_DATA_DIR") or Path.home() / ".cache" / "annlab")
    hashes = []
    for name in PUBLISHED:
        places = (home / name, home / "fashion_mnist" / name)
        path = next((path for path in places if path.is_file()), None)
        if path is None:
            return "published"
        stat = path.stat()
        hashes.append(_hash_of(str(path), stat.st_size, stat.st_mtime_ns))
    if hashes == list(PUBLISHED.values()):
        return "published"
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


@lru_cache(maxsize=16)
def _hash_of(path: str, size: int, modified: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


IMAGES = (
    DatasetSpec(
        name="fashion_mnist",
        label="Fashion-MNIST",
        task="multiclass",
        make=load_fashion_mnist,
        helpers=(fashion_mnist_file, read_idx, read_fashion_mnist_split),
        n_features=784,
        n_rows=60_000,
        n_test_rows=10_000,
        class_names=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        feature_names=lambda: tuple(f"pixel_{i}_{j}" for i in range(28) for j in range(28)),
        image_shape=(28, 28),
        max_pixel_value=255,
        files_digest=fashion_mnist_digest,
        missing_message="Fashion-MNIST is not on this machine and could not be downloaded: put its "
        "four files (train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, "
        "t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz) into the folder that the "
        "environment variable ANNLAB_DATA_DIR names (without it: ~/.cache/annlab), or take "
        "the data set Digits instead.",
        description="Pictures of clothes, 28 × 28 pixels: which of ten kinds is it?",
        source="Xiao, Rasul & Vollgraf (2017), Fashion-MNIST",
    ),
)

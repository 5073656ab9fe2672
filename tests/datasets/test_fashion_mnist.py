"""Fashion-MNIST: the IDX reader, the data set, the download and the digest of the files."""

import gzip
import hashlib
import inspect
import logging
import struct
from collections import Counter

import numpy as np
import pooch
import pytest
from sklearn.neural_network import MLPClassifier

from annlab import DatasetConfig, RunConfig, load_dataset
from annlab.datasets import DATASETS, fashion_mnist, forget_datasets
from annlab.datasets.fashion_mnist import fashion_mnist_file, load_fashion_mnist, read_idx

NAMES = [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
]
CONFIG = DatasetConfig(name="fashion_mnist")


def idx(array, kind=8):
    """Write an IDX file by its specification."""
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, kind, array.ndim]) + sizes + array.tobytes()


def pictures(n, seed):
    random = np.random.RandomState(seed)
    return random.randint(0, 256, (n, 28, 28)).astype(np.uint8), (np.arange(n) % 10).astype(
        np.uint8
    )


PARTS = (*pictures(30, 1), *pictures(20, 2))


def write(folder, arrays=PARTS):
    folder.mkdir(exist_ok=True)
    for name, array in zip(NAMES, arrays, strict=True):
        (folder / name).write_bytes(gzip.compress(idx(array)))


@pytest.fixture
def home(tmp_path, monkeypatch, nothing_loaded):
    """Use an empty data folder, without downloads."""

    def refuse(*args, **options):
        raise AssertionError("a download was begun")

    monkeypatch.setattr(pooch, "retrieve", refuse)
    monkeypatch.setenv("ANNLAB_DATA_DIR", str(tmp_path))
    yield tmp_path
    forget_datasets()


# ---- the format


@pytest.mark.parametrize("shape", [(7,), (2, 3, 4), (0, 28, 28)])
def test_idx_file_round_trip(tmp_path, shape):
    array = np.random.RandomState(0).randint(0, 256, shape).astype(np.uint8)
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(idx(array)))
    read = read_idx(path, len(shape))
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, array)


GOOD = idx(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
BAD = {
    "nothing": (b"", "is cut off or is not a gzip file|is not an IDX file"),
    "no gzip": (GOOD, "not a gzip file"),
    "a page": (b"<html>Please log in</html>", "not a gzip file"),
    "gzip cut off": (gzip.compress(GOOD)[:-9], "is cut off"),
    "gzip altered": (gzip.compress(GOOD)[:15] + b"??" + gzip.compress(GOOD)[17:], "is cut off"),
    "an empty gzip": (gzip.compress(b""), "not an IDX file of bytes in 3 dimensions"),
    "other text": (gzip.compress(b"a,b\n1,2\n" * 20), "not an IDX file of bytes in 3 dimensions"),
    "only a header": (gzip.compress(GOOD[:9]), "not an IDX file of bytes in 3 dimensions"),
    "labels": (
        gzip.compress(idx(np.zeros(9, np.uint8))),
        "not an IDX file of bytes in 3 dimensions",
    ),
    "floats": (
        gzip.compress(idx(np.zeros((2, 3, 4), ">f4"), kind=13)),
        "not an IDX file of bytes in 3 dimensions",
    ),
    "cut off inside": (gzip.compress(GOOD[:-1]), "should hold 2 × 3 × 4 bytes, but it holds 23"),
    "too long": (gzip.compress(GOOD + b"!"), "should hold 2 × 3 × 4 bytes, but it holds 25"),
    "absurd sizes": (
        gzip.compress(bytes([0, 0, 8, 3]) + b"\xff" * 12),
        "should hold 4294967295 × 4294967295 × 4294967295 bytes, but it holds 0",
    ),
}


@pytest.mark.parametrize("case", list(BAD))
def test_a_foreign_file_is_refused_with_a_sentence(tmp_path, case):
    data, sentence = BAD[case]
    path = tmp_path / "pictures.gz"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=sentence) as error:
        read_idx(path, 3)
    assert str(error.value).startswith(str(path))


# ---- the data set


@pytest.mark.parametrize("below", [".", "fashion_mnist"])
def test_existing_files_are_used_without_download(home, below):
    write(home / below)
    dataset = load_dataset(CONFIG)
    np.testing.assert_array_equal(dataset.X_train, (PARTS[0] / 255).reshape(30, 784).astype("f4"))
    np.testing.assert_array_equal(dataset.X_test, (PARTS[2] / 255).reshape(20, 784).astype("f4"))
    np.testing.assert_array_equal(dataset.y_train, PARTS[1])
    np.testing.assert_array_equal(dataset.y_test, PARTS[3])
    assert dataset.y_train.dtype == np.int64
    assert dataset.scored_split == "test"
    assert len(dataset.X_validation) == 0


def test_validation_split_is_taken_from_the_training_split(home):
    write(home)
    dataset = load_dataset(DatasetConfig(name="fashion_mnist", validation_fraction=1 / 3))
    assert np.bincount(dataset.y_train).tolist() == [2] * 10
    assert np.bincount(dataset.y_validation).tolist() == [1] * 10
    np.testing.assert_array_equal(dataset.y_test, PARTS[3])
    both = np.concatenate([dataset.X_train, dataset.X_validation])
    expected = (PARTS[0] / 255).reshape(30, 784).astype("f4")
    assert Counter(map(bytes, both)) == Counter(map(bytes, expected))


@pytest.mark.parametrize(
    "arrays",
    [
        (PARTS[0][:, :27], *PARTS[1:]),
        (PARTS[0][1:], *PARTS[1:]),
        (*PARTS[:3], PARTS[3] + 1),
        (PARTS[0][:0], PARTS[1][:0], *PARTS[2:]),
    ],
    ids=["other pictures", "one picture less", "an eleventh class", "none"],
)
def test_images_of_another_shape_are_refused_with_a_sentence(home, arrays):
    write(home, arrays)
    with pytest.raises(ValueError, match="do not contain images and classes of Fashion-MNIST"):
        load_dataset(CONFIG)


def test_names_of_pixels_and_classes(home):
    entry = DATASETS["fashion_mnist"]
    names = entry.names_of_features()
    assert len(names) == len(set(names)) == entry.n_features == np.prod(entry.image_shape)
    assert np.reshape(names, entry.image_shape)[3, 5] == "pixel_3_5"
    assert len(entry.class_names) == 10


def test_published_sample(shared_datasets, nothing_loaded):
    dataset = load_dataset(CONFIG)
    assert np.bincount(dataset.y_train).tolist() == [72] * 10
    assert np.bincount(dataset.y_test).tolist() == [18] * 10
    assert dataset.X_train.max() == 1
    names = dict(zip(dataset.class_names, range(10), strict=True))
    # Class names must match the images: trousers leave the middle empty, sandals are mostly
    # empty, and pullovers fill the image.
    brightness = [dataset.X_train[dataset.y_train == k].mean() for k in range(10)]
    assert np.argmin(brightness) == names["Sandal"]
    assert brightness[names["Trouser"]] < brightness[names["Pullover"]]
    network = MLPClassifier((64, 32), max_iter=20, random_state=0)
    with pytest.warns(Warning, match="Maximum iterations"):
        network.fit(dataset.X_train, dataset.y_train)
    assert network.score(dataset.X_test, dataset.y_test) > 0.75


# ---- the download


def test_files_are_downloaded_once_and_checked(home, monkeypatch):
    asked = []

    def retrieve(url, known_hash, fname, path):
        asked.append((url, known_hash))
        write(path)
        return str(path / fname)

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    fashion_mnist_file(NAMES[0])
    load_fashion_mnist()
    ((url, known_hash),) = asked
    assert url.endswith(".amazonaws.com/train-images-idx3-ubyte.gz")
    assert known_hash == "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"
    assert sorted(p.name for p in (home / "fashion_mnist").iterdir()) == sorted(NAMES)


def test_missing_files_offline_give_a_sentence(offline, capfd, caplog):
    with pytest.raises(ValueError, match="Fashion-MNIST is not on this machine") as error:
        load_dataset(CONFIG)
    for word in (*NAMES, "ANNLAB_DATA_DIR", "Digits"):
        assert word in str(error.value)
    assert error.value.__suppress_context__
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_download_with_a_wrong_hash_is_not_kept(offline, tmp_path, monkeypatch):
    def login(url, output_file, pooch):
        with open(output_file, "wb") as file:
            file.write(b"<html>Please log in</html>")

    monkeypatch.setattr("pooch.core.choose_downloader", lambda *args, **options: login)
    with pytest.raises(ValueError, match="Fashion-MNIST is not on this machine"):
        load_dataset(CONFIG)
    assert list((tmp_path / "fashion_mnist").iterdir()) == []


def test_default_folder_is_the_user_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("ANNLAB_DATA_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".cache" / "annlab" / "fashion_mnist"
    folder.mkdir(parents=True)
    write(folder)
    assert fashion_mnist_file(NAMES[2]) == folder / NAMES[2]


# ---- digest of the files


def test_published_hashes_match_the_download_code():
    # `fashion_mnist_file` repeats the hashes, because exported scripts contain its source.
    source = inspect.getsource(fashion_mnist.fashion_mnist_file)
    for name, md5 in fashion_mnist.PUBLISHED.items():
        assert f'"{name}": "{md5}"' in source


def test_other_files_change_the_digest(tmp_path, monkeypatch):
    config = RunConfig(dataset={"name": "fashion_mnist"})
    monkeypatch.setenv("ANNLAB_DATA_DIR", str(tmp_path))
    published = config.digest, config.dataset.digest
    for name in fashion_mnist.PUBLISHED:
        (tmp_path / name).write_bytes(name.encode())
    sample = config.digest, config.dataset.digest
    assert len({*published, *sample}) == 4
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(b"others")
    assert config.digest not in (published[0], sample[0])
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    # A missing file counts as the published one, which would be downloaded.
    assert config.digest == published[0]


def test_published_files_have_the_published_digest(tmp_path, monkeypatch):
    for name in fashion_mnist.PUBLISHED:
        (tmp_path / name).write_bytes(name.encode())
    hashes = {name: hashlib.md5(name.encode()).hexdigest() for name in fashion_mnist.PUBLISHED}
    monkeypatch.setenv("ANNLAB_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(fashion_mnist, "PUBLISHED", hashes)
    assert fashion_mnist.fashion_mnist_digest() == "published"


def test_digests_of_other_data_sets_read_no_files(tmp_path, monkeypatch):
    before = DatasetConfig(name="digits").digest
    monkeypatch.setenv("ANNLAB_DATA_DIR", str(tmp_path))
    assert DatasetConfig(name="digits").digest == before

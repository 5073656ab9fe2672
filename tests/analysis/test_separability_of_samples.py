"""Separability as a worker decides it: that of the functions it calls."""

from dataclasses import asdict

import numpy as np
import pytest
from sklearn.datasets import load_iris, make_moons

from annlab.analysis.separability import separability_of_classes, separability_of_label
from annlab.analysis.separability_of_samples import (
    class_samples,
    decide_separability,
    read_separability,
)
from annlab.tensor_file import SavedFileError


def never() -> bool:
    return False


MOONS = make_moons(80, noise=0.05, random_state=0)
OUTPUT = np.array([[1.0], [-2.0]], np.float32), np.array([0.1], np.float32)


@pytest.mark.parametrize("output", [None, OUTPUT])
@pytest.mark.parametrize("data", [MOONS, load_iris(return_X_y=True)], ids=["moons", "iris"])
def test_decisions_survive_the_way_to_a_worker_and_back(data, output) -> None:
    A, labels = data
    n_classes = len(np.unique(labels))
    if n_classes > 2:
        output = None
    shares: list[float] = []
    request, packed = class_samples(A.astype(np.float32), labels, n_classes, output)
    result = decide_separability(request, lambda s, _: shares.append(s), never, packed)
    expected = separability_of_classes(A.astype(np.float32), labels, n_classes, output)
    found = read_separability(result)
    assert list(found) == list(expected)
    for k, one in expected.items():
        np.testing.assert_equal(asdict(found[k]), asdict(one))
    assert shares == ([] if n_classes == 2 else [1 / 3, 2 / 3, 1])


def test_other_samples_are_another_request() -> None:
    A, labels = MOONS
    request, _ = class_samples(A, labels, 2)
    assert class_samples(A.copy(), labels.copy(), 2).request == request
    for other in (
        class_samples(A + 1, labels, 2),
        class_samples(A, 1 - labels, 2),
        class_samples(A, labels, 2, OUTPUT),
    ):
        assert other.request != request


def test_a_stop_and_damaged_bytes() -> None:
    A, labels = load_iris(return_X_y=True)
    request, data = class_samples(A, labels, 3)
    assert decide_separability(request, lambda s, _: None, lambda: True, data) == b""
    with pytest.raises(SavedFileError):
        read_separability(data)


def test_labels_are_decided_one_by_one() -> None:
    A = np.random.default_rng(1).normal(size=(50, 2)).astype(np.float32)
    labels = np.stack([A[:, 1] > 0, A[:, 0] * A[:, 1] > 0], axis=1).astype(np.int64)
    output = np.ones((2, 2), np.float32), np.zeros(2, np.float32)
    shares: list[float] = []
    for layer in (None, output):
        request, packed = class_samples(A, labels, 2, layer)
        found = read_separability(
            decide_separability(request, lambda s, _: shares.append(s), never, packed)
        )
        assert list(found) == [0, 1]
        for k, one in found.items():
            expected = separability_of_label(A, labels, k, layer)
            np.testing.assert_equal(asdict(one), asdict(expected))
    assert shares == [0.5, 1, 0.5, 1]

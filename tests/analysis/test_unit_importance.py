"""Importance of units: constant units and unread units do not matter."""

import itertools

import numpy as np
import pytest

from annlab.analysis.unit_importance import most_important, unit_importance

X = np.random.default_rng(0).normal(size=(200, 2))


def test_importance_is_the_spread_times_the_length_of_the_outgoing_weights() -> None:
    layers = [
        (np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 0.0]]), np.array([0.0, 5.0, 0.0])),
        (np.array([[3.0, 4.0], [9.0, 9.0], [0.0, 0.0]]), np.zeros(2)),
    ]
    (found,) = unit_importance(layers, X, "linear", "softmax")
    # The second unit is constant; nobody reads the third.
    assert found == pytest.approx([5 * X[:, 0].std(), 0, 0])


def test_each_hidden_layer_has_its_own() -> None:
    random = np.random.default_rng(1)
    sizes = (2, 5, 3, 1)
    layers = [
        (random.normal(size=(a, b)), random.normal(size=b)) for a, b in itertools.pairwise(sizes)
    ]
    assert [len(of) for of in unit_importance(layers, X, "tanh", "sigmoid")] == [5, 3]
    assert unit_importance(layers[:1], X, "tanh", "linear") == []


def test_weights_of_inputs_that_skip_the_units_do_not_count() -> None:
    random = np.random.default_rng(3)
    W, V, skipping = (random.normal(size=shape) for shape in ((2, 4), (4, 3), (2, 3)))
    plain = [(W, np.zeros(4)), (V, np.zeros(3))]
    wide = [plain[0], (np.concatenate([V, skipping]), np.zeros(3))]
    found = unit_importance(wide, X, "tanh", "linear")
    np.testing.assert_array_equal(found, unit_importance(plain, X, "tanh", "linear"))


def test_removing_an_important_unit_changes_the_next_layer_more() -> None:
    random = np.random.default_rng(2)
    W, V = random.normal(size=(2, 6)), random.normal(size=(6, 4))
    layers = [(W, np.zeros(6)), (V, np.zeros(4))]
    (importance,) = unit_importance(layers, X, "relu", "softmax")
    a = np.maximum(X @ W, 0)
    changes = [np.square((a[:, k] - a[:, k].mean())[:, None] * V[k]).sum() for k in range(6)]
    assert np.argsort(importance).tolist() == np.argsort(changes).tolist()


def test_the_most_important_come_in_the_order_of_the_layer() -> None:
    assert most_important(np.array([0.1, 3.0, 0.5, 2.0]), 2).tolist() == [1, 3]
    assert most_important(np.array([1.0, 1.0, 1.0]), 2).tolist() == [0, 1]
    assert most_important(np.array([1.0]), 8).tolist() == [0]

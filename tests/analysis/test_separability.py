"""Linear separability of groups that are separable, or not, by construction."""

import numpy as np
import pytest
from sklearn.datasets import make_circles, make_moons
from sklearn.linear_model import LogisticRegression

from annlab.analysis import separability as module
from annlab.analysis.separability import (
    PENALTY,
    Separability,
    linearly_separable,
    separability_of_label,
    separable_from_rest,
)

random = np.random.default_rng(0)


def assert_separates(found: Separability, A: np.ndarray, labels: np.ndarray) -> None:
    assert found.separable
    assert found.accuracy == 1
    np.testing.assert_array_equal(A @ found.weights + found.bias > 0, labels == labels.max())


def with_gap(n: int, n_units: int, gap: float) -> tuple[np.ndarray, np.ndarray]:
    """Samples on both sides of a random plane, some of them exactly half a gap away."""
    normal = random.normal(size=n_units)
    normal /= np.linalg.norm(normal)
    A = random.normal(size=(n, n_units))
    A -= np.outer(A @ normal, normal)
    labels = random.integers(0, 2, n)
    distance = gap / 2 + np.where(np.arange(n) % 2, random.random(n), 0)
    return A + np.outer(np.where(labels, distance, -distance), normal) + 0.3 * normal, labels


@pytest.mark.parametrize("gap", [1e-1, 1e-3, 1e-5, 1e-7])
@pytest.mark.parametrize("n_units", [2, 3, 10])
def test_any_gap_is_found(n_units: int, gap: float) -> None:
    A, labels = with_gap(600, n_units, gap)
    assert_separates(linearly_separable(A, labels), A, labels)
    # One sample on the other side of the plane is enough.
    closest = np.abs(A[labels == 1] - A[labels == 1].mean(axis=0)).sum(axis=1).argmin()
    flipped = labels.copy()
    flipped[np.flatnonzero(labels == 1)[closest]] = 0
    assert not linearly_separable(A, flipped).separable


def test_badly_scaled_and_constant_columns() -> None:
    A, labels = with_gap(400, 3, 1e-3)
    scaled = np.column_stack([1e6 * A[:, 0] + 1e8, 1e-8 * A[:, 1], A[:, 2] - 5, np.full(400, 7.0)])
    found = linearly_separable(scaled, labels)
    assert_separates(found, scaled, labels)
    assert found.weights[3] == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_repeated_samples_and_columns(dtype: type) -> None:
    A, labels = with_gap(200, 4, 1e-2)
    twice: np.ndarray = np.tile(A, (3, 2)).astype(dtype)
    assert_separates(linearly_separable(twice, np.tile(labels, 3)), twice, np.tile(labels, 3))


def test_xor_is_not_separable() -> None:
    A = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    found = linearly_separable(A, np.array([0, 1, 1, 0]))
    assert not found.separable
    # The regression is undecided between the four samples; no line gets more than three right.
    assert found.accuracy in (0.25, 0.5, 0.75)
    assert linearly_separable(A, np.array([0, 1, 1, 1])).separable
    third = np.column_stack([A, A.prod(axis=1)])
    assert linearly_separable(third, np.array([0, 1, 1, 0])).separable


def test_circles_are_separable_by_their_squares() -> None:
    A, labels = make_circles(500, noise=0.02, factor=0.5, random_state=0)
    found = linearly_separable(A, labels)
    assert not found.separable
    assert 0.4 < found.accuracy < 0.8
    lifted = np.column_stack([A, (A**2).sum(axis=1)])
    assert_separates(linearly_separable(lifted, labels), lifted, labels)


def test_moons_become_separable_in_a_hidden_layer() -> None:
    X, labels = make_moons(400, noise=0.05, random_state=0)
    assert not linearly_separable(X, labels).separable
    # Random units that bend the plane enough, as an oracle any linear classifier can check.
    hidden = np.maximum(0, X @ random.normal(size=(2, 64)) + random.normal(size=64))
    assert LogisticRegression(C=1e6, max_iter=10_000).fit(hidden, labels).score(hidden, labels) == 1
    assert_separates(linearly_separable(hidden, labels), hidden, labels)


def test_equal_samples_of_both_classes_are_not_separable() -> None:
    A, labels = with_gap(100, 3, 0.5)
    A = np.vstack([A, A[:1]])
    found = linearly_separable(A, np.append(labels, 1 - labels[0]))
    assert not found.separable
    assert found.accuracy == pytest.approx(100 / 101)


def test_a_sample_between_two_others_is_not_separable() -> None:
    A = np.array([[0.0, 0.0], [0.1, 0.3], [0.2, 0.6]])  # on a line, up to rounding
    assert not linearly_separable(A, np.array([0, 1, 0])).separable


def test_constant_activations_separate_nothing() -> None:
    found = linearly_separable(np.ones((10, 3)), np.arange(10) // 7)
    assert not found.separable
    assert found.accuracy == found.larger_share == 0.7


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_alone_is_separable(label: int) -> None:
    A = random.normal(size=(5, 2))
    found = linearly_separable(A, np.full(5, label), pair=(0, 1))
    assert found.separable
    assert (A @ found.weights + found.bias > 0).all() == label
    assert linearly_separable(A, np.full(5, label)).separable


@pytest.mark.parametrize("n", [3, 64, 65])
def test_fewer_samples_than_units_are_separable(n: int) -> None:
    A, labels = random.normal(size=(n, 64)), np.arange(n) % 2
    assert_separates(linearly_separable(A, labels), A, labels)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n", [30, 40, 50])
def test_decisions_match_those_of_one_large_program(n: int, seed: int) -> None:
    """About 2 samples for each parameter are separable half of the time (Cover, 1965)."""
    from scipy.optimize import linprog

    own = np.random.default_rng(seed)
    A, labels = own.normal(size=(n, 20)), own.integers(0, 2, n)
    rows = np.where(labels, 1, -1)[:, None] * np.column_stack([A, np.ones(n)])
    feasible = linprog(np.zeros(21), -rows, -np.ones(n), bounds=(None, None)).status == 0
    assert linearly_separable(A, labels).separable == feasible


def test_the_program_takes_in_samples_until_it_can_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 7)
    # A start that says nothing: without it, the logistic regression decides most cases.
    monkeypatch.setattr(module, "_logistic_regression", lambda X, _: (np.zeros(X.shape[1]), 0.0))
    A, labels = with_gap(2000, 5, 1e-3)
    found = linearly_separable(A, labels)
    assert found.model == "linear program"
    assert_separates(found, A, labels)
    labels[A[:, 0].argmax()] ^= 1
    labels[np.abs(A).sum(axis=1).argmin()] ^= 1
    rest = linearly_separable(A, labels)
    assert not rest.separable


def test_accuracy_is_that_of_a_logistic_regression() -> None:
    A = random.normal(size=(500, 4)) * [1, 10, 0.1, 3] + 2
    labels = (A @ [1, 0.1, 5, 0] + random.normal(size=500) > 12).astype(int)
    found = linearly_separable(A, labels)
    assert (found.separable, found.model, found.n_samples) == (False, "logistic regression", 500)
    spread = A.std(axis=0)
    expected = LogisticRegression(C=1 / PENALTY, tol=1e-8).fit(
        (A - A.mean(axis=0)) / spread, labels
    )
    np.testing.assert_allclose(found.weights, expected.coef_[0] / spread, rtol=1e-3, atol=1e-4)
    assert found.accuracy == expected.score((A - A.mean(axis=0)) / spread, labels)
    share = labels.mean()
    assert found.larger_share == max(share, 1 - share)


def test_the_output_layer_is_tried_first() -> None:
    A, labels = with_gap(300, 4, 1e-2)
    plane = linearly_separable(A, labels)
    good = plane.weights[:, None], np.array([plane.bias])
    assert linearly_separable(A, labels, output=good).model == "output layer"
    poor = np.eye(4)[:, :1], np.zeros(1)
    other = linearly_separable(A, labels, output=poor)
    assert other.model == "linear program"
    assert_separates(other, A, labels)
    labels[:40] = 1 - labels[:40]
    wrong = linearly_separable(A, labels, output=poor)
    assert (wrong.separable, wrong.model) == (False, "output layer")
    assert wrong.accuracy == ((A[:, 0] >= 0) == labels).mean()


def test_pairs_of_several_classes() -> None:
    # Three groups in a row: the middle one is separable from each, but not from both.
    centers = np.array([[0.0, 0.0], [4.0, 0.0], [8.0, 0.0]])
    labels = np.arange(150) % 3
    A = centers[labels] + random.uniform(-1, 1, (150, 2))
    for pair in ((0, 1), (1, 2), (2, 0)):
        found = linearly_separable(A, labels, pair=pair)
        assert found.separable
        assert found.n_samples == 100
        value = A @ found.weights + found.bias
        assert (value[labels == pair[1]] > 0).all()
        assert (value[labels == pair[0]] < 0).all()
    W, b = np.array([[-1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]), np.array([2.0, 0.0, -6.0])
    of_output = linearly_separable(A, labels, pair=(0, 1), output=(W, b))
    np.testing.assert_array_equal(of_output.weights, [1, 0])
    assert (of_output.model, of_output.bias) == ("output layer", -2)
    rest = separable_from_rest(A, labels)
    assert {k: found.separable for k, found in rest.items()} == {0: True, 1: False, 2: True}
    with pytest.raises(ValueError, match="needs a pair of the 3 classes"):
        linearly_separable(A, labels)
    with pytest.raises(ValueError, match="no samples of the classes 5 and 6"):
        linearly_separable(A, labels, pair=(5, 6))


def test_each_label_is_decided_by_itself() -> None:
    X = np.random.default_rng(0).normal(size=(60, 2))
    labels = np.stack([X[:, 0] > 0.2, X[:, 0] * X[:, 1] > 0, np.ones(60)], axis=1).astype(int)
    found = [separability_of_label(X, labels, k) for k in range(3)]
    assert [one.separable for one in found] == [True, False, True]
    model = LogisticRegression(C=1e4).fit(X, labels[:, 1])
    assert found[1].accuracy == pytest.approx(model.score(X, labels[:, 1]), abs=0.02)
    output = np.array([[1.0, 0.3, 0.0], [0.0, -0.2, 0.0]]), np.array([-0.2, 0.1, -1.0])
    alone = [separability_of_label(X, labels, k, output) for k in range(3)]
    assert [one.separable for one in alone] == [True, False, True]
    assert alone[0].model == alone[1].model == "output layer"
    said = X @ output[0][:, 1] + output[1][1] >= 0
    assert alone[1].accuracy == pytest.approx((said == labels[:, 1]).mean())

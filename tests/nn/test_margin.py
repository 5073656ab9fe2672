"""Largest margin and bound against optimizers of SciPy; solutions against sampling."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, linprog, minimize

from annlab.nn.boolean_functions import BOOLEAN_FUNCTIONS, INPUTS
from annlab.nn.margin import half_plane, largest_margin, solution_region
from annlab.nn.perceptron import signs, train_perceptron, with_one


def _squared(w: np.ndarray) -> float:
    return float(w @ w)


def random_set(seed: int, n: int = 12, gap: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    y = random.integers(0, 2, n)
    return random.normal(size=(n, 2)) + gap * signs(y)[:, None], y


def is_separable(X: np.ndarray, y: np.ndarray) -> bool:
    rows = -signs(y)[:, None] * with_one(X)
    return linprog(np.zeros(3), rows, -np.ones(len(y)), bounds=(None, None)).status == 0


def test_none_exactly_where_a_linear_program_has_no_solution() -> None:
    found = []
    for seed in range(60):
        X, y = random_set(seed, n=5 + seed % 8, gap=seed / 40)
        found.append(is_separable(X, y))
        assert (largest_margin(X, y) is not None) == found[-1]
    assert 10 < sum(found) < 50
    separable = [e.name for e in BOOLEAN_FUNCTIONS.values() if e.is_separable]
    names = [
        name
        for name, e in BOOLEAN_FUNCTIONS.items()
        if largest_margin(INPUTS, np.array(e.outputs)) is not None
    ]
    assert names == separable


@pytest.mark.parametrize("seed", range(8))
def test_margin_equals_that_of_a_quadratic_program(seed: int) -> None:
    X, y = random_set(seed, gap=2.5)
    found = largest_margin(X, y)
    signed = signs(y)[:, None] * with_one(X)
    options: dict[str, Any] = {
        "constraints": LinearConstraint(signed, 1, np.inf),
        "method": "SLSQP",
        "tol": 1e-12,
    }
    solved = minimize(_squared, found.weights / found.margin + 0.1, **options)
    assert solved.success
    assert found.margin == pytest.approx(1 / np.linalg.norm(solved.x), rel=1e-5)
    np.testing.assert_allclose(found.weights, solved.x / np.linalg.norm(solved.x), atol=1e-4)
    assert np.linalg.norm(found.weights) == pytest.approx(1)
    assert (signed @ found.weights).min() == pytest.approx(found.margin)
    assert found.radius == pytest.approx(max(np.linalg.norm(row) for row in with_one(X)))


def test_margin_of_and_by_hand() -> None:
    # The shortest w with a margin of 1 for AND is (2, 2, -3).
    found = largest_margin(INPUTS, np.array(BOOLEAN_FUNCTIONS["and"].outputs))
    assert found.margin == pytest.approx(1 / np.sqrt(17))
    assert found.bound == pytest.approx(3 * 17)


def test_mistakes_never_exceed_the_bound() -> None:
    ratios = []
    for seed in range(200):
        X, y = random_set(seed, gap=1.0 + seed % 3)
        found = largest_margin(X, y)
        if found is None:
            continue
        for rate in (1.0, 0.3):
            training = train_perceptron(X, y, learning_rate=rate, max_epochs=5000)
            assert training.ending == "separated"
            assert training.n_mistakes <= found.bound
            ratios.append(training.n_mistakes / found.bound)
    assert len(ratios) > 100
    assert max(ratios) > 0.1  # the bound is not idle


def test_scale_of_the_samples_changes_nothing_but_the_margin() -> None:
    X, y = random_set(3, gap=2.5)
    tiny = largest_margin(np.column_stack([X, np.zeros(len(X))]), y)
    assert tiny.margin == pytest.approx(largest_margin(X, y).margin)


@pytest.mark.parametrize("bias", [-2.0, -0.5, 0.0, 1.0])
@pytest.mark.parametrize("name", ["and", "or", "xor", "nand", "always_1"])
def test_region_holds_exactly_the_weights_that_solve(name: str, bias: float) -> None:
    y = np.array(BOOLEAN_FUNCTIONS[name].outputs)
    region = solution_region(INPUTS, y, bias, 3.0)
    weights = np.random.default_rng(0).uniform(-3, 3, (4000, 2))
    sums = weights @ INPUTS.T + bias  # (4000, 4)
    solves = (sums * signs(y) > 0).all(axis=1)
    if not solves.any():
        assert len(region) == 0
        return
    sides = [_turn(region[k - 1], region[k], weights) for k in range(len(region))]
    np.testing.assert_array_equal((np.array(sides) > 0).all(axis=0), solves)


def _turn(start: np.ndarray, end: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Positive for points on the left of an edge."""
    along, to = end - start, points - start
    return along[0] * to[:, 1] - along[1] * to[:, 0]


def test_last_weights_of_a_training_lie_in_the_region() -> None:
    y = np.array(BOOLEAN_FUNCTIONS["nand"].outputs)
    w1, w2, bias = train_perceptron(INPUTS, y).weights[-1]
    region = solution_region(INPUTS, y, bias, 5.0)
    here = np.array([[w1, w2]])
    assert all(_turn(region[k - 1], region[k], here)[0] > 0 for k in range(len(region)))


def test_half_plane_keeps_all_nothing_or_a_part() -> None:
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    np.testing.assert_array_equal(half_plane(square, np.array([0, 0, 1.0])), square)
    assert half_plane(square, np.array([1.0, 1.0, -2.0])).shape == (0, 2)
    part = half_plane(square, np.array([1.0, 0.0, -0.25]))
    assert {tuple(corner) for corner in part} == {(0.25, 0), (1, 0), (1, 1), (0.25, 1)}
    assert half_plane(part[:0], np.array([1.0, 0.0, 0.0])).shape == (0, 2)

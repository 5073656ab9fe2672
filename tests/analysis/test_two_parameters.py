"""Losses with two parameters against autograd, SciPy and scikit-learn; minima and their absence."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from annlab.analysis.minimum import Minimum, NoMinimum, find_minimum
from annlab.analysis.two_parameters import TwoParameterLoss
from tests.analysis.two_parameter_cases import CLASSES, PROBLEMS, X, in_torch

POINTS = np.array([[0.3, -0.2], [2.0, 1.0], [-1.5, 0.4]])


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=list(PROBLEMS))
def test_value_gradient_and_hessian_are_those_of_autograd(problem: TwoParameterLoss) -> None:
    values, gradients = problem.value(POINTS), problem.gradient(POINTS)
    for k, point in enumerate(POINTS):
        parameters = torch.tensor(point, requires_grad=True)
        loss = in_torch(problem, parameters)
        loss.backward()
        assert values[k] == pytest.approx(loss.item())
        np.testing.assert_allclose(gradients[k], parameters.grad, atol=1e-12)
        hessian = torch.autograd.functional.hessian(lambda p: in_torch(problem, p), parameters)
        np.testing.assert_allclose(problem.hessian(point), hessian, atol=1e-8)


def test_gradient_of_a_batch_is_that_of_its_samples() -> None:
    problem, rows = PROBLEMS["cross-entropy"], np.array([3, 8, 9])
    alone = TwoParameterLoss(X[rows], CLASSES[rows], "sigmoid", "binary_cross_entropy")
    found = problem.gradient(POINTS[0], rows)
    np.testing.assert_allclose(found, alone.gradient(POINTS[0]))


def test_surface_has_a_row_for_each_bias() -> None:
    problem = PROBLEMS["line"]
    w, b = np.array([0.0, 1.0, 2.0]), np.array([-1.0, 1.0])
    surface = problem.surface(w, b)
    assert surface.shape == (2, 3)
    assert surface[1, 2] == pytest.approx(problem.value(np.array([2.0, 1.0])))


def test_linear_minimum_is_that_of_least_squares() -> None:
    found = find_minimum(PROBLEMS["line"])
    assert isinstance(found, Minimum)
    np.testing.assert_allclose(found.parameters, np.polyfit(X, PROBLEMS["line"].y, 1))


def test_logistic_minimum_is_that_of_scikit_learn() -> None:
    found = find_minimum(PROBLEMS["cross-entropy"])
    assert isinstance(found, Minimum)
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(X[:, None], CLASSES)
    expected = [model.coef_[0, 0], model.intercept_[0]]
    np.testing.assert_allclose(found.parameters, expected, rtol=1e-5)


def test_squared_error_of_a_sigmoid_has_the_lowest_minimum_on_a_grid() -> None:
    problem = PROBLEMS["squared error"]
    found = find_minimum(problem)
    assert isinstance(found, Minimum)
    on_grid = problem.surface(np.linspace(-30, 30, 241), np.linspace(-30, 30, 241))
    assert found.loss <= on_grid.min()
    np.testing.assert_allclose(problem.gradient(found.parameters), 0, atol=1e-9)


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=list(PROBLEMS))
def test_curvatures_are_positive_eigenvalues_of_the_hessian(problem: TwoParameterLoss) -> None:
    found = find_minimum(problem)
    assert isinstance(found, Minimum)
    expected = np.linalg.eigvals(problem.hessian(found.parameters))
    np.testing.assert_allclose(found.curvatures, sorted(expected))
    assert found.curvatures[0] > 0
    assert found.condition == pytest.approx(max(expected) / min(expected))


@pytest.mark.parametrize("loss", ["mse", "binary_cross_entropy"])
@pytest.mark.parametrize("sign", [1, -1])
def test_separable_classes_have_no_minimum(loss: str, sign: int) -> None:
    x = np.array([-2.0, -1.0, 0.5, 0.5, 3.0])  # the classes touch at 0.5
    y = np.array([0.0, 0.0, 0.0, 1.0, 1.0])
    found = find_minimum(TwoParameterLoss(sign * x, y, "sigmoid", loss))
    assert isinstance(found, NoMinimum)
    assert "threshold separates" in found.reason
    mixed = find_minimum(TwoParameterLoss(x, 1 - y[[0, 1, 3, 2, 0]], "sigmoid", loss))
    assert isinstance(mixed, Minimum)


def test_reasons_for_no_minimum() -> None:
    same = find_minimum(TwoParameterLoss(np.ones(4), np.arange(4.0), "linear", "mse"))
    assert isinstance(same, NoMinimum)
    assert "same x" in same.reason
    one = find_minimum(
        TwoParameterLoss(np.arange(4.0), np.ones(4), "sigmoid", "binary_cross_entropy")
    )
    assert isinstance(one, NoMinimum)
    assert "one class" in one.reason


@pytest.mark.parametrize("seed", [0, 2, 5, 6])
def test_squared_error_has_a_minimum_unless_a_step_is_better(seed: int) -> None:
    numbers = np.random.default_rng(seed)
    x = numbers.normal(size=30)
    y = (x + numbers.normal(0, 0.9, 30) > 0).astype(float)
    problem = TwoParameterLoss(x, y, "sigmoid", "mse")
    found = find_minimum(problem)
    grid = np.linspace(-80, 80, 401)
    lowest = problem.surface(grid, grid).min()
    # Very steep curves, through samples and between them.
    at = np.sort(x)
    thresholds = np.concatenate([at, (at[1:] + at[:-1]) / 2])
    steep = [np.column_stack([np.full_like(thresholds, w), -w * thresholds]) for w in (-1e9, 1e9)]
    best_step = problem.value(np.array(steep)).min()
    if seed == 6:
        assert isinstance(found, NoMinimum)
        assert "falls while w grows" in found.reason
        assert best_step < lowest
    else:
        assert isinstance(found, Minimum)
        assert found.loss <= lowest
        assert found.loss < best_step

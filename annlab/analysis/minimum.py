"""Minimum of a loss with two parameters, its curvature, and the case that there is none."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.two_parameters import TwoParameterLoss

Array = NDArray[Any]

# Newton's method: steps at most, size of a gradient that counts as zero, and smallest damping.
_NEWTON_STEPS, _FLAT, _DAMPING = 200, 1e-11, 1e-3
# Slopes of the starts in units of the standardized feature, and how many of the starts are
# followed: the squared error of a sigmoid may have several local minima.
_SLOPES = (0.5, 2.0, 6.0, 20.0, 60.0)
_BEST_STARTS = 12


class Minimum(NamedTuple):
    """Lowest point of a loss.

    Attributes
    ----------
    parameters : ndarray, shape (2,)
        w and b.
    loss : float
    curvatures : ndarray, shape (2,)
        Eigenvalues of the Hessian, ascending. Both are positive.
    """

    parameters: Array
    loss: float
    curvatures: Array

    @property
    def condition(self) -> float:
        """Largest by smallest curvature: 1 for a round bowl, large for a narrow valley."""
        return float(self.curvatures[1] / self.curvatures[0])


class NoMinimum(NamedTuple):
    """Reason why a loss has no single lowest point.

    Attributes
    ----------
    reason : str
        Sentence for display.
    """

    reason: str


def find_minimum(problem: TwoParameterLoss) -> Minimum | NoMinimum:
    """Find the lowest point of a loss with two parameters.

    Linear regression is solved exactly, by least squares. Logistic regression is solved by
    Newton's method. With the squared error, its loss may have several local minima, so the method
    starts at the best of many curves, and the lowest end is compared with the best step function,
    which the curves approach as w grows.

    Parameters
    ----------
    problem : TwoParameterLoss

    Returns
    -------
    Minimum or NoMinimum
        No minimum if all samples have the same x, if a threshold separates two classes, or if no
        curve has as small a squared error as a step function.

    References
    ----------
    Albert & Anderson (1984), On the existence of maximum likelihood estimates in logistic
    regression models.
    """
    x, y = problem.x, problem.y
    if np.ptp(x) == 0:
        return NoMinimum(
            "All samples have the same x, so many lines fit equally well: the lowest points form "
            "a valley."
        )
    if problem.output_activation == "linear":
        A = np.column_stack([x, np.ones_like(x)])
        return _minimum_at(problem, np.linalg.lstsq(A, y)[0])
    if (reason := _endless_descent(x, y)) is not None:
        return NoMinimum(reason)
    mean, spread = x.mean(), x.std()
    standard = TwoParameterLoss((x - mean) / spread, y, problem.output_activation, problem.loss)
    starts = _good_starts(standard) if problem.loss == "mse" else np.zeros((1, 2))
    ends = [end for start in starts if (end := _newton(standard, start)) is not None]
    limit = _best_step(x, y) if problem.loss == "mse" else np.inf
    lowest = min((float(standard.value(end)) for end in ends), default=np.inf)
    if not lowest < limit:
        return NoMinimum(
            "No curve fits as well as a step from one class to the other, so the loss has no "
            "lowest point: it falls while w grows."
        )
    w, b = next(end for end in ends if float(standard.value(end)) == lowest)
    return _minimum_at(problem, np.array([w / spread, b - w * mean / spread]))


def _minimum_at(problem: TwoParameterLoss, parameters: Array) -> Minimum:
    curvatures = np.linalg.eigvalsh(problem.hessian(parameters))
    return Minimum(parameters, float(problem.value(parameters)), curvatures)


def _endless_descent(x: Array, y: Array) -> str | None:
    """Why a logistic regression has no minimum, or None."""
    below, above = x[y == 0], x[y == 1]
    if not len(below) or not len(above):
        return "All samples are of one class, so the loss keeps falling while b grows."
    if below.max() <= above.min() or above.max() <= below.min():
        return (
            "A threshold separates the classes. Every steeper curve fits better, so the loss keeps "
            "falling while w grows: it has no lowest point."
        )
    return None


def _good_starts(problem: TwoParameterLoss) -> Array:
    """Curves of some slopes between any two samples that have the smallest losses, shape (n, 2)."""
    x = np.unique(problem.x)
    thresholds = np.concatenate([x, (x[1:] + x[:-1]) / 2])
    slopes = np.array([sign * slope for slope in _SLOPES for sign in (1, -1)])
    w, threshold = (grid.ravel() for grid in np.meshgrid(slopes, thresholds))
    starts = np.column_stack([w, -w * threshold])
    return starts[np.argsort(problem.value(starts), kind="stable")[:_BEST_STARTS]]


def _best_step(x: Array, y: Array) -> float:
    """Smallest mean squared error of a step function, whose value at its threshold is free."""
    best = np.inf
    for threshold in np.unique(x):
        at = y[x == threshold]
        mixed = float(((at - at.mean()) ** 2).sum())
        wrong = float((y[x < threshold] == 1).sum() + (y[x > threshold] == 0).sum())
        falling = float((x != threshold).sum()) - wrong
        best = min(best, wrong + mixed, falling + mixed)
    return best / len(x)


def _newton(problem: TwoParameterLoss, start: Array) -> Array | None:
    """Damped Newton steps to a local minimum; None if they lead away or to a flat place."""
    parameters, now, damping = start, float(problem.value(start)), _DAMPING
    for _ in range(_NEWTON_STEPS):
        gradient = problem.gradient(parameters)
        curvatures, axes = np.linalg.eigh(problem.hessian(parameters))
        if np.abs(gradient).max() < _FLAT:
            return parameters if curvatures[0] > _FLAT else None
        # Along an axis that curves down, the step follows the gradient.
        step = axes @ ((axes.T @ gradient) / (np.abs(curvatures) + damping))
        after = float(problem.value(parameters - step))
        if after > now:
            damping = 10 * max(damping, _DAMPING)
            if damping > 1 / _FLAT:  # rounding hides any further gain
                return parameters if curvatures[0] > 0 else None
            continue
        parameters, now, damping = parameters - step, after, damping / 10
    return None

"""Linear separability: whether a line, a plane or a hyperplane separates two classes."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Mask = NDArray[np.bool_]
# Weights, shape (n_units,), and bias: ``A @ weights + bias`` is positive on the second side.
Plane = tuple[Array, float]
LinearModel = Literal["output layer", "logistic regression", "linear program"]

# L2 penalty of the logistic regression, summed over the samples: almost none.
PENALTY = 1e-4
# Newton steps at most, and gain in loss per sample that ends them.
_NEWTON_STEPS, _GAIN = 50, 1e-8
# Samples that join the linear program at a time. All 60,000 at once would take minutes.
_AT_ONCE = 500


@dataclass(frozen=True)
class Separability:
    """Whether two groups of samples are linearly separable.

    Attributes
    ----------
    separable : bool
        Whether some weights and bias make ``A @ weights + bias`` negative for all samples of the
        first group and positive for all samples of the second.
    accuracy : float
        Share of samples on the right side of `model`; 1 if separable.
    model : {"output layer", "logistic regression", "linear program"}
        Linear model of `weights` and `bias`. The logistic regression has almost no penalty.
    weights : ndarray, shape (n_units,)
    bias : float
    n_samples : int
        Samples in both groups. The decision is about all of them.
    larger_share : float
        Share of samples in the larger group: the accuracy of always predicting it.
    """

    separable: bool
    accuracy: float
    model: LinearModel
    weights: Array
    bias: float
    n_samples: int
    larger_share: float


def linearly_separable(
    A: Array,
    labels: Array,
    *,
    pair: tuple[int, int] | None = None,
    output: tuple[Array, Array] | None = None,
) -> Separability:
    """Decide whether two classes are linearly separable.

    A linear program has a solution if and only if they are. It starts with the samples that a
    linear model gets wrong, and takes in others until its plane separates all samples, or until
    it has no solution. Margins below about 1e-8 of the spread of the samples count as none.

    Parameters
    ----------
    A : ndarray, shape (n_samples, n_units)
        Features, or activations of a layer.
    labels : ndarray of int, shape (n_samples,)
    pair : (first, second) or None
        Classes to separate; samples of other classes are left out. None: the only two classes.
    output : (weights, biases) or None
        Output layer of the network behind `A`: shapes (n_units, n_outputs) and (n_outputs,), with
        one logit for two classes or one for each class. It is tried first, and its accuracy is
        reported if the classes are not separable. None: a logistic regression.

    Returns
    -------
    Separability
        Of the smaller label, or the first class of the pair, and the other.

    Raises
    ------
    ValueError
        If there is no sample of the classes, or there are more than two classes without a pair.

    References
    ----------
    Mangasarian (1965), Linear and nonlinear separation of patterns by linear programming.
    """
    classes = np.unique(labels)
    if pair is None:
        if len(classes) > 2:
            raise ValueError(f"linearly_separable needs a pair of the {len(classes)} classes")
        pair = (int(classes.min(initial=0)), int(classes.max(initial=1)))
    first, second = pair
    of_pair = (labels == first) | (labels == second)
    if not of_pair.any():
        raise ValueError(f"there are no samples of the classes {first} and {second}")
    plane = None
    if output is not None:
        W, b = output
        plane = W[:, 0], float(b[0])
        if len(b) > 1:
            plane = W[:, second] - W[:, first], float(b[second] - b[first])
    return _decide(A[of_pair], labels[of_pair] == second, plane)


def separable_from_rest(A: Array, labels: Array) -> dict[int, Separability]:
    """Decide for each class whether it is linearly separable from all other samples.

    Parameters
    ----------
    A, labels
        As for `linearly_separable`, with any number of classes.

    Returns
    -------
    dict of int to Separability
        By class, in ascending order. The class is the second group.
    """
    return {int(k): _decide(A, labels == k, None) for k in np.unique(labels)}


def separability_of_classes(
    A: Array, labels: Array, n_classes: int, output: tuple[Array, Array] | None = None
) -> dict[int, Separability]:
    """Decide about all classes.

    Parameters
    ----------
    A, labels, output
        As for `linearly_separable`.
    n_classes : int

    Returns
    -------
    dict of int to Separability
        One entry, 1, for two classes; else one for each class against the rest.
    """
    if n_classes > 2:
        return separable_from_rest(A, labels)
    return {1: linearly_separable(A, labels, pair=(0, 1), output=output)}


def separability_of_label(
    A: Array, labels: Array, k: int, output: tuple[Array, Array] | None = None
) -> Separability:
    """Decide whether the samples with a label are linearly separable from those without.

    Parameters
    ----------
    A, output
        As for `linearly_separable`; the output layer has one logit for each label.
    labels : ndarray of int, shape (n_samples, n_labels)
        1 for each label that a sample has, else 0.
    k : int
        Index of the label.

    Returns
    -------
    Separability
        The samples with the label are the second group.
    """
    of_label = None if output is None else (output[0][:, k : k + 1], output[1][k : k + 1])
    return linearly_separable(A, labels[:, k], pair=(0, 1), output=of_label)


def _decide(A: Array, second: Mask, output: Plane | None) -> Separability:
    """Separability of the samples of the second group from the others."""
    A = A.astype(np.float64)
    share = float(second.mean())

    def result(plane: Plane, model: LinearModel, separable: bool) -> Separability:
        weights, bias = np.asarray(plane[0], float), float(plane[1])
        accuracy = 1.0 if separable else float(((A @ weights + bias >= 0) == second).mean())
        return Separability(
            separable, accuracy, model, weights, bias, len(A), max(share, 1 - share)
        )

    if share in (0, 1):
        return result((np.zeros(A.shape[1]), 2 * share - 1), "linear program", True)
    if output is not None and _separates(output, A, second):
        return result(output, "output layer", True)
    center, varies = A.mean(axis=0), np.ptp(A, axis=0) > 0
    scale = np.where(varies, A.std(axis=0), np.inf)
    X = ((A - center) / scale)[:, varies]

    def in_own_units(plane: Plane) -> Plane:
        weights = np.zeros(A.shape[1])
        weights[varies] = plane[0]
        weights /= scale
        return weights, plane[1] - center @ weights

    start: Plane
    if output is not None:
        start = output[0][varies] * scale[varies], float(center @ output[0] + output[1])
    else:
        start = _logistic_regression(X, second)
        if _separates(start, X, second):
            return result(in_own_units(start), "logistic regression", True)
    found = _separating_plane(X, second, start)
    if found is not None:
        return result(in_own_units(found), "linear program", True)
    if output is not None:
        return result(output, "output layer", False)
    return result(in_own_units(start), "logistic regression", False)


def _margins(plane: Plane, X: Array, second: Mask) -> Array:
    """Value of the plane, negative for samples on its wrong side."""
    return np.where(second, 1.0, -1.0) * (X @ plane[0] + plane[1])


def _separates(plane: Plane, X: Array, second: Mask) -> bool:
    return bool((_margins(plane, X, second) > 0).all())


def _logistic_regression(X: Array, second: Mask) -> Plane:
    """Fit by Newton's method; stop where the plane separates the samples."""
    Z, y = np.column_stack([X, np.ones(len(X))]), second.astype(float)

    def loss(parameters: Array) -> float:
        logits = Z @ parameters
        misfit = np.logaddexp(0, logits).sum() - logits @ y
        return float(misfit + PENALTY * parameters @ parameters / 2)

    parameters, now = np.zeros(Z.shape[1]), len(y) * float(np.log(2))
    for _ in range(_NEWTON_STEPS):
        p = 0.5 + 0.5 * np.tanh(Z @ parameters / 2)  # the sigmoid, without overflow
        gradient = Z.T @ (p - y) + PENALTY * parameters
        curvature = (Z.T * (p * (1 - p))) @ Z + PENALTY * np.eye(Z.shape[1])
        step = np.linalg.solve(curvature, gradient)
        while (after := loss(parameters - step)) > now:
            step /= 2
        gain, now = now - after, after
        parameters = parameters - step
        plane = parameters[:-1], float(parameters[-1])
        if gain < _GAIN * len(y) or _separates(plane, X, second):
            break
    return plane


def _separating_plane(X: Array, second: Mask, start: Plane) -> Plane | None:
    """Plane with the largest margin in the maximum norm over the samples that decide, or None."""
    # Imported late, because its import costs the web process memory.
    from scipy.optimize import linprog

    n, n_units = X.shape
    sides = np.where(second, 1.0, -1.0)[:, None]
    # Minimize the sum of |w| with w = u - v and u, v >= 0, for margins of at least 1.
    rows = sides * np.concatenate([X, -X, np.ones((n, 1))], axis=1)  # (n, 2 * n_units + 1)
    costs = np.append(np.ones(2 * n_units), 0)
    bounds = [(0, None)] * (2 * n_units) + [(None, None)]
    taken, margins = np.zeros(n, bool), _margins(start, X, second)
    while not taken.all():
        others = np.flatnonzero(~taken)
        nearest = others[np.argsort(margins[others], kind="stable")[:_AT_ONCE]]
        taken[nearest] = True
        solved = linprog(costs, -rows[taken], -np.ones(taken.sum()), bounds=bounds, method="highs")
        if solved.status != 0:  # no solution, or none that the program can resolve
            return None
        u, v, bias = np.split(np.asarray(solved.x), [n_units, 2 * n_units])
        found = u - v, float(bias[0])
        margins = _margins(found, X, second)
        if (margins > 0).all():
            return found
    return None  # the margin is too small for the program

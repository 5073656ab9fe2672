"""Samples with one feature, and the losses that a line or a curve through them can have."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.minimum import Minimum, NoMinimum, find_minimum
from annlab.analysis.two_parameters import TwoParameterLoss

Array = NDArray[Any]

N_SAMPLES = 40
_SEED = 2
# Distance of the samples from x = 0 where the feature is not centered.
_SHIFT = 3.0


@dataclass(frozen=True)
class LossChoice:
    """A model with its loss.

    Attributes
    ----------
    label : str
        Display name.
    output_activation, loss : str
        As in `TwoParameterLoss`.
    """

    label: str
    output_activation: str
    loss: str


LOSS_CHOICES: dict[str, LossChoice] = {
    "line": LossChoice("Line, squared error", "linear", "mse"),
    "cross_entropy": LossChoice("Sigmoid, cross-entropy", "sigmoid", "binary_cross_entropy"),
    "squared": LossChoice("Sigmoid, squared error", "sigmoid", "mse"),
}
_OF_CLASSES = ("cross_entropy", "squared", "line")


@dataclass(frozen=True)
class PointSet:
    """Samples with one feature.

    Attributes
    ----------
    label : str
        Display name.
    make : callable
        Random generator to x and y, each of shape (n_samples,).
    losses : tuple of str
        Names in `LOSS_CHOICES`; the first is the default.
    w, b : (float, float)
        Ranges of weight and bias in the picture.
    start : (float, float)
        w and b from which the descent starts at first.
    """

    label: str
    make: Callable[[np.random.Generator], tuple[Array, Array]]
    losses: tuple[str, ...]
    w: tuple[float, float]
    b: tuple[float, float]
    start: tuple[float, float]


def _line(random: np.random.Generator) -> tuple[Array, Array]:
    x = random.normal(size=N_SAMPLES)
    x = (x - x.mean()) / x.std()
    return x, 1.2 * x + 0.5 + random.normal(0, 0.4, N_SAMPLES)


def _shifted_line(random: np.random.Generator) -> tuple[Array, Array]:
    x, y = _line(random)
    return x + _SHIFT, y


def _classes(distance: float, spread: float) -> Callable[..., tuple[Array, Array]]:
    def make(random: np.random.Generator) -> tuple[Array, Array]:
        y = np.repeat([0.0, 1.0], N_SAMPLES // 2)
        return (2 * y - 1) * distance / 2 + random.normal(0, spread, N_SAMPLES), y

    return make


POINT_SETS: dict[str, PointSet] = {
    "line": PointSet("Line, x centered", _line, ("line",), (-2, 4), (-2.5, 3.5), (-1.4, 3)),
    "shifted": PointSet(
        "Line, x around 3", _shifted_line, ("line",), (-1.5, 3.5), (-9, 6), (-1.2, 1.5)
    ),
    "overlapping": PointSet(
        "Two overlapping classes", _classes(2.0, 1.0), _OF_CLASSES, (-3, 6), (-4.5, 4.5), (-2, 3.5)
    ),
    "separable": PointSet(
        "Two separable classes", _classes(3.0, 0.4), _OF_CLASSES, (-3, 12), (-7.5, 7.5), (-2, 5)
    ),
}


@cache
def problem(samples: str, loss: str) -> TwoParameterLoss:
    """Loss of a choice of samples and model, by their names."""
    x, y = POINT_SETS[samples].make(np.random.default_rng(_SEED))
    choice = LOSS_CHOICES[loss]
    # Few digits, so that the browser computes with the very same numbers.
    return TwoParameterLoss(x.round(4), y.round(4), choice.output_activation, choice.loss)


@cache
def minimum(samples: str, loss: str) -> Minimum | NoMinimum:
    """Minimum of a choice of samples and model, by their names."""
    return find_minimum(problem(samples, loss))

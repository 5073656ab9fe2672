"""Samples on which the page runs the perceptron rule."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.config import DatasetConfig
from annlab.nn.boolean_functions import BOOLEAN_FUNCTIONS, INPUTS
from annlab.ui.state.own_access import load_if_ready

Array = NDArray[Any]

# Weights that are sums of multiples of 1/4 are exact, so that a cycle can be recognized.
_EXACT_RATES = (1.0, 0.5)
_QUARTERS, _TENTHS = 4, 10


@dataclass(frozen=True)
class PointSet:
    """Samples of two classes with two features, in a fixed order.

    Attributes
    ----------
    label : str
        Display name.
    class_names, axis_names : tuple of str
    learning_rates : tuple of float
        Rates to choose from; the first is the default.
    function : str
        A name in `BOOLEAN_FUNCTIONS`, for the four inputs of a gate; else empty.
    dataset : DatasetConfig or None
        Data of two classes, without a split.
    per_unit : int
        Features are rounded to multiples of ``1 / per_unit``.
    """

    label: str
    class_names: tuple[str, str] = ("class 0", "class 1")
    axis_names: tuple[str, str] = ("x₁", "x₂")
    learning_rates: tuple[float, ...] = _EXACT_RATES
    function: str = ""
    dataset: DatasetConfig | None = None
    per_unit: int = _QUARTERS

    def load(self) -> tuple[Array, Array] | None:
        """Samples and classes, or None while a worker builds them.

        Raises
        ------
        ValueError
            If the data cannot be built; the message is a sentence for the user.
        """
        if self.dataset is None:
            return INPUTS, np.array(BOOLEAN_FUNCTIONS[self.function].outputs)
        dataset = load_if_ready(self.dataset)
        if dataset is None:
            return None
        X = dataset.X_train.astype(float)
        return np.rint(X * self.per_unit) / self.per_unit, dataset.y_train


def _gate(function: str) -> PointSet:
    return PointSet(
        BOOLEAN_FUNCTIONS[function].label, ("wanted: 0", "wanted: 1"), function=function
    )


def _clouds(label: str, noise: float, seed: int) -> PointSet:
    dataset = DatasetConfig(name="gaussians", n_samples=20, noise=noise, seed=seed)
    return PointSet(label, dataset=dataset)


POINT_SETS: dict[str, PointSet] = {
    "and": _gate("and"),
    "or": _gate("or"),
    "nand": _gate("nand"),
    "xor": _gate("xor"),
    "clouds": _clouds("Two clouds", 0.8, 1),
    "close_clouds": _clouds("Two close clouds", 1.0, 0),
    "overlapping_clouds": _clouds("Overlapping clouds", 0.8, 3),
    "iris": PointSet(
        "Iris petals",
        ("setosa", "versicolor"),
        ("petal length (cm)", "petal width (cm)"),
        learning_rates=(0.1, 1.0),
        dataset=DatasetConfig(name="iris_petals"),
        per_unit=_TENTHS,
    ),
}

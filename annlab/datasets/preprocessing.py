"""Preprocessing: from raw samples to the features of a network, and from outputs to values."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Preprocessing:
    """Scaling of raw samples for a network, and the meaning of its outputs.

    Attributes
    ----------
    factor, shift : ndarray, shape (1, n_features) or (n_networks, n_features)
        Features are ``x * factor + shift``; one row for all networks, or one for each.
    target_mean, target_scale : ndarray, shape (1, n_targets) or (n_networks, n_targets)
        Regression: a value is ``output * target_scale + target_mean``.
    feature_names, class_names : tuple of str
        Names of the raw columns, in order, and of the classes (empty without classes).
    target_name : str
        Name of the predicted quantity; empty for classes, and for several targets.
    target_names : tuple of str
        Names of several predicted quantities, or of labels; empty for one target.
    medians : ndarray, shape (1, n_columns) or (n_networks, n_columns), or None
        Data of one's own: what stands for missing numbers, before the scaling; `feature_names`
        are then the inputs that `annlab.datasets.own.preparation.prepare` makes of the columns.
    """

    factor: NDArray[np.float64]
    shift: NDArray[np.float64]
    target_mean: NDArray[np.float64]
    target_scale: NDArray[np.float64]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    target_name: str = ""
    target_names: tuple[str, ...] = ()
    medians: NDArray[np.float64] | None = None

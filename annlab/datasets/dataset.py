"""What a data set is, before and after it has been made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.tasks import Task, TaskName

Array = NDArray[Any]
Part = Literal["train", "validation", "test", "all"]


def _numbered_features(n_features: int) -> Callable[[], tuple[str, ...]]:
    return lambda: tuple(f"x{i + 1}" for i in range(n_features))


class Range(NamedTuple):
    """The values a number may take, both ends included."""

    low: float
    high: float


UNIT = Range(0.0, 1.0)


@dataclass(frozen=True)
class DatasetSpec:
    """A data set that can be chosen.

    Attributes
    ----------
    name, label : str
        Name in configs and for people.
    task : str
        Name of the task that it poses.
    make : callable
        Takes the names in `defaults` as keywords; returns X of shape (n_samples,
        n_features) and y of shape (n_samples,). It stands on its own, imports included,
        because its source is also printed into exported scripts.
    n_features : int
        Number of columns of X.
    defaults : mapping
        What can be varied, with the published values: of ``n_samples``, ``noise``,
        ``n_classes`` and ``seed``. What is missing here does not apply.
    suggested : mapping
        Fields of a DatasetConfig that a page sets when this data set is chosen.
    noise_meaning : str
        What `noise` does, in a few words.
    noise_range : Range
        The noise that makes sense.
    n_rows : int
        Number of samples, where it cannot be varied (0 otherwise).
    class_names : tuple of str
        Empty for regression; numbered where `n_classes` can be varied.
    feature_names : callable
        Returns the names of the columns of X.
    description, source : str
        One sentence on what is to be seen, and where the definition comes from.
    """

    name: str
    label: str
    task: TaskName
    make: Callable[..., tuple[Array, Array]]
    n_features: int
    description: str
    source: str
    defaults: Mapping[str, Any] = field(default_factory=dict)
    suggested: Mapping[str, Any] = field(default_factory=dict)
    noise_meaning: str = "standard deviation of the jitter added to every point"
    noise_range: Range = UNIT
    n_rows: int = 0
    class_names: tuple[str, ...] = ()
    feature_names: Callable[[], tuple[str, ...]] | None = None

    def names_of_features(self) -> tuple[str, ...]:
        """The names of the columns of X."""
        return (self.feature_names or _numbered_features(self.n_features))()

    def names_of_classes(self, n_classes: int | None) -> tuple[str, ...]:
        """The names of the classes; empty for regression."""
        return self.class_names or tuple(f"class {k}" for k in range(n_classes or 0))


@dataclass(frozen=True)
class Dataset:
    """Points, ready for training: split and scaled.

    Attributes
    ----------
    X_train, X_validation, X_test : ndarray of float32, shape (n, n_features)
        A part that was not asked for has no rows.
    y_train, y_validation, y_test : ndarray, shape (n,)
        Class indices (int64), or float32 values for regression.
    feature_names, class_names : tuple of str
        `class_names` is empty for regression.
    task : Task
        What is to be predicted.
    """

    X_train: NDArray[np.float32]
    y_train: Array
    X_validation: NDArray[np.float32]
    y_validation: Array
    X_test: NDArray[np.float32]
    y_test: Array
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    task: Task

    def part(self, name: Part) -> tuple[NDArray[np.float32], Array]:
        """The points of one part, or of all parts together.

        Returns
        -------
        X : ndarray of float32, shape (n, n_features)
        y : ndarray, shape (n,)

        Raises
        ------
        ValueError
            If there is no part of that name, or it has no points.
        """
        parts = {
            "train": (self.X_train, self.y_train),
            "validation": (self.X_validation, self.y_validation),
            "test": (self.X_test, self.y_test),
        }
        if name == "all":
            X = np.concatenate([part[0] for part in parts.values()])
            return X, np.concatenate([part[1] for part in parts.values()])
        if name not in parts:
            raise ValueError(f"split: must be one of train, validation, test, all; got {name!r}")
        X, y = parts[name]
        if len(X) == 0:
            raise ValueError(
                f"split: this data set has no {name} part; {name}_fraction is 0 "
                "(split='train' scores all the points it was trained on)"
            )
        return X, y

    @property
    def held_out(self) -> Part:
        """The part a result is judged by: the test part where there is one."""
        return "test" if len(self.X_test) else "train"

"""The samples of a data set, split and scaled."""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.nn.tasks import Task, as_columns

Array = NDArray[Any]
Split = Literal["train", "validation", "test", "all"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
# For people.
SPLIT_NAMES: dict[str, str] = {"train": "training", "validation": "validation", "test": "test"}


class Sizes(NamedTuple):
    """How many samples each split has."""

    train: int
    validation: int
    test: int

    @property
    def splits(self) -> tuple[Split, ...]:
        """The splits that have samples."""
        return tuple(split for split, n in zip(SPLITS, self, strict=True) if n)


def scored_split(available: Container[str]) -> Split:
    """The split that a result is judged by: test, else validation, else training.

    Parameters
    ----------
    available : container of str
        Names of the splits that have samples.
    """
    return "test" if "test" in available else watched_split(available)


def watched_split(available: Container[str]) -> Split:
    """The split whose loss may choose: validation, else training; never test.

    It stops trainings early, finds their best epochs, and tells whether they still improve.

    Parameters
    ----------
    available : container of str
        Names of the splits that have samples.
    """
    return "validation" if "validation" in available else "train"


@dataclass(frozen=True)
class Dataset:
    """Samples, ready for training: split and scaled.

    Attributes
    ----------
    X_train, X_validation, X_test : ndarray of float32, shape (n, n_features)
        A split that was not asked for has no rows.
    y_train, y_validation, y_test : ndarray, shape (n,)
        Class indices (int64), or float32 values for regression, in their own unit; of several
        targets, of shape (n, n_targets).
    feature_names, class_names : tuple of str
        `class_names` is empty for regression.
    task : Task
        What is to be predicted.
    target_mean, target_scale : float
        Mean and standard deviation of `y_train` where targets are to be standardized,
        ``(y - target_mean) / target_scale``; 0 and 1 otherwise.
    n_train_samples : int
        Samples that a network learns from; `X_train` may hold fewer of them, for display.
    networks : tuple of Dataset
        What each network of a run sees, where each has its own data; the first of them is this
        one. Empty where all see this one.
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
    target_mean: float = 0.0
    target_scale: float = 1.0
    n_train_samples: int = 0
    networks: tuple["Dataset", ...] = ()

    def __post_init__(self) -> None:
        if not self.n_train_samples:
            object.__setattr__(self, "n_train_samples", len(self.y_train))

    def of(self, network: int) -> "Dataset":
        """What one network of a run sees."""
        return self.networks[network] if self.networks else self

    @property
    def n_samples(self) -> int:
        """Samples of all splits together."""
        return len(self.y_train) + len(self.y_validation) + len(self.y_test)

    def split(self, name: Split) -> tuple[NDArray[np.float32], Array]:
        """The samples of one split, or of all splits together.

        Returns
        -------
        X : ndarray of float32, shape (n, n_features)
        y : ndarray, shape (n,)

        Raises
        ------
        ValueError
            If there is no split of that name, or it has no samples.
        """
        splits = {
            "train": (self.X_train, self.y_train),
            "validation": (self.X_validation, self.y_validation),
            "test": (self.X_test, self.y_test),
        }
        if name == "all":
            X = np.concatenate([X for X, _ in splits.values()])
            return X, np.concatenate([y for _, y in splits.values()])
        if name not in splits:
            raise ValueError(f"split: must be one of train, validation, test, all; got {name!r}")
        X, y = splits[name]
        if len(X) == 0:
            raise ValueError(
                f"split: this data set has no {name} split; {name}_fraction is 0 "
                "(split='train' scores all the samples it was trained on)"
            )
        return X, y

    def targets(self, name: Split) -> Array:
        """The targets of one split, or of all: shape (n, n_targets), whatever `split` gives."""
        return as_columns(self.split(name)[1])

    @property
    def n_bytes(self) -> int:
        """What its samples take in memory."""
        if self.networks:
            return sum(network.n_bytes for network in self.networks)
        X = (self.X_train, self.X_validation, self.X_test)
        return sum(array.nbytes for array in (*X, self.y_train, self.y_validation, self.y_test))

    @property
    def scored_split(self) -> Split:
        """The split that results on these data are judged by."""
        sizes = Sizes(len(self.X_train), len(self.X_validation), len(self.X_test))
        return scored_split(sizes.splits)


@dataclass(frozen=True)
class Preprocessing:
    """How raw samples become what a network sees, and what its outputs mean.

    Attributes
    ----------
    factor, shift : ndarray, shape (1, n_features) or (n_networks, n_features)
        Features are ``x * factor + shift``; one row for all networks, or one for each.
    target_mean, target_scale : ndarray, shape (1,) or (n_networks,)
        Regression: a value is ``output * target_scale + target_mean``.
    feature_names, class_names : tuple of str
        Of the raw columns, in order; of the classes, empty for regression.
    target_name : str
        What is predicted; empty for classes.
    """

    factor: NDArray[np.float64]
    shift: NDArray[np.float64]
    target_mean: NDArray[np.float64]
    target_scale: NDArray[np.float64]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    target_name: str = ""


@dataclass(frozen=True)
class TrainingData:
    """What networks learn from and are watched on, as it is kept in memory.

    Attributes
    ----------
    X : dict of ndarray, shape (n, n_features) or (n_networks, n, n_features)
        By split: "train", and "validation" and "test" where there are such. Float32 features,
        or the bytes of pictures, a quarter as large. With a leading axis each network has its own.
    y : dict of ndarray, shape (n, n_targets) or (n_networks, n, n_targets)
        Class indices, or values in their own unit.
    preprocessing : Preprocessing
        How these were made of raw samples.
    factor, shift : ndarray of float32, shape (n_features,), or None
        Bytes are turned into features by ``byte * factor + shift``; None where that changes
        nothing.
    n_distinct : dict of int
        Different samples in each split, over all networks together.
    """

    X: dict[str, Array]
    y: dict[str, Array]
    preprocessing: Preprocessing
    factor: NDArray[np.float32] | None = None
    shift: NDArray[np.float32] | None = None
    n_distinct: dict[str, int] = field(default_factory=dict)

    @property
    def per_network(self) -> bool:
        """Whether each network has its own."""
        return self.y["train"].ndim == 3

    @property
    def n_samples(self) -> dict[str, int]:
        """Samples of one network in each split."""
        return {split: y.shape[-2] for split, y in self.y.items()}

"""Samples of a data set after splitting and scaling, and the names of splits."""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.nn.tasks import Task, as_columns

Array = NDArray[Any]
Split = Literal["train", "validation", "test", "all"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
# Display names.
SPLIT_NAMES: dict[str, str] = {"train": "training", "validation": "validation", "test": "test"}


class Sizes(NamedTuple):
    """Number of samples in each split."""

    train: int
    validation: int
    test: int

    @property
    def splits(self) -> tuple[Split, ...]:
        """Names of the splits that have samples."""
        return tuple(split for split, n in zip(SPLITS, self, strict=True) if n)


def scored_split(available: Container[str]) -> Split:
    """Name of the split that judges a result: test, else validation, else training.

    Parameters
    ----------
    available : container of str
        Names of the splits that have samples.
    """
    return "test" if "test" in available else watched_split(available)


def watched_split(available: Container[str]) -> Split:
    """Name of the split that may guide training: validation, else training; never test.

    Its loss decides early stopping, the best epoch, and whether a training is still improving.

    Parameters
    ----------
    available : container of str
        Names of the splits that have samples.
    """
    return "validation" if "validation" in available else "train"


@dataclass(frozen=True)
class Dataset:
    """Split and scaled samples, ready for training.

    Attributes
    ----------
    X_train, X_validation, X_test : ndarray of float32, shape (n, n_features)
        Features; a split that the config lacks has no rows.
    y_train, y_validation, y_test : ndarray, shape (n,)
        Class indices (int64), or float32 values for regression, in their own unit. Several
        targets have shape (n, n_targets).
    feature_names, class_names : tuple of str
        `class_names` is empty for regression.
    task : Task
        Prediction task.
    target_mean, target_scale : float
        Mean and standard deviation of `y_train` if training standardizes targets,
        ``(y - target_mean) / target_scale``; 0 and 1 otherwise.
    n_train_samples : int
        Number of samples that a network learns from; for display, `X_train` may hold fewer.
    networks : tuple of Dataset
        Data of each network of a run, if each network has its own data; the first entry equals
        this data set. Empty if all networks share this data set.
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
        """Data of one network of a run."""
        return self.networks[network] if self.networks else self

    @property
    def n_samples(self) -> int:
        """Number of samples in all splits together."""
        return len(self.y_train) + len(self.y_validation) + len(self.y_test)

    def split(self, name: Split) -> tuple[NDArray[np.float32], Array]:
        """Samples of one split, or of all splits together.

        Returns
        -------
        X : ndarray of float32, shape (n, n_features)
        y : ndarray, shape (n,)

        Raises
        ------
        ValueError
            If the name is unknown or the split has no samples.
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
        """Targets of one split, or of all, always of shape (n, n_targets)."""
        return as_columns(self.split(name)[1])

    def encoded_targets(self, name: Split, n_outputs: int) -> NDArray[np.float32]:
        """Ideal outputs of a network for one split, or for all: shape (n, n_outputs)."""
        y = self.targets(name)
        if self.task.scales_target:
            y = (y - self.target_mean) / self.target_scale
        return self.task.encode(y, n_outputs)

    @property
    def n_bytes(self) -> int:
        """Bytes of memory that the samples take."""
        if self.networks:
            return sum(network.n_bytes for network in self.networks)
        X = (self.X_train, self.X_validation, self.X_test)
        return sum(array.nbytes for array in (*X, self.y_train, self.y_validation, self.y_test))

    @property
    def scored_split(self) -> Split:
        """Name of the split that judges results on these data."""
        sizes = Sizes(len(self.X_train), len(self.X_validation), len(self.X_test))
        return scored_split(sizes.splits)


@dataclass(frozen=True)
class Preprocessing:
    """Scaling of raw samples for a network, and the meaning of its outputs.

    Attributes
    ----------
    factor, shift : ndarray, shape (1, n_features) or (n_networks, n_features)
        Features are ``x * factor + shift``; one row for all networks, or one for each.
    target_mean, target_scale : ndarray, shape (1,) or (n_networks,)
        Regression: a value is ``output * target_scale + target_mean``.
    feature_names, class_names : tuple of str
        Names of the raw columns, in order, and of the classes (empty for regression).
    target_name : str
        Name of the predicted quantity; empty for classes.
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
    """Samples of all splits for training, in compact form.

    Attributes
    ----------
    X : dict of ndarray, shape (n, n_features) or (n_networks, n, n_features)
        By split: "train", and "validation" and "test" if they have samples. Float32 features, or
        pixel bytes, which take a quarter of the memory. A leading axis separates networks that
        each have their own samples.
    y : dict of ndarray, shape (n, n_targets) or (n_networks, n, n_targets)
        Class indices, or values in their own unit.
    preprocessing : Preprocessing
        Scaling from raw samples to features.
    factor, shift : ndarray of float32, shape (n_features,), or None
        Bytes become features by ``byte * factor + shift``; None for features that are stored as
        floats, and for a shift of 0.
    n_distinct : dict of int
        Number of different samples in each split, over all networks together.
    """

    X: dict[str, Array]
    y: dict[str, Array]
    preprocessing: Preprocessing
    factor: NDArray[np.float32] | None = None
    shift: NDArray[np.float32] | None = None
    n_distinct: dict[str, int] = field(default_factory=dict)

    @property
    def per_network(self) -> bool:
        """Whether each network has its own samples."""
        return self.y["train"].ndim == 3

    @property
    def n_samples(self) -> dict[str, int]:
        """Number of samples of one network in each split."""
        return {split: y.shape[-2] for split, y in self.y.items()}

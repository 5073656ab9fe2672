"""Samples of a data set after splitting and scaling."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from annlab.datasets.config import DatasetConfig
from annlab.datasets.own import tables
from annlab.datasets.own.arrays import table_of_arrays
from annlab.datasets.own.table import Table
from annlab.datasets.preprocessing import Preprocessing
from annlab.datasets.scaling import facts_of, scaled_arrays
from annlab.datasets.split import RawSplits, raw_splits
from annlab.datasets.split_names import Sizes, Split, scored_split
from annlab.nn.tasks import TASKS, Task, TaskName, as_columns

Array = NDArray[Any]


@dataclass(frozen=True)
class Dataset:
    """Split and scaled samples, ready for training.

    Attributes
    ----------
    X_train, X_validation, X_test : ndarray of float32, shape (n, n_features)
        Features; a split that the config lacks has no rows.
    y_train, y_validation, y_test : ndarray, shape (n,)
        Class indices (int64), 0 or 1 for labels (int64), or float32 values for regression, in
        their own unit. Several targets have shape (n, n_targets).
    feature_names, class_names : tuple of str
        `class_names` is empty without classes.
    target_names : tuple of str
        Names of several targets or labels; empty for one target.
    task : Task
        Prediction task.
    target_mean, target_scale : ndarray, shape (n_targets,)
        Mean and standard deviation of each target in `y_train` if training standardizes targets,
        ``(y - target_mean) / target_scale``; 0 and 1 otherwise.
    n_train_samples : int
        Number of samples that a network learns from; for display, `X_train` may hold fewer.
    config : DatasetConfig or None
        Settings of the data set; None for data that another process loaded.
    table : Table or None
        Unsplit samples of `from_arrays`.
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
    target_mean: NDArray[np.float64] = field(default_factory=lambda: np.zeros(1))
    target_scale: NDArray[np.float64] = field(default_factory=lambda: np.ones(1))
    target_names: tuple[str, ...] = ()
    n_train_samples: int = 0
    config: DatasetConfig | None = None
    table: Table | None = None
    networks: tuple["Dataset", ...] = ()

    def __post_init__(self) -> None:
        if not self.n_train_samples:
            object.__setattr__(self, "n_train_samples", len(self.y_train))

    @classmethod
    def from_arrays(
        cls,
        X: ArrayLike,
        y: ArrayLike,
        *,
        feature_names: Sequence[str] | None = None,
        class_names: Sequence[str] | None = None,
        target_name: str | Sequence[str] = "",
        groups: ArrayLike | None = None,
        title: str = "",
        task: TaskName | None = None,
        **settings: Any,
    ) -> "Dataset":
        """Make a data set of arrays.

        Parameters
        ----------
        X : array-like, shape (n_samples, n_features) or (n_samples,)
            Finite numbers.
        y : array-like, shape (n_samples,) or (n_samples, n_targets)
            Class labels, or finite values for regression; several columns are several targets:
            labels if they hold only 0 and 1 or booleans, else values.
        feature_names, class_names, target_name, groups, title, task
            As in `annlab.datasets.own.arrays.table_of_arrays`.
        **settings
            Fields of a DatasetConfig, such as ``test_fraction`` and ``scaling``.

        Returns
        -------
        Dataset
            Its `config` goes into a RunConfig, and it itself to ``train(config, dataset=…)``.

        Raises
        ------
        ValueError
            If the arrays do not fit each other or the task, hold NaN or infinity, or a target is
            constant.

        Examples
        --------
        >>> data = Dataset.from_arrays([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
        >>> data.config.spec.task
        'binary'
        """
        table = table_of_arrays(
            X,
            y,
            feature_names=feature_names,
            class_names=class_names,
            target_name=target_name,
            groups=groups,
            title=title,
            task=task,
        )
        tables.provide(table)
        config = DatasetConfig(own=table.own, **settings)
        dataset = scaled_dataset(config, raw_splits(config))
        return replace(dataset, table=table)

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
    def constant_prediction(self) -> Array:
        """Best prediction without features, by the training split: shape (n_targets,)."""
        return self.task.constant(as_columns(self.y_train))

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


def scaled_dataset(config: DatasetConfig, splits: RawSplits, step: int = 1) -> Dataset:
    """Scale the splits of a data set; the training split keeps every `step`-th sample."""
    arrays = scaled_arrays(config, splits, step)
    return read_only_dataset(
        arrays, facts_of(config, splits) | {"config": config}, config.spec.task
    )


def read_only_dataset(arrays: dict[str, NDArray[Any]], facts: dict[str, Any], task: str) -> Dataset:
    """Build a `Dataset` with read-only arrays from arrays and facts by name."""
    for array in arrays.values():
        array.setflags(write=False)
    fields: dict[str, Any] = {**arrays, **facts}
    return Dataset(**fields, task=TASKS[task])

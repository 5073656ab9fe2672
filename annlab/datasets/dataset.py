"""What a data set is, before and after it has been made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.nn.tasks import Task, TaskName
from annlab.validation import Range

Array = NDArray[Any]
Split = Literal["train", "validation", "test", "all"]


def _numbered_features(n_features: int) -> Callable[[], tuple[str, ...]]:
    return lambda: tuple(f"x{i + 1}" for i in range(n_features))


UNIT = Range(0.0, 1.0)


class Sizes(NamedTuple):
    """How many samples each split has."""

    train: int
    validation: int
    test: int


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
        n_features) and y of shape (n_samples,), and the same two of the test part where
        there is one of its own. It stands on its own but for `helpers`, imports included,
        because its source is also printed into exported scripts.
    n_features : int
        Number of columns of X.
    defaults : mapping
        What can be varied, with the published values: of ``n_samples``, ``noise``,
        ``n_classes``, ``function``, ``gap``, ``outliers`` and ``seed``. What is missing here
        does not apply.
    suggested : mapping
        Fields of a DatasetConfig that a page sets when this data set is chosen.
    noise_meaning : str
        What `noise` does, in a few words.
    noise_range : Range
        The noise that makes sense.
    n_rows : int
        Number of samples, where it cannot be varied (0 otherwise).
    n_test_rows : int
        Number of samples beside these in a test part of its own (0: there is none).
    class_names : tuple of str
        Empty for regression; numbered where `n_classes` can be varied.
    feature_names : callable
        Returns the names of the columns of X.
    target_name : str
        What y is, with its unit; empty for classes.
    image_shape : tuple of int or None
        Rows and columns of the picture that a row of X is.
    max_pixel_value : int
        Pixel value that maps to 1.0 (255 for byte images); 0 if `make` returns numbers.
    lookups : mapping of str to mapping
        For settings that name a function: the functions by name. `make` takes the function.
    helpers : tuple of callable
        Functions that `make` calls; each stands on its own like it.
    missing_message : str
        Error message for people if the files are missing and cannot be downloaded.
    only_noise_is_random : bool
        Whether another seed moves nothing but the noise (and the order), so that without noise
        all samples are the same.
    equal_classes : bool
        Whether all classes have as many samples, so that `n_samples` is rounded down to a
        multiple of their number.
    files_digest : callable or None
        Returns a hash of the files that `make` reads, where others may lie in their place.
    description, source : str
        One sentence on what is to be seen, and where the definition comes from.
    """

    name: str
    label: str
    task: TaskName
    make: Callable[..., tuple[Array, ...]]
    n_features: int
    description: str
    source: str
    defaults: Mapping[str, Any] = field(default_factory=dict)
    suggested: Mapping[str, Any] = field(default_factory=dict)
    noise_meaning: str = "standard deviation of the jitter added to every point"
    noise_range: Range = UNIT
    n_rows: int = 0
    n_test_rows: int = 0
    class_names: tuple[str, ...] = ()
    feature_names: Callable[[], tuple[str, ...]] | None = None
    target_name: str = ""
    image_shape: tuple[int, int] | None = None
    max_pixel_value: int = 0
    lookups: Mapping[str, Mapping[str, Callable[..., Any]]] = field(default_factory=dict)
    helpers: tuple[Callable[..., Any], ...] = ()
    missing_message: str = ""
    only_noise_is_random: bool = False
    equal_classes: bool = False
    files_digest: Callable[[], str] | None = None

    def arguments(self, config: Any) -> dict[str, Any]:
        """What `make` is called with, by name, from a DatasetConfig."""
        values = {name: getattr(config, name) for name in self.defaults}
        return values | {name: known[values[name]] for name, known in self.lookups.items()}

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
        Class indices (int64), or float32 values for regression, in their own unit.
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
        """Points of all parts together."""
        return len(self.y_train) + len(self.y_validation) + len(self.y_test)

    def split(self, name: Split) -> tuple[NDArray[np.float32], Array]:
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
                f"split: this data set has no {name} split; {name}_fraction is 0 "
                "(split='train' scores all the samples it was trained on)"
            )
        return X, y

    @property
    def n_bytes(self) -> int:
        """What its points take in memory."""
        if self.networks:
            return sum(network.n_bytes for network in self.networks)
        X = (self.X_train, self.X_validation, self.X_test)
        return sum(array.nbytes for array in (*X, self.y_train, self.y_validation, self.y_test))

    @property
    def held_out(self) -> Split:
        """The split a result is judged by: test where there is one, else validation, else train."""
        return "test" if len(self.X_test) else "validation" if len(self.X_validation) else "train"


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
    y : dict of ndarray, shape (n,) or (n_networks, n)
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
        return self.y["train"].ndim == 2

    @property
    def n_samples(self) -> dict[str, int]:
        """Samples of one network in each split."""
        return {split: y.shape[-1] for split, y in self.y.items()}

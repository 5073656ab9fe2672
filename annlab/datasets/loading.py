"""From a config to points: make, split, scale."""

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from annlab import tensorfile
from annlab.datasets.dataset import Array, Dataset, TrainingPoints
from annlab.tasks import TASKS

if TYPE_CHECKING:
    from annlab.config import DatasetConfig

Points = tuple[Array, Array]  # X and y

_ARRAYS = ("X_train", "y_train", "X_validation", "y_validation", "X_test", "y_test")
_FACTS = ("feature_names", "class_names", "target_mean", "target_scale")
# By which the bytes of pictures become features, in a file.
_TO_NUMBERS = ("factor", "shift")
# Features stay as they were made in these; all others become float64.
_KEPT = (np.uint8, np.float32)
# Of a data set with more numbers than this, a process keeps one variant only.
_LARGE = 10_000_000
_NUMBERS_AT_ONCE = 4_000_000
# Of the features of the training part.
MAX_NUMBERS_SHOWN = 2_000_000


@lru_cache(maxsize=8)
def load_dataset(config: "DatasetConfig") -> Dataset:
    """Make or read the points that a config describes, split them and scale them.

    The split is stratified for classification; the scalings of features and targets are
    fitted on the training part alone. The same config always gives the same arrays, which
    are read-only.

    Parameters
    ----------
    config : DatasetConfig
        Which points, how split, how scaled.

    Returns
    -------
    Dataset
        Float32 features; int64 class indices or float32 values as targets, unscaled.

    Raises
    ------
    ValueError
        If a class has too few points to stand in every part of the split, or the files of
        the data set are neither here nor to be had.
    """
    if config.spec.n_rows * config.spec.n_features > _LARGE:
        load_dataset.cache_clear()
    return _load(config)


def load_for_display(config: "DatasetConfig", max_numbers: int = MAX_NUMBERS_SHOWN) -> Dataset:
    """The data set of a config with fewer training points, where there are very many numbers.

    Parameters
    ----------
    config : DatasetConfig
        Which points, how split, how scaled.
    max_numbers : int
        The largest size of `X_train`; above it, every k-th point stands for all. The other
        parts are whole.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        As `load_dataset`.
    """
    step = _step(config, max_numbers)
    return load_dataset(config) if step <= 1 else _load(config, step)


def _step(config: "DatasetConfig", max_numbers: int) -> int:
    """Of how many training points one is displayed."""
    most = max(1, max_numbers // config.spec.n_features)
    n_train = len(_split(config).points["train"][0])
    return -(-n_train // most)


def load_for_training(config: "DatasetConfig") -> TrainingPoints:
    """The points of a config that networks learn from; pictures stay in bytes.

    Parameters
    ----------
    config : DatasetConfig
        Which points, how split, how scaled.

    Returns
    -------
    TrainingPoints

    Raises
    ------
    ValueError
        As `load_dataset`.
    """
    if not config.spec.white:
        return TrainingPoints.of(load_dataset(config))
    split = _split(config)
    factor, shift = _factor_and_shift(config, split)
    X_train, y_train = split.points["train"]
    X_validation, y_validation = split.points["validation"]
    return TrainingPoints(
        X_train,
        y_train,
        X_validation,
        y_validation,
        class_names=config.class_names,
        factor=factor,
        shift=shift if shift.any() else None,
    )


def _factor_and_shift(config: "DatasetConfig", split: "_Split") -> tuple[Array, Array]:
    """By which the bytes of pictures become features."""
    # Scaling is linear: where it takes 0 and 1 says all.
    ends = np.repeat([[0.0], [1.0]], config.spec.n_features, axis=1)
    zero, one = ends if split.scaler is None else split.scaler.transform(ends)
    return ((one - zero) / config.spec.white).astype(np.float32), zero.astype(np.float32)


def forget_datasets() -> None:
    """Forget what has been loaded: files are read again."""
    load_dataset.cache_clear()
    _split.cache_clear()


@dataclass(frozen=True)
class _Split:
    """A data set that is split and not yet scaled, and how it is to be scaled.

    Attributes
    ----------
    points : dict of (X, y)
        By part. Features are float32 or float64, or bytes of pictures.
    scaler : object or None
        Of scikit-learn, fitted to the training part.
    """

    points: dict[str, Points]
    scaler: Any


@lru_cache(maxsize=1)
def _split(config: "DatasetConfig") -> _Split:
    points = _parts(config)
    return _Split(points, _fitted_scaler(config, points["train"][0]))


def _load(config: "DatasetConfig", step: int = 1) -> Dataset:
    """The data set with every so many-th point of its training part."""
    split, spec = _split(config), config.spec
    arrays = {}
    for part, (X, y) in _every(step, split).items():
        X = _numbers(X, spec.white)
        # scikit-learn's scalers refuse an array without rows: a part that was not asked for.
        if split.scaler is not None and len(X):
            X = split.scaler.transform(X)
        # Copied where nothing was done: what is kept unscaled is not to keep more in memory.
        arrays[f"X_{part}"] = X.astype(np.float32, copy=X.base is not None)
        arrays[f"y_{part}"] = y.copy()
    return _dataset(arrays, _facts(config, split), spec.task)


def _every(step: int, split: _Split) -> dict[str, Points]:
    """The points by part, of the training part every so many-th."""
    X, y = split.points["train"]
    return {**split.points, "train": (X[::step], y[::step])}


def _facts(config: "DatasetConfig", split: _Split) -> dict[str, Any]:
    """What a `Dataset` says of its points."""
    facts: dict[str, Any] = {
        "feature_names": config.spec.names_of_features(),
        "class_names": config.class_names,
    }
    if config.target_scaling == "standard":
        y_train = split.points["train"][1].astype(np.float64)
        # A constant target stays as it is, but for its mean.
        facts |= {"target_mean": float(y_train.mean()), "target_scale": float(y_train.std()) or 1.0}
    return facts


def _numbers(X: Array, white: int) -> Array:
    """Features as numbers, where they are bytes."""
    if X.dtype != np.uint8:
        return X
    numbers = X.astype(np.float32)
    numbers /= white
    return numbers


def _parts(config: "DatasetConfig") -> dict[str, Points]:
    """The points by part, not yet scaled."""
    spec = config.spec
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Retry downloading")
            made = spec.make(**spec.arguments(config))
    except OSError:
        if not spec.if_missing:
            raise
        raise ValueError(spec.if_missing) from None
    y_type = np.float32 if spec.task == "regression" else np.int64
    points = [
        (X if X.dtype in _KEPT else X.astype(np.float64, copy=False), y.astype(y_type))
        for X, y in zip(made[::2], made[1::2], strict=True)
    ]
    if spec.n_test_rows:
        rest, test = points
    else:
        rest, test = _keep_back(*points[0], config.test_fraction, config)
    train, validation = _keep_back(*rest, config.validation_fraction, config)
    return {"train": train, "validation": validation, "test": test}


def _keep_back(
    X: Array, y: Array, fraction: float, config: "DatasetConfig"
) -> tuple[Points, Points]:
    """Keep a share of the points back; all of them stay where the share is 0."""
    if fraction == 0:
        return (X, y), (X[:0], y[:0])
    from sklearn.model_selection import train_test_split

    stratify = None if config.spec.task == "regression" else y
    try:
        X_rest, X_kept, y_rest, y_kept = train_test_split(
            X, y, test_size=fraction, random_state=config.split_seed, stratify=stratify
        )
    except ValueError as error:
        raise ValueError(
            f"{len(X)} points are too few to keep {fraction:.0%} of every class back: "
            "use more samples or another fraction"
        ) from error
    return (X_rest, y_rest), (X_kept, y_kept)


def _fitted_scaler(config: "DatasetConfig", X_train: Array) -> Any:
    """A scaler of scikit-learn that has seen the training part; None where nothing is scaled."""
    if config.scaling == "none":
        return None
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    scaler = {"minmax": MinMaxScaler, "standard": StandardScaler}[config.scaling]()
    # In pieces: while it learns, scikit-learn holds float64 copies of what it is given.
    rows = max(1, _NUMBERS_AT_ONCE // X_train.shape[1])
    for start in range(0, len(X_train), rows):
        scaler.partial_fit(_numbers(X_train[start : start + rows], config.spec.white))
    return scaler


def _dataset(arrays: dict[str, NDArray[Any]], facts: dict[str, Any], task: str) -> Dataset:
    for array in arrays.values():
        array.setflags(write=False)
    fields: dict[str, Any] = {**arrays, **facts}
    return Dataset(**fields, task=TASKS[task])


def dataset_to_bytes(dataset: Dataset) -> bytes:
    """A data set as one safetensors file, for a process that did not make it."""
    return tensorfile.dump(
        {name: getattr(dataset, name) for name in _ARRAYS},
        {name: getattr(dataset, name) for name in _FACTS} | {"task": dataset.task.name},
        kind="dataset",
    )


def bytes_for_display(config: "DatasetConfig", max_numbers: int = MAX_NUMBERS_SHOWN) -> bytes:
    """What `load_for_display` gives, for a process that did not make it.

    Pictures travel, and are kept, as bytes: a quarter as large as numbers. They become numbers
    as they do in a training, to the last bit.

    Parameters
    ----------
    config, max_numbers
        As those of `load_for_display`.

    Returns
    -------
    bytes
        A safetensors file, as `dataset_from_bytes` reads it.

    Raises
    ------
    ValueError
        As `load_dataset`.
    """
    if not config.spec.white:
        return dataset_to_bytes(load_for_display(config, max_numbers))
    split = _split(config)
    arrays = dict(zip(_TO_NUMBERS, _factor_and_shift(config, split), strict=True))
    for part, (X, y) in _every(_step(config, max_numbers), split).items():
        arrays |= {f"X_{part}": X, f"y_{part}": y}
    facts = _facts(config, split) | {"task": config.spec.task}
    return tensorfile.dump(arrays, facts, kind="dataset")


def dataset_from_bytes(data: bytes) -> Dataset:
    """The data set that `dataset_to_bytes` or `bytes_for_display` wrote.

    Raises
    ------
    annlab.tensorfile.TensorFileError
        If these are not the bytes of a data set.
    """
    arrays, facts = tensorfile.load(data, kind="dataset")
    try:
        task = facts.pop("task")
        names = {name: tuple(facts[name]) for name in ("feature_names", "class_names")}
        if set(_TO_NUMBERS) <= set(arrays):
            factor, shift = (arrays.pop(name) for name in _TO_NUMBERS)
            for name in ("X_train", "X_validation", "X_test"):
                numbers = arrays[name].astype(np.float32)
                numbers *= factor
                numbers += shift
                arrays[name] = numbers
        return _dataset(arrays, facts | names, task)
    except (KeyError, TypeError, ValueError) as error:
        raise tensorfile.TensorFileError(
            "These points were saved by another version of annlab."
        ) from error

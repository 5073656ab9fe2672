"""From a config to points: make, split, scale."""

import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from annlab import tensorfile
from annlab.datasets.dataset import Array, Dataset
from annlab.tasks import TASKS

if TYPE_CHECKING:
    from annlab.config import DatasetConfig

Points = tuple[Array, Array]  # X and y

_ARRAYS = ("X_train", "y_train", "X_validation", "y_validation", "X_test", "y_test")
_FACTS = ("feature_names", "class_names", "target_mean", "target_scale")
# Of a data set with more numbers than this, a process keeps one variant only.
_LARGE = 10_000_000
_NUMBERS_AT_ONCE = 4_000_000


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
    spec = config.spec
    if spec.n_rows * spec.n_features > _LARGE:
        load_dataset.cache_clear()
    parts = _parts(config)
    scale = _fitted_scaler(config.scaling, parts["train"][0])
    facts: dict[str, Any] = {
        "feature_names": spec.names_of_features(),
        "class_names": config.class_names,
    }
    if config.target_scaling == "standard":
        y_train = parts["train"][1].astype(np.float64)
        # A constant target stays as it is, but for its mean.
        facts |= {"target_mean": float(y_train.mean()), "target_scale": float(y_train.std()) or 1.0}
    arrays = {}
    for part in tuple(parts):
        features, arrays[f"y_{part}"] = parts.pop(part)
        arrays[f"X_{part}"] = scale(features).astype(np.float32, copy=False)
    return _dataset(arrays, facts, spec.task)


def _parts(config: "DatasetConfig") -> dict[str, Points]:
    """The points by part, not yet scaled: in float32 if they were made so, else in float64."""
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
        (X if X.dtype == np.float32 else X.astype(np.float64, copy=False), y.astype(y_type))
        for X, y in zip(made[::2], made[1::2], strict=True)
    ]
    if spec.n_test_rows:
        rest, test = points
    else:
        rest, test = _split(*points[0], config.test_fraction, config)
    train, validation = _split(*rest, config.validation_fraction, config)
    return {"train": train, "validation": validation, "test": test}


def _split(X: Array, y: Array, fraction: float, config: "DatasetConfig") -> tuple[Points, Points]:
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


def _fitted_scaler(scaling: str, X_train: Array) -> Callable[[Array], Array]:
    """A function that scales features as learned from the training part."""
    if scaling == "none":
        return lambda X: X
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    scaler = {"minmax": MinMaxScaler, "standard": StandardScaler}[scaling]()
    # In pieces: while it learns, scikit-learn holds float64 copies of what it is given.
    rows = max(1, _NUMBERS_AT_ONCE // X_train.shape[1])
    for start in range(0, len(X_train), rows):
        scaler.partial_fit(X_train[start : start + rows])
    # scikit-learn's scalers refuse an array without rows: a part that was not asked for.
    return lambda X: scaler.transform(X) if len(X) else X


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


def dataset_from_bytes(data: bytes) -> Dataset:
    """The data set that `dataset_to_bytes` wrote.

    Raises
    ------
    annlab.tensorfile.TensorFileError
        If these are not the bytes of a data set.
    """
    arrays, facts = tensorfile.load(data, kind="dataset")
    task = facts.pop("task")
    names = {name: tuple(facts[name]) for name in ("feature_names", "class_names")}
    return _dataset(arrays, facts | names, task)

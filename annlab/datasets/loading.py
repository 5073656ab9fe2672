"""From a config to points: make, split, scale."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from annlab import tensorfile
from annlab.datasets.dataset import Array, Dataset
from annlab.tasks import TASKS

if TYPE_CHECKING:
    from annlab.config import DatasetConfig

_ARRAYS = ("X_train", "y_train", "X_validation", "y_validation", "X_test", "y_test")


@lru_cache(maxsize=8)
def load_dataset(config: "DatasetConfig") -> Dataset:
    """Make or read the points that a config describes, split them and scale them.

    The split is stratified for classification; the scaling is fitted on the training part
    alone. The same config always gives the same arrays, which are read-only.

    Parameters
    ----------
    config : DatasetConfig
        Which points, how split, how scaled.

    Returns
    -------
    Dataset
        Float32 features; int64 class indices or float32 values as targets.

    Raises
    ------
    ValueError
        If a class has too few points to stand in every part of the split.
    """
    spec = config.spec
    made = spec.make(**{name: getattr(config, name) for name in spec.defaults})
    X, y = np.asarray(made[0], dtype=np.float64), np.asarray(made[1])
    y = y.astype(np.float32 if spec.task == "regression" else np.int64)
    rest, test = _split(X, y, config.test_fraction, config)
    train, validation = _split(*rest, config.validation_fraction, config)
    scale = _fitted_scaler(config.scaling, train[0])
    arrays = {}
    for part, (features, target) in {
        "train": train,
        "validation": validation,
        "test": test,
    }.items():
        arrays[f"X_{part}"] = scale(features).astype(np.float32)
        arrays[f"y_{part}"] = target
    return _dataset(arrays, spec.names_of_features(), config.class_names, spec.task)


def _split(
    X: Array, y: Array, fraction: float, config: "DatasetConfig"
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
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


def _fitted_scaler(scaling: str, X_train: Array) -> Any:
    """A function that scales features as learned from the training part."""
    if scaling == "none":
        return lambda X: X
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    scaler = {"minmax": MinMaxScaler, "standard": StandardScaler}[scaling]().fit(X_train)
    # scikit-learn's scalers refuse an array without rows: a part that was not asked for.
    return lambda X: scaler.transform(X) if len(X) else X


def _dataset(
    arrays: dict[str, NDArray[Any]],
    feature_names: tuple[str, ...],
    class_names: tuple[str, ...],
    task: str,
) -> Dataset:
    for array in arrays.values():
        array.setflags(write=False)
    return Dataset(**arrays, feature_names=feature_names, class_names=class_names, task=TASKS[task])


def dataset_to_bytes(dataset: Dataset) -> bytes:
    """A data set as one safetensors file, for a process that did not make it."""
    return tensorfile.dump(
        {name: getattr(dataset, name) for name in _ARRAYS},
        {
            "feature_names": dataset.feature_names,
            "class_names": dataset.class_names,
            "task": dataset.task.name,
        },
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
    names = (tuple(facts["feature_names"]), tuple(facts["class_names"]))
    return _dataset(arrays, *names, facts["task"])

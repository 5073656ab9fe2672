"""Scaling of features and targets, from raw splits to arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from annlab.datasets.config import DatasetConfig
from annlab.datasets.preprocessing import Preprocessing
from annlab.datasets.spec import Array
from annlab.datasets.split import RawSplits, as_numbers
from annlab.nn.tasks import as_columns


def scaled_arrays(config: DatasetConfig, splits: RawSplits, step: int = 1) -> dict[str, Array]:
    """Scale the splits of a data set; the training split keeps every `step`-th sample."""
    spec = config.spec
    arrays = {}
    for split, (X, y) in splits.every(step).items():
        X = as_numbers(X, spec.max_pixel_value)
        # scikit-learn's scalers reject an empty split.
        if splits.scaler is not None and len(X):
            X = splits.scaler.transform(X)
        # Copied where nothing was done: what is kept unscaled is not to keep more in memory.
        arrays[f"X_{split}"] = X.astype(np.float32, copy=X.base is not None)
        arrays[f"y_{split}"] = y.copy()
    return arrays


def facts_of(config: DatasetConfig, splits: RawSplits) -> dict[str, Any]:
    """Fields of a `Dataset` other than its arrays."""
    mean, scale = target_scale(config, splits)
    return {
        "feature_names": config.spec.names_of_features(),
        "class_names": config.class_names,
        "target_names": config.spec.target_names,
        "n_train_samples": len(splits.samples["train"][1]),
        "target_mean": mean,
        "target_scale": scale,
    }


def target_scale(config: DatasetConfig, splits: RawSplits) -> tuple[Array, Array]:
    """Mean and standard deviation of each training target, shape (n_targets,).

    They are 0 and 1 without target scaling.
    """
    if config.target_scaling == "none":
        n = config.spec.n_targets
        return np.zeros(n), np.ones(n)
    # One target after the other, because NumPy adds the rows of a table in another order.
    columns = as_columns(splits.samples["train"][1]).astype(np.float64).T.copy()
    scale = np.array([column.std() for column in columns])
    # The scale of a constant target is 1, because its standard deviation of 0 cannot divide.
    scale[scale == 0] = 1.0
    return np.array([column.mean() for column in columns]), scale


def scaled_ends(config: DatasetConfig, splits: RawSplits) -> tuple[Array, Array]:
    """Scaled values of 0 and 1 in each feature, which determine the linear scaling."""
    zero, one = np.repeat([[0.0], [1.0]], config.spec.n_features, axis=1)
    if splits.scaler is not None:
        zero, one = splits.scaler.transform(np.stack([zero, one]))
    return zero, one


def pixel_scale(config: DatasetConfig, splits: RawSplits) -> tuple[Array, Array]:
    """Factor and shift that turn stored pixel bytes into features, each (n_features,)."""
    zero, one = scaled_ends(config, splits)
    factor = (one - zero) / config.spec.max_pixel_value
    return factor.astype(np.float32), zero.astype(np.float32)


def preprocessing_of(
    config: DatasetConfig,
    ends: Sequence[tuple[Array, Array]],
    targets: Sequence[tuple[Array, Array]],
    medians: Sequence[Array | None] = (),
) -> Preprocessing:
    """Describe the scaling from raw samples to features and from outputs to values.

    Parameters
    ----------
    config : DatasetConfig
    ends, targets : sequence of tuple
        `scaled_ends` and `target_scale` of each network's data, or one entry for shared data.
    medians : sequence of ndarray
        `RawSplits.medians`, in the same way.
    """
    found = [own for own in medians if own is not None]
    return Preprocessing(
        # The largest pixel byte maps to 1.
        factor=np.array([one - zero for zero, one in ends]) / (config.spec.max_pixel_value or 1),
        shift=np.array([zero for zero, _ in ends]),
        target_mean=np.array([mean for mean, _ in targets]),
        target_scale=np.array([scale for _, scale in targets]),
        feature_names=config.spec.names_of_features(),
        class_names=config.class_names,
        target_name=config.spec.target_name,
        target_names=config.spec.target_names,
        medians=np.stack(found) if found else None,
    )

"""Serialize data sets as safetensors files, to send them between processes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab import tensor_file
from annlab.datasets.config import DataOfNetworks, DatasetConfig
from annlab.datasets.dataset import Dataset, read_only_dataset
from annlab.datasets.load import (
    MAX_NUMBERS_SHOWN,
    data_of,
    display_step,
    load_for_display,
    together,
)
from annlab.datasets.scaling import facts_of, pixel_scale
from annlab.datasets.split import raw_splits

_ARRAYS = ("X_train", "y_train", "X_validation", "y_validation", "X_test", "y_test")
_NAMES = ("feature_names", "class_names", "target_names")
# As lists of numbers; they differ between networks with their own data, as the arrays do.
_SCALES = ("target_mean", "target_scale")
_FACTS = (*_NAMES, "n_train_samples")
# Scale and offset that turn stored pixel bytes into float features.
_TO_NUMBERS = ("factor", "shift")


def dataset_to_bytes(dataset: Dataset) -> bytes:
    """Serialize a data set as one safetensors file."""
    arrays = {name: getattr(dataset, name) for name in _ARRAYS}
    facts = {name: getattr(dataset, name) for name in _FACTS} | _scales_of(dataset)
    facts["task"] = dataset.task.name
    if dataset.networks:
        arrays = {
            name: np.stack([getattr(network, name) for network in dataset.networks])
            for name in _ARRAYS
        }
        facts["networks"] = [_scales_of(network) for network in dataset.networks]
    return tensor_file.dump(arrays, facts, kind="dataset")


def _scales_of(dataset: Dataset) -> dict[str, list[float]]:
    return {name: getattr(dataset, name).tolist() for name in _SCALES}


def _read_scales(facts: dict[str, Any]) -> dict[str, NDArray[np.float64]]:
    # Earlier versions wrote one number for each.
    return {name: np.atleast_1d(np.array(facts[name], np.float64)) for name in _SCALES}


def bytes_for_display(
    config: DatasetConfig | DataOfNetworks, max_numbers: int = MAX_NUMBERS_SHOWN
) -> bytes:
    """Serialize the data set of `load_for_display` as one safetensors file.

    Images stay pixel bytes, a quarter of the size of floats. Reading converts the bytes to the
    same floats as training does, bit for bit.

    Parameters
    ----------
    config, max_numbers
        As in `load_for_display`.

    Returns
    -------
    bytes
        File for `dataset_from_bytes`.

    Raises
    ------
    ValueError
        As in `load_dataset`.
    """
    data, _ = data_of(config)
    if not data.spec.max_pixel_value:
        return dataset_to_bytes(load_for_display(config, max_numbers))
    splits = raw_splits(data)
    arrays = dict(zip(_TO_NUMBERS, pixel_scale(data, splits), strict=True))
    for split, (X, y) in splits.every(display_step(data, max_numbers)).items():
        arrays |= {f"X_{split}": X, f"y_{split}": y}
    facts = facts_of(data, splits) | {"task": data.spec.task}
    facts |= {name: facts[name].tolist() for name in _SCALES}
    return tensor_file.dump(arrays, facts, kind="dataset")


def dataset_from_bytes(data: bytes) -> Dataset:
    """Read a data set that `dataset_to_bytes` or `bytes_for_display` wrote.

    Raises
    ------
    annlab.tensor_file.SavedFileError
        If the bytes are not a data set.
    """
    arrays, facts = tensor_file.load(data, kind="dataset")
    try:
        task = facts.pop("task")
        facts.setdefault("target_names", ())  # which earlier versions did not write
        names: dict[str, Any] = {name: tuple(facts[name]) for name in _NAMES}
        names |= _read_scales(facts)
        if set(_TO_NUMBERS) <= set(arrays):
            factor, shift = (arrays.pop(name) for name in _TO_NUMBERS)
            for name in ("X_train", "X_validation", "X_test"):
                numbers = arrays[name].astype(np.float32)
                numbers *= factor
                numbers += shift
                arrays[name] = numbers
        if "networks" not in facts:
            return read_only_dataset(arrays, facts | names, task)
        own = [_read_scales(scales) for scales in facts.pop("networks")]
        # A view would keep the samples of all networks in memory.
        return together(
            [
                read_only_dataset(
                    {name: array[k].copy() for name, array in arrays.items()},
                    facts | names | own[k],
                    task,
                )
                for k in range(len(own))
            ]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise tensor_file.SavedFileError(
            "These samples were saved by another version of annlab."
        ) from error

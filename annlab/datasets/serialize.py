"""Data sets as safetensors files, for processes that did not make them."""

import numpy as np

from annlab import tensor_file
from annlab.datasets.config import DataOfNetworks, DatasetConfig
from annlab.datasets.dataset import Dataset
from annlab.datasets.load import (
    MAX_NUMBERS_SHOWN,
    data_of,
    display_step,
    load_for_display,
    together,
)
from annlab.datasets.scaling import facts_of, pixel_scale, read_only_dataset
from annlab.datasets.split import raw_splits

_ARRAYS = ("X_train", "y_train", "X_validation", "y_validation", "X_test", "y_test")
_FACTS = ("feature_names", "class_names", "target_mean", "target_scale", "n_train_samples")
# What differs between networks that have their own data, beside the arrays.
_OF_A_NETWORK = ("target_mean", "target_scale")
# Scale and offset that turn stored pixel bytes into float features.
_TO_NUMBERS = ("factor", "shift")


def dataset_to_bytes(dataset: Dataset) -> bytes:
    """A data set as one safetensors file."""
    arrays = {name: getattr(dataset, name) for name in _ARRAYS}
    facts = {name: getattr(dataset, name) for name in _FACTS} | {"task": dataset.task.name}
    if dataset.networks:
        arrays = {
            name: np.stack([getattr(network, name) for network in dataset.networks])
            for name in _ARRAYS
        }
        facts["networks"] = [
            {name: getattr(network, name) for name in _OF_A_NETWORK} for network in dataset.networks
        ]
    return tensor_file.dump(arrays, facts, kind="dataset")


def bytes_for_display(
    config: DatasetConfig | DataOfNetworks, max_numbers: int = MAX_NUMBERS_SHOWN
) -> bytes:
    """What `load_for_display` gives, as one safetensors file.

    Pictures travel, and are kept, as bytes: a quarter as large as numbers. They become numbers
    as they do in a training, to the last bit.

    Parameters
    ----------
    config, max_numbers
        As those of `load_for_display`.

    Returns
    -------
    bytes
        As `dataset_from_bytes` reads them.

    Raises
    ------
    ValueError
        As `load_dataset`.
    """
    data, _ = data_of(config)
    if not data.spec.max_pixel_value:
        return dataset_to_bytes(load_for_display(config, max_numbers))
    splits = raw_splits(data)
    arrays = dict(zip(_TO_NUMBERS, pixel_scale(data, splits), strict=True))
    for split, (X, y) in splits.every(display_step(data, max_numbers)).items():
        arrays |= {f"X_{split}": X, f"y_{split}": y}
    facts = facts_of(data, splits) | {"task": data.spec.task}
    return tensor_file.dump(arrays, facts, kind="dataset")


def dataset_from_bytes(data: bytes) -> Dataset:
    """The data set that `dataset_to_bytes` or `bytes_for_display` wrote.

    Raises
    ------
    annlab.tensor_file.SavedFileError
        If these are not the bytes of a data set.
    """
    arrays, facts = tensor_file.load(data, kind="dataset")
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
        if "networks" not in facts:
            return read_only_dataset(arrays, facts | names, task)
        own = facts.pop("networks")
        # Copies: views would keep all networks' samples for the sake of one.
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

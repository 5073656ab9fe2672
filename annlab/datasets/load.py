"""Load the samples of a config, for scripts, for training and for display."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from annlab.datasets.config import DataOfNetworks, DatasetConfig
from annlab.datasets.dataset import Dataset, TrainingData, scaled_dataset
from annlab.datasets.scaling import (
    pixel_scale,
    preprocessing_of,
    scaled_ends,
    target_scale,
)
from annlab.datasets.spec import Array
from annlab.datasets.split import (
    LARGE,
    Fold,
    forget_samples,
    made_samples,
    raw_splits,
    sample_ids,
)
from annlab.datasets.split_names import SPLITS
from annlab.nn.tasks import as_columns

# Largest number of training features (samples × features) that a page displays.
MAX_NUMBERS_SHOWN = 2_000_000


def load_dataset(
    config: DatasetConfig | DataOfNetworks, network: int = 0, n_networks: int | None = None
) -> Dataset:
    """Load the split and scaled samples of one network.

    The split is stratified for classification; features and targets are scaled by the
    training split. The same config always gives the same read-only arrays.

    Parameters
    ----------
    config : DatasetConfig or RunConfig
        Samples, splits and scaling.
    network : int
        Index of the network in its run; matters only if each network has its own data.
    n_networks : int, optional
        Number of networks, which is the number of folds; a RunConfig contains it.

    Returns
    -------
    Dataset
        Float32 features; int64 class indices or float32 values as targets, unscaled.

    Raises
    ------
    ValueError
        If a class has too few samples for every split, files of the data set are missing and
        cannot be downloaded, the network does not exist, or the number of folds is unknown.
    """
    data, n = data_of(config, n_networks)
    if network < 0 or (n is not None and network >= n):
        raise ValueError(f"network: must be 0 to {(n or 1) - 1}, got {network}")
    if data.resample == "none":
        return _load_shared(data)
    return _load(data.of_network(network), fold=_fold(data, network, n))


def load_run_dataset(config: DataOfNetworks) -> Dataset:
    """Load the data of all networks of a run.

    Parameters
    ----------
    config : RunConfig
        Samples, splits, scaling and number of networks.

    Returns
    -------
    Dataset
        Data of the first network; if each network has its own data, `networks` holds all.

    Raises
    ------
    ValueError
        As in `load_dataset`.
    """
    return _load_all(config.dataset, config.n_networks)


@lru_cache(maxsize=4)
def _load_all(config: DatasetConfig, n_networks: int) -> Dataset:
    if config.resample == "none":
        return _load_shared(config)
    return together([load_dataset(config, k, n_networks) for k in range(n_networks)])


def together(networks: Sequence[Dataset]) -> Dataset:
    """Combine the data of several networks into one data set."""
    return replace(networks[0], networks=tuple(networks))


def data_of(
    config: DatasetConfig | DataOfNetworks, n_networks: int | None = None
) -> tuple[DatasetConfig, int | None]:
    """Return the DatasetConfig of a config, and the number of networks if it is known."""
    if isinstance(config, DatasetConfig):
        return config, n_networks
    return config.dataset, config.n_networks


def _fold(config: DatasetConfig, network: int, n_networks: int | None) -> Fold | None:
    if config.resample != "folds":
        return None
    if n_networks is None:
        raise ValueError(
            "n_networks: 'folds' has as many folds as there are networks; pass their number, or "
            "the RunConfig"
        )
    return network, n_networks


@lru_cache(maxsize=8)
def _load_shared(config: DatasetConfig) -> Dataset:
    if config.spec.n_rows * config.spec.n_features > LARGE:
        _load_shared.cache_clear()
    return _load(config)


def _load(config: DatasetConfig, step: int = 1, fold: Fold | None = None) -> Dataset:
    """Load a data set with every `step`-th training sample."""
    return scaled_dataset(config, raw_splits(config, fold), step)


def load_for_display(
    config: DatasetConfig | DataOfNetworks, max_numbers: int = MAX_NUMBERS_SHOWN
) -> Dataset:
    """Load the data of a config, with fewer training samples if they hold very many numbers.

    Parameters
    ----------
    config : DatasetConfig or RunConfig
        Samples, splits and scaling. A RunConfig loads the data of all its networks.
    max_numbers : int
        Largest size of `X_train`; a larger one is thinned to every k-th sample. The other
        splits stay complete, and so do data that differ between networks.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        As in `load_dataset`.
    """
    data, n_networks = data_of(config)
    if data.resample != "none":
        return _load_all(data, n_networks) if n_networks else _load(data.of_network(0))
    step = display_step(data, max_numbers)
    return load_dataset(data) if step <= 1 else _load(data, step)


def display_step(config: DatasetConfig, max_numbers: int) -> int:
    """Step between the training samples that are displayed."""
    most = max(1, max_numbers // config.spec.n_features)
    n_train = len(raw_splits(config).samples["train"][0])
    return -(-n_train // most)


def load_for_training(config: DatasetConfig | DataOfNetworks) -> TrainingData:
    """Load the samples that the networks of a run learn from; images stay pixel bytes.

    Parameters
    ----------
    config : DatasetConfig or RunConfig
        Samples, splits and scaling; each network of a run may have its own data.

    Returns
    -------
    TrainingData

    Raises
    ------
    ValueError
        As in `load_dataset`.
    """
    data, n_networks = data_of(config)
    if data.resample != "none":
        return _load_per_network(data, n_networks or 1)
    splits = raw_splits(data)
    samples = {name: (X, y) for name, (X, y) in splits.samples.items() if len(y)}
    y = {name: as_columns(y) for name, (_, y) in samples.items()}
    n_distinct = {name: len(np.unique(sample_ids(*both))) for name, both in samples.items()}
    preprocessing = preprocessing_of(
        data, [scaled_ends(data, splits)], [target_scale(data, splits)], [splits.medians]
    )
    if not data.spec.max_pixel_value:
        dataset = load_dataset(data)
        X: dict[str, Array] = {name: getattr(dataset, f"X_{name}") for name in samples}
        return TrainingData(X, y, preprocessing, n_distinct=n_distinct)
    factor, shift = pixel_scale(data, splits)
    return TrainingData(
        {name: pixels for name, (pixels, _) in samples.items()},
        y,
        preprocessing,
        factor=factor,
        shift=shift if shift.any() else None,
        n_distinct=n_distinct,
    )


def _load_per_network(config: DatasetConfig, n_networks: int) -> TrainingData:
    """Load the samples of networks that each have their own data."""
    ends, scales, medians = [], [], []
    X: dict[str, Array] = {}
    y: dict[str, Array] = {}
    # Mask of the samples that any network has in a split, by split.
    seen: dict[str, NDArray[np.bool_]] = {}
    # Loading one network at a time takes a fraction of the memory of all unscaled splits.
    for k in range(n_networks):
        splits = raw_splits(config.of_network(k), _fold(config, k, n_networks))
        ends.append(scaled_ends(config, splits))
        scales.append(target_scale(config, splits))
        medians.append(splits.medians)
        dataset = scaled_dataset(config, splits)
        for name in SPLITS:
            rows = splits.rows[name]
            if not len(rows):
                continue
            seen.setdefault(name, np.zeros(config.n_points, bool))[rows] = True
            own_X, own_y = dataset.split(name)
            for array, stacks in ((own_X, X), (as_columns(own_y), y)):
                if k == 0:
                    stacks[name] = np.empty((n_networks, *array.shape), array.dtype)
                stacks[name][k] = array
    if config.resample == "sample":
        n_distinct = {name: n_networks * own.shape[1] for name, own in y.items()}
    else:
        ids = sample_ids(*made_samples(config)[0])
        n_distinct = {name: len(np.unique(ids[mask])) for name, mask in seen.items()}
    return TrainingData(
        X, y, preprocessing_of(config, ends, scales, medians), n_distinct=n_distinct
    )


def forget_datasets() -> None:
    """Clear the caches of loaded data sets, so that files are read again."""
    forget_samples()
    for kept in (_load_shared, _load_all):
        kept.cache_clear()

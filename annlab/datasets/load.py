"""From a config to points: make, split, scale."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab import tensor_file
from annlab.datasets.config import DataOfNetworks, DatasetConfig
from annlab.datasets.dataset import SPLITS, Array, Dataset, Preprocessing, TrainingData
from annlab.datasets.spec import DatasetSpec
from annlab.nn.tasks import TASKS, as_columns

Points = tuple[Array, Array]  # X and y
Fold = tuple[int, int]  # which one, of how many

_ARRAYS = ("X_train", "y_train", "X_validation", "y_validation", "X_test", "y_test")
_FACTS = ("feature_names", "class_names", "target_mean", "target_scale", "n_train_samples")
# What differs between networks that have their own data, beside the arrays.
_OF_A_NETWORK = ("target_mean", "target_scale")
# By which the bytes of pictures become features, in a file.
_TO_NUMBERS = ("factor", "shift")
# Features stay as they were made in these; all others become float64.
_KEPT = (np.uint8, np.float32)
# Of a data set with more numbers than this, a process keeps one variant only.
_LARGE = 10_000_000
_NUMBERS_AT_ONCE = 4_000_000
# Of the features of the training part.
MAX_NUMBERS_SHOWN = 2_000_000


def load_dataset(
    config: DatasetConfig | DataOfNetworks, network: int = 0, n_networks: int | None = None
) -> Dataset:
    """Make or read the samples that one network sees: split and scaled.

    The split is stratified for classification; the scalings of features and targets are
    fitted on the training split alone. The same config always gives the same arrays, which
    are read-only.

    Parameters
    ----------
    config : DatasetConfig or RunConfig
        Which samples, how split, how scaled.
    network : int
        Which network of a run; it matters only where each has its own data.
    n_networks : int, optional
        How many there are, which is the number of folds; a RunConfig says so itself.

    Returns
    -------
    Dataset
        Float32 features; int64 class indices or float32 values as targets, unscaled.

    Raises
    ------
    ValueError
        If a class has too few samples to stand in every part of the split, the files of
        the data set are neither here nor to be had, there is no such network, or the number of
        folds is not known.
    """
    data, n = _data_of(config, n_networks)
    if network < 0 or (n is not None and network >= n):
        raise ValueError(f"network: must be 0 to {(n or 1) - 1}, got {network}")
    if data.resample == "none":
        return _load_shared(data)
    return _load(data.of_network(network), fold=_fold(data, network, n))


def load_run_dataset(config: DataOfNetworks) -> Dataset:
    """The data of all networks of a run.

    Parameters
    ----------
    config : RunConfig
        Which samples, how split, how scaled, for how many networks.

    Returns
    -------
    Dataset
        That of the first network; where each has its own, `networks` holds them all.

    Raises
    ------
    ValueError
        As `load_dataset`.
    """
    return _load_all(config.dataset, config.n_networks)


@lru_cache(maxsize=4)
def _load_all(config: DatasetConfig, n_networks: int) -> Dataset:
    if config.resample == "none":
        return _load_shared(config)
    return together([load_dataset(config, k, n_networks) for k in range(n_networks)])


def together(networks: Sequence[Dataset]) -> Dataset:
    """The data of several networks as one data set."""
    return replace(networks[0], networks=tuple(networks))


def _data_of(
    config: DatasetConfig | DataOfNetworks, n_networks: int | None = None
) -> tuple[DatasetConfig, int | None]:
    """The data of a config, and for how many networks they are, if that is known."""
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
    if config.spec.n_rows * config.spec.n_features > _LARGE:
        _load_shared.cache_clear()
    return _load(config)


def load_for_display(
    config: DatasetConfig | DataOfNetworks, max_numbers: int = MAX_NUMBERS_SHOWN
) -> Dataset:
    """The data of a config with fewer training samples, where there are very many numbers.

    Parameters
    ----------
    config : DatasetConfig or RunConfig
        Which samples, how split, how scaled. Of a run, the data of all its networks.
    max_numbers : int
        The largest size of `X_train`; above it, every k-th sample stands for all. The other
        splits are whole, and so are data that each network has for itself.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        As `load_dataset`.
    """
    data, n_networks = _data_of(config)
    if data.resample != "none":
        return _load_all(data, n_networks) if n_networks else _load(data.of_network(0))
    step = _step(data, max_numbers)
    return load_dataset(data) if step <= 1 else _load(data, step)


def _step(config: DatasetConfig, max_numbers: int) -> int:
    """Of how many training points one is displayed."""
    most = max(1, max_numbers // config.spec.n_features)
    n_train = len(_split(config).points["train"][0])
    return -(-n_train // most)


def load_for_training(config: DatasetConfig | DataOfNetworks) -> TrainingData:
    """The samples that the networks of a run learn from; pictures stay in bytes.

    Parameters
    ----------
    config : DatasetConfig or RunConfig
        Which samples, how split, how scaled; a run may have other data for each network.

    Returns
    -------
    TrainingData

    Raises
    ------
    ValueError
        As `load_dataset`.
    """
    data, n_networks = _data_of(config)
    if data.resample != "none":
        return _points_per_network(data, n_networks or 1)
    split = _split(data)
    y = {name: as_columns(y) for name, (_, y) in split.points.items() if len(y)}
    n_distinct = {name: len(values) for name, values in y.items()}
    preprocessing = _preprocessing(data, [_ends(data, split)], [_target_scale(data, split)])
    if not data.spec.max_pixel_value:
        dataset = load_dataset(data)
        X: dict[str, Array] = {name: getattr(dataset, f"X_{name}") for name in y}
        return TrainingData(X, y, preprocessing, n_distinct=n_distinct)
    factor, shift = _factor_and_shift(data, split)
    return TrainingData(
        {name: split.points[name][0] for name in y},
        y,
        preprocessing,
        factor=factor,
        shift=shift if shift.any() else None,
        n_distinct=n_distinct,
    )


def _points_per_network(config: DatasetConfig, n_networks: int) -> TrainingData:
    """The samples of every network, where each has its own."""
    scales, targets = [], []
    X: dict[str, Array] = {}
    y: dict[str, Array] = {}
    # Which samples are in a split of any network, by split.
    seen: dict[str, NDArray[np.bool_]] = {}
    # One network's split at a time: those of all would take several times the memory.
    for k in range(n_networks):
        split = _split(config.of_network(k), _fold(config, k, n_networks))
        scales.append(_ends(config, split))
        targets.append(_target_scale(config, split))
        dataset = _scaled(config, split)
        for name in SPLITS:
            rows = split.rows[name]
            if not len(rows):
                continue
            seen.setdefault(name, np.zeros(config.n_points, bool))[rows] = True
            features, own_y = dataset.split(name)
            for array, stacks in ((features, X), (as_columns(own_y), y)):
                if k == 0:
                    stacks[name] = np.empty((n_networks, *array.shape), array.dtype)
                stacks[name][k] = array
    return TrainingData(
        X,
        y,
        _preprocessing(config, scales, targets),
        n_distinct={
            name: y[name].size if config.resample == "sample" else int(mask.sum())
            for name, mask in seen.items()
        },
    )


def _preprocessing(
    config: DatasetConfig,
    scales: Sequence[tuple[Array, Array]],
    targets: Sequence[tuple[float, float]],
) -> Preprocessing:
    """How raw samples become features: `_ends` and `_target_scale` of one or of all networks."""
    return Preprocessing(
        # Raw pixels are bytes, of which the largest stands for 1.
        factor=np.array([one - zero for zero, one in scales]) / (config.spec.max_pixel_value or 1),
        shift=np.array([zero for zero, _ in scales]),
        target_mean=np.array([mean for mean, _ in targets]),
        target_scale=np.array([scale for _, scale in targets]),
        feature_names=config.spec.names_of_features(),
        class_names=config.class_names,
        target_name=config.spec.target_name,
    )


def _ends(config: DatasetConfig, split: "_Split") -> tuple[Array, Array]:
    """What scaling makes of 0 and of 1: it is linear, so that says all."""
    zero, one = np.repeat([[0.0], [1.0]], config.spec.n_features, axis=1)
    if split.scaler is not None:
        zero, one = split.scaler.transform(np.stack([zero, one]))
    return zero, one


def _factor_and_shift(config: DatasetConfig, split: "_Split") -> tuple[Array, Array]:
    """By which the bytes of pictures become features."""
    zero, one = _ends(config, split)
    return ((one - zero) / config.spec.max_pixel_value).astype(np.float32), zero.astype(np.float32)


def forget_datasets() -> None:
    """Forget what has been loaded: files are read again."""
    for kept in (_load_shared, _load_all, _split, _make_once):
        kept.cache_clear()


@dataclass(frozen=True)
class _Split:
    """A data set that is split and not yet scaled, and how it is to be scaled.

    Attributes
    ----------
    points : dict of (X, y)
        By split. Features are float32 or float64, or bytes of pictures.
    rows : dict of ndarray of int
        Which of all samples these are; of a published test set, which of its own.
    scaler : object or None
        Of scikit-learn, fitted to the training split.
    """

    points: dict[str, Points]
    rows: dict[str, NDArray[np.int64]]
    scaler: Any


@lru_cache(maxsize=1)
def _split(config: DatasetConfig, fold: Fold | None = None) -> _Split:
    points, rows = _parts(config, fold)
    return _Split(points, rows, _fitted_scaler(config, points["train"][0]))


def _load(config: DatasetConfig, step: int = 1, fold: Fold | None = None) -> Dataset:
    """The data set with every so many-th point of its training part."""
    return _scaled(config, _split(config, fold), step)


def _scaled(config: DatasetConfig, split: _Split, step: int = 1) -> Dataset:
    spec = config.spec
    arrays = {}
    for part, (X, y) in _every(step, split).items():
        X = _numbers(X, spec.max_pixel_value)
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


def _facts(config: DatasetConfig, split: _Split) -> dict[str, Any]:
    """What a `Dataset` says of its points."""
    mean, scale = _target_scale(config, split)
    return {
        "feature_names": config.spec.names_of_features(),
        "class_names": config.class_names,
        "n_train_samples": len(split.points["train"][1]),
        "target_mean": mean,
        "target_scale": scale,
    }


def _target_scale(config: DatasetConfig, split: _Split) -> tuple[float, float]:
    """Mean and deviation of the target in the training split, where it is to be scaled."""
    if config.target_scaling == "none":
        return 0.0, 1.0
    y_train = split.points["train"][1].astype(np.float64)
    # A constant target stays as it is, but for its mean.
    return float(y_train.mean()), float(y_train.std()) or 1.0


def _numbers(X: Array, max_pixel_value: int) -> Array:
    """Features as numbers, where they are bytes."""
    if X.dtype != np.uint8:
        return X
    numbers = X.astype(np.float32)
    numbers /= max_pixel_value
    return numbers


def _parts(
    config: DatasetConfig, fold: Fold | None
) -> tuple[dict[str, Points], dict[str, NDArray[np.int64]]]:
    """The samples by split, not yet scaled, and which of all samples they are."""
    spec = config.spec
    made = _make(config)
    task = TASKS[spec.task]
    (X, y), *published = [
        (X if X.dtype in _KEPT else X.astype(np.float64, copy=False), y.astype(task.target_type))
        for X, y in zip(made[::2], made[1::2], strict=True)
    ]
    rest = np.arange(len(y))
    test = rest[:0]
    if fold is not None:
        classes = y if task.stratified else None
        test = fold_rows(len(y), *fold, config.split_seed, classes)
        rest = np.delete(rest, test)
    elif not published:
        rest, test = _keep_back(rest, y, config.test_fraction, config)
    train, validation = _keep_back(rest, y, config.validation_fraction, config)
    rows: dict[str, NDArray[np.int64]] = {"train": train, "validation": validation, "test": test}
    # Whole where nothing is kept back: what is large is not copied.
    points = {
        split: (X, y) if len(taken) == len(y) else (X[taken], y[taken])
        for split, taken in rows.items()
    }
    if published:
        points["test"] = published[0]
        rows["test"] = np.arange(len(published[0][1]))
    return points, rows


def _make(config: DatasetConfig) -> tuple[Array, ...]:
    """The samples before any split, in arrays that nobody writes to."""
    spec = config.spec
    arguments = tuple(spec.arguments(config).items())
    make = _make_anew if spec.n_rows * spec.n_features > _LARGE else _make_once
    return make(spec, arguments)


def _make_anew(spec: DatasetSpec, arguments: tuple[tuple[str, Any], ...]) -> tuple[Array, ...]:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Retry downloading")
            made: tuple[Array, ...] = spec.make(**dict(arguments))
    except OSError:
        if not spec.missing_message:
            raise
        raise ValueError(spec.missing_message) from None
    return made


class _Remembered:
    """The last samples that were made: networks that split the same ones ask again and again."""

    def __init__(self) -> None:
        self._last: tuple[Any, tuple[Array, ...]] | None = None

    def __call__(
        self, spec: DatasetSpec, arguments: tuple[tuple[str, Any], ...]
    ) -> tuple[Array, ...]:
        last = self._last  # once: other threads may replace it
        # A spec cannot be hashed; it is the registry's own.
        if last is None or last[0][0] is not spec or last[0][1] != arguments:
            last = self._last = ((spec, arguments), _make_anew(spec, arguments))
        return last[1]

    def cache_clear(self) -> None:
        self._last = None


_make_once = _Remembered()


def fold_rows(
    n_samples: int, fold: int, n_folds: int, seed: int, classes: Array | None = None
) -> Array:
    """Find the rows of one of several folds of equal size; the rows left over are in none.

    Rows are shuffled by the seed, sorted by their classes where there are any, and dealt out in
    turn, so that each class is spread evenly over the folds.
    """
    import numpy as np

    rows = np.random.RandomState(seed).permutation(n_samples)
    rows = rows[: n_samples - n_samples % n_folds]
    if classes is not None:
        rows = rows[np.argsort(classes[rows], kind="stable")]
    return np.sort(rows[fold::n_folds])


def _keep_back(
    rows: NDArray[np.int64], y: Array, fraction: float, config: DatasetConfig
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keep a share of some rows back; all of them stay where the share is 0."""
    if fraction == 0:
        return rows, rows[:0]
    from sklearn.model_selection import train_test_split

    stratify = y[rows] if TASKS[config.spec.task].stratified else None
    try:
        rest, kept = train_test_split(
            rows, test_size=fraction, random_state=config.split_seed, stratify=stratify
        )
    except ValueError as error:
        raise ValueError(
            f"{len(rows)} samples are too few to keep {fraction:.0%} of every class back: "
            "use more samples or another fraction"
        ) from error
    return rest, kept


def _fitted_scaler(config: DatasetConfig, X_train: Array) -> Any:
    """A scaler of scikit-learn that has seen the training part; None where nothing is scaled."""
    if config.scaling == "none":
        return None
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    scaler = {"minmax": MinMaxScaler, "standard": StandardScaler}[config.scaling]()
    # In pieces: while it learns, scikit-learn holds float64 copies of what it is given.
    rows = max(1, _NUMBERS_AT_ONCE // X_train.shape[1])
    for start in range(0, len(X_train), rows):
        scaler.partial_fit(_numbers(X_train[start : start + rows], config.spec.max_pixel_value))
    return scaler


def _dataset(arrays: dict[str, NDArray[Any]], facts: dict[str, Any], task: str) -> Dataset:
    for array in arrays.values():
        array.setflags(write=False)
    fields: dict[str, Any] = {**arrays, **facts}
    return Dataset(**fields, task=TASKS[task])


def dataset_to_bytes(dataset: Dataset) -> bytes:
    """A data set as one safetensors file, for a process that did not make it."""
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
    data, _ = _data_of(config)
    if not data.spec.max_pixel_value:
        return dataset_to_bytes(load_for_display(config, max_numbers))
    split = _split(data)
    arrays = dict(zip(_TO_NUMBERS, _factor_and_shift(data, split), strict=True))
    for part, (X, y) in _every(_step(data, max_numbers), split).items():
        arrays |= {f"X_{part}": X, f"y_{part}": y}
    facts = _facts(data, split) | {"task": data.spec.task}
    return tensor_file.dump(arrays, facts, kind="dataset")


def dataset_from_bytes(data: bytes) -> Dataset:
    """The data set that `dataset_to_bytes` or `bytes_for_display` wrote.

    Raises
    ------
    annlab.tensor_file.TensorFileError
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
            return _dataset(arrays, facts | names, task)
        own = facts.pop("networks")
        # Copies: views would keep all networks' samples for the sake of one.
        return together(
            [
                _dataset(
                    {name: array[k].copy() for name, array in arrays.items()},
                    facts | names | own[k],
                    task,
                )
                for k in range(len(own))
            ]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise tensor_file.TensorFileError(
            "These points were saved by another version of annlab."
        ) from error

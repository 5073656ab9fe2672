"""Split unscaled samples of a data set into training, validation and test."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.datasets.config import DatasetConfig
from annlab.datasets.own import tables
from annlab.datasets.own.preparation import fit_preparation, medians_in
from annlab.datasets.spec import Array, DatasetSpec
from annlab.datasets.split_names import SPLITS
from annlab.nn.tasks import TASKS

Samples = tuple[Array, Array]  # (X, y)
Rows = NDArray[np.int64]
Fold = tuple[int, int]  # (index, number of folds)

# Feature types that are kept; all others become float64.
_KEPT = (np.uint8, np.float32)
# A process caches only one variant of a data set with more numbers than this.
LARGE = 10_000_000
_NUMBERS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class RawSplits:
    """Unscaled splits of a data set, and the fitted scaler of its features.

    Attributes
    ----------
    samples : dict of (X, y)
        By split. Features are float32 or float64, or pixel bytes.
    rows : dict of ndarray of int
        By split, the row of each sample in the whole data set; rows of a published test split
        count from 0.
    scaler : object or None
        scikit-learn scaler, fitted to the training split.
    medians : ndarray, shape (n_columns,), or None
        Data of one's own: what stands for missing numbers, fitted to the training split.
    """

    samples: dict[str, Samples]
    rows: dict[str, Rows]
    scaler: Any
    medians: NDArray[np.float64] | None = None

    def every(self, step: int) -> dict[str, Samples]:
        """Samples by split, with every `step`-th sample of the training split."""
        X, y = self.samples["train"]
        return {**self.samples, "train": (X[::step], y[::step])}


@lru_cache(maxsize=1)
def raw_splits(config: DatasetConfig, fold: Fold | None = None) -> RawSplits:
    """Make (or take from the cache) the samples of a config, and split them.

    Parameters
    ----------
    config : DatasetConfig
    fold : tuple of int, optional
        Index of the fold that is the test split, and number of folds.

    Raises
    ------
    ValueError
        If a class has too few samples for every split, or files of the data set are missing
        and cannot be downloaded.
    """
    samples, rows = _split(config, fold)
    medians = None
    if config.own:
        preparation = fit_preparation(config.own.columns, samples["train"][0])
        medians = medians_in(preparation)
        if config.own.is_prepared:
            samples = {
                split: (_transformed(preparation, X, config.spec.n_features), y)
                for split, (X, y) in samples.items()
            }
    return RawSplits(samples, rows, _fitted_scaler(config, samples["train"][0]), medians)


def _transformed(preparation: Any, X: Array, n_inputs: int) -> Array:
    """Inputs of some rows; scikit-learn refuses an empty split."""
    inputs: Array = preparation.transform(X) if len(X) else np.empty((0, n_inputs))
    return inputs


def as_numbers(X: Array, max_pixel_value: int) -> Array:
    """Convert pixel bytes to floats from 0 to 1; leave other features unchanged."""
    if X.dtype != np.uint8:
        return X
    numbers = X.astype(np.float32)
    numbers /= max_pixel_value
    return numbers


def sample_ids(X: Array, y: Array) -> NDArray[np.int64]:
    """Hash of each sample; samples with equal features and targets have equal hashes."""
    # Sorting 64-bit hashes is ten times faster than sorting whole rows.
    pairs = zip(np.ascontiguousarray(X), y, strict=True)
    return np.fromiter((hash((x.tobytes(), t.tobytes())) for x, t in pairs), np.int64, len(y))


def _split(
    config: DatasetConfig, fold: Fold | None
) -> tuple[dict[str, Samples], dict[str, NDArray[np.int64]]]:
    """Samples by split, and their rows in the whole data set."""
    (X, y), *published = made_samples(config)
    rows = _rows(config, y, fold, has_test=bool(published))
    # A split with all samples shares their memory instead of copying it.
    samples = {
        split: (X, y) if len(taken) == len(y) else (X[taken], y[taken])
        for split, taken in rows.items()
    }
    if published:
        samples["test"] = published[0]
        rows["test"] = np.arange(len(published[0][1]))
    return samples, rows


def _rows(config: DatasetConfig, y: Array, fold: Fold | None, *, has_test: bool) -> dict[str, Rows]:
    """Rows of each split in the whole data set, without those of a published test split."""
    if config.spec.has_groups:
        return _rows_of_groups(config, y)
    rest = np.arange(len(y))
    test = rest[:0]
    if fold is not None:
        classes = y if TASKS[config.spec.task].stratified else None
        test = fold_rows(len(y), *fold, config.split_seed, classes)
        rest = np.delete(rest, test)
    elif not has_test:
        rest, test = _hold_out(rest, y, config.test_fraction, config)
    train, validation = _hold_out(rest, y, config.validation_fraction, config)
    return {"train": train, "validation": validation, "test": test}


def _rows_of_groups(config: DatasetConfig, y: Array) -> dict[str, Rows]:
    """Rows of each split where samples of one group stay together."""
    assert config.own
    groups = tables.find(config.own).groups
    assert groups is not None
    held_out = zip(("test", "validation"), config.held_out_groups(), strict=True)
    masks = {split: np.isin(groups, list(chosen)) for split, chosen in held_out}
    masks["train"] = ~(masks["test"] | masks["validation"])
    if TASKS[config.spec.task].stratified:
        for k, name in enumerate(config.class_names):
            if not (y[masks["train"]] == k).any():
                raise ValueError(
                    f"split_seed: all samples of class “{name}” are in groups that are held out. "
                    "Try another split seed, a smaller test split, or no group column"
                )
    return {split: np.flatnonzero(masks[split]) for split in SPLITS}


def made_samples(config: DatasetConfig) -> list[Samples]:
    """All samples before any split, and those of a published test split; treat as read-only."""
    spec = config.spec
    arguments = tuple(spec.arguments(config).items())
    make = _make_anew if spec.n_rows * spec.n_features > LARGE else _make_once
    made, target_type = make(spec, arguments), TASKS[spec.task].target_type
    return [
        (X if X.dtype in _KEPT else X.astype(np.float64, copy=False), y.astype(target_type))
        for X, y in zip(made[::2], made[1::2], strict=True)
    ]


def _make_anew(spec: DatasetSpec, arguments: tuple[tuple[str, Any], ...]) -> tuple[Array, ...]:
    try:
        made: tuple[Array, ...] = spec.make(**dict(arguments))
    except OSError:
        if not spec.missing_message:
            raise
        raise ValueError(spec.missing_message) from None
    return made


class _LastSamples:
    """Cache of the last samples, because each network of a run splits the same samples."""

    def __init__(self) -> None:
        self._last: tuple[Any, tuple[Array, ...]] | None = None

    def __call__(
        self, spec: DatasetSpec, arguments: tuple[tuple[str, Any], ...]
    ) -> tuple[Array, ...]:
        last = self._last  # read once, because other threads may replace it
        # A spec has no hash, but the registry holds one object of each.
        if last is None or last[0][0] is not spec or last[0][1] != arguments:
            last = self._last = ((spec, arguments), _make_anew(spec, arguments))
        return last[1]

    def cache_clear(self) -> None:
        self._last = None


_make_once = _LastSamples()


def forget_samples() -> None:
    """Clear the caches of samples, so that files are read again."""
    raw_splits.cache_clear()
    _make_once.cache_clear()


def fold_rows(
    n_samples: int, fold: int, n_folds: int, seed: int, classes: Array | None = None
) -> Array:
    """Find the rows of one of several folds of equal size; leftover rows are in no fold.

    Rows are shuffled by the seed, sorted by their classes where there are any, and dealt out in
    turn, so that each class is spread evenly over the folds.
    """
    import numpy as np

    rows = np.random.RandomState(seed).permutation(n_samples)
    rows = rows[: n_samples - n_samples % n_folds]
    if classes is not None:
        rows = rows[np.argsort(classes[rows], kind="stable")]
    return np.sort(rows[fold::n_folds])


def _hold_out(rows: Rows, y: Array, fraction: float, config: DatasetConfig) -> tuple[Rows, Rows]:
    """Divide rows into the rest and a held-out fraction, which is empty if it is 0."""
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
            f"{len(rows)} samples are too few to hold out {fraction:.0%} of every class: "
            "use more samples or another fraction"
        ) from error
    return rest, kept


def _fitted_scaler(config: DatasetConfig, X_train: Array) -> Any:
    """Fit a scikit-learn scaler to the training split; None without scaling."""
    if config.scaling == "none":
        return None
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    scaler = {"minmax": MinMaxScaler, "standard": StandardScaler}[config.scaling]()
    # scikit-learn copies its input to float64 while fitting, so pieces keep the copies small.
    rows = max(1, _NUMBERS_AT_ONCE // X_train.shape[1])
    for start in range(0, len(X_train), rows):
        piece = X_train[start : start + rows]
        scaler.partial_fit(as_numbers(piece, config.spec.max_pixel_value))
    return scaler

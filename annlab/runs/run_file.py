"""Run file: write a run as arrays and JSON, and validate a file on reading.

docs/run-file.md describes the format for other tools.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from annlab import tensor_file
from annlab.config import RESULTS_VERSION, RunConfig
from annlab.datasets import Preprocessing
from annlab.nn.tasks import as_columns
from annlab.runs.history import history_columns
from annlab.runs.run_record import Checkpoints, Ending, RunRecord
from annlab.tensor_file import SavedFileError, UnknownVersionError

Array = NDArray[Any]
R = TypeVar("R", bound=RunRecord)

# First results version that records the test split. Files of earlier versions have no version
# number, and lack every field that came with this one.
_WITH_TEST = 3
_EARLIEST = 2
# Limits for values in a file: about a year, and a few sentences.
MAX_SECONDS = 3e7
MAX_TEXT = 1000
# Arrays and facts of a `Preprocessing` in a file, and descriptions of all arrays.
_SCALES = ("factor", "shift")
_TARGET_SCALES = ("target_mean", "target_scale")
_NAMES = ("feature_names", "class_names", "target_name", "target_names")
LAYOUT = {
    "factor, shift": "(1 or n_networks, n_features): features are x * factor + shift",
    "layer{i}.weights": "(n_checkpoints, n_networks, n_in, n_out), at the epochs of `epochs`",
    "layer{i}.biases": "(n_checkpoints, n_networks, n_out)",
    "best.layer{i}.weights, best.layer{i}.biases": "with early stopping: as above, without the "
    "first axis, at the epochs of `best_epochs`",
    "target_mean, target_scale": "(1 or n_networks,), with several targets "
    "(1 or n_networks, n_targets): a predicted number is output * target_scale + target_mean; "
    "0 and 1 for classes and labels",
    "medians": "(1 or n_networks, n_columns): data of one's own, what stands for missing numbers",
    "history.{column}": "(n_epochs + 1, n_networks); row 0 is before training",
    "prediction": "a = activation(a @ weights + biases) for each hidden layer, starting from the "
    "features, or those that `features` derives from them; "
    "output = output_activation(a @ weights + biases)",
}


def run_to_bytes(run: RunRecord) -> bytes:
    """Serialize a run as one safetensors file."""
    config, scales = run.config, run.preprocessing
    arrays = {f"history.{name}": values for name, values in run.history.items()}
    arrays["epochs"] = run.checkpoints.epochs
    for name in ("epochs_trained", "epoch_seconds", "diverged_epochs", "best_epochs"):
        arrays[name] = getattr(run, name)
    for prefix, layers in (("", run.checkpoints.layers), ("best.", run.best_layers)):
        for i, (W, b) in enumerate(layers):
            arrays[f"{prefix}layer{i}.weights"] = W
            arrays[f"{prefix}layer{i}.biases"] = b
    if scales:
        arrays |= {name: getattr(scales, name) for name in _SCALES}
        arrays |= {name: _in_file(getattr(scales, name)) for name in _TARGET_SCALES}
        if scales.medians is not None:
            arrays["medians"] = scales.medians
    facts = {
        "layout": LAYOUT,
        "results_version": run.results_version,
        "features": config.model.features,
        "activation": config.model.activation,
        "output_activation": config.output_activation,
        "task": config.task.name,
        "n_samples": run.n_samples,
        "n_distinct": run.n_distinct,
        "provenance": run.provenance,
        **({name: getattr(scales, name) for name in _NAMES} if scales else {}),
        "config": config.model_dump(mode="json"),
        "duration_seconds": run.duration_seconds,
        "accelerator": run.accelerator,
        "ending": run.ending,
        "message": run.message,
    }
    return tensor_file.dump(arrays, facts, kind="run")


def run_from_bytes(data: bytes, kind: type[R]) -> R:
    """Read a run that `run_to_bytes` of this version or an earlier one wrote.

    Parameters
    ----------
    data : bytes
    kind : type
        `Run`, which knows this file; so this file does not know it.

    Raises
    ------
    SavedFileError
        If the data are cut off, altered, foreign or inconsistent; the message is shown to users.
    UnknownVersionError
        If the data are of a newer format or results version.
    """
    arrays, facts = tensor_file.load(data, kind="run")
    try:
        version = _known_version(facts)
        run = kind(
            config=RunConfig.model_validate(facts["config"]),
            history={
                name.removeprefix("history."): values
                for name, values in arrays.items()
                if name.startswith("history.")
            },
            checkpoints=Checkpoints(arrays["epochs"], _layers(arrays)),
            **_of_this_version(version, arrays, facts),
            epochs_trained=arrays["epochs_trained"],
            epoch_seconds=arrays["epoch_seconds"],
            duration_seconds=float(facts["duration_seconds"]),
            accelerator=str(facts["accelerator"]),
            ending=facts["ending"],
            message=str(facts["message"]),
        )
    except UnknownVersionError:
        raise
    except (KeyError, TypeError, ValueError) as error:  # ValidationError is a ValueError
        raise SavedFileError("This run is incomplete, or its settings are invalid.") from error
    for check in _CHECKS:
        if problem := check(run):
            raise SavedFileError(f"The numbers in this run do not fit its settings: {problem}.")
    return run


def _in_file(scale: Array) -> Array:
    """Drop the axis of targets if there is only one, as in files of earlier versions."""
    return scale[:, 0] if scale.shape[1] == 1 else scale


def _layers(arrays: dict[str, Array], prefix: str = "") -> tuple[tuple[Array, Array], ...]:
    n = sum(name.startswith(f"{prefix}layer") and name.endswith(".weights") for name in arrays)
    return tuple(
        (arrays[f"{prefix}layer{i}.weights"], arrays[f"{prefix}layer{i}.biases"]) for i in range(n)
    )


def _known_version(facts: dict[str, Any]) -> int:
    """Results version, before anything is read whose meaning may differ in another."""
    version = int(facts.get("results_version", _EARLIEST))
    if not _EARLIEST <= version <= RESULTS_VERSION:
        raise UnknownVersionError(
            f"This run is of results version {version}; this version of annlab reads versions "
            f"{_EARLIEST} to {RESULTS_VERSION}."
        )
    return version


def _of_this_version(
    version: int, arrays: dict[str, Array], facts: dict[str, Any]
) -> dict[str, Any]:
    """Read the fields that earlier versions did not write, or fill in their values."""
    if version < _WITH_TEST:
        # In earlier versions, all networks of a run ended when the first network diverged.
        n = len(arrays["epoch_seconds"]) if facts["ending"] == "diverged" else 0
        return {
            "results_version": version,
            "diverged_epochs": np.full_like(arrays["epochs_trained"], n),
        }
    names = (*_SCALES, "medians")
    fields: dict[str, Any] = {name: arrays[name] for name in names if name in arrays}
    fields |= {name: as_columns(arrays[name]) for name in _TARGET_SCALES if name in arrays}
    has_scales = bool(fields)
    for name in _NAMES:
        if name in facts:
            text = facts[name]
            fields[name] = tuple(map(str, text)) if isinstance(text, list) else str(text)
    return {
        "results_version": version,
        "diverged_epochs": arrays["diverged_epochs"],
        "best_epochs": arrays["best_epochs"],
        "best_layers": _layers(arrays, "best."),
        "n_samples": {str(name): int(n) for name, n in facts["n_samples"].items()},
        "n_distinct": {str(name): int(n) for name, n in facts["n_distinct"].items()},
        "preprocessing": Preprocessing(**fields) if has_scales else None,
        "provenance": {str(name): str(text) for name, text in facts["provenance"].items()},
    }


# A valid checksum does not prove the origin of a run, so the checks cover everything that pages
# and figures rely on. Each check returns what is wrong, and may rely on the checks before it.


def _check_columns(run: RunRecord) -> str:
    columns = set(history_columns(run.config))
    if run.results_version < _WITH_TEST:
        columns = {name for name in columns if not name.startswith("test_")}
    if set(run.history) != columns:
        return "the history has other columns"
    return ""


def _check_layers(run: RunRecord) -> str:
    n, n_best = len(run.checkpoints.layers), len(run.best_layers)
    if n != (expected := len(run.config.architecture.layers)):
        return f"there are {n} layers of weights, not {expected}"
    if n_best not in (0, n):
        return f"there are {n_best} layers of best weights, not {n}"
    if n_best and not run.config.training.early_stopping_patience:
        return "there are best weights without early stopping"
    return ""


def _check_arrays(run: RunRecord) -> str:
    for name, array, shape, kind in _expected_arrays(run):
        if array.shape != shape or array.dtype.kind != kind:
            numbers = {"i": "whole numbers", "f": "numbers"}[kind]
            return f"{name} should be {numbers} of shape {shape}"
        if not np.isfinite(array).all():
            return f"{name} holds numbers that are not finite"
    return ""


def _expected_arrays(run: RunRecord) -> Iterator[tuple[str, Array, tuple[int, ...], str]]:
    """List name, array, expected shape and expected kind of number of every array."""
    epochs, n_seeds = run.checkpoints.epochs, run.n_seeds
    n, rows = epochs.size, run.epoch_seconds.size
    yield "epochs", epochs, (n,), "i"
    for name in ("epochs_trained", "diverged_epochs", "best_epochs"):
        yield name, getattr(run, name), (n_seeds,), "i"
    yield "epoch_seconds", run.epoch_seconds, (rows,), "f"
    for name, values in run.history.items():
        yield f"history.{name}", values, (rows, n_seeds), "f"
    for prefix, layers, axes in (
        ("", run.checkpoints.layers, (n, n_seeds)),
        ("best.", run.best_layers, (n_seeds,)),
    ):
        for i, ((W, b), shape) in enumerate(
            zip(layers, run.config.architecture.layers, strict=False)
        ):
            yield f"{prefix}layer{i}.weights", W, (*axes, *shape), "f"
            yield f"{prefix}layer{i}.biases", b, (*axes, shape.n_out), "f"
    if scales := run.preprocessing:
        k = len(scales.factor) if scales.factor.ndim else 0
        for name in _SCALES:
            features = (k, run.config.dataset.spec.n_features)
            yield name, getattr(scales, name), features, "f"
        for name in _TARGET_SCALES:
            yield name, getattr(scales, name), (k, run.config.dataset.spec.n_targets), "f"
        if scales.medians is not None and run.config.dataset.own:
            yield "medians", scales.medians, (k, len(run.config.dataset.own.columns)), "f"


def _check_preprocessing(run: RunRecord) -> str:
    if run.preprocessing is None:
        own = run.config.dataset.resample != "none"
        return "the scales of each network's own data are missing" if own else ""
    if (run.preprocessing.medians is None) != (run.config.dataset.own is None):
        return "medians belong to data of one's own"
    k = len(run.preprocessing.factor)
    return "" if k in (1, run.n_seeds) else f"there are scales for {k} networks"


def _check_epochs(run: RunRecord) -> str:
    epochs, last = run.checkpoints.epochs, run.n_epochs
    if not epochs.size or (epochs[0], epochs[-1]) != (0, last) or (np.diff(epochs) <= 0).any():
        return f"the epochs of the weights do not ascend from 0 to {last}"
    trained, best, diverged = run.epochs_trained, run.best_epochs, run.diverged_epochs
    if trained.min() < 0 or trained.max() > last:
        return f"epochs_trained is not between 0 and {last}"
    if best.min() < 0 or (best > trained).any():
        return "best_epochs is not between 0 and epochs_trained"
    if diverged.min() < 0 or diverged.max() > run.config.training.max_epochs:
        return "diverged_epochs is not an epoch of this training"
    return ""


def _check_samples(run: RunRecord) -> str:
    if not set(run.n_samples) == set(run.n_distinct) == set(run.config.sizes.splits):
        return "the samples are of other splits"
    if min(*run.n_samples.values(), *run.n_distinct.values()) <= 0:
        return "a split has no samples"
    return ""


def _check_ending(run: RunRecord) -> str:
    return "" if run.ending in get_args(Ending) else "it ended in an unknown way"


def _check_times(run: RunRecord) -> str:
    seconds = run.epoch_seconds
    if seconds[0] < 0 or (np.diff(seconds) < 0).any():
        return "epoch_seconds does not ascend from 0"
    if not (0 <= run.duration_seconds < MAX_SECONDS and seconds[-1] < MAX_SECONDS):
        return "it took longer than a year, or no time"
    return ""


def _check_texts(run: RunRecord) -> str:
    texts = (run.message, run.accelerator, *run.provenance.values())
    return f"a text is longer than {MAX_TEXT}" if max(map(len, texts)) > MAX_TEXT else ""


_CHECKS: tuple[Callable[[RunRecord], str], ...] = (
    _check_columns,
    _check_layers,
    _check_arrays,
    _check_preprocessing,
    _check_epochs,
    _check_samples,
    _check_ending,
    _check_times,
    _check_texts,
)

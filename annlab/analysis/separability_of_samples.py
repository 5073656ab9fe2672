"""Separability of the classes of some samples, for a worker: SciPy's solver costs memory."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.separability import (
    Separability,
    linearly_separable,
    separability_of_label,
)
from annlab.tensor_file import dump, load
from annlab.validation import Config

Array = NDArray[Any]

_SAMPLES, _RESULT = "samples of classes", "separability of classes"


class SeparabilityRequest(Config):
    """Whose separability is decided.

    Attributes
    ----------
    samples : str
        Digest of the samples.
    n_classes : int
        2 for labels, which a sample has or not.
    """

    samples: str
    n_classes: int


class ClassSamples(NamedTuple):
    """Samples for a worker, and the request that goes with them.

    Attributes
    ----------
    request : SeparabilityRequest
    data : bytes
    """

    request: SeparabilityRequest
    data: bytes


def class_samples(
    A: Array, labels: Array, n_classes: int, output: tuple[Array, Array] | None = None
) -> ClassSamples:
    """Pack samples for `decide_separability`.

    Parameters are those of `annlab.analysis.separability.separability_of_classes`; several labels,
    0 or 1, have shape (n_samples, n_labels).
    """
    arrays = {"A": A, "labels": labels}
    if output is not None:
        arrays |= {"W": output[0], "b": output[1]}
    # Of the arrays: the same arrays may be written in different orders.
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    request = SeparabilityRequest(samples=digest.hexdigest(), n_classes=n_classes)
    return ClassSamples(request, dump(arrays, {}, kind=_SAMPLES))


def decide_separability(
    request: SeparabilityRequest,
    report: Callable[[float, bytes], None],
    should_stop: Callable[[], bool],
    samples: bytes,
) -> bytes:
    """Decide about classes or labels, one by one.

    For classes what `annlab.analysis.separability.separability_of_classes` decides, for labels
    `annlab.analysis.separability.separability_of_label` for each of them, by index.

    Parameters
    ----------
    request : SeparabilityRequest
    report, should_stop : callable
        As `annlab.jobs.kinds.Kind` describes them.
    samples : bytes
        From `class_samples`.

    Returns
    -------
    bytes
        For `read_separability`; empty after a stop.
    """
    arrays, _ = load(samples, kind=_SAMPLES)
    A, labels = arrays["A"], arrays["labels"]
    output = (arrays["W"], arrays["b"]) if "W" in arrays else None
    if labels.ndim == 1 and request.n_classes <= 2:
        return _written({1: linearly_separable(A, labels, pair=(0, 1), output=output)})
    groups: list[int] = (
        list(range(labels.shape[1])) if labels.ndim > 1 else np.unique(labels).tolist()
    )
    found: dict[int, Separability] = {}
    for k in groups:
        if should_stop():
            return b""
        if labels.ndim > 1:
            found[k] = separability_of_label(A, labels, k, output)
        else:
            found[k] = linearly_separable(A, (labels == k).astype(int), pair=(0, 1))
        report(len(found) / len(groups), b"")
    return _written(found)


def read_separability(data: bytes) -> dict[int, Separability]:
    """Read the result of `decide_separability`.

    Raises
    ------
    SavedFileError
        If the data are damaged.
    """
    arrays, facts = load(data, kind=_RESULT)
    return {int(k): Separability(**one, weights=arrays[k]) for k, one in facts.items()}


def _written(found: dict[int, Separability]) -> bytes:
    values = {str(k): asdict(one) for k, one in found.items()}
    arrays = {k: one.pop("weights") for k, one in values.items()}
    return dump(arrays, values, kind=_RESULT)

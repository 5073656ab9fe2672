"""Count of the linear pieces of all networks of a run, step by step, for a worker."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.pieces import Range, count_pieces, networks_at_once
from annlab.runs.run import Run
from annlab.tensor_file import dump, load
from annlab.validation import Config

Array = NDArray[Any]

# Count of a network that is not counted yet.
NOT_COUNTED = -1
# Epochs that are counted first, so that the curve soon has both ends.
N_FIRST = 6
_KIND = "count of linear pieces"


class PieceCountRequest(Config):
    """Which pieces are counted: those of all networks that did not diverge, at all checkpoints.

    Attributes
    ----------
    run : str
        Fingerprint of the run.
    x_range, y_range : tuple of float
        Sides of the rectangle.
    """

    run: str
    x_range: Range
    y_range: Range


def count_pieces_of_run(
    request: PieceCountRequest,
    report: Callable[[float, bytes], None],
    should_stop: Callable[[], bool],
    run: bytes,
    so_far: bytes = b"",
) -> bytes:
    """Count the pieces of all networks of a run.

    Parameters
    ----------
    request : PieceCountRequest
    report, should_stop : callable
        As `annlab.jobs.kinds.Kind` describes them.
    run : bytes
        Result of `Run.to_bytes`.
    so_far : bytes
        Earlier result that lacks some counts, or empty.

    Returns
    -------
    bytes
        For `read_counts`.

    Raises
    ------
    ValueError
        If a network has more pieces than can be counted, or none.
    """
    opened = Run.from_bytes(run)
    of = np.flatnonzero(opened.counted)
    layers = [(W[:, of], b[:, of]) for W, b in opened.checkpoints.layers]
    n_epochs, n_networks = layers[0][0].shape[:2]
    counts = np.full((n_epochs, n_networks), NOT_COUNTED)
    if so_far:
        counts = read_counts(so_far).copy()
    *first, last = np.linspace(0, n_epochs - 1, N_FIRST).round().astype(int).tolist()
    step = networks_at_once(opened.config.model.hidden_sizes)
    activation, ranges = opened.config.model.activation, (request.x_range, request.y_range)
    for epoch in dict.fromkeys([0, last, *first, *range(n_epochs)]):
        for k in range(0, n_networks, step):
            some = slice(k, k + step)
            if (counts[epoch, some] != NOT_COUNTED).all():
                continue
            if should_stop():
                return write_counts(counts)
            stack = [(W[epoch, some], b[epoch, some]) for W, b in layers]
            found = count_pieces(stack, activation, *ranges)
            if found is None:
                raise ValueError("The network has more linear pieces than can be counted.")
            counts[epoch, some] = found
            report(float((counts != NOT_COUNTED).mean()), write_counts(counts))
    return write_counts(counts)


def counted_epochs(counts: Array) -> NDArray[np.int64]:
    """Indices of the checkpoints at which all networks are counted."""
    return np.flatnonzero((counts != NOT_COUNTED).all(axis=1))


def read_counts(data: bytes) -> NDArray[np.int64]:
    """Read the result of `count_pieces_of_run`.

    Returns
    -------
    ndarray of int, shape (n_checkpoints, n_networks)
        Without diverged networks; `NOT_COUNTED` where the count is missing.

    Raises
    ------
    SavedFileError
        If the data are damaged.
    """
    arrays, _ = load(data, kind=_KIND)
    counts: NDArray[np.int64] = arrays["counts"]
    return counts


def write_counts(counts: Array) -> bytes:
    """Write counts, of shape (n_checkpoints, n_networks), for `read_counts`."""
    return dump({"counts": counts}, {}, kind=_KIND)

"""Sentences that name the networks, weights, epochs and splits of a result."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from annlab.config import RESULTS_VERSION
from annlab.formatting import network_name
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.ui.text.markdown import join_names


def left_out_networks(counted: NDArray[Any]) -> str:
    """Number of diverged networks that means leave out; empty if there are none."""
    n = int((~counted).sum())
    if not n:
        return ""
    return f"{n} of {len(counted)} networks diverged and {'is' if n == 1 else 'are'} left out"


def how_many_networks(counted: NDArray[Any]) -> str:
    """Number of networks in a mean: "10", or "9 of 10" if one diverged."""
    n = int(counted.sum())
    return str(n) if n == len(counted) else f"{n} of {len(counted)}"


def whose_plots(
    names: Sequence[str], counted: Sequence[NDArray[Any]], drawn: int, is_median: bool
) -> str:
    """Name the networks behind the scores and the plots.

    Parameters
    ----------
    names : sequence of str
        Letters of the models.
    counted : sequence of ndarray of bool, shape (n_seeds,)
        Networks that each model's means include.
    drawn : int
        Index of the plotted network.
    is_median : bool
        Whether the plotted network is the median one.

    Returns
    -------
    str
        Empty if every model has a single network.
    """
    if all(len(networks) == 1 for networks in counted):
        return ""
    numbers = [how_many_networks(networks) for networks in counted]
    of = numbers[0]
    if len(set(numbers)) > 1:
        of = join_names([f"{n} ({name})" for n, name in zip(numbers, names, strict=True)])
    median = ", the median" if is_median else ""
    return f"Scores: mean of {of} networks. Plots: {network_name(drawn)}{median}."


def whose_weights(run: Run, weights: Epoch) -> str:
    """Name the shown weights of a run with early stopping: "Weights: best, epoch 29".

    Parameters
    ----------
    run : Run
    weights : int, "best" or "last"
        Argument of `Run.layers`.

    Returns
    -------
    str
        Empty for a run without early stopping, and for a selected epoch.
    """
    if not run.stops_early or not isinstance(weights, str):
        return ""
    return f"Weights: {weights}, {epochs_in_words(run.shown_epochs(weights)[run.counted])}"


def epochs_in_words(epochs: NDArray[Any]) -> str:
    """Epochs of several networks: "epoch 29", or "epochs 12 to 29" if they differ."""
    first, last = int(epochs.min()), int(epochs.max())
    return f"epoch {first}" if first == last else f"epochs {first} to {last}"


def ending_remark(run: Run) -> str:
    """Remark on an incomplete run or a run of an earlier version of annlab; else empty."""
    remarks = []
    if run.ending not in ("finished", "early"):
        remarks.append(f"{ENDINGS[run.ending]} after epoch {run.n_epochs}")
    if run.results_version != RESULTS_VERSION:
        remarks.append(EARLIER_VERSION)
    return f" ({', '.join(remarks)})" if remarks else ""


SPLIT_NAMES = {
    "train": "training samples",
    "validation": "validation samples",
    "test": "test samples",
    "all": "all samples",
}


# Mark of a run of an earlier results version.
EARLIER_VERSION = "earlier version"


# Reasons why a run ended.
ENDINGS = {
    "finished": "all epochs",
    "early": "early stopping",
    "stopped": "stopped",
    "diverged": "diverged",
}

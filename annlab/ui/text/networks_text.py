"""Which networks, weights and samples something is of, in words."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from annlab.config import RESULTS_VERSION
from annlab.formatting import network_name
from annlab.runs.run import Epoch, Run
from annlab.ui.text.markdown import join_names


def left_out_networks(counted: NDArray[Any]) -> str:
    """Say how many networks do not count in means; empty where all do."""
    n = int((~counted).sum())
    if not n:
        return ""
    return f"{n} of {len(counted)} networks diverged and {'is' if n == 1 else 'are'} left out"


def how_many_networks(counted: NDArray[Any]) -> str:
    """How many networks count in means: "10", or "9 of 10" where one diverged."""
    n = int(counted.sum())
    return str(n) if n == len(counted) else f"{n} of {len(counted)}"


def whose_plots(
    names: Sequence[str], counted: Sequence[NDArray[Any]], drawn: int, is_median: bool
) -> str:
    """Say which networks the scores and the plots are of.

    Parameters
    ----------
    names : sequence of str
        The letters of the models.
    counted : sequence of ndarray of bool, shape (n_seeds,)
        Of each model, the networks that count in means.
    drawn : int
        Index of the network that is drawn.
    is_median : bool
        Whether it is the median one.

    Returns
    -------
    str
        Empty where every model is a single network.
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
    """Say which weights of a run with early stopping are shown: "Weights: best, epoch 29".

    Parameters
    ----------
    run : Run
    weights : int, "best" or "last"
        As `Run.layers` takes it.

    Returns
    -------
    str
        Empty for a run without early stopping, and for an epoch that was chosen.
    """
    if not run.stops_early or not isinstance(weights, str):
        return ""
    return f"Weights: {weights}, {epochs_in_words(run.shown_epochs(weights)[run.counted])}"


def epochs_in_words(epochs: NDArray[Any]) -> str:
    """Epochs of several networks: "epoch 29", or "epochs 12 to 29" where they differ."""
    first, last = int(epochs.min()), int(epochs.max())
    return f"epoch {first}" if first == last else f"epochs {first} to {last}"


def ending_remark(run: Run) -> str:
    """A remark on a run that is not whole, or of an earlier version of annlab; else empty."""
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


# How a run is marked that an earlier results version has made.
EARLIER_VERSION = "earlier version"


# Why a run ended.
ENDINGS = {
    "finished": "all epochs",
    "early": "early stopping",
    "stopped": "stopped by hand",
    "diverged": "diverged",
}

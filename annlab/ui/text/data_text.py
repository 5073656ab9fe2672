"""Sentences about the samples of a data set."""

from annlab.analysis.repeated_samples import n_repeated
from annlab.datasets import SPLIT_NAMES, Dataset
from annlab.datasets.own.own_data import OwnData
from annlab.ui.text.markdown import escape_markdown

_MOST_NAMED = 3


def repeated_text(dataset: Dataset) -> str:
    """Say how many held-out samples the networks also learn from; empty if there are none.

    Parameters
    ----------
    dataset : Dataset
        Data of one network.
    """
    if dataset.n_train_samples > len(dataset.y_train):
        return ""  # not all of the training samples are here
    sentences = []
    for split in ("validation", "test"):
        if not len(getattr(dataset, f"y_{split}")) or not (n := n_repeated(dataset, split)):
            continue
        which = f"{n:,} {SPLIT_NAMES[split]} {'sample equals' if n == 1 else 'samples equal'}"
        sentences.append(f"{which} a training sample in all features and the target.")
    return " ".join(sentences)


def missing_text(own: OwnData) -> str:
    """Say what stands for the missing cells of data of one's own."""
    names = [f"“{escape_markdown(column.name)}”" for column in own.columns if column.has_missing]
    if not names:
        return "no missing values"
    more = len(names) - _MOST_NAMED
    listed = ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return (
        f"missing cells in {listed}: an input says so, and a missing number is replaced by the "
        "median of the training samples"
    )

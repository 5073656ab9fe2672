"""Samples that a held-out split shares with the training split."""

import numpy as np

from annlab.datasets import Dataset, Split
from annlab.datasets.split import sample_ids


def n_repeated(dataset: Dataset, split: Split) -> int:
    """Count the samples of a split that equal a training sample in features and targets.

    A network may know their targets by heart, so they say little about new samples.

    Parameters
    ----------
    dataset : Dataset
        Data of one network, with all its training samples.
    split : {"validation", "test"}

    Raises
    ------
    ValueError
        If the split has no samples.
    """
    known = sample_ids(dataset.X_train, dataset.y_train)
    return int(np.isin(sample_ids(*dataset.split(split)), known).sum())

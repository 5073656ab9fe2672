"""Train all networks of a config into a run."""

from collections.abc import Callable
from typing import Any

from annlab.config import RunConfig
from annlab.datasets import Dataset
from annlab.datasets.own import tables
from annlab.runs.budget import check_budget
from annlab.runs.run import Run
from annlab.training.callbacks import EpochReport
from annlab.training.fit import fit


def train(
    config: RunConfig,
    *,
    dataset: Dataset | None = None,
    on_epoch: Callable[[EpochReport], Any] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Run:
    """Train all networks of a run; blocks until they are done.

    The same config gives the same weights, bit for bit on the same machine, regardless of other
    work in the process: training neither reads nor changes global random state.

    Parameters
    ----------
    config : RunConfig
        Run to train.
    dataset : Dataset, optional
        Data of the config, from `Dataset.from_arrays`; needed only for data of one's own that
        this process does not have at hand any more.
    on_epoch : callable, optional
        Called with an `EpochReport` before the first epoch and after every epoch.
    should_stop : callable, optional
        Called several times a second; True ends the training, which keeps its complete epochs.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If `dataset` has other settings than the config, the run takes more than the host
        allows, the machine lacks the accelerator, the data cannot be split, or features are so
        large that the loss is not finite before training.
    """
    if dataset is not None:
        if dataset.config != config.dataset:
            raise ValueError(
                "dataset: it has other settings than the config; take RunConfig(dataset="
                "dataset.config, …)"
            )
        if dataset.table is not None:
            tables.provide(dataset.table)
    check_budget(config)
    return fit([config], on_epoch=on_epoch, should_stop=should_stop).runs()[0]

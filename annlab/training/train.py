"""`train`: from a config to a run."""

import logging
import time
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from lightning_fabric.utilities import registry

from annlab.config import RunConfig
from annlab.datasets import load_for_training
from annlab.run import Run
from annlab.training.accelerators import choose
from annlab.training.callbacks import AfterEpoch, EarlyStopper, EpochReport, Recorder
from annlab.training.module import StackModule

for _name in ("pytorch_lightning", "lightning_fabric"):
    logging.getLogger(_name).setLevel(logging.ERROR)
# Each Trainer asks all installed packages for callbacks, and reads a file of every one: several
# milliseconds, as long as some whole trainings. They stay the same while a process runs.
vars(registry)["entry_points"] = cache(vars(registry)["entry_points"])


def train(
    config: RunConfig,
    *,
    on_epoch: Callable[[EpochReport], Any] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Run:
    """Train all networks of a run; blocks until they are done.

    The same config gives the same weights, bit for bit on the same machine, whatever else
    runs beside it: no global random state is read or changed.

    Parameters
    ----------
    config : RunConfig
        What to run.
    on_epoch : callable, optional
        Is given an `EpochReport` before the first and after every epoch.
    should_stop : callable, optional
        Asked several times a second; True ends the run, which keeps its whole epochs.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If the machine lacks the accelerator, or the data cannot be split or are so large
        that the loss is not finite even before training.
    """
    start = time.perf_counter()
    accelerator, label = choose(config.training.accelerator)
    module = StackModule(config, load_for_training(config.dataset))
    patience = config.training.early_stopping_patience
    columns = module.columns
    recorder = Recorder()
    stopper = EarlyStopper(recorder, patience, columns) if patience else None
    after = AfterEpoch(recorder, stopper, on_epoch, should_stop)
    # More threads make small networks slower.
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with warnings.catch_warnings():
            # About DataLoader workers and unused devices: neither is meant to be otherwise.
            warnings.filterwarnings("ignore", module="pytorch_lightning")
            trainer = pl.Trainer(
                accelerator=accelerator,
                devices=1,
                max_epochs=config.training.max_epochs,
                callbacks=[*([stopper] if stopper else []), recorder, after],
                logger=False,
                enable_checkpointing=False,
                enable_progress_bar=False,
                enable_model_summary=False,
                num_sanity_val_steps=0,
            )
            trainer.fit(module)
    finally:
        torch.set_num_threads(n_threads)
    stopped_at = stopper.stopped_at if stopper else {}
    return Run(
        config=config,
        history=recorder.history(columns),
        checkpoints=after.checkpoints(module),
        epochs_trained=np.array(
            [stopped_at.get(k, recorder.epoch) for k in range(config.training.n_seeds)],
            dtype=np.int64,
        ),
        epoch_seconds=np.array(recorder.seconds),
        duration_seconds=time.perf_counter() - start,
        accelerator=label,
        ending=recorder.ending,
        message=recorder.message,
    )

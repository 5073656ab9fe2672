"""Train all networks of a config into a run."""

import logging
import os
import platform
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from lightning_fabric.utilities import registry

from annlab.config import RunConfig
from annlab.datasets import load_for_training
from annlab.runs.budget import check_budget
from annlab.runs.run import Run
from annlab.training.accelerators import choose
from annlab.training.callbacks import AfterEpoch, EpochReport
from annlab.training.early_stopping import EarlyStopper
from annlab.training.ending import what_happened
from annlab.training.recorder import Recorder
from annlab.training.stack_module import StackModule
from annlab.version import __version__

for _name in ("pytorch_lightning", "lightning_fabric"):
    logging.getLogger(_name).setLevel(logging.ERROR)
# Lightning warns of unused devices and of its own deprecated calls. The filter is for the whole
# process, because `catch_warnings` is not thread-safe and a worker has two threads.
warnings.filterwarnings("ignore", module="pytorch_lightning")
# Each Trainer reads a file of every installed package to find callbacks, which takes several
# milliseconds, as long as some trainings. The packages do not change while a process runs.
vars(registry)["entry_points"] = cache(vars(registry)["entry_points"])


def train(
    config: RunConfig,
    *,
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
        If the run takes more than the host allows, the machine lacks the accelerator, the data
        cannot be split, or features are so large that the loss is not finite before training.
    """
    check_budget(config)
    start = time.perf_counter()
    accelerator, label = choose(config.training.accelerator)
    data = load_for_training(config)
    module = StackModule(config, data)
    recorder = Recorder(config)
    stopper = (
        EarlyStopper(recorder, config) if config.training.early_stopping_patience > 0 else None
    )
    after = AfterEpoch(recorder, stopper, on_epoch, should_stop)
    # More threads make small networks slower.
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        trainer = pl.Trainer(
            accelerator=accelerator,
            devices=1,
            max_epochs=config.training.max_epochs,
            callbacks=[recorder, after],
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
        )
        trainer.fit(module)
    finally:
        torch.set_num_threads(n_threads)
    learned_until = (stopper.stopped_at if stopper else {}) | {
        network: epoch - 1 for network, epoch in recorder.diverged_at.items()
    }
    networks = range(config.training.n_seeds)
    return Run(
        config=config,
        history={name: values.copy() for name, values in recorder.history.as_dict().items()},
        checkpoints=after.checkpoints(module),
        epochs_trained=np.array(
            [learned_until.get(k, recorder.epoch) for k in networks], dtype=np.int64
        ),
        epoch_seconds=np.array(recorder.seconds),
        duration_seconds=time.perf_counter() - start,
        accelerator=label,
        ending=recorder.ending,
        message=what_happened(recorder, stopper, config),
        diverged_epochs=recorder.diverged_epochs,
        best_epochs=stopper.best_epochs if stopper else np.zeros(0, np.int64),
        best_layers=stopper.best_layers(module) if stopper else (),
        n_samples=data.n_samples,
        n_distinct=data.n_distinct,
        preprocessing=data.preprocessing,
        provenance=_provenance(label),
    )


def _provenance(accelerator: str) -> dict[str, str]:
    """Date, versions and machine of a training."""
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "annlab": __version__,
        "python": platform.python_version(),
        **_versions(),
        "machine": f"{platform.system()} {platform.machine()}, {accelerator}, "
        f"{os.cpu_count()} cores",
    }


@cache
def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("torch", "pytorch-lightning", "numpy", "scikit-learn")}

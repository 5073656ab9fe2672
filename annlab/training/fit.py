"""Training of one stack by Lightning, and the runs of the configs whose networks it holds."""

import logging
import os
import platform
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from itertools import accumulate
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from lightning_fabric.utilities import registry

from annlab.config import RunConfig
from annlab.datasets import TrainingData, load_for_training
from annlab.runs.run import Run
from annlab.training.accelerators import choose
from annlab.training.callbacks import AfterEpoch, EpochReport
from annlab.training.checkpoints import CheckpointKeeper
from annlab.training.early_stopping import EarlyStopper
from annlab.training.ending import Outcome, what_happened
from annlab.training.networks import Networks
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


@dataclass(frozen=True, eq=False)
class Fitted:
    """A stack after its training.

    Attributes
    ----------
    configs : tuple of RunConfig
        Configs whose networks the stack holds, in the order of the stack.
    module : StackModule
    recorder : Recorder
    stopper : EarlyStopper or None
    keepers : tuple of CheckpointKeeper
        One for each config; empty if only the history was asked for.
    data : TrainingData
    seconds : float
    accelerator : str
        Display name.
    """

    configs: tuple[RunConfig, ...]
    module: StackModule
    recorder: Recorder
    stopper: EarlyStopper | None
    keepers: tuple[CheckpointKeeper, ...]
    data: TrainingData
    seconds: float
    accelerator: str

    def runs(self) -> list[Run]:
        """Return the run of each config."""
        last = self.module.stack.arrays()
        best = self.stopper.best_layers(self.module) if self.stopper else ()
        history = self.recorder.history.as_dict()
        provenance = _provenance(self.accelerator)
        found = []
        for config, keeper, outcome in zip(
            self.configs, self.keepers, self.outcomes(), strict=True
        ):
            own, n = keeper.networks, config.training.n_seeds
            learned = (outcome.learned_until.get(k, outcome.epoch) for k in range(n))
            diverged = (outcome.diverged_at.get(k, 0) for k in range(n))
            rows = slice(0, outcome.epoch + 1)
            found.append(
                Run(
                    config=config,
                    history={name: values[rows, own].copy() for name, values in history.items()},
                    checkpoints=keeper.checkpoints(outcome.epoch, last),
                    epochs_trained=np.fromiter(learned, np.int64, n),
                    epoch_seconds=np.array(self.recorder.seconds[rows]),
                    duration_seconds=self.seconds,
                    accelerator=self.accelerator,
                    ending=outcome.ending,
                    message=what_happened(outcome, self.stopper, config),
                    diverged_epochs=np.fromiter(diverged, np.int64, n),
                    best_epochs=(
                        self.stopper.best_epochs[own].copy()
                        if self.stopper
                        else np.zeros(0, np.int64)
                    ),
                    best_layers=tuple((W[own].copy(), b[own].copy()) for W, b in best),
                    n_samples=self.data.n_samples,
                    n_distinct=self.data.n_distinct,
                    preprocessing=self.data.preprocessing,
                    provenance=provenance,
                )
            )
        return found

    def outcomes(self) -> list[Outcome]:
        """How the networks of each config ended."""
        return [
            Outcome.of(self.recorder, self.stopper, range(own.start, own.stop))
            for own in places(self.configs)
        ]


def places(configs: Sequence[RunConfig]) -> list[slice]:
    """Place of each config's networks in their common stack."""
    ends = list(accumulate(config.training.n_seeds for config in configs))
    return [
        slice(end - config.training.n_seeds, end) for end, config in zip(ends, configs, strict=True)
    ]


def fit(
    configs: Sequence[RunConfig],
    *,
    on_epoch: Callable[[EpochReport], Any] | None = None,
    should_stop: Callable[[], bool] | None = None,
    keeps_weights: bool = True,
    last_epoch: int | None = None,
) -> Fitted:
    """Train the networks of some configs in one stack; blocks until they are done.

    Parameters
    ----------
    configs : sequence of RunConfig
        With the same `annlab.training.networks.stack_key`.
    on_epoch : callable, optional
        Called with an `EpochReport` of the whole stack before and after every epoch.
    should_stop : callable, optional
        Called several times a second; True ends the training, which keeps its complete epochs.
    keeps_weights : bool
        Whether checkpoints are kept, which `Fitted.runs` needs.
    last_epoch : int, optional
        Ends the training before `max_epochs`, which the learning-rate schedule still plans for.

    Returns
    -------
    Fitted

    Raises
    ------
    ValueError
        If the machine lacks the accelerator, the data cannot be split, or features are so large
        that the loss is not finite before training.
    """
    start = time.perf_counter()
    networks = Networks.of(configs)
    training = configs[0].training.model_copy(update={"n_seeds": len(networks)})
    whole = configs[0].model_copy(update={"training": training})
    accelerator, label = choose(training.accelerator)
    data = load_for_training(whole)
    module = StackModule(whole, data, networks)
    recorder = Recorder(whole)
    stopper = EarlyStopper(recorder, whole) if training.early_stopping_patience > 0 else None
    keepers = tuple(map(CheckpointKeeper, configs, places(configs))) if keeps_weights else ()
    after = AfterEpoch(recorder, stopper, on_epoch, should_stop, keepers)
    # More threads make small networks slower.
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        trainer = pl.Trainer(
            accelerator=accelerator,
            devices=1,
            max_epochs=training.max_epochs if last_epoch is None else last_epoch,
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
    seconds = time.perf_counter() - start
    return Fitted(tuple(configs), module, recorder, stopper, keepers, data, seconds, label)


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

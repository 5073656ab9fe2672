"""Callback after each epoch: early stopping, checkpoints, progress reports, user stop.

Lightning calls the callbacks in the order in which `train` lists them: the recorder first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray

from annlab.nn.forward import Layers
from annlab.runs.history import (
    History,
    checkpoint_epochs,
    checkpoints_that_fit,
)
from annlab.runs.run_record import Checkpoints
from annlab.training.early_stopping import EarlyStopper
from annlab.training.recorder import Recorder
from annlab.training.stack_module import StackModule


@dataclass(frozen=True)
class EpochReport:
    """Progress report of a training after an epoch.

    Attributes
    ----------
    epoch, max_epochs : int
        Completed epochs (0: before training), and planned epochs.
    elapsed_seconds : float
        Time since the start.
    history : History
        Recorded rows so far; the object keeps growing.
    diverged_epochs : ndarray of int, shape (n_seeds,)
        Epoch in which each network's loss stopped being finite; 0 for a finite loss so far.
    weights : callable
        Returns copies of the current weights and biases of every layer, of shapes
        (n_seeds, n_in, n_out) and (n_seeds, n_out).
    """

    epoch: int
    max_epochs: int
    elapsed_seconds: float
    history: History
    diverged_epochs: NDArray[np.int64]
    weights: Callable[[], Layers]

    @property
    def metrics(self) -> dict[str, NDArray[np.float32]]:
        """Row of this epoch: ``train_loss`` and the other columns, each of shape (n_seeds,)."""
        return {name: values[self.epoch] for name, values in self.history.as_dict().items()}


class AfterEpoch(pl.Callback):
    """Runs after each recorded epoch: early stopping, checkpoints, progress reports, user stop."""

    def __init__(
        self,
        recorder: Recorder,
        stopper: EarlyStopper | None,
        on_epoch: Callable[[EpochReport], Any] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.recorder, self.stopper = recorder, stopper
        self.on_epoch, self.should_stop = on_epoch, should_stop
        self.kept: dict[int, Layers] = {}
        self._epochs_to_keep: tuple[int, ...] = ()
        self._most_checkpoints = 0
        # All networks at the best epochs so far of some of them.
        self._kept_at_best: dict[int, Layers] = {}
        self._stop_after_epoch = False

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        assert isinstance(module, StackModule)
        config = module.config
        n_seeds = config.training.n_seeds
        self._epochs_to_keep = checkpoint_epochs(
            config.training.max_epochs, config.n_parameters, n_seeds
        )
        self._most_checkpoints = checkpoints_that_fit(config.n_parameters * n_seeds)
        self._after(trainer, module)

    def on_train_batch_end(
        self,
        trainer: pl.Trainer,
        module: pl.LightningModule,
        outputs: Any,
        batch: Any,
        batch_index: int,
    ) -> None:
        if self.should_stop and self.should_stop():
            if batch_index + 1 == trainer.num_training_batches:
                self._stop_after_epoch = True  # the epoch is complete, so keep it
            else:
                self._stop(trainer)

    def on_train_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        if self.recorder.ending in ("stopped", "diverged"):
            return
        self._after(trainer, module)
        is_last = self.recorder.epoch == trainer.max_epochs
        if self._stop_after_epoch and self.recorder.ending == "finished" and not is_last:
            self._stop(trainer)

    def _stop(self, trainer: pl.Trainer) -> None:
        self.recorder.end(trainer, "stopped")

    def _after(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        assert isinstance(module, StackModule)
        epoch = self.recorder.epoch
        if self.stopper:
            self.stopper.update(trainer, module)
        if epoch in self._epochs_to_keep:
            self.kept[epoch] = module.stack.arrays()
        if self.stopper:
            self._keep_best(module, self.stopper)
        if self.on_epoch:
            self.on_epoch(
                EpochReport(
                    epoch=epoch,
                    max_epochs=module.config.training.max_epochs,
                    elapsed_seconds=self.recorder.seconds[-1],
                    history=self.recorder.history,
                    diverged_epochs=self.recorder.diverged_epochs,
                    weights=module.stack.arrays,
                )
            )

    def _keep_best(self, module: StackModule, stopper: EarlyStopper) -> None:
        """Keep a checkpoint at the best epoch of each network, as long as all fit."""
        best = set(stopper.best_epochs.tolist())
        if len(best | {*self._epochs_to_keep}) > checkpoints_that_fit(
            self.recorder.history.n_seeds * module.config.n_parameters
        ):
            best = set()
        kept = {epoch: layers for epoch, layers in self._kept_at_best.items() if epoch in best}
        if self.recorder.epoch in best:
            kept[self.recorder.epoch] = module.stack.arrays()
        self._kept_at_best = kept

    def checkpoints(self, module: StackModule) -> Checkpoints:
        """All checkpoints, including the last weights."""
        self.kept = {**self._kept_at_best, **self.kept}
        self.kept.setdefault(self.recorder.epoch, module.stack.arrays())
        epochs = sorted(self.kept)
        layers = tuple(
            (
                np.stack([self.kept[epoch][i][0] for epoch in epochs]),
                np.stack([self.kept[epoch][i][1] for epoch in epochs]),
            )
            for i in range(len(module.stack.weights))
        )
        return Checkpoints(np.array(epochs, dtype=np.int64), layers)

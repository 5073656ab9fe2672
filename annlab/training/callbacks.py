"""Callback after each epoch: early stopping, checkpoints, progress reports, user stop.

Lightning calls the callbacks in the order in which `train` lists them: the recorder first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray

from annlab.nn.forward import Layers
from annlab.runs.history import History
from annlab.training.checkpoints import CheckpointKeeper
from annlab.training.early_stopping import EarlyStopper
from annlab.training.optimizer_state import State, optimizer_state
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
    optimizer_state : callable
        Returns copies of what the optimizer remembers, as `optimizer_state` does.
    """

    epoch: int
    max_epochs: int
    elapsed_seconds: float
    history: History
    diverged_epochs: NDArray[np.int64]
    weights: Callable[[], Layers]
    optimizer_state: Callable[[], State]

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
        keepers: Sequence[CheckpointKeeper],
    ) -> None:
        self.recorder, self.stopper = recorder, stopper
        self.on_epoch, self.should_stop = on_epoch, should_stop
        self.keepers = keepers
        self._stop_after_epoch = False

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
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
        self._keep(module)
        if self.on_epoch:
            self.on_epoch(
                EpochReport(
                    epoch=epoch,
                    max_epochs=trainer.max_epochs or 0,
                    elapsed_seconds=self.recorder.seconds[-1],
                    history=self.recorder.history,
                    diverged_epochs=self.recorder.diverged_epochs,
                    weights=module.stack.arrays,
                    optimizer_state=partial(optimizer_state, module.stack, module.update.optimizer),
                )
            )

    def _keep(self, module: StackModule) -> None:
        """Keep the weights of this epoch for those who want them."""
        epoch = self.recorder.epoch
        best = self.stopper.best_epochs if self.stopper else np.zeros(0, np.int64)
        wanting = [
            keeper for keeper in self.keepers if keeper.wants(epoch, best[keeper.networks].tolist())
        ]
        if wanting:
            layers = module.stack.arrays()
            for keeper in wanting:
                keeper.keep(epoch, layers)

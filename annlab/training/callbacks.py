"""Lightning callbacks between epochs: recording, checkpoints, stopping, progress reports.

Lightning calls the callbacks in the order in which `train` lists them.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from annlab.config import RunConfig
from annlab.datasets import watched_split
from annlab.nn.forward import Layers
from annlab.runs.history import History, checkpoint_epochs, column, history_columns
from annlab.runs.run_record import Checkpoints, Ending
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


class Recorder(pl.Callback):
    """Records the history from epoch 0 on, and freezes networks that stopped or diverged.

    The networks of a stack stay independent: a network that stopped early or diverged is reset to
    its frozen weights after every further epoch of the other networks.

    Parameters
    ----------
    config : RunConfig
        Run that is trained.

    Attributes
    ----------
    history : History
        One row for each epoch so far.
    diverged_at : dict of int
        By network, the epoch in which its loss stopped being finite.
    """

    def __init__(self, config: RunConfig) -> None:
        self.history = History(history_columns(config), config.training.n_seeds)
        self.seconds: list[float] = []
        self.ending: Ending = "finished"
        self.diverged_at: dict[int, int] = {}
        self._frozen: dict[int, list[Tensor]] = {}
        self._start = time.perf_counter()
        self._last_good = torch.empty(0)

    @property
    def epoch(self) -> int:
        """Last recorded epoch."""
        return len(self.history) - 1

    def end(self, trainer: pl.Trainer, ending: Ending) -> None:
        """End the training before its last epoch."""
        self.ending = ending
        trainer.should_stop = True

    def freeze(self, module: StackModule, network: int) -> None:
        """Fix a network at its current weights for the rest of the training."""
        self._frozen[network] = [view.clone() for view in module.stack.of_network(network)]

    def is_frozen(self, network: int) -> bool:
        """Whether a network no longer learns."""
        return network in self._frozen

    @property
    def diverged_epochs(self) -> NDArray[np.int64]:
        """Epoch in which each network diverged, or 0: shape (n_seeds,)."""
        epochs = np.zeros(self.history.n_seeds, np.int64)
        for network, epoch in self.diverged_at.items():
            epochs[network] = epoch
        return epochs

    @property
    def all_frozen(self) -> bool:
        """Whether no network learns any longer."""
        return len(self._frozen) == self.history.n_seeds

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        assert isinstance(module, StackModule)
        row = self._measured(module)
        if not torch.isfinite(row).all():
            raise ValueError(
                "The loss is not a finite number even before training: the features are too "
                "large. Scale the data."
            )
        self._record(module, row)

    def on_train_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        assert isinstance(module, StackModule)
        if self.ending == "stopped":
            # A stop within an epoch restores the weights of the last complete epoch.
            module.stack.flat.data.copy_(self._last_good)
            return
        for network, tensors in self._frozen.items():
            for view, kept in zip(module.stack.of_network(network), tensors, strict=True):
                view.copy_(kept)
        row = self._measured(module)
        # A finite sum is the fastest proof that all numbers are finite. If the sum overflows,
        # `_freeze_diverged` checks each network.
        if not math.isfinite(row.sum() + module.stack.flat.data.sum()):
            row = row.clone()  # inference tensors are read-only here
            self._freeze_diverged(module, row)
            if len(self.diverged_at) == row.shape[1]:
                self.end(trainer, "diverged")
                return
        self._record(module, row)

    @staticmethod
    def _measured(module: StackModule) -> Tensor:
        """Measure the newest row of the history.

        A value of the test split that is too large for float32 becomes the largest float32,
        because the test split must not decide whether a network diverged.
        """
        row = module.measure()
        if math.isfinite(row.sum()):
            return row
        row = row.clone()  # inference tensors are read-only here
        is_test = torch.tensor([name.startswith("test_") for name in module.columns])
        largest = torch.finfo(row.dtype).max
        row[is_test] = torch.nan_to_num(row[is_test], nan=largest, posinf=largest)
        return row

    def _freeze_diverged(self, module: StackModule, row: Tensor) -> None:
        """Reset networks with non-finite numbers to the epoch before, and freeze them."""
        for network in range(row.shape[1]):
            views = module.stack.of_network(network)
            if all(torch.isfinite(tensor).all() for tensor in (row[:, network], *views)):
                continue
            good = module.stack.of_network(network, self._last_good)
            for view, kept in zip(views, good, strict=True):
                view.copy_(kept)
            row[:, network] = torch.tensor(self.history.last[:, network])
            if not self.is_frozen(network):
                self.freeze(module, network)
                self.diverged_at[network] = self.epoch + 1

    def _record(self, module: StackModule, row: Tensor) -> None:
        self.history.append(row.cpu().numpy()[None])
        self.seconds.append(time.perf_counter() - self._start)
        self._last_good = module.stack.flat.data.clone()


class EarlyStopper:
    """Early stopping of each network, which keeps its best weights.

    A network is frozen after `patience` epochs without a lower loss: the validation loss, or the
    training loss without a validation split; never a loss of the test split. As in Lightning and
    Keras, the first epoch is the first best.
    """

    def __init__(self, recorder: Recorder, config: RunConfig) -> None:
        self.recorder = recorder
        self.patience = config.training.early_stopping_patience
        self.split = watched_split(config.sizes.splits)
        self._column = recorder.history.columns.index(column(self.split, "loss"))
        self.stopped_at: dict[int, int] = {}
        self._best_loss: Tensor = torch.empty(0)
        self._best_epoch: Tensor = torch.empty(0)
        self._best_weights: Tensor = torch.empty(0)

    def update(self, trainer: pl.Trainer, module: StackModule) -> None:
        """Update the best weights from the newest row; freeze networks out of patience."""
        flat, epoch = module.stack.flat.data, self.recorder.epoch
        loss = torch.tensor(self.recorder.history.last[self._column])
        if epoch == 0:  # initial weights are best only if no epoch follows
            self._best_loss = torch.full_like(loss, math.inf)
            self._best_epoch = torch.zeros(len(loss), dtype=torch.int64)
            self._best_weights = flat.clone()
            return
        diverged = torch.tensor([k in self.recorder.diverged_at for k in range(len(loss))])
        better = (loss < self._best_loss) & ~diverged
        if better.any():
            self._best_loss = torch.where(better, loss, self._best_loss)
            self._best_epoch[better] = epoch
            module.stack.copy_networks(better.to(flat.device), flat, self._best_weights)
        for network in (epoch - self._best_epoch >= self.patience).nonzero()[:, 0].tolist():
            if not self.recorder.is_frozen(network):
                self.stopped_at[network] = epoch
                self.recorder.freeze(module, network)
        if self.recorder.all_frozen:
            self.recorder.end(trainer, "early")

    @property
    def best_epochs(self) -> NDArray[np.int64]:
        """Epoch of each network's best weights."""
        found: NDArray[np.int64] = self._best_epoch.numpy()
        return found

    def best_layers(self, module: StackModule) -> tuple[tuple[Any, Any], ...]:
        """Each network's best weights, in the format of `Stack.arrays`."""
        return tuple(module.stack.arrays(self._best_weights))


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
        self._stop_after_epoch = False

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        assert isinstance(module, StackModule)
        config = module.config
        self._epochs_to_keep = checkpoint_epochs(
            config.training.max_epochs, config.n_parameters, config.training.n_seeds
        )
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

    def checkpoints(self, module: StackModule) -> Checkpoints:
        """All checkpoints, including the last weights."""
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

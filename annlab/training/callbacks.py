"""What happens between epochs: recording, keeping weights, stopping, reporting.

Lightning calls the callbacks in the order in which `train` lists them.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from annlab.forward import Layers
from annlab.recording import checkpoint_epochs
from annlab.run import Checkpoints, Ending
from annlab.training.module import StackModule


@dataclass(frozen=True)
class EpochReport:
    """How far a training is, in plain numbers.

    Attributes
    ----------
    epoch, max_epochs : int
        Epochs done (0: before training) and to be done.
    elapsed_seconds : float
        Since the start.
    metrics : dict of list of float
        ``train_loss`` and the other columns of the history: one number for each seed.
    weights : callable
        Returns the present weights and biases of every layer, as copies of shapes
        (n_seeds, n_in, n_out) and (n_seeds, n_out).
    """

    epoch: int
    max_epochs: int
    elapsed_seconds: float
    metrics: dict[str, list[float]]
    weights: Callable[[], Layers]


class Recorder(pl.Callback):
    """Keeps the history, epoch 0 included, and ends the run when a loss is not finite."""

    def __init__(self) -> None:
        self.rows: list[Tensor] = []
        self.seconds: list[float] = []
        self.ending: Ending = "finished"
        self.message = ""
        self._start = time.perf_counter()
        self._last_good = torch.empty(0)

    @property
    def epoch(self) -> int:
        """Epochs that are recorded."""
        return len(self.rows) - 1

    def end(self, trainer: pl.Trainer, ending: Ending, message: str) -> None:
        """End the run before its last epoch."""
        self.ending, self.message = ending, message
        trainer.should_stop = True

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        assert isinstance(module, StackModule)
        row = module.measure()
        if not torch.isfinite(row).all():
            raise ValueError(
                "The loss is not a finite number even before training: the features are too "
                "large. Scale the data."
            )
        self._record(module, row)

    def on_train_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        assert isinstance(module, StackModule)
        if self.ending == "stopped":
            # Stopped within an epoch: weights and history are those of the last whole one.
            module.stack.flat.data.copy_(self._last_good)
            return
        row = module.measure()
        # A sum is finite only if all that is summed up is: the quickest way to ask. That one of
        # finite numbers overflows is as bad.
        if not math.isfinite(row.sum() + module.stack.flat.data.sum()):
            module.stack.flat.data.copy_(self._last_good)
            training = module.config.training
            scaled = module.config.dataset.scaling != "none"
            n_bad = max(1, int((~torch.isfinite(row)).any(dim=0).sum()))
            n = training.n_seeds
            who = "The loss" if n == 1 else f"The loss of {n_bad} of {n} networks"
            self.end(
                trainer,
                "diverged",
                f"{who} stopped being a finite number in epoch {self.epoch + 1}: the steps "
                f"overshot. What is shown is epoch {self.epoch}. Try a smaller learning rate "
                f"(now {training.learning_rate:g}){'' if scaled else ', or scale the data'}.",
            )
            return
        self._record(module, row)

    def _record(self, module: StackModule, row: Tensor) -> None:
        self.rows.append(row)
        self.seconds.append(time.perf_counter() - self._start)
        self._last_good = module.stack.flat.data.clone()

    def history(self, columns: list[str]) -> dict[str, NDArray[np.float32]]:
        """The history by column, each of shape (n_epochs + 1, n_seeds)."""
        table = torch.stack(self.rows).cpu().numpy()  # (n_epochs + 1, n_columns, n_seeds)
        return {name: np.ascontiguousarray(table[:, i]) for i, name in enumerate(columns)}


class EarlyStopper(pl.Callback):
    """Freezes each network on its own after `patience` epochs without a better loss.

    The networks of a stack stay independent: one that has stopped is put back to its
    weights after every epoch that the others still need.
    """

    def __init__(self, recorder: Recorder, patience: int, columns: Sequence[str]) -> None:
        self.recorder, self.patience = recorder, patience
        self.part = "validation" if "val_loss" in columns else "training"
        self.column = columns.index("val_loss" if self.part == "validation" else "train_loss")
        self.stopped_at: dict[int, int] = {}
        self._frozen: dict[int, list[Tensor]] = {}
        self._best: Tensor | None = None
        self._since = torch.empty(0)

    def on_train_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        assert isinstance(module, StackModule)
        for seed, tensors in self._frozen.items():
            for view, kept in zip(self._of(module, seed), tensors, strict=True):
                view.copy_(kept)

    def update(self, trainer: pl.Trainer, module: StackModule) -> None:
        """Look at the newest row of the history; freeze who has run out of patience."""
        loss = self.recorder.rows[-1][self.column].cpu()
        if self._best is None:
            self._best, self._since = loss.clone(), torch.zeros(len(loss), dtype=torch.int64)
            return
        better = loss < self._best
        self._best = torch.minimum(self._best, loss)
        self._since = torch.where(better, 0, self._since + 1)
        for seed in (self._since >= self.patience).nonzero()[:, 0].tolist():
            if seed not in self._frozen:
                self.stopped_at[seed] = self.recorder.epoch
                self._frozen[seed] = [view.clone() for view in self._of(module, seed)]
        if len(self._frozen) == len(loss):
            self.recorder.end(
                trainer,
                "early",
                f"Stopped early after epoch {self.recorder.epoch}: no better {self.part} loss "
                f"for {self.patience} epochs.",
            )

    @staticmethod
    def _of(module: StackModule, seed: int) -> list[Tensor]:
        return [tensor[seed] for tensor in (*module.stack.weights, *module.stack.biases)]


class AfterEpoch(pl.Callback):
    """What follows once an epoch is recorded: early stopping, weights, reports, stops."""

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
                self._stop_after_epoch = True  # this epoch is whole: keep it
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
        whole = self.recorder.epoch
        self.recorder.end(trainer, "stopped", f"Stopped by hand after epoch {whole}.")

    def _after(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        assert isinstance(module, StackModule)
        epoch = self.recorder.epoch
        if self.stopper:
            self.stopper.update(trainer, module)
        if epoch in self._epochs_to_keep:
            self.kept[epoch] = module.stack.arrays()
        if self.on_epoch:
            row = self.recorder.rows[-1].tolist()
            self.on_epoch(
                EpochReport(
                    epoch=epoch,
                    max_epochs=module.config.training.max_epochs,
                    elapsed_seconds=self.recorder.seconds[-1],
                    metrics=dict(zip(module.columns, row, strict=True)),
                    weights=module.stack.arrays,
                )
            )

    def checkpoints(self, module: StackModule) -> Checkpoints:
        """All weights that were kept, the last ones included."""
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

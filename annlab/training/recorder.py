"""Callback that records the history, and freezes networks that stopped or diverged."""

import math
import time

import numpy as np
import pytorch_lightning as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from annlab.config import RunConfig
from annlab.runs.history import (
    History,
    history_columns,
)
from annlab.runs.run_record import Ending
from annlab.training.stack_module import StackModule


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
        if self._frozen:
            row = row.clone()  # inference tensors are read-only here
            still = list(self._frozen)
            row[:, still] = torch.tensor(self.history.last[:, still], device=row.device)
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

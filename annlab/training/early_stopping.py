"""Early stopping of each network, which keeps its best weights."""

import math
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from annlab.config import RunConfig
from annlab.datasets import watched_split
from annlab.runs.history import (
    column,
)
from annlab.training.recorder import Recorder
from annlab.training.stack_module import StackModule


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

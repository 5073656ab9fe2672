"""Checkpoints of one config's networks within a stack."""

from collections.abc import Collection

import numpy as np

from annlab.config import RunConfig
from annlab.nn.forward import Layers
from annlab.runs.history import checkpoint_epochs, checkpoints_that_fit
from annlab.runs.run_record import Checkpoints


class CheckpointKeeper:
    """Keeps weights of one config's networks at the checkpoint epochs and at best epochs.

    Parameters
    ----------
    config : RunConfig
    networks : slice
        Place of its networks in the stack.
    """

    def __init__(self, config: RunConfig, networks: slice) -> None:
        self.networks = networks
        n_seeds = config.training.n_seeds
        self._epochs = frozenset(
            checkpoint_epochs(config.training.max_epochs, config.n_parameters, n_seeds)
        )
        self._most = checkpoints_that_fit(config.n_parameters * n_seeds)
        self._kept: dict[int, Layers] = {}
        # All networks at the best epochs so far of some of them.
        self._kept_at_best: dict[int, Layers] = {}

    def wants(self, epoch: int, best: Collection[int]) -> bool:
        """Whether the weights of an epoch are to be kept.

        Parameters
        ----------
        epoch : int
        best : collection of int
            Best epochs so far of the networks; empty without early stopping.
        """
        if not best:
            return epoch in self._epochs
        best = self._that_fit(best)
        self._kept_at_best = {at: layers for at, layers in self._kept_at_best.items() if at in best}
        return epoch in self._epochs or epoch in best

    def keep(self, epoch: int, layers: Layers) -> None:
        """Keep the weights of all networks of the stack at an epoch, as far as they are its own."""
        place = self._kept if epoch in self._epochs else self._kept_at_best
        # Copies: a view would keep all networks of the stack.
        place[epoch] = [(W[self.networks].copy(), b[self.networks].copy()) for W, b in layers]

    def checkpoints(self, last_epoch: int, last: Layers) -> Checkpoints:
        """All checkpoints up to the last epoch of the networks.

        Parameters
        ----------
        last_epoch : int
        last : list of (weights, biases)
            Last weights of all networks of the stack.
        """
        kept = {
            epoch: layers
            for epoch, layers in {**self._kept_at_best, **self._kept}.items()
            if epoch <= last_epoch
        }
        kept.setdefault(last_epoch, [(W[self.networks], b[self.networks]) for W, b in last])
        epochs = sorted(kept)
        layers = tuple(
            (
                np.stack([kept[epoch][i][0] for epoch in epochs]),
                np.stack([kept[epoch][i][1] for epoch in epochs]),
            )
            for i in range(len(last))
        )
        return Checkpoints(np.array(epochs, dtype=np.int64), layers)

    def _that_fit(self, best: Collection[int]) -> set[int]:
        """Best epochs, if checkpoints at all of them fit."""
        found = set(best)
        return found if len(found | self._epochs) <= self._most else set()

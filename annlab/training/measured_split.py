"""Splits that are measured after each epoch, in pieces that fit a processor's cache."""

from typing import NamedTuple

from torch import Tensor

from annlab.training.stack import Stack

# Numbers per layer that an evaluation computes at once: about the size of a processor's cache. A
# GPU is faster with few large kernels.
EVALUATION_NUMBERS = 300_000
EVALUATION_NUMBERS_ON_GPU = 30_000_000


class MeasuredSplit(NamedTuple):
    """Split that is measured after each epoch, and the size of the pieces.

    Attributes
    ----------
    X, target : Tensor, shapes (n_inputs, n_samples), (n_outputs, n_samples)
        With a leading axis (n_seeds, ...) if each network has its own samples.
    n_rows, n_networks : int
    """

    X: Tensor
    target: Tensor
    n_rows: int
    n_networks: int


def in_pieces(X: Tensor, target: Tensor, stack: Stack) -> MeasuredSplit:
    """Samples with the size of the pieces in which the networks of a stack measure them."""
    limit = EVALUATION_NUMBERS if X.is_cpu else EVALUATION_NUMBERS_ON_GPU
    n_inputs, widest = stack.architecture.n_inputs, stack.architecture.widest
    n = target.shape[-1]
    # Matrix products are faster over many samples than over many networks.
    rows = min(n, max(1, limit // max(n_inputs, widest)))
    networks = max(1, limit // (rows * widest))
    return MeasuredSplit(X, target, rows, min(networks, stack.n_seeds))

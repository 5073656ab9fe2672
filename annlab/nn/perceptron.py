"""The perceptron rule, sample by sample.

Samples are vectors with a 1 appended, so that the bias is the last weight.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Ending = Literal["separated", "cycle", "limit"]

MAX_EPOCHS = 1000


class Cycle(NamedTuple):
    """Weights that repeat: those after epoch `first` return after every `n_epochs` epochs."""

    first: int
    n_epochs: int


@dataclass(frozen=True)
class PerceptronTraining:
    """All steps of a training by the perceptron rule.

    Attributes
    ----------
    X : ndarray, shape (n_samples, n_features + 1)
        Samples, with a 1 appended.
    y : ndarray of int, shape (n_samples,)
        Classes, 0 or 1.
    learning_rate : float
    weights : ndarray, shape (n_steps + 1, n_features + 1)
        Weights and bias before each step, and after the last.
    sums : ndarray, shape (n_steps,)
        Weighted sum of each step's sample, before the update.
    mistakes : ndarray of bool, shape (n_steps,)
        Steps that changed the weights.
    ending : {"separated", "cycle", "limit"}
        Why the training ended: an epoch without a mistake; weights at the end of an epoch that
        were there before, so that all further epochs repeat; the largest number of epochs.
    cycle : Cycle or None
        The repetition, for the ending "cycle".
    """

    X: Array
    y: NDArray[np.int64]
    learning_rate: float
    weights: Array
    sums: Array
    mistakes: NDArray[np.bool_]
    ending: Ending
    cycle: Cycle | None = None

    @property
    def n_steps(self) -> int:
        """Number of steps."""
        return len(self.sums)

    @property
    def n_epochs(self) -> int:
        """Number of passes over all samples."""
        return self.n_steps // len(self.y)

    @property
    def n_mistakes(self) -> int:
        """Number of mistakes in all steps."""
        return int(self.mistakes.sum())

    def sample(self, step: int) -> int:
        """Index of a step's sample: always in the same order."""
        return step % len(self.y)

    def epoch(self, step: int) -> int:
        """Epoch of a step; the first is 1."""
        return step // len(self.y) + 1

    def change(self, step: int) -> Array:
        """What a step adds to weights and bias: shape (n_features + 1,)."""
        change: Array = self.weights[step + 1] - self.weights[step]
        return change

    def said(self, step: int) -> int | None:
        """Class on whose side a step's sample lay; None for a sum of exactly 0."""
        return None if self.sums[step] == 0 else int(self.sums[step] > 0)

    def mistakes_in(self, epoch: int) -> int:
        """Number of mistakes in an epoch; the first is 1."""
        n = len(self.y)
        return int(self.mistakes[(epoch - 1) * n : epoch * n].sum())

    def weights_after(self, epoch: int) -> Array:
        """Weights and bias after an epoch: shape (n_features + 1,).

        A training that has ended without a mistake keeps its weights; a cycle goes on.
        """
        if self.cycle is not None and epoch > self.n_epochs:
            epoch = self.cycle.first + (epoch - self.cycle.first) % self.cycle.n_epochs
        weights: Array = self.weights[min(epoch, self.n_epochs) * len(self.y)]
        return weights

    def cycle_weights(self) -> Array:
        """Weights of a cycle, before each step and back at the start: shape (n_steps + 1, …).

        Empty, of shape (0, n_features + 1), without a cycle.
        """
        if self.cycle is None:
            return self.weights[:0]
        return self.weights[self.cycle.first * len(self.y) :]


def with_one(X: Array) -> Array:
    """Append a 1 to every sample: shape (n_samples, n_features + 1), float64."""
    X = np.asarray(X, float)
    return np.column_stack([X, np.ones(len(X))])


def signs(y: Array) -> Array:
    """Turn classes 0 and 1 into −1.0 and 1.0."""
    return 2.0 * np.asarray(y) - 1


def train_perceptron(
    X: Array, y: Array, *, learning_rate: float = 1.0, max_epochs: int = MAX_EPOCHS
) -> PerceptronTraining:
    """Train one threshold unit by the perceptron rule, from zero weights.

    Samples are visited in their order. If a sample is not strictly on its side, the learning rate
    times the sample (with a 1 appended) is added for class 1 and subtracted for class 0. A sum of
    exactly 0 is on neither side and counts as a mistake. Every step equals that of
    `sklearn.linear_model.Perceptron` with ``shuffle=False`` and ``eta0=learning_rate``.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_features)
    y : ndarray of int, shape (n_samples,)
        Classes, 0 or 1.
    learning_rate : float
        Above 0. From zero weights it only scales all weights, apart from rounding.
    max_epochs : int
        Largest number of passes over the samples, at least 1.

    Returns
    -------
    PerceptronTraining

    Raises
    ------
    ValueError
        If there are no samples, or the learning rate or the number of epochs is too small.

    References
    ----------
    Rosenblatt (1958), The perceptron: a probabilistic model for information storage and
    organization in the brain.
    """
    if len(X) == 0:
        raise ValueError("X must have at least one sample. Got 0.")
    if not learning_rate > 0:
        raise ValueError(f"learning_rate must be greater than 0. Got {learning_rate}.")
    if max_epochs < 1:
        raise ValueError(f"max_epochs must be at least 1. Got {max_epochs}.")
    rows = with_one(X)
    # Plain numbers, because a NumPy call per sample takes ten times as long.
    samples = [
        (row, sign, learning_rate * sign)
        for row, sign in zip(rows.tolist(), signs(y).tolist(), strict=True)
    ]
    now = [0.0] * rows.shape[1]
    weights, sums, mistakes = [now], [], []
    ends = {tuple(now): 0}  # epoch after which the weights were there
    ending: Ending = "limit"
    cycle = None
    for epoch in range(1, max_epochs + 1):
        has_changed = False
        for row, sign, change in samples:
            total = 0.0
            for weight, value in zip(now, row, strict=True):
                total += weight * value
            is_mistake = sign * total <= 0
            if is_mistake:
                now = [weight + change * value for weight, value in zip(now, row, strict=True)]
                has_changed = True
            sums.append(total)
            mistakes.append(is_mistake)
            weights.append(now)
        if not has_changed:
            ending = "separated"
            break
        if (first := ends.setdefault(tuple(now), epoch)) < epoch:
            ending, cycle = "cycle", Cycle(first, epoch - first)
            break
    return PerceptronTraining(
        rows,
        np.asarray(y, np.int64),
        learning_rate,
        np.array(weights),
        np.array(sums),
        np.array(mistakes),
        ending,
        cycle,
    )

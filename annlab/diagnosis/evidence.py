"""What the rules look at: curves, scores beside their baselines, inactive units."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.activations import ACTIVATIONS
from annlab.datasets import Dataset, Part, load_dataset
from annlab.evaluation import baseline_score, evaluate
from annlab.recording import GRADIENT_SAMPLES
from annlab.run import Run
from annlab.tasks import LOSSES

Array = NDArray[Any]

# Multiplications spent on finding inactive units: about a second. Of larger runs, not all
# networks are looked at.
_WORK = 4e9

_PART_NAMES: dict[Part, str] = {
    "train": "training part",
    "validation": "validation part",
    "test": "test part",
}


@dataclass(frozen=True)
class Score:
    """How well the networks of a run do on one part of the data, at its end.

    Attributes
    ----------
    part, name : str
        Which part, and what the score is, for people.
    values : ndarray, shape (n_seeds,)
        Accuracy; for regression the loss that was minimised, so that a fit that leaves
        outliers alone is not blamed for them.
    baseline : float
        Score of saying the same for every point.
    baseline_name : str
        What that is, for people.
    perfect : float
        The best score there is.
    """

    part: str
    name: str
    values: Array
    baseline: float
    baseline_name: str
    perfect: float

    @property
    def skill(self) -> Array:
        """Share of the way from the baseline to a perfect score, in (-inf, 1]: (n_seeds,).

        The skill score of Murphy (1988), Skill scores based on the mean square error and their
        relationships to the correlation coefficient, Monthly Weather Review 116. It is 1
        where the baseline itself is perfect.
        """
        way = self.perfect - self.baseline
        return (self.values - self.baseline) / way if way else np.ones(len(self.values))

    @property
    def typical(self) -> float:
        """The median of the score over the networks."""
        return float(np.median(self.values))

    @property
    def typical_skill(self) -> float:
        """The median of the skill over the networks."""
        return float(np.median(self.skill))


class Evidence:
    """What rules look at; what costs time is computed when it is asked for, and once.

    Parameters
    ----------
    run : Run
    dataset : Dataset or None
    evaluations : sequence of Evaluation
        As for `diagnose`.
    """

    def __init__(self, run: Run, dataset: Dataset | None, evaluations: Sequence[Any]) -> None:
        self.run = run
        self._dataset = dataset
        # Others may be of an epoch that somebody looks back at.
        self._evaluations = {e.split: e for e in evaluations if e.epoch == run.n_epochs}

    @cached_property
    def dataset(self) -> Dataset:
        """The points."""
        return self._dataset or load_dataset(self.run.config.dataset)

    def curve(self, column: str) -> Array:
        """A column of the history, the median over the networks: shape (n_epochs + 1,)."""
        return np.median(self.run.history[column].astype(np.float64), axis=1)

    @property
    def validated(self) -> bool:
        """Whether there is a validation part."""
        return "val_loss" in self.run.history

    @cached_property
    def on_training(self) -> Score:
        """The score on the training part; the history holds it."""
        return self._recorded("train", "train")

    @cached_property
    def held_out(self) -> Score | None:
        """The score on the test part, or else on the validation part; None without both."""
        if not self.run.config.has_test:
            return self._recorded("validation", "val") if self.validated else None
        found = self._evaluation
        return self._score("test", found.accuracy if self._classifies else found.loss)

    @property
    def _classifies(self) -> bool:
        return bool(self.run.config.dataset.class_names)

    @property
    def _evaluation(self) -> Any:
        at_hand = self._evaluations.get("test")
        return at_hand or evaluate(self.run, split="test", dataset=self.dataset)

    def _recorded(self, split: Part, prefix: str) -> Score:
        column = f"{prefix}_accuracy" if self._classifies else f"{prefix}_loss"
        return self._score(split, self.run.history[column][-1])

    def _score(self, split: Part, values: Array) -> Score:
        config = self.run.config
        values, part = values.astype(np.float64), _PART_NAMES[split]
        if self._classifies:
            baseline = baseline_score(self.dataset, split)
            said = "always naming the most frequent class"
            return Score(part, "accuracy", values, baseline, said, perfect=1.0)
        loss = LOSSES[config.loss]
        of = "" if config.dataset.target_scaling == "none" else " of the scaled target"
        # Where the target is moved to cancels out.
        target = self.dataset.part(split)[1].astype(np.float64) / self.dataset.target_scale
        mean = self.dataset.y_train.mean(dtype=np.float64) / self.dataset.target_scale
        constant = np.full((len(target), 1), mean)
        baseline = float(loss.value(np, target[:, None], constant, constant).mean())
        said = "always predicting the mean"
        return Score(part, f"{loss.label.lower()}{of}", values, baseline, said, perfect=0.0)

    @cached_property
    def inactive(self) -> list[float]:
        """Share of inactive units of each hidden layer at the end, mean over the networks."""
        n_hidden = len(self.run.config.model.hidden_sizes)
        columns = [f"inactive_{layer}" for layer in range(1, n_hidden + 1)]
        if all(column in self.run.history for column in columns):
            return [float(self.run.history[column][-1].mean()) for column in columns]
        return inactive_units(self.run, self.dataset).mean(axis=1).tolist()


def inactive_units(run: Run, dataset: Dataset) -> Array:
    """Share of units of each hidden layer whose slope is small at every training point.

    Looks at the training points that a training records gradients over, and of very large
    runs at the first networks only.

    Parameters
    ----------
    run : Run
        Its last weights are used.
    dataset : Dataset
        Its points.

    Returns
    -------
    ndarray, shape (n_hidden_layers, n_networks)
        In [0, 1].
    """
    activation = ACTIVATIONS[run.config.model.activation]
    X = dataset.X_train[:: -(-len(dataset.X_train) // GRADIENT_SAMPLES)]
    n = int(np.clip(_WORK // (len(X) * run.n_parameters), 1, run.n_seeds))
    hidden = run.checkpoints.at()[:-1]
    shares = np.zeros((len(hidden), n))
    for k in range(n):  # one by one: together they would fill the memory
        a = X
        for layer, (W, b) in enumerate(hidden):
            z = a @ W[k] + b[k]  # (n_points, n_units)
            slope = np.abs(activation.derivative(z))
            shares[layer, k] = (slope.max(axis=0) < activation.inactive_below).mean()
            a = activation.f(z)
    return shares

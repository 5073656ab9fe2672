"""Evidence for the rules: loss curves, scores with baselines, inactive units, simple models."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis import convergence
from annlab.analysis.diagnosis.measures import MEASURES
from annlab.analysis.diagnosis.simple_models import (
    constant_loss,
    linear_prediction,
    neighbor_prediction,
)
from annlab.analysis.diagnosis.units import equal_layer, inactive_units
from annlab.analysis.evaluation import evaluate
from annlab.analysis.minimized_loss import class_weights
from annlab.analysis.scores import Evaluation
from annlab.datasets import SPLIT_NAMES, Dataset, Split, load_run_dataset, scored_split
from annlab.runs.history import column
from annlab.runs.run import Run

Array = NDArray[Any]

# Smallest number of held-out samples: one of 30 is 0.07 of the way from guessing to perfect.
LEAST_HELD_OUT = 30
# If each network has its own data, simple models are fitted to the data of this many networks.
_DATASETS = 5


@dataclass(frozen=True)
class SplitScore:
    """Scores of a run's networks on one split, with the weights that pages show.

    Attributes
    ----------
    split, name : str
        Name of the split, and display name of the score.
    values : ndarray, shape (n_counted,)
        Accuracy, label accuracy, or for regression the minimized loss (a robust fit must not be
        blamed for ignoring outliers), of the networks that did not diverge.
    losses : ndarray, shape (n_counted,)
        Loss that training minimized.
    baselines, baseline_losses : ndarray, shape (n_counted,)
        Score and loss of a constant prediction.
    baseline_name, baseline_of_loss : str
        Display names of the constant predictions by which score and loss are judged.
    perfect : float
        Best possible score.
    n_distinct : int
        Number of different samples over all networks.
    """

    split: Split
    name: str
    values: Array
    losses: Array
    baselines: Array
    baseline_losses: Array
    baseline_name: str
    baseline_of_loss: str
    perfect: float
    n_distinct: int

    @property
    def samples(self) -> str:
        """Display name of the samples."""
        return f"{SPLIT_NAMES[self.split]} samples"

    @property
    def skill(self) -> Array:
        """Share of the way from the baseline to a perfect score, in (-inf, 1]: (n_counted,).

        The skill score of Murphy (1988), Skill scores based on the mean square error and their
        relationships to the correlation coefficient, Monthly Weather Review 116. It is 1 for a
        perfect baseline.
        """
        return skill(self.values, self.baselines, self.perfect)

    @property
    def loss_skill(self) -> Array:
        """Skill of the loss, with 0 as the best value: shape (n_counted,)."""
        return skill(self.losses, self.baseline_losses, 0.0)

    @property
    def baseline(self) -> float:
        """Median of the baselines over the networks."""
        return float(np.median(self.baselines))

    @property
    def typical(self) -> float:
        """Median of the score over the networks."""
        return float(np.median(self.values))

    @property
    def typical_skill(self) -> float:
        """Median of the skill over the networks."""
        return float(np.median(self.skill))

    @property
    def standard_error(self) -> float:
        """Standard error of the skill from the choice of held-out samples; 0 for regression.

        For labels it is an upper bound. The score of a sample is the share of its labels that are
        right, whose variance is at most p * (1 - p) for a mean of p, as if all labels of a sample
        were right or wrong together.
        """
        if not self.perfect or self.baseline == 1:
            return 0.0
        variance = self.typical * (1 - self.typical) / self.n_distinct
        return float(np.sqrt(variance) / (1 - self.baseline))

    @property
    def typical_loss_skill(self) -> float:
        """Median of the skill of the loss over the networks."""
        return float(np.median(self.loss_skill))


def skill(values: Array, baselines: Array, perfect: float) -> Array:
    """Share of the way from baselines to a perfect score; 1 for a perfect baseline."""
    way = perfect - baselines
    return np.divide(values - baselines, way, out=np.ones(len(values)), where=way != 0)


class Evidence:
    """Evidence about a run for the rules; slow parts are computed on demand and cached.

    Scores and inactive units belong to the weights that pages show: with early stopping each
    network's best weights. Diverged networks are left out.

    Parameters
    ----------
    run : Run
    dataset : Dataset or None
    evaluations : sequence of Evaluation
        As in `diagnose`.
    """

    def __init__(
        self, run: Run, dataset: Dataset | None, evaluations: Sequence[Evaluation]
    ) -> None:
        self.run = run
        self._dataset = dataset
        # A page may pass evaluations of an earlier epoch that its user looks at.
        shown = run.shown_epochs()
        self._evaluations = {e.split: e for e in evaluations if np.array_equal(e.epochs, shown)}

    @cached_property
    def dataset(self) -> Dataset:
        """Data of all networks."""
        return self._dataset or load_run_dataset(self.run.config)

    def curve(self, column: str) -> Array:
        """Median of a history column over the networks: shape (n_epochs + 1,)."""
        return np.median(self.run.history[column][:, self.run.counted].astype(np.float64), axis=1)

    def shown(self, column: str) -> float:
        """Median of a history column over the networks, at the epochs of the shown weights."""
        return float(np.median(self.run.history_at(column)[self.run.counted]))

    @property
    def validated(self) -> bool:
        """Whether there is a validation split."""
        return "val_loss" in self.run.history

    @cached_property
    def expected_fall(self) -> float:
        """Share of the present loss that doubling the epochs is expected to remove."""
        return convergence.expected_fall(self.run)

    @property
    def still_improving(self) -> bool:
        """Whether more epochs would lower the loss noticeably."""
        return self.expected_fall >= convergence.LEAST_EXPECTED_FALL

    @cached_property
    def on_training(self) -> SplitScore:
        """Scores on the training split."""
        return self._score("train")

    @cached_property
    def held_out(self) -> SplitScore | None:
        """Scores on the test split, or else on the validation split.

        None without both splits, or with fewer than `LEAST_HELD_OUT` different samples over all
        networks.
        """
        split = scored_split(self.run.n_distinct)
        enough = self.run.n_distinct[split] >= LEAST_HELD_OUT
        return self._score(split) if enough and split != "train" else None

    def _score(self, split: Split) -> SplitScore:
        config, networks = self.run.config, np.flatnonzero(self.run.counted)
        measure = MEASURES[config.task.kind]
        return SplitScore(
            split,
            measure.name(config),
            self._recorded(split, measure.column)[networks],
            self._recorded(split, "loss")[networks],
            self._of_each(lambda data: measure.of_constant(data, split, config.loss)),
            self._of_each(
                lambda data: constant_loss(data, split, config.loss, class_weights(config, data))
            ),
            config.task.constant_model,
            measure.constant_of_loss or config.task.constant_model,
            perfect=measure.perfect,
            n_distinct=self.run.n_distinct[split],
        )

    def _recorded(self, split: Split, name: str) -> Array:
        """Recorded score of each network (runs of earlier versions lack the test split)."""
        recorded = column(split, name)
        if recorded in self.run.history:
            return self.run.history_at(recorded).astype(np.float64)
        found = self._evaluations.get(split) or evaluate(
            self.run, split=split, dataset=self.dataset
        )
        self._evaluations[split] = found
        return np.asarray(getattr(found, name), np.float64)

    def _of_each(self, f: Callable[[Dataset], float]) -> Array:
        """Apply a function to the data of each network that counts: shape (n_counted,)."""
        networks = np.flatnonzero(self.run.counted)
        if not self.dataset.networks:
            return np.full(len(networks), f(self.dataset))
        return np.array([f(self.dataset.of(int(k))) for k in networks])

    def linear_skill(self, split: Split) -> float:
        """Skill of a linear model on a split, as a median over at most 5 data sets."""
        return self._skill_of(linear_prediction, split)

    def neighbor_skill(self, split: Split) -> float:
        """Skill of nearest neighbors on a split, as a median over at most 5 data sets."""
        return self._skill_of(neighbor_prediction, split)

    def _skill_of(self, predict: Callable[[Dataset, Split], Array], split: Split) -> float:
        config = self.run.config
        measure, loss = MEASURES[config.task.kind], config.loss
        skills = []
        for data in self.dataset.networks[:_DATASETS] or (self.dataset,):
            found = measure.of_prediction(data, split, loss, predict(data, split))
            baseline = measure.of_constant(data, split, loss)
            skills.append(skill(np.array([found]), np.array([baseline]), measure.perfect)[0])
        return float(np.median(skills))

    @cached_property
    def inactive(self) -> list[float]:
        """Mean share of inactive units of each hidden layer over the networks."""
        return self._inactive_at(None)

    @cached_property
    def inactive_before_training(self) -> list[float]:
        """Mean share of inactive units of each hidden layer before training."""
        return self._inactive_at(0)

    def _inactive_at(self, epoch: int | None) -> list[float]:
        run, n_hidden = self.run, len(self.run.config.model.hidden_sizes)
        columns = [f"inactive_{layer}" for layer in range(1, n_hidden + 1)]
        if all(column in run.history for column in columns):
            recorded = (run.history_at(column, epoch) for column in columns)
            return [float(shares[run.counted].mean()) for shares in recorded]
        return inactive_units(run, self.dataset, epoch).mean(axis=1).tolist()

    @cached_property
    def equal_layer(self) -> int | None:
        """Number of the first hidden layer with identical units, from 1, or None."""
        return equal_layer(self.run)

"""Evidence for the rules: curves, scores beside their baselines, units, simpler models."""

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
from annlab.analysis.scores import Evaluation
from annlab.datasets import SPLIT_NAMES, Dataset, Split, load_run_dataset, scored_split
from annlab.runs.history import column
from annlab.runs.run import Run

Array = NDArray[Any]

# A score on fewer samples says little: one of 30 is 0.07 of the way from guessing to perfect.
LEAST_HELD_OUT = 30
# Of runs whose networks have data of their own, simpler models are fitted to the first ones.
_DATASETS = 5


@dataclass(frozen=True)
class SplitScore:
    """How well the networks of a run do on one split, with the weights that are shown.

    Attributes
    ----------
    split, name : str
        Which split, and what the score is, for people.
    values : ndarray, shape (n_counted,)
        Accuracy; for regression the loss that was minimized, so that a fit that leaves
        outliers alone is not blamed for them. Of the networks that did not diverge.
    losses : ndarray, shape (n_counted,)
        The loss that was minimized.
    baselines, baseline_losses : ndarray, shape (n_counted,)
        Score and loss of the same prediction for every sample.
    baseline_name : str
        What that is, for people.
    perfect : float
        The best score there is.
    n_distinct : int
        Different samples that all networks together are scored on.
    """

    split: Split
    name: str
    values: Array
    losses: Array
    baselines: Array
    baseline_losses: Array
    baseline_name: str
    perfect: float
    n_distinct: int

    @property
    def samples(self) -> str:
        """The samples it is about, for people."""
        return f"{SPLIT_NAMES[self.split]} samples"

    @property
    def skill(self) -> Array:
        """Share of the way from the baseline to a perfect score, in (-inf, 1]: (n_counted,).

        The skill score of Murphy (1988), Skill scores based on the mean square error and their
        relationships to the correlation coefficient, Monthly Weather Review 116. It is 1
        where the baseline itself is perfect.
        """
        return skill(self.values, self.baselines, self.perfect)

    @property
    def loss_skill(self) -> Array:
        """The same of the loss, whose best value is taken to be 0: shape (n_counted,)."""
        return skill(self.losses, self.baseline_losses, 0.0)

    @property
    def baseline(self) -> float:
        """The median of the baselines over the networks."""
        return float(np.median(self.baselines))

    @property
    def typical(self) -> float:
        """The median of the score over the networks."""
        return float(np.median(self.values))

    @property
    def typical_skill(self) -> float:
        """The median of the skill over the networks."""
        return float(np.median(self.skill))

    @property
    def standard_error(self) -> float:
        """Of the skill, by the luck of which samples are held out; 0 for regression."""
        if not self.perfect or self.baseline == 1:
            return 0.0
        variance = self.typical * (1 - self.typical) / self.n_distinct
        return float(np.sqrt(variance) / (1 - self.baseline))

    @property
    def typical_loss_skill(self) -> float:
        """The median of the skill of the loss over the networks."""
        return float(np.median(self.loss_skill))


def skill(values: Array, baselines: Array, perfect: float) -> Array:
    """Share of the way from baselines to a perfect score; 1 where there is no way to go."""
    way = perfect - baselines
    return np.divide(values - baselines, way, out=np.ones(len(values)), where=way != 0)


class Evidence:
    """What rules look at; what costs time is computed when it is asked for, and once.

    Scores, and units, are those of the weights that are shown: with early stopping each
    network's best ones. Networks that diverged are left out.

    Parameters
    ----------
    run : Run
    dataset : Dataset or None
    evaluations : sequence of Evaluation
        As for `diagnose`.
    """

    def __init__(
        self, run: Run, dataset: Dataset | None, evaluations: Sequence[Evaluation]
    ) -> None:
        self.run = run
        self._dataset = dataset
        # Others may be of an epoch that somebody looks back at.
        shown = run.shown_epochs()
        self._evaluations = {e.split: e for e in evaluations if np.array_equal(e.epochs, shown)}

    @cached_property
    def dataset(self) -> Dataset:
        """The data of all networks."""
        return self._dataset or load_run_dataset(self.run.config)

    def curve(self, column: str) -> Array:
        """A column of the history, the median over the networks: shape (n_epochs + 1,)."""
        return np.median(self.run.history[column][:, self.run.counted].astype(np.float64), axis=1)

    def shown(self, column: str) -> float:
        """A column of the history with the weights that are shown, the median over networks."""
        return float(np.median(self.run.history_at(column)[self.run.counted]))

    @property
    def validated(self) -> bool:
        """Whether there is a validation split."""
        return "val_loss" in self.run.history

    @cached_property
    def expected_fall(self) -> float:
        """Share of its loss that as many epochs again are expected to remove."""
        return convergence.expected_fall(self.run)

    @property
    def still_improving(self) -> bool:
        """Whether more epochs would lower the loss noticeably."""
        return self.expected_fall >= convergence.LEAST_EXPECTED_FALL

    @cached_property
    def on_training(self) -> SplitScore:
        """The score on the training split."""
        return self._score("train")

    @cached_property
    def held_out(self) -> SplitScore | None:
        """The score on the test split, or else on the validation split.

        None without both, and where all networks together see fewer than `LEAST_HELD_OUT`
        different samples of it.
        """
        split = scored_split(self.run.n_distinct)
        enough = self.run.n_distinct[split] >= LEAST_HELD_OUT
        return self._score(split) if enough and split != "train" else None

    def _score(self, split: Split) -> SplitScore:
        config, networks = self.run.config, np.flatnonzero(self.run.counted)
        measure = MEASURES[config.task.name]
        return SplitScore(
            split,
            measure.name(config),
            self._recorded(split, measure.column)[networks],
            self._recorded(split, "loss")[networks],
            self._of_each(lambda data: measure.of_constant(data, split, config.loss)),
            self._of_each(lambda data: constant_loss(data, split, config.loss)),
            config.task.constant_model,
            perfect=measure.perfect,
            n_distinct=self.run.n_distinct[split],
        )

    def _recorded(self, split: Split, name: str) -> Array:
        """A score of each network; runs of an earlier version did not record the test split."""
        recorded = column(split, name)
        if recorded in self.run.history:
            return self.run.history_at(recorded).astype(np.float64)
        found = self._evaluations.get(split) or evaluate(
            self.run, split=split, dataset=self.dataset
        )
        self._evaluations[split] = found
        return np.asarray(getattr(found, name), np.float64)

    def _of_each(self, f: Callable[[Dataset], float]) -> Array:
        """Something of the data of each network that counts: shape (n_counted,)."""
        networks = np.flatnonzero(self.run.counted)
        if not self.dataset.networks:
            return np.full(len(networks), f(self.dataset))
        return np.array([f(self.dataset.of(int(k))) for k in networks])

    def linear_skill(self, split: Split) -> float:
        """Skill of a linear model on a split; the median over at most 5 data sets."""
        return self._skill_of(linear_prediction, split)

    def neighbor_skill(self, split: Split) -> float:
        """Skill of the nearest neighbors on a split; the median over at most 5 data sets."""
        return self._skill_of(neighbor_prediction, split)

    def _skill_of(self, predict: Callable[[Dataset, Split], Array], split: Split) -> float:
        config = self.run.config
        measure, loss = MEASURES[config.task.name], config.loss
        skills = []
        for data in self.dataset.networks[:_DATASETS] or (self.dataset,):
            found = measure.of_prediction(data, split, loss, predict(data, split))
            baseline = measure.of_constant(data, split, loss)
            skills.append(skill(np.array([found]), np.array([baseline]), measure.perfect)[0])
        return float(np.median(skills))

    @cached_property
    def inactive(self) -> list[float]:
        """Share of inactive units of each hidden layer, mean over the networks."""
        return self._inactive_at(None)

    @cached_property
    def inactive_before_training(self) -> list[float]:
        """The same before the first step."""
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
        """The first hidden layer whose units are all equal, from 1."""
        return equal_layer(self.run)

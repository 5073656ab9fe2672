"""Numbers of a comparison of two runs, from which its verdict is written."""

from dataclasses import dataclass
from typing import Literal

from annlab.analysis.intervals import level_of_each
from annlab.datasets import Split
from annlab.nn.tasks import ACCURACY, Score

# Names of the two models in sentences.
Names = tuple[str, str]
Scope = Literal["seeds", "data"]

# With at least this many networks, a t interval of skewed differences is about as good as its
# nominal level.
ENOUGH_NETWORKS = 20


@dataclass(frozen=True)
class Measured:
    """Samples and score of a comparison.

    Attributes
    ----------
    split, n_samples, n_distinct, resample, score, n_targets
        As in `ComparedScores`.
    n_train : int
        Number of training samples of each network.
    """

    split: Split
    n_samples: int
    n_distinct: int
    n_train: int
    resample: str = "none"
    score: Score = ACCURACY
    n_targets: int = 1

    @property
    def overlap(self) -> float:
        """Ratio of scored to training samples if networks share training samples; else 0."""
        return self.n_samples / self.n_train if self.resample in ("split", "folds") else 0.0


@dataclass(frozen=True)
class ComparedScores:
    """Numbers of a comparison of model B with model A, seed by seed.

    Attributes
    ----------
    names : tuple of str
        Names of A and B in sentences.
    split : {"test", "validation", "train"}
        Split that was scored.
    n_samples, n_distinct : int
        Number of scored samples of each network, and of different samples of all networks.
    resample : {"none", "split", "sample", "folds"}
        Data that differ between the networks of a run, as in `DatasetConfig`.
    score : Score
        Score that was compared: accuracy, label accuracy, or mean squared error.
    n_targets : int
        Number of targets, or labels, of a sample.
    n_pairs, n_better, n_worse : int
        Number of pairs with the same seed and without a diverged network, and of pairs in which
        B is better, or worse.
    n_left_out : int
        Number of pairs with a diverged network.
    n_diverged : tuple of int
        Number of diverged networks of A and of B.
    means : tuple of float or None
        Mean score of A and of B over the pairs; None without a pair.
    difference : float or None
        Mean of B - A over the pairs; None without a pair.
    interval : tuple of float or None
        Ends of the interval of the mean difference; None without a verdict.
    level : float
        Confidence level of the interval: 1 - 0.05 / n_comparisons.
    n_comparisons : int
        Number of comparisons with the same baseline.
    scope : {"seeds", "data"}
        What a verdict generalizes to: other initial weights on the same samples, or other data.
        Scores on training samples, or on samples that early stopping used, say nothing about new
        data even with "data"; `sentence` states the limits.
    established : bool
        Whether there is a verdict and its printed interval excludes 0.
    reason : str
        Sentences on why there is no verdict; empty if there is one.
    refused : bool
        Whether the networks cannot be paired at all.
    chose_epochs : bool
        Whether early stopping chose the epochs on the scored samples.
    same_run : bool
        Whether both runs have the same settings and seeds.
    given_starts : tuple of bool
        Whether all networks of A and of B start from the same given weights.
    """

    names: Names
    split: Split
    n_samples: int
    n_distinct: int
    resample: str
    score: Score
    n_targets: int = 1
    n_pairs: int = 0
    n_better: int = 0
    n_worse: int = 0
    n_left_out: int = 0
    n_diverged: tuple[int, int] = (0, 0)
    means: tuple[float, float] | None = None
    difference: float | None = None
    interval: tuple[float, float] | None = None
    level: float = level_of_each(1)
    n_comparisons: int = 1
    established: bool = False
    reason: str = ""
    refused: bool = False
    chose_epochs: bool = False
    same_run: bool = False
    given_starts: tuple[bool, bool] = (False, False)

    @property
    def scope(self) -> Scope:
        """What a verdict generalizes to: other seeds on the same samples, or other data."""
        return "seeds" if self.resample == "none" else "data"

    @property
    def in_points(self) -> bool:
        """Whether the score is a share of samples or labels: differences are in points."""
        return self.score.is_share

    @property
    def approximate(self) -> bool:
        """Whether so few networks were compared that the interval is approximate."""
        return self.n_pairs < ENOUGH_NETWORKS

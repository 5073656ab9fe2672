"""Compare two runs, network by network."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis import verdict
from annlab.analysis.compared_scores import ComparedScores, Measured, Names
from annlab.analysis.evaluation import evaluate
from annlab.analysis.intervals import ROUNDING, excludes_zero, level_of_each, paired_interval
from annlab.analysis.pairing import has_patience, not_comparable, too_little, unfinished
from annlab.analysis.scores import Evaluation
from annlab.datasets import Dataset, Split, scored_split
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]

# A larger score counts as diverged, because its square overflows.
LARGEST_SCORE = 1e100


@dataclass(frozen=True)
class Comparison(ComparedScores):
    """Result of comparing model B with model A: its numbers, as in `ComparedScores`, in words."""

    @property
    def headline(self) -> str:
        """Result in one line; `details` continues the sentence."""
        return verdict.headline(self)

    @property
    def details(self) -> str:
        """Continuation of the headline."""
        return verdict.details(self)

    @property
    def sentence(self) -> str:
        """Full result: the samples, the leading model, and how far the lead holds."""
        return self.headline + self.details

    @property
    def method(self) -> str:
        """Explanation of the statistical method."""
        return verdict.method(self)


def compare(
    run_a: Run,
    run_b: Run,
    *,
    epoch: Epoch | None = None,
    split: Split | None = None,
    n_comparisons: int = 1,
    names: Names = ("A", "B"),
    datasets: tuple[Dataset, Dataset] | None = None,
    evaluations: tuple[Evaluation, Evaluation] | None = None,
) -> Comparison:
    """Compare two runs seed by seed.

    Parameters
    ----------
    run_a, run_b : Run
        Baseline, and the run to compare with the baseline.
    epoch : int, "best", "last" or None
        Weights to score, as in `annlab.evaluate`. There is a verdict only at the end of both
        trainings.
    split : {"test", "validation", "train"} or None
        Split to score. None: the test split if it has samples, else validation, else training.
    n_comparisons : int
        Number of runs that are compared with the baseline; the level of each comparison is
        1 - 0.05 / n_comparisons.
    names : tuple of str
        Names of the runs in sentences.
    datasets : tuple of Dataset or None
        Data of both runs, with all `networks`; None loads the data.
    evaluations : tuple of Evaluation or None
        Results of `annlab.evaluate` for this split and epoch; None computes them.

    Returns
    -------
    Comparison
        Its `sentence` states the full result.

    Raises
    ------
    ValueError
        If the split has no samples, or no weights were kept at that epoch.
    """
    split = split or scored_split(run_a.n_samples)
    if reason := not_comparable(run_a, run_b, names):
        return _refused(run_a, split, names, reason)
    a, b = datasets or (None, None)
    scored = evaluations or (
        evaluate(run_a, split=split, epoch=epoch, dataset=a),
        evaluate(run_b, split=split, epoch=epoch, dataset=b),
    )
    runs = run_a, run_b
    reasons = unfinished(runs, scored, names)
    same_run = run_a.config.digest == run_b.config.digest
    if same_run and not reasons and not _equal(*scored):
        reasons.append(
            "They have the same settings and seeds, so this difference comes from the machine or "
            "from the version of annlab."
        )
    return compare_scores(
        scored[0].headline,
        scored[1].headline,
        Measured(
            split=split,
            n_samples=scored[0].n_samples,
            n_distinct=_n_distinct(run_a, scored[0]),
            n_train=run_a.n_samples["train"],
            resample=run_a.config.dataset.resample,
            score=scored[0].score,
            n_targets=run_a.config.dataset.spec.n_targets,
        ),
        diverged=(run_a.diverged_epochs > 0, run_b.diverged_epochs > 0),
        n_comparisons=n_comparisons,
        names=names,
        reasons=reasons,
        chose_epochs=split == "validation" and any(map(has_patience, runs)),
        same_run=same_run,
        given_starts=(_has_given_start(run_a), _has_given_start(run_b)),
    )


def _equal(a: Evaluation, b: Evaluation) -> bool:
    """Whether all networks have the same scores."""
    return np.array_equal(a.headline, b.headline, equal_nan=True)


def _has_given_start(run: Run) -> bool:
    return run.config.model.initial_weights is not None


def _n_distinct(run: Run, scored: Evaluation) -> int:
    """Number of different samples that the networks of a run were scored on."""
    n = run.n_distinct[scored.split]
    # A caller may have scored only some samples of a shared split.
    return n if run.config.dataset.resample != "none" else min(n, scored.n_samples)


def compare_scores(
    a: Array,
    b: Array,
    measured: Measured,
    *,
    diverged: tuple[Array, Array] | None = None,
    n_comparisons: int = 1,
    names: Names = ("A", "B"),
    reasons: Sequence[str] = (),
    chose_epochs: bool = False,
    same_run: bool = False,
    given_starts: tuple[bool, bool] = (False, False),
) -> Comparison:
    """Compare the scores of two models: network k of A with network k of B.

    Parameters
    ----------
    a, b : ndarray, shape (n_networks,)
        Scores of networks with the same seeds and data.
    measured : Measured
        Samples and score.
    diverged : tuple of ndarray of bool, shape (n_networks,), or None
        Masks of the diverged networks of A and B; pairs with one are left out.
    n_comparisons, names
        As in `compare`.
    reasons : sequence of str
        Further sentences on why there is no verdict, in addition to those from the scores.
    chose_epochs, same_run, given_starts
        As in `ComparedScores`.

    Returns
    -------
    Comparison
    """
    marked = diverged or (np.zeros(len(a), bool), np.zeros(len(b), bool))
    # A score that is NaN, or too large to square, comes from a network that failed.
    failed = tuple(
        one | ~(np.abs(np.asarray(scores, np.float64)) < LARGEST_SCORE)
        for one, scores in zip(marked, (a, b), strict=True)
    )
    left = ~(failed[0] | failed[1])
    pair_a, pair_b = (np.asarray(scores, np.float64)[left] for scores in (a, b))
    difference = pair_b - pair_a
    sizes = np.maximum(np.abs(pair_a), np.abs(pair_b))
    size = float(sizes.max(initial=0))
    difference[np.abs(difference) <= ROUNDING * sizes] = 0.0
    n = len(difference)
    mean = float(difference.mean()) if n else None
    if mean is not None and abs(mean) <= ROUNDING * size:
        mean = 0.0
    gain = difference if measured.score.higher_is_better else -difference
    found = Comparison(
        names=names,
        split=measured.split,
        n_samples=measured.n_samples,
        # The remaining pairs limit the number of different samples.
        n_distinct=min(measured.n_distinct, measured.n_samples * max(n, 1)),
        resample=measured.resample,
        score=measured.score,
        n_targets=measured.n_targets,
        n_pairs=n,
        n_better=int((gain > 0).sum()),
        n_worse=int((gain < 0).sum()),
        n_left_out=len(left) - n,
        n_diverged=(int(failed[0].sum()), int(failed[1].sum())),
        means=(float(pair_a.mean()), float(pair_b.mean())) if n else None,
        difference=mean,
        level=level_of_each(n_comparisons),
        n_comparisons=n_comparisons,
        chose_epochs=chose_epochs,
        same_run=same_run,
        given_starts=given_starts,
    )
    reason = " ".join([*reasons, *too_little(found)])
    if reason:
        return replace(found, reason=reason)
    interval = paired_interval(
        difference,
        level=found.level,
        overlap=measured.overlap,
        step=_step(measured) if found.in_points else 0.0,
        size=size,
    )
    if found.in_points:  # shares differ by at most 1
        interval = (max(interval[0], -1.0), min(interval[1], 1.0))
    return replace(found, interval=interval, established=excludes_zero(interval))


def _step(measured: Measured) -> float:
    """Smallest difference between two shares of the samples, or of all their labels."""
    return 1 / measured.score.steps(measured.n_samples, measured.n_targets)


def _refused(run: Run, split: Split, names: Names, reason: str) -> Comparison:
    return Comparison(
        names=names,
        split=split,
        n_samples=run.n_samples[split],
        n_distinct=run.n_distinct[split],
        resample=run.config.dataset.resample,
        score=run.config.task.headline,
        n_targets=run.config.dataset.spec.n_targets,
        reason=reason,
        refused=True,
    )

"""What the rules check on samples that no network was trained on: a function for each."""

from collections.abc import Callable

import numpy as np

from annlab.analysis import convergence
from annlab.analysis.diagnosis.claim import Claim
from annlab.analysis.diagnosis.evidence import Evidence, SplitScore
from annlab.analysis.diagnosis.thresholds import (
    GAP,
    MEMORIZED,
    NOTHING_LEARNED,
    OVERFITTING_RISE,
    SAME,
    STANDARD_ERRORS,
    WINDOW,
)
from annlab.formatting import number, with_precision
from annlab.nn.class_weights import NONE
from annlab.nn.tasks import TargetKind
from annlab.runs.history import column


def memorized(evidence: Evidence) -> Claim | None:
    """Training samples are known, and others are guessed."""
    held_out, training = evidence.held_out, evidence.on_training
    if held_out is None or training.typical_skill < MEMORIZED:
        return None
    # Comparisons with NaN are false: a score that is none is no evidence.
    if not held_out.typical_skill < NOTHING_LEARNED:
        return None
    simpler = (evidence.linear_skill, evidence.neighbor_skill)
    if not all(skill(held_out.split) < NOTHING_LEARNED for skill in simpler):
        return None
    return Claim(
        f"The {training.name} is {number(training.typical)} on the {training.samples} but "
        f"{number(held_out.typical)} on the {held_out.samples}; {held_out.baseline_name} gives "
        f"{number(held_out.baseline)}, and neither a linear model nor the nearest neighbors do "
        "much better. The network memorized the training samples.",
        ("other features", "more samples"),
    )


def overfitting(evidence: Evidence) -> Claim | None:
    """The validation loss rose while the training loss fell."""
    # With early stopping the weights from before the rise are shown.
    if not evidence.validated or evidence.run.config.training.early_stopping_patience:
        return None
    validation, training = evidence.curve("val_loss"), evidence.curve("train_loss")
    k = max(1, round(WINDOW * evidence.run.n_epochs))
    means, means_of_training = (_moving_mean(loss, k) for loss in (validation, training))
    best, last = int(means.argmin()), len(means) - 1
    rise = means[last] - means[best]
    fall = max(validation[0] - means[best], training[0] - means_of_training[last])
    least = max(
        OVERFITTING_RISE * fall,
        STANDARD_ERRORS * convergence.noise(validation) * np.sqrt(2 / k),
    )
    overlap = best + k > last
    if overlap or rise <= least or means_of_training[last] >= means_of_training[best]:
        return None
    epoch = best + k // 2  # the middle of the window
    return Claim(
        f"The validation loss rose from {number(means[best])} around epoch {epoch} to "
        f"{number(means[last])}, while the training loss kept falling: the network overfits. "
        f"{_score_since(evidence, best, k)}",
        ("early stopping", "more samples", "l2", "dropout", "fewer units"),
    )


def _moving_mean(values: np.ndarray, k: int) -> np.ndarray:
    """Means of k neighbors each: shape (n - k + 1,)."""
    return np.convolve(values, np.ones(k) / k, "valid")


def _score_since(evidence: Evidence, best: int, k: int) -> str:
    """Whether the validation score got worse too, since a window that begins at `best`."""
    config = evidence.run.config
    score = config.task.headline
    means = _moving_mean(evidence.curve(column("validation", score.name)), k)
    before, now = float(means[best]), float(means[-1])
    steps = score.steps(evidence.run.n_samples["validation"], config.dataset.spec.n_targets)
    why = "its probabilities got worse, not its predictions"
    if config.training.class_weights != NONE:
        why = "unlike the loss, it does not weigh the classes"
    return _SCORE_SINCE[config.task.kind](before, now, score.label.lower(), steps, why)


def _share_since(before: float, now: float, name: str, steps: int, why: str) -> str:
    # Less than half a sample, or half a label of a sample, is no difference.
    if before - now >= 0.5 / steps:
        said = f"from {with_precision(before, before - now)} to "
        return f"The validation {name} fell too, {said}{with_precision(now, before - now)}."
    return f"The validation {name} did not fall ({number(before)}, now {number(now)}): {why}."


def _squared_error_since(before: float, now: float, name: str, steps: int, why: str) -> str:
    if now > (1 + SAME) * before:
        said = f"from {with_precision(before, now - before)} to "
        said += with_precision(now, now - before)
        return f"Its predictions got worse too: the mean squared error rose {said}."
    return f"The mean squared error did not rise ({number(before)}, now {number(now)})."


# By kind of target: a validation score before and now, its name, the number of steps from 0 to 1
# if it is a share, and why such a score need not fall with a rising loss, to a sentence.
_SCORE_SINCE: dict[TargetKind, Callable[[float, float, str, int, str], str]] = {
    "class": _share_since,
    "values": _squared_error_since,
    "labels": _share_since,
}


def too_few_samples(evidence: Evidence) -> Claim | None:
    """More parameters than samples, and others are predicted much worse."""
    run, held_out = evidence.run, evidence.held_out
    n_train = run.n_samples["train"]
    if held_out is None or run.n_parameters <= n_train:
        return None
    training = evidence.on_training
    if not is_behind(held_out, training):
        return None
    return Claim(
        f"{run.n_parameters:,} parameters learned from {n_train:,} samples: the {training.name} is "
        f"{number(training.typical)} on the {training.samples} and {number(held_out.typical)} on "
        f"the {held_out.samples}.",
        ("more samples", "fewer units", "l2", "dropout"),
    )


def is_behind(held_out: SplitScore, training: SplitScore) -> bool:
    """Whether the held-out score is behind the training score by more than luck."""
    # Where outliers fell into the training split, its error is larger and the skills say little.
    if abs(held_out.typical - held_out.perfect) <= abs(training.typical - training.perfect):
        return False
    gap = training.typical_skill - held_out.typical_skill
    return bool(gap >= max(GAP, 2 * held_out.standard_error))  # False if it is NaN

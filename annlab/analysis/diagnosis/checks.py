"""What the rules check: a function for each, with the thresholds and the reasons for them.

The file is long because it has one entry for each rule.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from annlab.analysis import convergence
from annlab.analysis.diagnosis.evidence import Evidence, SplitScore
from annlab.datasets import SPLIT_NAMES, watched_split
from annlab.formatting import network_names, number, with_precision
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.tasks import TaskName
from annlab.runs.history import GRADIENT_SAMPLES, column

# Validation losses are means over a tenth of the epochs: noise from batch to batch evens out.
WINDOW = 0.1
# A validation loss has risen if it took back this share of its fall, or of the training loss's
# fall where that is larger: on random labels the validation loss never falls.
OVERFITTING_RISE = 0.02
# A rise must be this many standard errors of such a mean: single epochs scatter.
STANDARD_ERRORS = 4.0
# Below a tenth of the way from the baseline to a perfect score, nothing was learned to speak of:
# a network that guesses on a hundred samples is that good by luck in one of six cases.
NOTHING_LEARNED = 0.1
# A loss within this share of a constant prediction's is at the baseline, and an accuracy that is
# less than half of the way above it then comes from luck: any line through circles gets 0.69.
AT_THE_BASELINE = 0.01
LUCKY = 0.5
# The score of a network whose loss has hardly moved is that of its random start, which may be a
# good one.
HARDLY_MOVED = convergence.HARDLY_MOVED
# A target is far from unit scale if its mean or its standard deviation is beyond this factor.
FAR_FROM_UNIT = 10.0
# Fewer of the training samples than one in twenty are still wrong.
MEMORIZED = 0.9
# More than other samples of the same kind would make of it; it must be two standard errors too.
GAP = 0.15
# Standard deviation over the networks. Where all of them learn it is 0.08 at most in the
# tutorials' experiments; where some fail, 0.14 and more.
SPREAD = 0.12
# In good fits up to a third of the units of a layer of ReLU are idle from the start.
INACTIVE_SHARE = 0.4
# An expected fall of more than this share of a loss is no number to quote.
NEARLY_ALL = 0.9
# From this share of the way on, a score is little rather than nothing; the rest may be noise.
SLIGHT = 0.03
# Squared errors that differ by less than this share are the same.
SAME = 0.001


@dataclass(frozen=True)
class Claim:
    """What a rule says about a run.

    Attributes
    ----------
    problem : str
        What is wrong: one or two sentences with the evidence in numbers.
    remedies : sequence of str
        What to try, as names in `annlab.analysis.diagnosis.remedies.REMEDIES`, the best first.
    """

    problem: str
    remedies: Sequence[str] = ()


def diverged(evidence: Evidence) -> Claim | None:
    """Some or all networks diverged."""
    run = evidence.run
    n, epochs = run.n_seeds, run.diverged_epochs[run.diverged_epochs > 0]
    rate = f"a learning rate of {run.config.training.learning_rate:g} is too large"
    remedies = ("smaller rate", "scaled features", "scaled target")
    if run.ending == "diverged":
        # Runs of an earlier version do not say when each network diverged.
        when = _from_to(epochs if len(epochs) else np.array([run.n_epochs + 1]))
        return Claim(f"Training diverged in {when}: {rate}.", remedies)
    if not len(epochs):
        return None
    who = network_names(np.flatnonzero(run.diverged_epochs).tolist())
    return Claim(
        f"{len(epochs)} of {n} networks diverged ({who}, in {_from_to(epochs)}): {rate}. Means and "
        "medians leave them out.",
        remedies,
    )


def _from_to(epochs: np.ndarray) -> str:
    first, last = epochs.min(), epochs.max()
    return f"epoch {first}" if first == last else f"epochs {first} to {last}"


def equal_units(evidence: Evidence) -> Claim | None:
    """All units of a layer compute the same."""
    layer, model = evidence.equal_layer, evidence.run.config.model
    if layer is None:
        return None
    return Claim(
        f"All {model.hidden_sizes[layer - 1]} units of hidden layer {layer} started with equal "
        "weights, so they get equal gradients and act as one unit.",
        ("other initialization",),
    )


def loss_rose(evidence: Evidence) -> Claim | None:
    """The training loss is higher than before training."""
    start, now = _course(evidence)
    if HARDLY_MOVED * now <= start:
        return None
    rose = f"The training loss rose {_from(start, now, evidence)}"
    if evidence.run.config.training.weight_decay and evidence.on_training.typical_loss_skill >= 0:
        return Claim(f"{rose}: L2 outweighs the loss.", ("weaker l2",))
    return Claim(f"{rose}: the steps overshoot.", ("smaller rate", "scaled features"))


def nothing_learned(evidence: Evidence) -> Claim | None:
    """The networks are no better than a constant, or their loss hardly moved."""
    score = evidence.on_training
    by_score, by_loss = score.typical_skill, score.typical_loss_skill
    lucky = abs(by_loss) < AT_THE_BASELINE and by_score < LUCKY
    if max(by_score, by_loss) < NOTHING_LEARNED or lucky:
        return _at_the_baseline(evidence, score)
    if not _hardly_moved(evidence):
        return None
    return Claim(
        f"The training loss hardly moved, {_from(*_course(evidence), evidence)}: next to nothing "
        "was learned.",
        ("larger rate", "more epochs", "scaled features"),
    )


def _course(evidence: Evidence) -> tuple[float, float]:
    """The training loss before training, and with the shown weights."""
    return float(evidence.curve("train_loss")[0]), evidence.shown("train_loss")


def _hardly_moved(evidence: Evidence) -> bool:
    start, now = _course(evidence)
    return now > HARDLY_MOVED * start


def _from(start: float, now: float, evidence: Evidence) -> str:
    # With early stopping, of the epochs whose weights are shown.
    n = int(np.median(evidence.run.shown_epochs()[evidence.run.counted]))
    return f"from {number(start)} to {number(now)} in {'one epoch' if n == 1 else f'{n} epochs'}"


def _at_the_baseline(evidence: Evidence, score: SplitScore) -> Claim:
    lucky = score.typical_skill >= NOTHING_LEARNED
    compared = _loss_beside_baseline(score) if lucky else _beside_baseline(score)
    slight = score.typical_skill >= SLIGHT
    fact = f"{compared}: {'little' if slight else 'nothing'} was learned"
    unscaled = _unscaled_target(evidence)
    first = (*(("scaled target",) if unscaled else ()), "weaker l2", "less dropout")
    if evidence.still_improving:
        fact += " so far, but the loss was still falling"
        remedies = (*first, "more epochs", "larger rate", "scaled features")
    elif evidence.run.config.model.hidden_sizes:
        remedies = (*first, "another rate", "more epochs", "scaled features", "other activation")
    elif evidence.linear_skill("train") >= NOTHING_LEARNED:  # a line is not the limit
        remedies = (*first, "another rate", "more epochs", "scaled features")
    else:
        remedies = (*first, "hidden layers")
    return Claim(f"{fact}. {unscaled}".rstrip(), remedies)


def _unscaled_target(evidence: Evidence) -> str:
    """A sentence on a target that is far from unit scale; else empty."""
    config = evidence.run.config
    if not config.task.scales_target or config.dataset.target_scaling != "none":
        return ""
    y = evidence.dataset.y_train.astype(np.float64)
    mean, deviation = float(y.mean()), float(y.std())
    if max(abs(mean), deviation) <= FAR_FROM_UNIT and deviation >= 1 / FAR_FROM_UNIT:
        return ""
    said = f"mean {number(mean)}, standard deviation {number(deviation)}"
    return f"The target is not scaled ({said})."


def _beside_baseline(score: SplitScore) -> str:
    return (
        f"The {score.name} on the {score.samples} is {number(score.typical)}; "
        f"{score.baseline_name} gives {number(score.baseline)}"
    )


def _loss_beside_baseline(score: SplitScore) -> str:
    loss, baseline = (float(np.median(v)) for v in (score.losses, score.baseline_losses))
    return (
        f"The loss on the {score.samples} is {number(loss)}; always predicting the class "
        f"frequencies gives {number(baseline)}"
    )


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
    task = evidence.run.config.task
    means = _moving_mean(evidence.curve(column("validation", task.headline.name)), k)
    before, now = float(means[best]), float(means[-1])
    return _SCORE_SINCE[task.name](before, now, evidence.run.n_samples["validation"])


def _accuracy_since(before: float, now: float, n_samples: int) -> str:
    # Less than half a sample is no difference.
    if before - now >= 0.5 / n_samples:
        said = f"from {with_precision(before, before - now)} to "
        return f"The validation accuracy fell too, {said}{with_precision(now, before - now)}."
    return (
        f"The validation accuracy did not fall ({number(before)}, now {number(now)}): the "
        "network is only surer when it is wrong."
    )


def _squared_error_since(before: float, now: float, n_samples: int) -> str:
    if now > (1 + SAME) * before:
        said = f"from {with_precision(before, now - before)} to "
        said += with_precision(now, now - before)
        return f"Its predictions got worse too: the mean squared error rose {said}."
    return f"The mean squared error did not rise ({number(before)}, now {number(now)})."


# By task: a validation score before and now, and the samples it is of, to a sentence.
_SCORE_SINCE: dict[TaskName, Callable[[float, float, int], str]] = {
    "binary": _accuracy_since,
    "multiclass": _accuracy_since,
    "regression": _squared_error_since,
}


def too_few_samples(evidence: Evidence) -> Claim | None:
    """More parameters than samples, and others are predicted much worse."""
    run, held_out = evidence.run, evidence.held_out
    n_train = run.n_samples["train"]
    if held_out is None or run.n_parameters <= n_train:
        return None
    training = evidence.on_training
    if not _is_behind(held_out, training):
        return None
    return Claim(
        f"{run.n_parameters:,} parameters learned from {n_train:,} samples: the {training.name} is "
        f"{number(training.typical)} on the {training.samples} and {number(held_out.typical)} on "
        f"the {held_out.samples}.",
        ("more samples", "fewer units", "l2", "dropout"),
    )


def _is_behind(held_out: SplitScore, training: SplitScore) -> bool:
    """Whether the held-out score is behind the training score by more than luck."""
    # Where outliers fell into the training split, its error is larger and the skills say little.
    if abs(held_out.typical - held_out.perfect) <= abs(training.typical - training.perfect):
        return False
    gap = training.typical_skill - held_out.typical_skill
    return bool(gap >= max(GAP, 2 * held_out.standard_error))  # False if it is NaN


def mostly_inactive(evidence: Evidence) -> Claim | None:
    """Many units of a layer have no slope."""
    share = max(evidence.inactive, default=0.0)
    if share < INACTIVE_SHARE:
        return None
    layer = evidence.inactive.index(share) + 1
    activation = ACTIVATIONS[evidence.run.config.model.activation]
    state = "saturated" if np.isfinite(activation.value_range).all() else "dead"
    before = evidence.inactive_before_training[layer - 1]
    return Claim(
        f"{share:.0%} of the units of hidden layer {layer} are {state} ({before:.0%} before "
        f"training): {activation.label} is flat there for {_looked_at(evidence)}, so they learn "
        "nothing.",
        (
            *("weaker l2", "less dropout", "smaller rate"),
            *("scaled features", "other initialization", "other activation"),
        ),
    )


def _looked_at(evidence: Evidence) -> str:
    n, most = evidence.run.n_samples["train"], GRADIENT_SAMPLES
    return "every training sample" if n <= most else f"all of up to {most:,} training samples"


def networks_disagree(evidence: Evidence) -> Claim | None:
    """Networks that differ in their seed have very different scores."""
    run, training = evidence.run, evidence.on_training
    # On data of their own, networks differ in a held-out score by the luck of the samples.
    own_data = run.config.dataset.resample != "none"
    score = training if own_data else evidence.held_out or training
    n = len(score.values)
    # Where nothing was learned, scores differ by the luck of the start.
    none_learned = training.loss_skill.max() < NOTHING_LEARNED or _hardly_moved(evidence)
    if n < 2 or none_learned or not np.std(score.skill, ddof=1) >= SPREAD:  # or it is NaN
        return None
    worst, best = (float(score.values[place(score.skill)]) for place in (np.argmin, np.argmax))
    in_training = np.std(training.skill, ddof=1) >= SPREAD
    return Claim(
        f"The {n} networks differ only in their seed{' and their data' if own_data else ''}, yet "
        f"the {score.name} on the {score.samples} ranges from {number(worst)} to {number(best)}. "
        "Judge by all networks, not by the best.",
        ("more epochs", "more units", "another rate") if in_training else ("more samples", "l2"),
    )


def still_improving(evidence: Evidence) -> Claim | None:
    """More epochs would lower the loss noticeably."""
    if not evidence.still_improving:
        return None
    run = evidence.run
    split = watched_split(run.n_samples)
    before, now = convergence.last_two(run)
    loss, k = evidence.curve(column(split, "loss")), convergence.window(run.n_epochs)
    # Units that died or saturated, and a loss above its first value, come from large steps.
    overshot = loss[-1] > loss[0] or max(evidence.inactive, default=0.0) >= INACTIVE_SHARE
    share = evidence.expected_fall
    by = f"by {share:.0%}" if share < NEARLY_ALL else "by most of it"
    return Claim(
        f"The {SPLIT_NAMES[split]} loss was still falling: over the last {_epochs(k)} it was "
        f"{with_precision(now, before - now)}, over as many before "
        f"{with_precision(before, before - now)}. Twice the epochs may lower it {by}.",
        () if _worse_on_new(evidence) else ("more epochs", *(() if overshot else ("larger rate",))),
    )


def _worse_on_new(evidence: Evidence) -> bool:
    """Whether the training loss falls, but the held-out score is behind the training score."""
    held_out = evidence.held_out
    if evidence.validated or held_out is None:
        return False
    return _is_behind(held_out, evidence.on_training)


def _epochs(n: int) -> str:
    return "epoch" if n == 1 else f"{n} epochs"

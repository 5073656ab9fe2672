"""RULES of the diagnosis: one entry each, with thresholds and their reasons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from annlab.analysis import convergence
from annlab.analysis.diagnosis.evidence import LEAST_HELD_OUT, Evidence, SplitScore
from annlab.datasets import SPLIT_NAMES, watched_split
from annlab.formatting import network_names, number, with_precision
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.tasks import TaskName
from annlab.runs.history import GRADIENT_SAMPLES, column

# Validation losses are averaged over this share of the epochs, to smooth the noise of batches.
WINDOW = 0.1
# A validation loss has risen if it rose by this share of its fall, or of the training loss's fall
# if that is larger, because on random labels the validation loss never falls.
OVERFITTING_RISE = 0.02
# A rise must exceed this many standard errors of a mean, because single epochs scatter.
STANDARD_ERRORS = 4.0
# Below this share of the way from the baseline to a perfect score, a network learned nothing: with
# 100 samples, guessing reaches a tenth of the way in one of six cases.
NOTHING_LEARNED = 0.1
# A loss within this share of a constant prediction's loss is at the baseline. An accuracy less than
# half of the way to perfect then comes from luck: any line through the circles reaches 0.69.
AT_THE_BASELINE = 0.01
LUCKY = 0.5
# A network with a hardly changed loss has the score of its random initial weights, which may be
# good.
HARDLY_MOVED = convergence.HARDLY_MOVED
# A target is far from unit scale if its mean or its standard deviation is beyond this factor.
FAR_FROM_UNIT = 10.0
# At this share of the way to perfect, the network has memorized the training samples: with two
# balanced classes, at most one in twenty is wrong.
MEMORIZED = 0.9
# Smallest gap between training and held-out skill; it must also exceed two standard errors.
GAP = 0.15
# Standard deviation of the skill over the networks. In the tutorials' experiments it is at most
# 0.08 if all networks learn, and at least 0.14 if some fail.
SPREAD = 0.12
# In good fits, up to a third of the units of a ReLU layer are inactive from the start.
INACTIVE_SHARE = 0.4
# A larger expected fall is too uncertain to quote as a number.
NEARLY_ALL = 0.9
# Above this share of the way, a network learned a little; below, the score may be noise.
SLIGHT = 0.03
# Squared errors count as equal if they differ by less than this share.
SAME = 0.001


@dataclass(frozen=True)
class Claim:
    """Problem that a rule found in a run, with its remedies.

    Attributes
    ----------
    problem : str
        The problem in one or two sentences, with the evidence in numbers.
    remedies : sequence of str
        Names in `annlab.analysis.diagnosis.remedies.REMEDIES`, the best first.
    """

    problem: str
    remedies: Sequence[str] = ()


def _diverged(evidence: Evidence) -> Claim | None:
    run = evidence.run
    n, epochs = run.n_seeds, run.diverged_epochs[run.diverged_epochs > 0]
    rate = f"a learning rate of {run.config.training.learning_rate:g} is too large"
    remedies = ("smaller rate", "scaled features", "scaled target")
    if run.ending == "diverged":
        # Runs of earlier versions do not record when each network diverged.
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


def _equal_units(evidence: Evidence) -> Claim | None:
    layer, model = evidence.equal_layer, evidence.run.config.model
    if layer is None:
        return None
    return Claim(
        f"All {model.hidden_sizes[layer - 1]} units of hidden layer {layer} started with equal "
        "weights, so they get equal gradients and act as one unit.",
        ("other initialization",),
    )


def _loss_rose(evidence: Evidence) -> Claim | None:
    start, now = _first_and_shown_loss(evidence)
    if HARDLY_MOVED * now <= start:
        return None
    rose = f"The training loss rose {_from(start, now, evidence)}"
    if evidence.run.config.training.weight_decay and evidence.on_training.typical_loss_skill >= 0:
        return Claim(f"{rose}: L2 outweighs the loss.", ("weaker l2",))
    return Claim(f"{rose}: the steps overshoot.", ("smaller rate", "scaled features"))


def _nothing_learned(evidence: Evidence) -> Claim | None:
    score = evidence.on_training
    by_score, by_loss = score.typical_skill, score.typical_loss_skill
    lucky = abs(by_loss) < AT_THE_BASELINE and by_score < LUCKY
    if max(by_score, by_loss) < NOTHING_LEARNED or lucky:
        return _at_the_baseline(evidence, score)
    if not _hardly_moved(evidence):
        return None
    return Claim(
        f"The training loss hardly moved, {_from(*_first_and_shown_loss(evidence), evidence)}: "
        "next to nothing was learned.",
        ("larger rate", "more epochs", "scaled features"),
    )


def _first_and_shown_loss(evidence: Evidence) -> tuple[float, float]:
    """Training loss before training, and with the shown weights."""
    return float(evidence.curve("train_loss")[0]), evidence.shown("train_loss")


def _hardly_moved(evidence: Evidence) -> bool:
    start, now = _first_and_shown_loss(evidence)
    return now > HARDLY_MOVED * start


def _from(start: float, now: float, evidence: Evidence) -> str:
    # With early stopping, the values belong to the epochs of the shown weights.
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
    elif evidence.linear_skill("train") >= NOTHING_LEARNED:  # a linear model can do better
        remedies = (*first, "another rate", "more epochs", "scaled features")
    else:
        remedies = (*first, "hidden layers")
    return Claim(f"{fact}. {unscaled}".rstrip(), remedies)


def _unscaled_target(evidence: Evidence) -> str:
    """Sentence about a target far from unit scale; else empty."""
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


def _memorized(evidence: Evidence) -> Claim | None:
    held_out, training = evidence.held_out, evidence.on_training
    if held_out is None or training.typical_skill < MEMORIZED:
        return None
    # Comparisons with NaN are false, so a missing score is no evidence.
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


def _overfitting(evidence: Evidence) -> Claim | None:
    # With early stopping, pages show the weights from before the rise.
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
    epoch = best + k // 2  # middle of the window
    return Claim(
        f"The validation loss rose from {number(means[best])} around epoch {epoch} to "
        f"{number(means[last])}, while the training loss kept falling: the network overfits. "
        f"{_score_since(evidence, best, k)}",
        ("early stopping", "more samples", "l2", "dropout", "fewer units"),
    )


def _moving_mean(values: np.ndarray, k: int) -> np.ndarray:
    """Moving mean over k values: shape (n - k + 1,)."""
    return np.convolve(values, np.ones(k) / k, "valid")


def _score_since(evidence: Evidence, best: int, k: int) -> str:
    """Sentence on whether the validation score got worse since the window at `best`."""
    task = evidence.run.config.task
    means = _moving_mean(evidence.curve(column("validation", task.headline.name)), k)
    before, now = float(means[best]), float(means[-1])
    return _SCORE_SINCE[task.name](before, now, evidence.run.n_samples["validation"])


def _accuracy_since(before: float, now: float, n_samples: int) -> str:
    # A difference below half a sample is rounding.
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


# By task: validation score at the best window and now, and number of samples, to a sentence.
_SCORE_SINCE: dict[TaskName, Callable[[float, float, int], str]] = {
    "binary": _accuracy_since,
    "multiclass": _accuracy_since,
    "regression": _squared_error_since,
}


def _too_few_samples(evidence: Evidence) -> Claim | None:
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
    """Whether the held-out score is below the training score by more than luck."""
    # Outliers in the training split raise its error, so the skills alone say little.
    if abs(held_out.typical - held_out.perfect) <= abs(training.typical - training.perfect):
        return False
    gap = training.typical_skill - held_out.typical_skill
    return bool(gap >= max(GAP, 2 * held_out.standard_error))  # False if it is NaN


def _inactive(evidence: Evidence) -> Claim | None:
    share = max(evidence.inactive, default=0.0)
    if share < INACTIVE_SHARE:
        return None
    layer = evidence.inactive.index(share) + 1
    activation = ACTIVATIONS[evidence.run.config.model.activation]
    state = "saturated" if np.isfinite(activation.value_range).all() else "dead"
    before = evidence.inactive_before_training[layer - 1]
    return Claim(
        f"{share:.0%} of the units of hidden layer {layer} are {state} ({before:.0%} before "
        f"training): {activation.label} is flat there for {_checked_samples(evidence)}, so they "
        "learn nothing.",
        (
            *("weaker l2", "less dropout", "smaller rate"),
            *("scaled features", "other initialization", "other activation"),
        ),
    )


def _checked_samples(evidence: Evidence) -> str:
    n, most = evidence.run.n_samples["train"], GRADIENT_SAMPLES
    return "every training sample" if n <= most else f"all of up to {most:,} training samples"


def _disagree(evidence: Evidence) -> Claim | None:
    run, training = evidence.run, evidence.on_training
    # Held-out scores of networks with their own data also differ by the luck of the samples.
    own_data = run.config.dataset.resample != "none"
    score = training if own_data else evidence.held_out or training
    n = len(score.values)
    # Scores of networks that learned nothing differ by the luck of the initial weights.
    none_learned = training.loss_skill.max() < NOTHING_LEARNED or _hardly_moved(evidence)
    if n < 2 or none_learned or not np.std(score.skill, ddof=1) >= SPREAD:  # also true for NaN
        return None
    worst, best = (float(score.values[place(score.skill)]) for place in (np.argmin, np.argmax))
    in_training = np.std(training.skill, ddof=1) >= SPREAD
    return Claim(
        f"The {n} networks differ only in their seed{' and their data' if own_data else ''}, yet "
        f"the {score.name} on the {score.samples} ranges from {number(worst)} to {number(best)}. "
        "Judge by all networks, not by the best.",
        ("more epochs", "more units", "another rate") if in_training else ("more samples", "l2"),
    )


def _still_improving(evidence: Evidence) -> Claim | None:
    if not evidence.still_improving:
        return None
    run = evidence.run
    split = watched_split(run.n_samples)
    before, now = convergence.last_two(run)
    loss, k = evidence.curve(column(split, "loss")), convergence.window(run.n_epochs)
    # Dead or saturated units, and a loss above its first value, come from too large steps.
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
    """Whether the training loss falls while the held-out score is below the training score."""
    held_out = evidence.held_out
    if evidence.validated or held_out is None:
        return False
    return _is_behind(held_out, evidence.on_training)


def _epochs(n: int) -> str:
    return "epoch" if n == 1 else f"{n} epochs"


@dataclass(frozen=True)
class Rule:
    """Rule of the diagnosis: a check of the evidence, and its documentation.

    Attributes
    ----------
    name : str
        Name in a few words.
    check : callable
        Evidence to a Claim, or None if the run does not have the problem.
    meaning : str
        Meaning for users, in one or two sentences.
    when : str
        Conditions, with thresholds.
    of_learning : bool
        Whether the rule is about what a network learned; such rules skip runs that diverged or
        have no epoch.
    """

    name: str
    check: Callable[[Evidence], Claim | None]
    meaning: str
    when: str
    of_learning: bool = True


RULES: tuple[Rule, ...] = (
    Rule(
        "diverged",
        _diverged,
        "The loss of some or all networks stopped being a finite number.",
        "A network diverged. If all did, no other rule speaks; if some did, the other rules, means "
        "and medians leave these networks out.",
        of_learning=False,
    ),
    Rule(
        "equal units",
        _equal_units,
        "All units of a hidden layer compute the same, so the layer is worth one unit.",
        "All units of a layer of two or more have the same incoming weights and biases before "
        "training and with the shown weights, in every network that counts.",
    ),
    Rule(
        "loss rose",
        _loss_rose,
        "The training loss is higher than before training.",
        f"With the shown weights it is higher by {1 / HARDLY_MOVED - 1:.0%} or more.",
    ),
    Rule(
        "nothing learned",
        _nothing_learned,
        "The networks are no better than a constant prediction, or their loss hardly moved.",
        "On the training samples, score and loss are both less than "
        f"{NOTHING_LEARNED:.0%} of the way from a constant prediction (the most common class, the "
        "class frequencies, the mean) to perfect; or the loss is within "
        f"{AT_THE_BASELINE:.0%} of the constant's and the score less than {LUCKY:.0%} of the way; "
        "or the training loss fell by less "
        f"than {1 - HARDLY_MOVED:.0%}. A regression "
        "target whose mean or standard deviation is "
        f"beyond {FAR_FROM_UNIT:g}, or whose standard deviation is below {1 / FAR_FROM_UNIT:g}, is "
        "named if it is not scaled. Hidden layers are advised only to a linear model that no "
        "longer improves, where least squares are no better than the constant either.",
    ),
    Rule(
        "memorized",
        _memorized,
        "The networks memorized the training samples, and on others neither they nor simpler "
        "models beat a constant: the features may carry no information about the target.",
        f"At least {MEMORIZED:.0%} of the way from a constant prediction to perfect on the "
        f"training samples; less than {NOTHING_LEARNED:.0%} on at least {LEAST_HELD_OUT} held-out "
        "samples, by the networks, by a linear model and by the five nearest neighbors alike.",
    ),
    Rule(
        "overfitting",
        _overfitting,
        "The validation loss rose while the training loss kept falling. The finding says whether "
        "the score got worse too.",
        "There is a validation split and no early stopping. The mean validation loss of the last "
        f"{WINDOW:.0%} of the epochs is above the lowest such mean by {OVERFITTING_RISE:.0%} of "
        "the loss's whole fall (of the training loss's fall where that is larger) and by "
        f"{STANDARD_ERRORS:g} standard errors; the training loss fell meanwhile.",
    ),
    Rule(
        "too few samples",
        _too_few_samples,
        "The networks have more parameters than training samples and do much better on these than "
        "on others.",
        "More parameters than training samples, and the score on at least "
        f"{LEAST_HELD_OUT} held-out samples is behind the training score by {GAP:.0%} of the way "
        "from a constant prediction to perfect, and by two standard errors.",
    ),
    Rule(
        "inactive units",
        _inactive,
        "Many units of a hidden layer are dead or saturated: their gradient is close to zero.",
        f"In a layer, {INACTIVE_SHARE:.0%} of the units or more, on average over the networks, "
        "have a slope below 1% of the activation's maximum for every training sample.",
    ),
    Rule(
        "networks disagree",
        _disagree,
        "Networks that differ in their seed only have very different scores.",
        "Some network learned something. The scores' standard deviation over the networks is "
        f"{SPREAD:.0%} of the way from a constant prediction to perfect, on the held-out samples; "
        f"on the training samples where fewer than {LEAST_HELD_OUT} are held out, or where each "
        "network has its own data.",
    ),
    Rule(
        "still improving",
        _still_improving,
        "More epochs would lower the loss noticeably.",
        "Twice the epochs are expected to lower the validation loss (the training loss without a "
        f"validation split) by {convergence.LEAST_EXPECTED_FALL:.0%} or more of its present value. "
        f"The falls between the last three windows of {convergence.WINDOW:.0%} of the epochs are "
        f"continued; the last must be {convergence.STANDARD_ERRORS:g} standard errors. Not said "
        f"below {convergence.NOTHING_LEFT:.0%} of the loss before training, nor of networks that "
        "early stopping ended.",
    ),
)

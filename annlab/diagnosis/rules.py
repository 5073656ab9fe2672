"""The rules: an entry for each, with the thresholds and the reasons for them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annlab.activations import ACTIVATIONS
from annlab.diagnosis.evidence import Evidence, Score
from annlab.numbers import number

# The loss is looked at over the last tenth of the epochs: noise from batch to batch evens out,
# and what was learnt earlier does not count.
WINDOW = 0.1
# Had the loss fallen evenly, a tenth of its whole fall would be in the last tenth of the
# epochs. A fifth of that is still worth some more epochs,
STILL_IMPROVING = 0.02
# if as many epochs again would bring the loss down by 5 %, were it to fall at this rate.
LEAST_FALL = 0.005
# From epoch to epoch a validation loss moves by some percent; this is more.
OVERFITTING_RISE = 0.1
# Below a tenth of the way from the baseline to a perfect score, nothing was learnt to speak of:
# a network that guesses on a hundred points is that good by luck in one of six cases.
NOTHING_LEARNT = 0.1
# A loss that has kept this share of its first value has hardly moved; the score of such a
# network is that of its random start, which may be a good one.
HARDLY_MOVED = 0.95
# Fewer points of the training part than one in twenty are still wrong.
LEARNT_BY_HEART = 0.9
# More than other points of the same kind would make of it: with a hundred points held out,
# two standard errors of an accuracy of 0.9 are 0.06, which is 0.12 of the way from one half.
GAP = 0.15
# Standard deviation over the networks. Where all of them learn it is 0.08 at most in the
# tutorials' experiments; where some fail, 0.14 and more.
SPREAD = 0.12
# In good fits up to a third of the units of a layer of ReLU are idle from the start.
INACTIVE_SHARE = 0.4


def _diverged(evidence: Evidence) -> str:
    run = evidence.run
    if run.ending != "diverged":
        return ""
    rate = run.config.training.learning_rate
    scale = ", or scale the features" if run.config.dataset.scaling == "none" else ""
    return (
        f"The loss stopped being a finite number in epoch {run.n_epochs + 1}: with a learning "
        f"rate of {rate:g} the steps overshot. Try {rate / 10:g}{scale}."
    )


def _still_improving(evidence: Evidence) -> str:
    part = "val" if evidence.validated else "train"
    loss, n = evidence.curve(f"{part}_loss"), evidence.run.n_epochs
    k = max(1, round(WINDOW * n))
    before, now = float(loss[-2 * k : -k].mean()), float(loss[-k:].mean())
    least = max(STILL_IMPROVING * (float(loss[0]) - now), LEAST_FALL * now)
    if before - now <= least:
        return ""
    name = "validation" if part == "val" else "training"
    overshot = now > float(loss[0]) or _many_inactive(evidence)
    return (
        f"The {name} loss still fell at the end, from {number(before)} to {number(now)} within "
        f"{_epochs(k)}. Train longer than {_epochs(n)}"
        f"{'' if overshot else ', or with a larger learning rate'}."
    )


def _many_inactive(evidence: Evidence) -> bool:
    """Whether units have died or are saturated: larger steps would make more of them."""
    return max(evidence.inactive, default=0.0) >= INACTIVE_SHARE


def _epochs(n: int) -> str:
    return "one epoch" if n == 1 else f"{n} epochs"


def _overfitting(evidence: Evidence) -> str:
    if not evidence.validated:
        return ""
    validation, training = evidence.curve("val_loss"), evidence.curve("train_loss")
    k = max(1, round(WINDOW * evidence.run.n_epochs))
    best = int(validation.argmin())
    now = float(validation[-k:].mean())
    has_risen = now > (1 + OVERFITTING_RISE) * validation[best]
    if best >= len(validation) - k or not has_risen or training[-1] >= training[best]:
        return ""
    return (
        f"The validation loss has risen since epoch {best}, from {number(validation[best])} to "
        f"{number(now)}, while the training loss kept falling: the network overfits. Stop early, "
        "or try more points, L2, dropout or fewer units."
    )


def _nothing_learnt(evidence: Evidence) -> str:
    score, loss = evidence.on_training, evidence.curve("train_loss")
    if score.typical_skill < NOTHING_LEARNT:
        remedy = (
            "another learning rate, more epochs, scaled features or another activation"
            if evidence.run.config.model.hidden_sizes
            else "hidden layers, another learning rate or more epochs"
        )
        return f"{_beside_baseline(score)}: nothing was learnt. Try {remedy}."
    course = f"from {number(loss[0])} to {number(loss[-1])} in {_epochs(evidence.run.n_epochs)}"
    if HARDLY_MOVED * loss[-1] > loss[0]:
        return f"The training loss rose {course}: the steps overshoot. Try a smaller learning rate."
    if loss[-1] > HARDLY_MOVED * loss[0]:
        remedy = "" if _many_inactive(evidence) else "a larger learning rate or "
        return (
            f"The training loss went {course}: next to nothing was learnt. Try {remedy}more epochs."
        )
    return ""


def _beside_baseline(score: Score) -> str:
    return (
        f"On the {score.part} the {score.name} is {number(score.typical)}; "
        f"{score.baseline_name} gives {number(score.baseline)}"
    )


def _inactive(evidence: Evidence) -> str:
    if not _many_inactive(evidence):
        return ""
    model, share = evidence.run.config.model, max(evidence.inactive)
    layer = evidence.inactive.index(share) + 1
    activation = ACTIVATIONS[model.activation]
    state = "saturated" if np.isfinite(activation.value_range).all() else "dead"
    return (
        f"{share:.0%} of the units of hidden layer {layer} are {state}: at every training point "
        f"{activation.label} is flat there, so they learn nothing. Try a smaller learning rate, "
        "scaled features, other first weights or another activation."
    )


def _disagree(evidence: Evidence) -> str:
    score = evidence.held_out or evidence.on_training
    if evidence.run.n_seeds < 2 or not np.std(score.skill, ddof=1) >= SPREAD:  # or it is NaN
        return ""
    worst, best = (float(score.values[place(score.skill)]) for place in (np.argmin, np.argmax))
    return (
        f"The {evidence.run.n_seeds} networks differ in nothing but their seed, yet on the "
        f"{score.part} the {score.name} is {number(worst)} to {number(best)}. Judge by all, "
        "not by the best; try more epochs, more units or another learning rate."
    )


def _too_few_points(evidence: Evidence) -> str:
    config, held_out = evidence.run.config, evidence.held_out
    n_train = config.n_train
    if held_out is None or config.n_parameters <= n_train:
        return ""
    training = evidence.on_training
    if not training.typical_skill - held_out.typical_skill >= GAP:  # or it is NaN
        return ""
    return (
        f"{config.n_parameters:,} parameters learnt from {n_train:,} points: the {training.name} "
        f"is {number(training.typical)} on the {training.part} and {number(held_out.typical)} on "
        f"the {held_out.part}. Try more points, fewer units, L2 or dropout."
    )


def _learnt_by_heart(evidence: Evidence) -> str:
    held_out = evidence.held_out
    if held_out is None:
        return ""
    training = evidence.on_training
    if not (training.typical_skill >= LEARNT_BY_HEART and held_out.typical_skill < NOTHING_LEARNT):
        return ""
    return (
        f"{_beside_baseline(held_out)}, and on the {training.part} it is "
        f"{number(training.typical)}: the points were learnt by heart. Look for "
        "features that say something about the target."
    )


@dataclass(frozen=True)
class Rule:
    """A rule.

    Attributes
    ----------
    name : str
        Its name, in a few words.
    say : callable
        Evidence to the text of a finding; empty where the run does not show it.
    of_learning : bool
        Whether it is about what was learnt: then it is left out for a run that diverged or
        has no epoch.
    """

    name: str
    say: Callable[[Evidence], str]
    of_learning: bool = True


RULES: tuple[Rule, ...] = (
    Rule("diverged", _diverged, of_learning=False),
    Rule("nothing learnt", _nothing_learnt),
    Rule("learnt by heart", _learnt_by_heart),
    Rule("overfitting", _overfitting),
    Rule("too few points", _too_few_points),
    Rule("inactive units", _inactive),
    Rule("seeds disagree", _disagree),
    Rule("still improving", _still_improving),
)

"""RULES of the diagnosis: one entry each, with thresholds and their reasons."""

from collections.abc import Callable
from dataclasses import dataclass

from annlab.analysis import convergence
from annlab.analysis.diagnosis import checks, checks_on_new_samples
from annlab.analysis.diagnosis.claim import Claim
from annlab.analysis.diagnosis.evidence import LEAST_HELD_OUT, Evidence
from annlab.analysis.diagnosis.thresholds import (
    AT_THE_BASELINE,
    FAR_FROM_UNIT,
    GAP,
    HARDLY_MOVED,
    INACTIVE_SHARE,
    LUCKY,
    MEMORIZED,
    NOTHING_LEARNED,
    OVERFITTING_RISE,
    SPREAD,
    STANDARD_ERRORS,
    WINDOW,
)


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
        checks.diverged,
        "The loss of some or all networks stopped being a finite number.",
        "A network diverged. If all did, no other rule speaks; if some did, the other rules, means "
        "and medians leave these networks out.",
        of_learning=False,
    ),
    Rule(
        "equal units",
        checks.equal_units,
        "All units of a hidden layer compute the same, so the layer is worth one unit.",
        "All units of a layer of two or more have the same incoming weights and biases before "
        "training and with the shown weights, in every network that counts.",
    ),
    Rule(
        "loss rose",
        checks.loss_rose,
        "The training loss is higher than before training.",
        f"With the shown weights it is higher by {1 / HARDLY_MOVED - 1:.0%} or more.",
    ),
    Rule(
        "nothing learned",
        checks.nothing_learned,
        "The networks are no better than a constant prediction, or their loss hardly moved.",
        "On the training samples, score and loss are both less than "
        f"{NOTHING_LEARNED:.0%} of the way from a constant prediction (the most common "
        "class or value of each label, their frequencies, the mean of each target) to perfect; or "
        "the loss is within "
        f"{AT_THE_BASELINE:.0%} of the constant's and the score less than "
        f"{LUCKY:.0%} of the way; or the training loss fell by less than "
        f"{1 - HARDLY_MOVED:.0%}. Regression targets whose mean or standard deviation is "
        f"beyond {FAR_FROM_UNIT:g}, or whose standard deviation is below "
        f"{1 / FAR_FROM_UNIT:g}, are named if they are not scaled. Hidden layers are advised "
        "only to a linear model that no "
        "longer improves, where least squares are no better than the constant either.",
    ),
    Rule(
        "memorized",
        checks_on_new_samples.memorized,
        "The networks memorized the training samples, and on others neither they nor simpler "
        "models beat a constant: the features may carry no information about what to predict.",
        f"At least {MEMORIZED:.0%} of the way from a constant prediction to perfect on the "
        f"training samples; less than {NOTHING_LEARNED:.0%} on at least {LEAST_HELD_OUT} "
        "held-out samples, by the networks, by a linear model and by the five nearest neighbors "
        "alike.",
    ),
    Rule(
        "overfitting",
        checks_on_new_samples.overfitting,
        "The validation loss rose while the training loss kept falling. The finding says whether "
        "the score got worse too.",
        "There is a validation split and no early stopping. The mean validation loss of the last "
        f"{WINDOW:.0%} of the epochs is above the lowest such mean by "
        f"{OVERFITTING_RISE:.0%} of the loss's whole fall (of the training loss's fall "
        "where that is larger) and by "
        f"{STANDARD_ERRORS:g} standard errors; the training loss fell meanwhile.",
    ),
    Rule(
        "too few samples",
        checks_on_new_samples.too_few_samples,
        "The networks have more parameters than training samples and do much better on these than "
        "on others.",
        "More parameters than training samples, and the score on at least "
        f"{LEAST_HELD_OUT} held-out samples is behind the training score by {GAP:.0%} of "
        "the way from a constant prediction to perfect, and by two standard errors.",
    ),
    Rule(
        "inactive units",
        checks.mostly_inactive,
        "Many units of a hidden layer are dead or saturated: their gradient is close to zero.",
        f"In a layer, {INACTIVE_SHARE:.0%} of the units or more, on average over the "
        "networks, have a slope below 1% of the activation's maximum for every training sample.",
    ),
    Rule(
        "networks disagree",
        checks.networks_disagree,
        "Networks that differ in their seed only have very different scores.",
        "Some network learned something. The scores' standard deviation over the networks is "
        f"{SPREAD:.0%} of the way from a constant prediction to perfect, on the held-out "
        f"samples; on the training samples where fewer than {LEAST_HELD_OUT} are held out, or "
        "where each network has its own data.",
    ),
    Rule(
        "still improving",
        checks.still_improving,
        "More epochs would lower the loss noticeably.",
        "Twice the epochs are expected to lower the validation loss (the training loss without a "
        f"validation split) by {convergence.LEAST_EXPECTED_FALL:.0%} or more of its present value. "
        f"The falls between the last three windows of {convergence.WINDOW:.0%} of the epochs are "
        f"continued; the last must be {convergence.STANDARD_ERRORS:g} standard errors. Not said "
        f"below {convergence.NOTHING_LEFT:.0%} of the loss before training, nor of networks that "
        "early stopping ended.",
    ),
)

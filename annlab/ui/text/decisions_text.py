"""Sentences about decisions: what is decided, what a threshold saves, who is too sure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.calibration import Confidence
from annlab.analysis.decision_costs import NEVER, CheapestThresholds, Costs
from annlab.datasets import Split
from annlab.formatting import number, written
from annlab.nn.tasks import USUAL_THRESHOLD, TargetKind
from annlab.ui.text.markdown import join_names
from annlab.ui.text.networks_text import SPLIT_NAMES

# Costs are given per 100 samples.
PER = 100
# A share of right decisions is off by more standard errors in one of twenty cases.
STANDARD_ERRORS = 2.0
# Nearer than this to 0 or 1, two decimals say too little about a threshold.
NEAR_END = 0.1
# More thresholds than these do not fit into a title.
_MOST_NAMED = 3


@dataclass(frozen=True)
class DecisionWords:
    """Words about what networks decide.

    Attributes
    ----------
    choice, help : str
        Label and help text of the choice of a class or label.
    noun : str
    contrast : str
        What samples must contain to be judged; has a field ``name``.
    other : callable
        Names of all, and the index of one, to the name of its absence.
    """

    choice: str
    help: str
    noun: str
    contrast: str
    other: Callable[[Sequence[str], int], str]


def others_name(names: Sequence[str], positive: int) -> str:
    """Name of the negative class: that of the other class, or "other"."""
    return names[1 - positive] if len(names) == 2 else "other"


DECISION_WORDS: dict[TargetKind, DecisionWords] = {
    "class": DecisionWords(
        choice="Positive class",
        help="The class to find. All other classes together are the negative one.",
        noun="class",
        contrast="“{name}” and another class",
        other=others_name,
    ),
    "labels": DecisionWords(
        choice="Label",
        help="The label to find. Each label has its own threshold.",
        noun="label",
        contrast="some with “{name}” and some without it",
        other=lambda names, label: f"not {names[label]}",
    ),
}


def default_positive(support: Sequence[int]) -> int:
    """Index of the class or label that is positive at first: the rarest; of equal ones, the last.

    Parameters
    ----------
    support : sequence of int
        Training samples of each class, or with each label.
    """
    rarest = min(support)
    return max(k for k, n in enumerate(support) if n == rarest)


def together_text(names: Sequence[str], thresholds: Sequence[float], label: int) -> str:
    """Title of the scores of all labels together, with the thresholds of the others.

    Parameters
    ----------
    names : sequence of str
        Names of the labels.
    thresholds : sequence of float
        Threshold of each.
    label : int
        Index of the label whose threshold can be moved.
    """
    others = [
        f"“{name}” at {threshold_number(at)}"
        for k, (name, at) in enumerate(zip(names, thresholds, strict=True))
        if k != label
    ]
    if len(others) > _MOST_NAMED:
        return f"Scores for all {len(names)} labels, each at its own threshold"
    return f"Scores for all labels together, with {join_names(others)}"


def one_sided_text(
    name: str, scored: Split, n_lacking: int, n_networks: int, kind: TargetKind = "class"
) -> str:
    """Say that samples are all of one side, so that curves and scores do not exist.

    Parameters
    ----------
    name : str
        Name of the positive class, or of the label.
    scored : str
        Split of the scores.
    n_lacking, n_networks : int
        Networks whose samples are all of one side, and networks with samples of their own: 1 if
        all networks share their samples.
    kind : str
        Kind of the task's targets.
    """
    words, samples = DECISION_WORDS[kind], SPLIT_NAMES[scored]
    must = f"The {samples} must contain {words.contrast.format(name=name)}"
    advice = f"Choose another {words.choice.lower()}, or use more samples."
    if n_networks == 1:
        return f"{must}. {advice}"
    return (
        f"{must} in every network. In {n_lacking} of {n_networks} networks, they do not. {advice}"
    )


def threshold_number(threshold: float) -> str:
    """Format a threshold, near 0 and 1 with two digits of its distance from them.

    Parameters
    ----------
    threshold : float
        From 0 to 1, or `NEVER`.
    """
    if threshold >= NEVER:
        return "above 1"
    distance = min(threshold, 1 - threshold)
    if distance >= NEAR_END or round(threshold, 2) == threshold:
        return f"{threshold:.2f}"
    if distance < 1e-4:
        small = written(distance, ".2g")
        return small if threshold < 0.5 else f"1 − {small}"
    return f"{threshold:.{1 - math.floor(math.log10(distance))}f}"


def threshold_text(threshold: float) -> str:
    """Format a threshold; its ends are decisions of their own."""
    if threshold >= NEVER:
        return "never"
    return "always" if threshold <= 0 else threshold_number(threshold)


def rule_text(name: str, threshold: float) -> str:
    """Say which samples are predicted as the positive class at a threshold.

    Parameters
    ----------
    name : str
        Name of the positive class.
    threshold : float
        From 0 to 1, or `NEVER`.
    """
    if threshold >= NEVER:
        return f"No sample is called “{name}”."
    return (
        f"A sample is called “{name}” if the probability of “{name}” is at least "
        f"{threshold_number(threshold)}."
    )


def thresholds_text(thresholds: NDArray[np.float64]) -> str:
    """Format the thresholds of several networks: the median, and the range if they differ."""
    ends = [threshold_text(float(at)) for at in (thresholds.min(), thresholds.max())]
    # Of an even number, the lower of the two in the middle: "never" has no mean.
    middle = threshold_text(float(np.sort(thresholds)[(len(thresholds) - 1) // 2]))
    return middle if ends[0] == ends[1] else f"{middle} ({ends[0]} to {ends[1]})"


def chosen_text(choosing: Split, scored: Split) -> str:
    """Say which samples chose the thresholds, and what that means for the costs."""
    if choosing == scored:
        missing = "test split" if choosing == "validation" else "test split and a validation split"
        return (
            f"The same {SPLIT_NAMES[scored]} chose the thresholds, so these costs may be too low. "
            f"Set a {missing} above 0."
        )
    if choosing == "train":
        return (
            "Without validation samples, each network's threshold is the cheapest on its training "
            "samples, where it looks better than it is."
        )
    return (
        f"Each network's threshold is the cheapest on its {SPLIT_NAMES[choosing]}; the "
        f"{SPLIT_NAMES[scored]} chose nothing."
    )


def ideal_text(costs: Costs) -> str:
    """Say which threshold would be the cheapest for probabilities that come true."""
    return (
        "If probabilities came true as often as they say, the cheapest threshold would be "
        f"{threshold_number(costs.ideal_threshold)}: the cost of a false alarm as a share of both "
        "costs."
    )


def saving_text(name: str, found: CheapestThresholds, scored: Split) -> str:
    """Say what the chosen thresholds save against the usual one on the samples that are scored.

    Parameters
    ----------
    name : str
        Name of the model.
    found : CheapestThresholds
        Of the networks that did not diverge.
    scored : str
        Split of the costs.
    """
    saved = PER * (found.usual_cost - found.cost)
    n, mean = len(saved), float(saved.mean())
    samples = f"{PER} {SPLIT_NAMES[scored]}"
    if not saved.any():
        whose = "the chosen threshold costs" if n == 1 else "every chosen threshold costs"
        return f"{name}: {whose} as much as {USUAL_THRESHOLD}."
    if n == 1:
        more = "less" if mean > 0 else "more"
        return (
            f"{name}: the chosen threshold costs {number(abs(mean))} {more} than "
            f"{USUAL_THRESHOLD} per {samples}."
        )
    cheaper, dearer = int((saved > 0).sum()), int((saved < 0).sum())
    counted = (
        f"cheaper than {USUAL_THRESHOLD} in {cheaper} of {n} networks and costs more in {dearer}"
    )
    if not round(abs(mean), 9):
        return f"{name}: the chosen threshold is {counted}; on average it saves nothing."
    saves = "saves" if mean > 0 else "costs"
    more = "" if mean > 0 else " more"
    return (
        f"{name}: the chosen threshold is {counted}; on average it {saves} {number(abs(mean))}"
        f"{more} per {samples}."
    )


def confidence_text(name: str, found: Confidence) -> str:
    """Say whether a model is surer of its decisions than it is right.

    Parameters
    ----------
    name : str
        Name of the model.
    found : Confidence
        Of the networks that did not diverge.

    Returns
    -------
    str
        "Too sure" if the mean difference exceeds two standard errors of the share of right
        decisions among the samples; "not sure enough" if it does so in the other direction.
    """
    stated, right = float(found.stated.mean()), float(found.right.mean())
    numbers = f"Mean probability of its decisions: {stated:.1%}; right: {right:.1%}."
    # At least one sample could have been wrong, or right.
    share = min(max(right, 1 / found.n_samples), 1 - 1 / found.n_samples)
    error = np.sqrt(share * (1 - share) / found.n_samples)
    if stated - right > STANDARD_ERRORS * error:
        return f"{name} is too sure. {numbers}"
    if right - stated > STANDARD_ERRORS * error:
        return f"{name} is not sure enough. {numbers}"
    return (
        f"{name} is about as sure as it is right. {numbers} {found.n_samples:,} samples cannot "
        "tell these two apart."
    )

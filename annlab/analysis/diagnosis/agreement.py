"""Resolve contradictory and overlapping findings about one run."""

from collections.abc import Mapping

from annlab.analysis.diagnosis.claim import Claim

# If both rules apply, the second is dropped, because it contradicts or repeats the first.
CONTRADICTIONS: tuple[tuple[str, str], ...] = (
    # A rising loss needs smaller steps; the other rules may advise larger steps.
    ("loss rose", "nothing learned"),
    ("loss rose", "still improving"),
    # A loss that rose at first and fell since has done both.
    ("loss rose", "overfitting"),
    # Networks that disagree include some that learned.
    ("networks disagree", "nothing learned"),
    ("nothing learned", "memorized"),
    ("nothing learned", "overfitting"),
    ("nothing learned", "too few samples"),
    # The rule "nothing learned" itself says whether the loss was still falling.
    ("nothing learned", "still improving"),
    ("memorized", "too few samples"),
    # Both rules are about the same loss curve.
    ("still improving", "overfitting"),
    # Units that are equal because they started at zero are not dead.
    ("equal units", "inactive units"),
)

# If both rules apply, the second keeps its problem, but the first, its cause, gives the advice.
CAUSES: tuple[tuple[str, str], ...] = (
    ("equal units", "nothing learned"),
    ("inactive units", "nothing learned"),
    ("memorized", "overfitting"),
    ("memorized", "still improving"),
)


def consistent(claims: Mapping[str, Claim]) -> dict[str, Claim]:
    """Drop contradictory claims, and the advice of claims with a known cause.

    Parameters
    ----------
    claims : mapping of str to Claim
        Claims by name of the rule, in the order of `RULES`.
    """
    kept = dict(claims)
    for stronger, weaker in CONTRADICTIONS:
        if stronger in kept:
            kept.pop(weaker, None)
    for cause, effect in CAUSES:
        if cause in kept and effect in kept:
            kept[effect] = Claim(kept[effect].problem)
    return kept

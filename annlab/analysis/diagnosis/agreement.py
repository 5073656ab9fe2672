"""Which findings about one run exclude each other, and which leave the advice to another."""

from collections.abc import Mapping

from annlab.analysis.diagnosis.checks import Claim

# Where both would be said, the second is not: it would contradict the first, or only repeat it.
CONTRADICTIONS: tuple[tuple[str, str], ...] = (
    # The one says that steps are too large, the others may ask for larger ones.
    ("loss rose", "nothing learned"),
    ("loss rose", "still improving"),
    # Some networks learned: that is what they disagree about.
    ("networks disagree", "nothing learned"),
    ("nothing learned", "memorized"),
    ("nothing learned", "overfitting"),
    ("nothing learned", "too few samples"),
    # It says itself whether the loss was still falling.
    ("nothing learned", "still improving"),
    ("memorized", "too few samples"),
    # Both are about the fall of one curve.
    ("still improving", "overfitting"),
    # Units that are equal because they started at zero are not dead.
    ("equal units", "inactive units"),
)

# Where both are said, the second keeps its fact and leaves the advice to the first, its cause.
CAUSES: tuple[tuple[str, str], ...] = (
    ("equal units", "nothing learned"),
    ("inactive units", "nothing learned"),
    ("memorized", "overfitting"),
    ("memorized", "still improving"),
)


def consistent(claims: Mapping[str, Claim]) -> dict[str, Claim]:
    """The claims without those that others exclude, each with the advice that is its own.

    Parameters
    ----------
    claims : mapping of str to Claim
        By the name of the rule, in the order of `RULES`.
    """
    kept = dict(claims)
    for stronger, weaker in CONTRADICTIONS:
        if stronger in kept:
            kept.pop(weaker, None)
    for cause, effect in CAUSES:
        if cause in kept and effect in kept:
            kept[effect] = Claim(kept[effect].problem)
    return kept

"""Sentences about scores of several targets."""

import re

from annlab.datasets import DatasetSpec
from annlab.nn.tasks import Score

# What stands in parentheses at the end of a name is often a unit: "weight (lb)".
_LAST_PARENTHESES = re.compile(r"\(([^()]*)\)\s*$")


def may_mix_units(score: Score, spec: DatasetSpec) -> bool:
    """Whether the names of the targets suggest that a score averages different units."""
    found = (_LAST_PARENTHESES.search(name) for name in spec.names_of_targets())
    units = {last[1].strip() if last else "" for last in found}
    return score.averages_targets and not score.is_share and len(units) > 1


def what_is_averaged(score: Score, spec: DatasetSpec) -> str:
    """Sentence on what a score of several targets averages, without a final period.

    Empty for one target, and for a score that judges all targets of a sample at once.
    """
    n = spec.n_targets
    if n == 1 or not score.averages_targets:
        return ""
    if score.is_share:
        return f"Each sample counts with the share of its {n} labels that are correct"
    mean = f"Mean over {n} targets"
    if may_mix_units(score, spec):
        return f"{mean}, perhaps in different units, so the largest errors count most"
    return mean

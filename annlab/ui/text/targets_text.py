"""Sentences about scores of several targets."""

import re

from annlab.datasets import DatasetSpec
from annlab.nn.tasks import Score

# A unit at the end of a name: "weight (lb)".
_UNIT = re.compile(r"\(([^()]*)\)\s*$")


def mixes_units(score: Score, spec: DatasetSpec) -> bool:
    """Whether a score averages values in different units, as far as the targets' names tell."""
    found = (_UNIT.search(name) for name in spec.names_of_targets())
    units = {unit[1].strip() if unit else "" for unit in found}
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
    if mixes_units(score, spec):
        return f"Mean over {n} targets in different units, so the largest numbers count most"
    return f"Mean over {n} targets"

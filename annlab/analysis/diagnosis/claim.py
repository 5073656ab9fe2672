"""What a rule says about a run."""

from collections.abc import Sequence
from dataclasses import dataclass


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

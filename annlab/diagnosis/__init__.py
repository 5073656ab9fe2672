"""What a run shows, by rules that name their evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from annlab.datasets import Dataset
from annlab.diagnosis.evidence import Evidence
from annlab.diagnosis.rules import RULES, Rule
from annlab.run import Run

__all__ = ["RULES", "Finding", "Rule", "diagnose"]


@dataclass(frozen=True)
class Finding:
    """Something that a run shows.

    Attributes
    ----------
    rule : str
        Name of the rule in `RULES`.
    text : str
        One or two sentences: the evidence in numbers, and what to try.
    """

    rule: str
    text: str


def diagnose(
    run: Run, *, dataset: Dataset | None = None, evaluations: Sequence[Any] = ()
) -> list[Finding]:
    """Say what a run shows, and what to try.

    Most is read from the history. There is one forward pass through the test part, and one
    through up to a thousand training points where inactive units were not recorded.

    Parameters
    ----------
    run : Run
        Of any task, of any length and ending.
    dataset : Dataset or None
        The points of the run's config where they are at hand; None: made anew.
    evaluations : sequence of Evaluation
        What `annlab.evaluate` gave for this run, where it is at hand; those of earlier
        epochs are left out.

    Returns
    -------
    list of Finding
        In the order of `RULES`; empty where nothing is to be said.

    Raises
    ------
    ValueError
        If the data set is not at hand and cannot be made.
    """
    evidence = Evidence(run, dataset, evaluations)
    # Weights of a run that diverged, or points far off, may be too large for float32.
    with np.errstate(over="ignore", invalid="ignore"):
        found = [Finding(rule.name, rule.say(evidence)) for rule in _applying(run)]
    return [finding for finding in found if finding.text]


def _applying(run: Run) -> list[Rule]:
    # Before its first epoch a run shows nothing; one that diverged shows but that.
    has_learnt = run.n_epochs > 0 and run.ending != "diverged"
    return [rule for rule in RULES if has_learnt or not rule.of_learning]

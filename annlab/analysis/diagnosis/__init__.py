"""What a run shows, by rules that name their evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annlab.analysis.diagnosis.agreement import consistent
from annlab.analysis.diagnosis.evidence import Evidence
from annlab.analysis.diagnosis.remedies import advice, agreeing
from annlab.analysis.diagnosis.rules import RULES, Rule
from annlab.analysis.scores import Evaluation
from annlab.datasets import Dataset
from annlab.runs.run import Run

__all__ = ["RULES", "Finding", "Rule", "diagnose"]


@dataclass(frozen=True)
class Finding:
    """Something that a run shows.

    Attributes
    ----------
    rule : str
        Name of the rule in `RULES`.
    problem : str
        What is wrong: one or two sentences with the evidence in numbers.
    remedies : tuple of str
        What to try, as names in `annlab.analysis.diagnosis.remedies.REMEDIES`.
    advice : str
        What to try, as a sentence; empty where another finding says it.
    """

    rule: str
    problem: str
    remedies: tuple[str, ...] = ()
    advice: str = ""

    @property
    def text(self) -> str:
        """Problem and advice."""
        return f"{self.problem} {self.advice}".rstrip()


def diagnose(
    run: Run, *, dataset: Dataset | None = None, evaluations: Sequence[Evaluation] = ()
) -> list[Finding]:
    """Say what a run shows, and what to try.

    Most is read from the history. There is one forward pass through up to a thousand training
    samples where inactive units were not recorded, and for runs of an earlier version one
    through the test split. No two findings contradict each other.

    Parameters
    ----------
    run : Run
        Of any task, of any length and ending. With early stopping it is judged with each
        network's best weights.
    dataset : Dataset or None
        The data of the run's networks where they are at hand, as `load_run_dataset` gives
        them; None: made anew.
    evaluations : sequence of Evaluation
        What `annlab.evaluate` gave for this run, where it is at hand; those of other epochs
        are left out.

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
    # Weights of a run that diverged, or samples far off, may be too large for float32.
    with np.errstate(over="ignore", invalid="ignore"):
        checked = {rule.name: rule.check(evidence) for rule in _applying(run)}
    claims = consistent({name: claim for name, claim in checked.items() if claim})
    findings, given = [], list[str]()
    for name, claim in claims.items():
        remedies = agreeing(claim.remedies, run, given)
        given += remedies
        findings.append(Finding(name, claim.problem, remedies, advice(remedies, run)))
    return findings


def _applying(run: Run) -> list[Rule]:
    # Before its first epoch a run shows nothing; one that diverged shows but that.
    has_learned = run.n_epochs > 0 and run.ending != "diverged"
    return [rule for rule in RULES if has_learned or not rule.of_learning]

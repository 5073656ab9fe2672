"""Diagnosis of a run: findings by rules that name their evidence, with advice."""

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
    """One problem of a run, with evidence and advice.

    Attributes
    ----------
    rule : str
        Name of the rule in `RULES`.
    problem : str
        The problem in one or two sentences, with the evidence in numbers.
    remedies : tuple of str
        Advised remedies, as names in `annlab.analysis.diagnosis.remedies.REMEDIES`.
    advice : str
        Advice as a sentence; empty if another finding gives it.
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
    """Find the problems of a run, and advise remedies.

    Most evidence comes from the history. A forward pass through up to 1,000 training samples
    finds inactive units that were not recorded, and a forward pass through the test split scores
    runs of earlier versions. No two findings contradict each other.

    Parameters
    ----------
    run : Run
        Run of any task, length and ending. With early stopping, each network is judged with its
        best weights.
    dataset : Dataset or None
        Data of the run's networks from `load_run_dataset`; None loads the data.
    evaluations : sequence of Evaluation
        Results of `annlab.evaluate` for this run, to save time; other epochs are ignored.

    Returns
    -------
    list of Finding
        In the order of `RULES`; empty if no rule applies.

    Raises
    ------
    ValueError
        If `dataset` is None and the data cannot be loaded.
    """
    evidence = Evidence(run, dataset, evaluations)
    # Weights of a diverged run, or extreme samples, may overflow float32.
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
    # A run without an epoch has no findings, and a diverged run has only this finding.
    has_learned = run.n_epochs > 0 and run.ending != "diverged"
    return [rule for rule in RULES if has_learned or not rule.of_learning]

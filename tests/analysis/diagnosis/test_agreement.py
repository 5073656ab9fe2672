"""Findings of one run never contradict each other."""

import pytest

from annlab.analysis.convergence import still_improving
from annlab.analysis.diagnosis import RULES, diagnose
from annlab.analysis.diagnosis.agreement import CAUSES, CONTRADICTIONS
from annlab.analysis.diagnosis.remedies import OPPOSITES, REMEDIES
from tests.analysis.diagnosis.cases import DATA, SHOWN, config


def everything():
    """Many runs, most of them with a problem."""
    for runs in SHOWN.values():
        yield from runs
    for data in DATA:
        for hidden, rate in (((), 1.0), ((16,), 0.001), ((64, 64), 0.03), ((4,), 0.3)):
            yield config(data, {"hidden_sizes": hidden}, learning_rate=rate, max_epochs=40)


# Contradictory phrases in the displayed text.
OPPOSED = [
    ("larger learning rate", "smaller learning rate"),
    ("early stopping", "more epochs"),
    ("more units", "fewer units"),
    ("nothing was learned", "memorized"),
    ("nothing was learned", "overfits"),
    ("nothing was learned", "differ only in their seed"),
    ("nothing was learned.", "still falling"),
    ("validation loss rose", "validation loss was still falling"),
    ("training loss rose", "training loss was still falling"),
    ("training loss rose", "training loss kept falling"),
    ("act as one unit", "are dead"),
    ("other features", "fewer units"),
]


@pytest.mark.parametrize("shown", [*everything()], ids=lambda config: config.to_url()[-60:])
def test_findings_never_contradict_each_other(shown, trained):
    findings = diagnose(trained(shown))
    texts = " ".join(finding.text for finding in findings)
    for one, other in OPPOSED:
        assert not (one in texts and other in texts), texts
    names = {finding.rule for finding in findings}
    assert not any(set(pair) <= names for pair in CONTRADICTIONS)
    given = [remedy for finding in findings for remedy in finding.remedies]
    assert not any(pair <= set(given) for pair in OPPOSITES)
    # The verdict on a page and the finding use the same function.
    if still_improving(trained(shown)):
        assert names & {"still improving", "nothing learned", "loss rose"}
    else:
        assert "still improving" not in names
        assert "still falling" not in texts


def test_contradictions_and_opposites_name_existing_entries():
    names = {rule.name for rule in RULES}
    assert {name for pair in (*CONTRADICTIONS, *CAUSES) for name in pair} <= names
    assert {name for pair in OPPOSITES for name in pair} <= set(REMEDIES)
    assert all(len(pair) == 2 for pair in OPPOSITES)
    assert not set(CONTRADICTIONS) & set(CAUSES)

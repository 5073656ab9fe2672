"""Diagnosis: each rule on runs with its problem and on runs without the problem; any run."""

import dataclasses
import re

import numpy as np
import pytest

from annlab import train
from annlab.analysis.diagnosis import RULES, diagnose
from annlab.analysis.diagnosis.agreement import CAUSES
from annlab.analysis.diagnosis.evidence import Evidence
from annlab.lessons.experiments import EXPERIMENTS
from tests.analysis.diagnosis.cases import (
    DATA,
    GOOD,
    GOOD_CURVE,
    GOOD_WINE,
    SHOWN,
    SOME_DIVERGE,
    config,
    rules_of,
)

CASES = [
    pytest.param(rule, run, id=f"{rule} {i}")
    for rule, runs in SHOWN.items()
    for i, run in enumerate(runs)
]


@pytest.mark.parametrize(("rule", "shown"), CASES)
def test_each_rule_finds_its_problem(rule, shown, trained):
    findings = {finding.rule: finding.text for finding in diagnose(trained(shown))}
    assert rule in findings
    text = findings[rule]
    assert re.search(r"\d", text)  # the evidence
    assert "Try" in text or any(cause in findings for cause, effect in CAUSES if effect == rule)
    assert text[-1] == "."
    assert len(text) < 300
    assert len(re.findall(r"[.:] ", text)) <= 4


@pytest.mark.parametrize("good", [GOOD, GOOD_CURVE, GOOD_WINE], ids=["moons", "curve", "wine"])
def test_a_good_run_has_no_findings(good, trained):
    assert rules_of(trained(good)) == []


def test_every_rule_is_tested():
    assert set(SHOWN) == {rule.name for rule in RULES}
    assert len({rule.name for rule in RULES}) == len(RULES)


CLASSICS = {
    ("E2", 0): ["still improving"],
    ("E2", 1): [],
    ("E4", 0): ["still improving"],
    ("E4", 1): [],
    ("E6", 0): [],
    ("E6", 1): ["still improving"],
    ("E9", 0): ["still improving"],
    ("E9", 1): ["still improving"],
}


@pytest.mark.parametrize(("name", "i"), CLASSICS)
def test_classic_experiments_have_the_expected_findings(name, i, trained):
    run = trained(EXPERIMENTS[name].runs[i])
    assert rules_of(run) == CLASSICS[name, i]
    if CLASSICS[name, i]:  # the finding is true: doubling the epochs lowers the loss
        n = run.n_epochs
        longer = run.config.training.model_copy(update={"max_epochs": 2 * n, "n_seeds": 5})
        later = train(run.config.model_copy(update={"training": longer})).history["train_loss"]
        loss, k = np.median(later, axis=1), n // 10  # single epochs scatter
        assert loss[-k:].mean() < 0.95 * loss[n + 1 - k : n + 1].mean()


ODD = {
    "one epoch": {"max_epochs": 1},
    "two epochs": {"max_epochs": 2, "n_seeds": 2},
    "one network": {"max_epochs": 5},
    "early stopping": {"max_epochs": 60, "early_stopping_patience": 2, "n_seeds": 3},
    "recorded": {"max_epochs": 3, "record_gradients": True},
}


@pytest.mark.parametrize("training", ODD.values(), ids=ODD)
@pytest.mark.parametrize("data", DATA, ids=lambda data: data["name"])
@pytest.mark.parametrize("hidden_sizes", [(), (3, 2)])
def test_any_run_can_be_diagnosed(data, training, hidden_sizes, trained):
    run = trained(config(data, {"hidden_sizes": hidden_sizes}, **training))
    names = [rule.name for rule in RULES]
    found = rules_of(run)
    assert found == sorted(found, key=names.index)
    if run.n_seeds == 1:
        assert "networks disagree" not in found


@pytest.mark.parametrize("data", DATA, ids=lambda data: data["name"])
def test_a_run_without_an_epoch_has_no_findings(data):
    run = train(config(data, {"hidden_sizes": (3,)}, max_epochs=50), should_stop=lambda: True)
    if run.n_epochs:  # the first epoch was complete before the first question
        run = cut(run, 0)
    assert diagnose(run) == []


def cut(run, epoch):
    """The run as if it had been stopped after an epoch."""
    kept = run.checkpoints
    rows = kept.epochs <= epoch
    return dataclasses.replace(
        run,
        history={name: values[: epoch + 1] for name, values in run.history.items()},
        checkpoints=dataclasses.replace(
            kept, epochs=kept.epochs[rows], layers=tuple((W[rows], b[rows]) for W, b in kept.layers)
        ),
        epoch_seconds=run.epoch_seconds[: epoch + 1],
        epochs_trained=np.minimum(run.epochs_trained, epoch),
        ending="stopped",
    )


def test_a_stopped_run_is_still_improving(trained):
    stopped = cut(trained(GOOD), 4)
    assert "still improving" in rules_of(stopped)


def test_a_diverged_run_has_only_this_finding(trained):
    for shown in SHOWN["diverged"][:2]:
        run = trained(shown)
        (finding,) = diagnose(run)
        rate = shown.training.learning_rate
        assert f"a learning rate of {rate:g} is too large" in finding.problem
        assert re.search(r"diverged in epochs? \d", finding.problem)
        assert f"{rate / 10:g}" in finding.advice
        assert ("scaled features" in finding.advice) is (shown.dataset.scaling == "none")


def test_networks_that_diverged_are_named_and_left_out(trained):
    run = trained(SOME_DIVERGE)
    lost = np.flatnonzero(run.diverged_epochs)
    assert 0 < len(lost) < run.n_seeds
    finding, *others = diagnose(run)
    assert finding.problem.startswith(f"{len(lost)} of 10 networks diverged (network")
    assert str(lost[0] + 1) in finding.problem
    assert str(run.diverged_epochs[lost].min()) in finding.problem
    # The other networks are judged by their own numbers alone.
    kept = run.counted
    score = Evidence(run, None, ()).on_training
    np.testing.assert_allclose(score.values, run.history["train_loss"][-1][kept])
    worse = {name: np.where(kept, values, 1e6) for name, values in run.history.items()}
    assert diagnose(dataclasses.replace(run, history=worse))[1:] == others

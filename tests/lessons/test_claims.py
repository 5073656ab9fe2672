"""Claims of annlab's own experiments hold on three data seeds."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from annlab import Run, RunConfig, evaluate, train
from annlab.analysis.calibration import confidence
from annlab.analysis.decisions import odds_of_one
from annlab.analysis.diagnosis import diagnose
from annlab.analysis.true_function import score_against_truth
from annlab.config.settings import SETTINGS
from annlab.datasets import Split
from annlab.lessons.experiment import HIGHER_IS_BETTER, Claim, Experiment
from annlab.lessons.experiments import DEFAULTS, EXPERIMENTS

ANNLABS_OWN = [entry for entry in EXPERIMENTS.values() if entry.group == "annlab's own"]
DATA_SEEDS = 3
# Every second one of the last kept epochs; between neighbors, chance can outweigh the growth.
GROWING = slice(-5, None, 2)
# Twice the epochs may lower the loss by at most this share.
LITTLE = 0.1
# Number of networks, from the first, that are trained twice as long.
FEW = 5


def measured(run: Run, claim: Claim) -> np.ndarray:
    """Measure of a claim for each network, shape (n_seeds,)."""
    if claim.measure in ("accuracy", "label_accuracy", "mse"):
        column = f"{claim.where}_{claim.measure}"
        if claim.epoch is not None:
            return run.history[column][claim.epoch].astype(float)
        return evaluate(run, split=cast(Split, claim.where)).headline
    if claim.measure == "log_loss":
        return evaluate(run, split=cast(Split, claim.where), epoch=claim.epoch).log_loss
    if claim.measure == "excess":
        odds = odds_of_one(run, positive=1, split=cast(Split, claim.where), epoch=claim.epoch)
        return confidence(odds).excess
    if claim.measure == "rare_recall":
        scores = evaluate(run, split=cast(Split, claim.where), epoch=claim.epoch)
        return scores.recall[:, scores.support.argmin()]
    if claim.measure == "truth":
        return getattr(score_against_truth(run, claim.epoch), claim.where)
    epoch = run.n_epochs if claim.epoch is None else claim.epoch
    n_hidden = len(run.config.model.hidden_sizes)
    if claim.measure == "inactive":
        shares = [run.history[f"inactive_{k + 1}"][epoch] for k in range(n_hidden)]
        return np.mean(shares, axis=0)
    first, last = (run.history[f"gradient_norm_{k}"][epoch] for k in (1, n_hidden + 1))
    return np.log10(first) - np.log10(last)


def on_data(run: RunConfig, k: int) -> RunConfig:
    """The same run on data generated from other seeds."""
    dataset = run.dataset
    if not dataset.spec.defaults:
        return run
    return run.model_copy(update={"dataset": dataset.model_copy(update={"seed": dataset.seed + k})})


@pytest.fixture(autouse=True)
def _files_at_hand(request: pytest.FixtureRequest) -> None:
    """Skip experiments on files that are not there."""
    if not {"trained", "entry"} <= set(request.fixturenames):
        return
    entry: Experiment = request.node.callspec.params["entry"]
    if entry.runs[0].dataset.spec.missing_message:
        request.getfixturevalue("shared_datasets")


CASES = [
    pytest.param(entry, k, id=f"{entry.name}-{k}")
    for entry in ANNLABS_OWN
    for k in range(DATA_SEEDS if entry.runs[0].dataset.spec.defaults else 1)
]


@pytest.mark.parametrize(("entry", "k"), CASES)
def test_claims_hold(entry: Experiment, k: int, trained: Callable[[RunConfig], Run]) -> None:
    runs = [trained(on_data(run, k)) for run in entry.runs]
    for claim in entry.claims:
        ahead, other = (measured(runs[i], claim) for i in (claim.ahead, claim.of))
        lead = ahead - other if HIGHER_IS_BETTER[claim.measure] else other - ahead
        assert len(lead) == 10
        n = np.sum(np.abs(lead) <= claim.by if claim.level else lead >= claim.by)
        assert n >= claim.in_networks, f"{claim}: {np.sort(lead).round(4).tolist()}"


@pytest.mark.parametrize("k", range(DATA_SEEDS))
def test_a_network_without_l2_grows_too_sure(k: int, trained: Callable[[RunConfig], Run]) -> None:
    entry = EXPERIMENTS["too_sure"]
    (claim,) = (claim for claim in entry.claims if claim.measure == "excess")
    run = trained(on_data(entry.runs[claim.of], k))
    excess = np.stack(
        [measured(run, replace(claim, epoch=epoch)) for epoch in run.checkpoints.epochs[GROWING]]
    )
    np.testing.assert_array_equal(excess[-1], measured(run, claim))
    assert np.sum(excess[-1] > 0) >= claim.in_networks
    grown = np.sum(np.diff(excess, axis=0) > 0, axis=1)
    assert np.all(grown >= claim.in_networks), excess.round(3).tolist()


def _varied(*runs: RunConfig) -> list[str]:
    """Settings in which runs differ."""
    return [
        setting.name
        for setting in SETTINGS.values()
        if len({str(setting.get(run)) for run in runs}) > 1
    ]


@pytest.mark.parametrize("entry", ANNLABS_OWN, ids=lambda entry: entry.name)
def test_own_experiments_have_claims_and_fair_comparisons(entry: Experiment) -> None:
    assert entry.claims
    varied = _varied(*entry.runs)
    # A feature or a layer; a plane, or both at once: each of them alone differs from model A.
    assert len(varied) == (2 if entry.name in ("feature_or_layer", "wide_and_deep") else 1)
    for run in entry.runs[1:]:
        assert len(_varied(entry.runs[0], run)) == 1
    for run in entry.runs:
        assert run.training.n_seeds == 10
        assert run.dataset.test_fraction > 0
        assert run.dataset.validation_fraction > 0
        # Otherwise there is no verdict.
        assert run.dataset.sizes(10).test >= 30
    for claim in entry.claims:
        assert {claim.ahead, claim.of} <= set(range(len(entry.runs)))
        assert claim.ahead != claim.of
        assert claim.by > 0
        assert 5 < claim.in_networks <= 10


@pytest.mark.parametrize("entry", ANNLABS_OWN, ids=lambda entry: entry.name)
def test_no_model_is_still_improving(
    entry: Experiment, trained: Callable[[RunConfig], Run]
) -> None:
    for config in entry.runs:
        rules = {finding.rule for finding in diagnose(trained(config))}
        assert not rules & {"still improving", "diverged"}


# The other experiments were checked once in the same way, which takes too long for a test.
@pytest.mark.slow
@pytest.mark.parametrize("entry", DEFAULTS.values(), ids=lambda entry: entry.name)
def test_twice_the_epochs_lower_the_loss_by_little(
    entry: Experiment, trained: Callable[[RunConfig], Run]
) -> None:
    for config in entry.runs:
        run, n = trained(config), config.training.max_epochs
        changed = {"max_epochs": 2 * n, "n_seeds": FEW, "record_gradients": False}
        training = config.training.model_copy(update=changed)
        longer = train(config.model_copy(update={"training": training}))
        loss, twice = (np.median(r.history["val_loss"][:, :FEW], axis=1) for r in (run, longer))
        tenth = max(1, n // 10)
        assert twice[-tenth:].mean() >= (1 - LITTLE) * loss[-tenth:].mean()


def test_a_page_opens_with_an_experiment_of_its_own() -> None:
    assert all(entry in ANNLABS_OWN for entry in DEFAULTS.values())
    pages = [entry.page for entry in EXPERIMENTS.values()]
    assert set(DEFAULTS) == set(pages)
    assert sum(entry.default for entry in EXPERIMENTS.values()) == len(DEFAULTS)

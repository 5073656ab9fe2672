"""Claims of annlab's own experiments hold on three data seeds."""

from collections.abc import Callable
from typing import cast

import numpy as np
import pytest

from annlab import Run, RunConfig, evaluate, train
from annlab.analysis.diagnosis import diagnose
from annlab.analysis.true_function import score_against_truth
from annlab.config.settings import SETTINGS
from annlab.datasets import Split
from annlab.lessons.experiment import HIGHER_IS_BETTER, Claim, Experiment
from annlab.lessons.experiments import DEFAULTS, EXPERIMENTS

OWN = [entry for entry in EXPERIMENTS.values() if entry.group == "annlab's own"]
DATA_SEEDS = 3
# Twice the epochs may lower the loss by at most this share.
LITTLE = 0.1
# Number of networks, from the first, that are trained twice as long.
FEW = 5


def measured(run: Run, claim: Claim) -> np.ndarray:
    """Measure of a claim for each network, shape (n_seeds,)."""
    if claim.measure in ("accuracy", "mse"):
        column = f"{claim.where}_{claim.measure}"
        if claim.epoch is not None:
            return run.history[column][claim.epoch].astype(float)
        return evaluate(run, split=cast(Split, claim.where)).headline
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


CASES = [
    pytest.param(entry, k, id=f"{entry.name}-{k}")
    for entry in OWN
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


@pytest.mark.parametrize("entry", OWN, ids=lambda entry: entry.name)
def test_own_experiments_have_claims_and_fair_comparisons(entry: Experiment) -> None:
    assert entry.claims
    varied = [
        setting.name
        for setting in SETTINGS.values()
        if len({str(setting.get(run)) for run in entry.runs}) > 1
    ]
    assert len(varied) == 1
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


@pytest.mark.parametrize("entry", OWN, ids=lambda entry: entry.name)
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
    assert all(entry in OWN for entry in DEFAULTS.values())
    pages = [entry.page for entry in EXPERIMENTS.values()]
    assert set(DEFAULTS) == set(pages)
    assert sum(entry.default for entry in EXPERIMENTS.values()) == len(DEFAULTS)

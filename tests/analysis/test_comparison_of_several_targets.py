"""Comparisons of runs with several targets or labels: against SciPy's paired t-test."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from annlab import compare, evaluate
from annlab.analysis import pairing
from annlab.analysis.compared_scores import Measured
from annlab.analysis.comparison import compare_scores
from annlab.nn.tasks import LABEL_ACCURACY, SUBSET_ACCURACY
from tests.analysis.several_targets import several


@pytest.fixture(autouse=True)
def _learned(monkeypatch):
    """Disable the check for improving models, because trainings are short here."""
    monkeypatch.setattr(pairing, "still_improving", lambda run: False)


@pytest.mark.parametrize(("name", "unit"), [("labels", " points"), ("plane_curve", " in mean sq")])
def test_the_interval_is_that_of_the_paired_t_test_over_networks(trained, name, unit) -> None:
    runs = [
        trained(several(name, n_seeds=6, max_epochs=25, hidden_sizes=hidden))
        for hidden in ((), (16, 16))
    ]
    a, b = (evaluate(run, split="test").headline for run in runs)
    found = compare(*runs)
    oracle = stats.ttest_rel(b, a).confidence_interval(0.95)
    assert found.interval == pytest.approx((oracle.low, oracle.high))
    assert found.score is runs[0].config.task.headline
    assert found.n_targets == runs[0].config.dataset.spec.n_targets
    is_better = b > a if name == "labels" else b < a
    assert found.n_better == is_better.sum()
    assert unit in found.sentence


@pytest.mark.parametrize(("score", "steps"), [(LABEL_ACCURACY, 300), (SUBSET_ACCURACY, 100)])
def test_equal_scores_have_the_smallest_spread_of_their_steps(score, steps) -> None:
    equal = np.full(5, 0.8)
    found = compare_scores(equal, equal, Measured("test", 100, 100, 400, score=score, n_targets=3))
    half = stats.t.ppf(0.975, 4) / steps / np.sqrt(5) / np.sqrt(5)
    assert found.interval == pytest.approx((-half, half))


def test_few_samples_are_counted_with_all_their_labels(trained) -> None:
    runs = [trained(several("labels", n_seeds=5, hidden_sizes=hidden)) for hidden in ((), (4,))]
    a, b = (dataclasses.replace(evaluate(run), n_samples=4) for run in runs)
    said = "4 test samples: one of them is up to 25 points, if all its labels are wrong."
    assert compare(*runs, evaluations=(a, b)).reason == said

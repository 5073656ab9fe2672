"""Rules of the range test on curves that are known."""

import numpy as np
import pytest
from pydantic import ValidationError

from annlab import RunConfig
from annlab.search.range_test import RULES, RangeTest, RangeTestConfig

RATES = np.geomspace(1e-5, 10, 601)
FIXED = np.geomspace(1e-5, 10, 7)  # powers of ten


def valley(*, steepest=1e-3, lowest=0.1, lost_from=2.0):
    """Loss that is flat, falls most steeply at one rate, is lowest at another, then is lost."""
    x = np.log10(RATES)
    loss = 1 - 0.8 / (1 + np.exp(-6 * (x - np.log10(steepest))))
    loss += 0.3 * np.maximum(0, x - np.log10(lowest)) ** 2
    loss -= 0.02 * np.exp(-((x - np.log10(lowest)) ** 2) / 0.01)
    loss[lost_from <= RATES] = np.nan
    return loss


def made(curve, n=5, falls=4, lost=0):
    """Range test whose networks all have one curve; so many of the fixed rates learn."""
    sweep = np.repeat(np.concatenate([[1.0], curve])[:, None], n, axis=1)
    start = np.ones((len(FIXED), 3))
    end = np.where(np.arange(len(FIXED))[:, None] < falls, 0.5, 1.5) * start
    end[len(FIXED) - lost :] = np.nan
    return RangeTest(RATES, sweep, FIXED, start, end)


def test_rules_find_the_known_places():
    choices = made(valley()).choices
    assert choices["steepest"] == pytest.approx(1e-3, rel=0.1)
    assert choices["tenth"] == pytest.approx(0.01, rel=0.1)
    assert choices["stable"] == pytest.approx(0.005)  # half of the fourth power of ten


def test_jumps_beyond_the_minimum_are_not_the_steepest():
    curve = valley(lost_from=np.inf)
    curve[-60:] = np.where(np.arange(60) % 2, 0.3, 3.0)
    assert made(curve).choices["steepest"] == pytest.approx(1e-3, rel=0.1)


def test_a_curve_that_never_falls_has_no_rate():
    test = made(np.full(len(RATES), 1.0), falls=0)
    assert test.choices == dict.fromkeys(RULES)


def test_the_largest_stable_rate_stops_at_the_first_failure():
    test = made(valley())
    test.fixed[1, 2] = 1.5  # one of three networks at the second rate
    assert test.largest_stable == FIXED[0]


def test_all_rates_may_be_stable():
    test = made(valley(), falls=len(FIXED))
    assert test.has_no_limit
    assert test.largest_stable is None
    assert test.choices["stable"] is None
    assert not made(valley()).has_no_limit


def test_lost_networks_are_counted_and_do_not_hide_the_others():
    test = made(valley(lost_from=np.inf), lost=2)
    test.sweep[300:, :2] = np.nan
    assert test.n_lost == (2, 6)
    # Two of five are lost: the median is that of the others.
    np.testing.assert_allclose(test.median, valley(lost_from=np.inf))
    test.sweep[400:, 2] = np.nan
    assert np.isfinite(test.median[:399]).all()
    assert np.isnan(test.median[399:]).all()


def test_the_median_is_numpys_where_all_are_finite():
    random = np.random.default_rng(0)
    test = made(valley())
    for n in (4, 5):
        sweep = random.normal(size=(len(RATES) + 1, n))
        other = RangeTest(RATES, sweep, FIXED, test.fixed_start, test.fixed)
        np.testing.assert_allclose(other.median, np.median(sweep[1:], axis=1))


def test_runs_that_differ_in_what_is_ignored_share_a_test():
    base = RunConfig(dataset={"name": "moons"}, model={"hidden_sizes": (3,)})
    others = [
        base.model_copy(update={"training": base.training.model_copy(update=change)})
        for change in (
            {"learning_rate": 0.3},
            {"n_seeds": 7, "early_stopping_patience": 5, "accelerator": "cpu"},
            {"batch_size": 10},
        )
    ]
    same = [RangeTestConfig.of(other).digest == RangeTestConfig.of(base).digest for other in others]
    assert same == [True, True, False]


def test_networks_share_their_data():
    folds = RunConfig(dataset={"resample": "folds"}, training={"n_seeds": 3})
    with pytest.raises(ValidationError, match="one split for all networks"):
        RangeTestConfig(run=folds)
    assert RangeTestConfig.of(folds).run.dataset.resample == "none"


@pytest.mark.parametrize("name", RULES)
def test_every_rule_says_how_it_reads_the_rate(name):
    rule = RULES[name]
    assert rule.how.endswith(".")
    assert rule.label

"""Sentences about a range test."""

import numpy as np

from annlab import RunConfig
from annlab.search.range_test import RangeTest
from annlab.search.run_range_test import Trial
from annlab.ui.text.range_test_text import lost_text, measured_text, reached_text

NONE = np.zeros(4, bool)


def _run(name="moons", **dataset):
    return RunConfig(dataset={"name": name, **dataset}, training={"max_epochs": 30})


def test_networks_that_reached_the_score_are_counted_per_rule():
    trials = {
        "steepest": Trial(0.1, np.array([0.96, 0.9, 0.95, 0.2]), NONE),
        "stable": Trial(0.2, np.ones(4), np.array([1, 0, 0, 0], bool)),
    }
    assert reached_text(trials, _run(validation_fraction=0.2)) == (
        "Networks of 4 per rule that reached 0.95 (accuracy after 30 epochs, validation split): "
        "2 (steepest), 3 (half of the largest stable)."
    )
    poor = {"tenth": Trial(0.1, np.full(4, 0.5), NONE)}
    assert reached_text(poor, _run()) == (
        "No network reached 0.95 (accuracy after 30 epochs, training split) at the rate of any "
        "rule. Compare the medians."
    )
    assert "share of the variance explained after 30 epochs, training split" in reached_text(
        trials, _run("diabetes")
    )


def test_several_outputs_name_their_score():
    trials = {"steepest": Trial(0.1, np.array([0.96, 0.9, 0.95, 0.2]), NONE)}
    assert "0.95 (mean R² of the targets after 30 epochs" in reached_text(
        trials, _run("plane_curve")
    )
    assert "0.95 (label accuracy after 30 epochs" in reached_text(trials, _run("labels"))


def _test(n_lost_swept, n_lost_fixed):
    sweep, fixed = np.ones((3, 5)), np.ones((4, 2))
    sweep[-1, :n_lost_swept] = np.nan
    fixed.ravel()[:n_lost_fixed] = np.nan
    return RangeTest(np.ones(2), sweep, np.ones(4), np.ones((4, 2)), fixed)


def test_lost_networks_are_said():
    assert lost_text(_test(0, 0)) == ""
    assert lost_text(_test(2, 0)).startswith(
        "No longer finite: 2 of 5 networks with a rising rate."
    )
    assert lost_text(_test(0, 3)).startswith("No longer finite: 3 of 8 with a fixed rate.")
    assert "2 of 5 networks with a rising rate and 3 of 8" in lost_text(_test(2, 3))


def test_samples_are_said():
    assert measured_text(_run(n_samples=500), 1).startswith("Loss on all 500 training samples")
    assert measured_text(_run(n_samples=500), 3).startswith(
        "Loss on 167 evenly spaced ones of 500 training samples"
    )

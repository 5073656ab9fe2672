"""Inactive and equal units."""

import numpy as np
import pytest

from annlab import load_dataset
from annlab.analysis.diagnosis import diagnose, units
from annlab.analysis.diagnosis.units import inactive_units
from annlab.nn.activations import ACTIVATIONS
from tests.analysis.diagnosis.cases import CIRCLES, MOONS, SHOWN, config, rules_of

ELEMENTWISE = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]


@pytest.mark.parametrize("activation", ELEMENTWISE)
@pytest.mark.parametrize("n_samples", [200, 2500])
def test_inactive_units_match_the_recorded_ones(activation, n_samples, trained):
    run = trained(
        config(
            {**CIRCLES, "n_samples": n_samples},
            {"hidden_sizes": (16, 8), "activation": activation},
            learning_rate=0.3,
            batch_size=256,
            max_epochs=10 if n_samples == 200 else 2,
            n_seeds=3,
            record_gradients=True,
        )
    )
    found = inactive_units(run, load_dataset(run.config.dataset))
    recorded = [run.history["inactive_1"][-1], run.history["inactive_2"][-1]]
    np.testing.assert_allclose(found, recorded, atol=1e-6)


def test_units_that_died_differ_from_units_inactive_from_the_start(trained):
    died = [trained(one) for one in SHOWN["inactive units"][:2]]  # recorded and not
    texts = [{f.rule: f.text for f in diagnose(run)}["inactive units"] for run in died]
    assert texts[0] == texts[1]
    history = died[1].history
    layer = 1 + int(history["inactive_2"][-1].mean() > history["inactive_1"][-1].mean())
    before, now = history[f"inactive_{layer}"][[0, -1]].mean(axis=1)
    assert before < now
    assert texts[1].startswith(
        f"{now:.0%} of the units of hidden layer {layer} are dead ({before:.0%} before training): "
    )
    # A step has no slope, so its units never learn.
    run = trained(SHOWN["inactive units"][3])
    text = {finding.rule: finding.text for finding in diagnose(run)}["inactive units"]
    assert text.startswith("100% of the units of hidden layer 1 are saturated (100% before")


def test_huge_runs_check_only_some_networks(trained, monkeypatch):
    run = trained(SHOWN["inactive units"][0])
    dataset = load_dataset(run.config.dataset)
    assert inactive_units(run, dataset).shape == (2, 2)
    monkeypatch.setattr(units, "_WORK", 1)
    assert inactive_units(run, dataset).shape == (2, 1)
    assert "inactive units" in rules_of(run)


def test_equal_units_are_not_called_dead(trained):
    for shown in SHOWN["equal units"]:
        run = trained(shown)
        found = {finding.rule: finding for finding in diagnose(run)}
        assert "inactive units" not in found
        assert "All 64 units of hidden layer 1" in found["equal units"].problem
        W, _ = run.layers()[0]
        assert np.ptp(W, axis=-1).max() < 1e-6
    dead = trained(SHOWN["inactive units"][0])
    assert "equal units" not in rules_of(dead)
    # A single unit cannot equal another, and dropout makes equal units differ.
    one = config(MOONS, {"init": "zeros", "hidden_sizes": (1,)}, max_epochs=5)
    assert "equal units" not in rules_of(trained(one))

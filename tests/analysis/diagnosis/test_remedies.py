"""Remedies fit the run: none that it already uses."""

import pytest

from annlab import train
from annlab.analysis.diagnosis import diagnose
from annlab.analysis.diagnosis.remedies import REMEDIES
from tests.analysis.diagnosis.cases import DIABETES, MOONS, WIDE, config

RELU = {"hidden_sizes": (8,), "activation": "relu"}


@pytest.mark.parametrize(
    ("model", "optimizer", "rate"),
    [
        ({}, "sgd", 100),
        ({}, "adam", 10),
        (RELU, "sgd", 100),
        (RELU, "adam", 3),  # the loss falls a little, but most units die
        (RELU, "adam", 10),
    ],
)
@pytest.mark.parametrize("data", ["moons", "spirals"])
def test_overshooting_runs_get_advice_for_smaller_steps(data, optimizer, rate, model):
    steps = {"optimizer": optimizer, "learning_rate": rate, "max_epochs": 30, "n_seeds": 5}
    found = " ".join(f.text for f in diagnose(train(config({"name": data}, model, **steps))))
    assert "smaller learning rate" in found
    assert "larger learning rate" not in found


def test_remedies_already_in_use_are_not_advised():
    done = config(
        {**DIABETES, "validation_fraction": 0.5},
        {**WIDE, "dropout": 0.1},
        weight_decay=0.001,
        early_stopping_patience=200,
        max_epochs=3,
    )
    run = train(done)
    for name in ("early stopping", "dropout", "scaled features", "scaled target", "hidden layers"):
        assert REMEDIES[name](run) == ""
    assert REMEDIES["l2"](run) == "stronger L2"
    plain = train(config(MOONS, max_epochs=1))
    for name in ("fewer units", "more units", "dropout", "other activation", "scaled target"):
        assert REMEDIES[name](plain) == ""
    assert "scaled features" in REMEDIES["scaled features"](plain)

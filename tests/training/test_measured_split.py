"""Splits are measured in pieces."""

import numpy as np
import pytest

from annlab.training import measured_split, train
from annlab.training.stack_module import StackModule
from tests.training.small_runs import make


@pytest.mark.parametrize(
    ("limit", "calls"),
    [
        (0, 3 * 140 + 3 * 60),  # network by network, sample by sample
        (6 * 40, 3 * 4 + 3 * 2),  # 40 samples at a time
        (2 * 6 * 140, 2 + 1),  # two networks at a time; all networks of the smaller split
    ],
)
def test_whole_splits_are_measured_in_pieces(monkeypatch, limit, calls):
    config = make(dataset={"validation_fraction": 0.3}, max_epochs=2)
    whole = train(config)
    seen = []
    original = StackModule._sample_values
    monkeypatch.setattr(
        StackModule, "_sample_values", lambda *args: seen.append(args) or original(*args)
    )
    monkeypatch.setattr(measured_split, "EVALUATION_NUMBERS", limit)
    in_pieces = train(config)
    assert len(seen) == 3 * calls  # before training, and after each epoch
    for name, values in whole.history.items():
        np.testing.assert_allclose(in_pieces.history[name], values, rtol=1e-5)

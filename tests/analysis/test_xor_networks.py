"""Which networks of a run have found XOR."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.analysis.xor_networks import CORNERS, finds_xor

CONFIG = RunConfig(
    dataset=DatasetConfig(name="xor", n_samples=200, noise=0.0),
    model=ModelConfig(hidden_sizes=(2,), activation="tanh"),
    training=TrainingConfig(learning_rate=0.03, max_epochs=150, n_seeds=8),
)


def test_corners_are_the_inputs_of_xor_as_signs() -> None:
    assert {tuple(corner) for corner in CORNERS} == {(-1, -1), (-1, 1), (1, -1), (1, 1)}
    # In the data set, class 1 has different signs.
    assert (CORNERS[:, 0] * CORNERS[:, 1] < 0).astype(int).tolist() == [0, 1, 1, 0]


def test_networks_are_judged_as_torch_predicts(trained: Callable[[RunConfig], Run]) -> None:
    run = trained(CONFIG)
    found = finds_xor(run)
    assert 0 < found.sum() < len(found)  # two units are just enough, and do not always suffice
    for k in range(run.n_seeds):
        (W1, b1), (W2, b2) = [
            (torch.tensor(W[k], dtype=torch.float64), torch.tensor(b[k], dtype=torch.float64))
            for W, b in run.layers()
        ]
        hidden = torch.tanh(torch.tensor(np.array(CORNERS)) @ W1 + b1)
        said = (hidden @ W2 + b2 >= 0)[:, 0].int().tolist()
        assert found[k] == (said == [0, 1, 1, 0])


def test_run_on_other_data_is_refused(binary_run: Run) -> None:
    with pytest.raises(ValueError, match="data set xor"):
        finds_xor(binary_run)

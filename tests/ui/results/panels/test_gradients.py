"""The gradients of the networks that count, and of which epochs they are said to be."""

from dataclasses import replace
from typing import Any

import numpy as np

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig, train
from annlab.ui.results.panels.gradients import _stack, _when
from annlab.ui.results.view import Shown


def _run(n_epochs: int) -> Run:
    return train(
        RunConfig(
            dataset=DatasetConfig(n_samples=40),
            model=ModelConfig(hidden_sizes=(3,)),
            training=TrainingConfig(max_epochs=n_epochs, n_seeds=3, record_gradients=True),
        )
    )


def test_networks_that_diverged_are_left_out() -> None:
    run = replace(_run(2), diverged_epochs=np.array([0, 2, 0]))
    kept = _stack(run, "gradient_norm_")
    assert kept.shape == (3, 2, 2)
    np.testing.assert_array_equal(kept[:, 0], run.history["gradient_norm_1"][:, [0, 2]])
    assert _stack(run, "nothing_").shape == (3, 0, 2)


def test_the_epochs_are_those_that_there_are() -> None:
    short, long = _run(4), _run(12)

    def when(runs: list[Run], early: bool) -> str:
        shown: Any = Shown(runs, None, "train", 12, [4, 12], 0, (0, 1), [])
        return _when(shown, early)

    assert when([short], early=True) == "mean over epochs 0 to 4"
    assert when([short, long], early=True) == "mean over epochs 0 to 4 (A) and 10 (B)"
    assert when([long], early=True) == "mean over epochs 0 to 10"
    assert when([short, long], early=False) == "after epoch 4 (A) and 12 (B)"

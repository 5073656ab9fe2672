"""Sentences that name networks, weights and epochs."""

from collections.abc import Callable

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.ui.text.networks_text import (
    epochs_in_words,
    left_out_networks,
    whose_plots,
    whose_weights,
)


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        ([True, True], ""),
        ([True, False, True], "1 of 3 networks diverged and is left out"),
        ([False, False, True], "2 of 3 networks diverged and are left out"),
    ],
)
def test_left_out_networks(counted: list[bool], words: str) -> None:
    assert left_out_networks(np.array(counted)) == words


@pytest.mark.parametrize(
    ("counted", "drawn", "is_median", "words"),
    [
        ("1111 1111", 3, True, "Scores: mean of 4 networks. Plots: network 4, the median."),
        ("1111", 0, False, "Scores: mean of 4 networks. Plots: network 1."),
        ("1011 1101", 0, False, "Scores: mean of 3 of 4 networks. Plots: network 1."),
        ("1111 1011", 0, False, "Scores: mean of 4 (A) and 3 of 4 (B) networks. Plots: network 1."),
        ("1 11", 0, False, "Scores: mean of 1 (A) and 2 (B) networks. Plots: network 1."),
        ("1 1", 0, False, ""),
    ],
)
def test_whose_plots_names_networks(counted: str, drawn: int, is_median: bool, words: str) -> None:
    networks = [np.array([digit == "1" for digit in model]) for model in counted.split()]
    assert whose_plots("AB"[: len(networks)], networks, drawn, is_median) == words


@pytest.mark.parametrize(
    ("epochs", "words"),
    [([29], "epoch 29"), ([12, 29, 15], "epochs 12 to 29"), ([7, 7], "epoch 7")],
)
def test_epochs_in_words(epochs: list[int], words: str) -> None:
    assert epochs_in_words(np.array(epochs)) == words


def test_whose_weights_names_epochs(trained: Callable[[RunConfig], Run]) -> None:
    early = RunConfig(
        dataset=DatasetConfig(name="moons", n_samples=80, noise=0.3, validation_fraction=0.3),
        model=ModelConfig(hidden_sizes=(8,)),
        training=TrainingConfig(
            learning_rate=0.1, max_epochs=60, n_seeds=4, early_stopping_patience=3
        ),
    )
    run = trained(early)
    assert (run.best_epochs < run.epochs_trained).any()
    best = f"epochs {run.best_epochs.min()} to {run.best_epochs.max()}"
    assert whose_weights(run, "best") == f"Weights: best, {best}"
    last = f"epochs {run.epochs_trained.min()} to {run.epochs_trained.max()}"
    assert whose_weights(run, "last") == f"Weights: last, {last}"
    assert whose_weights(run, 3) == ""


def test_whose_weights_is_empty_without_early_stopping(binary_run: Run) -> None:
    assert whose_weights(binary_run, "best") == ""

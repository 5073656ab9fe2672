"""Captions of the gradients: the epochs of the norms, and the share of clipped steps."""

from dataclasses import replace
from typing import Any

import numpy as np

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig, train
from annlab.ui.results.panels.gradients import _when, clipped_text, has_gradients
from annlab.ui.results.view import ResultsView


def _run(n_epochs: int, **training: Any) -> Run:
    return train(
        RunConfig(
            dataset=DatasetConfig(n_samples=40),
            model=ModelConfig(hidden_sizes=(3,)),
            training=TrainingConfig(
                max_epochs=n_epochs, n_seeds=3, **{"record_gradients": True, **training}
            ),
        )
    )


def test_caption_names_the_averaged_epochs() -> None:
    short, long = _run(4), _run(12)

    def when(runs: list[Run], early: bool) -> str:
        view: Any = ResultsView(runs, None, "train", 12, [4, 12], 0, (0, 1), [])
        return _when(view, early)

    assert when([short], early=True) == "mean over epochs 0 to 4"
    assert when([short, long], early=True) == "mean over epochs 0 to 4 (A) and 10 (B)"
    assert when([long], early=True) == "mean over epochs 0 to 10"
    assert when([short, long], early=False) == "after epoch 4 (A) and 12 (B)"


def test_the_share_of_clipped_steps_is_said_of_runs_that_clip() -> None:
    plain, always, never = _run(4), _run(4, clip_norm=1e-6), _run(4, clip_norm=1000.0)
    assert clipped_text([plain], ["A"]) == ""
    assert clipped_text([plain, always, never], ["A", "B", "C"]) == (
        "Over the whole training, B clipped 100% of its gradients to a norm of 1e-06 and "
        "C clipped 0% of its gradients to a norm of 1000."
    )


def test_steps_of_diverged_networks_and_after_the_end_do_not_count() -> None:
    run = _run(4, clip_norm=1.0)
    shares = np.full((5, 3), np.nan, np.float32)
    shares[1:4, 0], shares[1:3, 2] = 0.5, 1.0
    changed = replace(
        run,
        history={**run.history, "clipped": shares},
        epochs_trained=np.array([3, 1, 2]),
        diverged_epochs=np.array([0, 2, 0]),
    )
    assert "A clipped 70% of its gradients" in clipped_text([changed], ["A"])


def test_the_tab_is_shown_for_recorded_or_clipped_gradients() -> None:
    for training, shown in (
        ({}, True),
        ({"record_gradients": False}, False),
        ({"record_gradients": False, "clip_norm": 1.0}, True),
    ):
        view: Any = ResultsView([_run(1, **training)], None, "train", 1, [1], 0, (0, 0), [])
        assert bool(has_gradients(view)) == shown

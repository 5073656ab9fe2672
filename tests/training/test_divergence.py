"""Losses that stop being finite numbers."""

import dataclasses
import re
import sys

import numpy as np
import pytest

import annlab
from annlab import RunConfig, evaluate
from annlab.datasets import load_for_training
from annlab.training import train


def diverging(**training):
    return RunConfig(
        dataset={"name": "diabetes", "validation_fraction": 0.2},
        model={"hidden_sizes": (8,)},
        training={"optimizer": "sgd", "learning_rate": 50, "max_epochs": 1000, **training},
    )


@pytest.mark.parametrize(
    ("n_seeds", "who"), [(1, "the loss stopped"), (3, "the loss of every network stopped")]
)
@pytest.mark.parametrize("patience", [0, 500])
@pytest.mark.parametrize("learning_rate", [50, 2])
def test_divergence_of_all_networks_ends_the_run(n_seeds, who, patience, learning_rate, ends_kept):
    reports = []
    config = diverging(
        n_seeds=n_seeds, early_stopping_patience=patience, learning_rate=learning_rate
    )
    run = train(config, on_epoch=reports.append)
    assert run.ending == "diverged"
    assert run.n_epochs < 100
    # With 50 the first epoch diverges, with 2 a later one.
    assert (run.n_epochs > 0) == (learning_rate == 2)
    assert np.isfinite(np.stack(list(run.history.values()))).all()
    for W, b in run.checkpoints.layers:
        assert np.isfinite(W).all()
        assert np.isfinite(b).all()
    assert run.checkpoints.epochs[-1] == run.n_epochs
    assert run.epochs_trained.max() == run.n_epochs
    assert run.diverged_epochs.tolist() == (run.epochs_trained + 1).tolist()
    assert run.counted.all()  # if all networks diverged, all count
    assert [report.epoch for report in reports] == list(range(run.n_epochs + 1))
    shown = "the best weights" if patience else "the weights of the epoch before"
    assert f"{run.n_epochs + 1}. Shown are {shown}." in run.message
    assert f"smaller learning rate (now {learning_rate})" in run.message
    assert re.match(f"Training diverged: {who}", run.message)
    # The last weights are those of the last epoch with a finite loss.
    scores = evaluate(run, split="train", epoch="last")
    np.testing.assert_allclose(scores.loss, run.history["train_loss"][-1], rtol=1e-4)
    assert evaluate(annlab.Run.from_bytes(run.to_bytes()), split="train").mse.shape == (n_seeds,)


def test_too_large_features_are_refused(monkeypatch):
    points = load_for_training(diverging().dataset)
    huge = dataclasses.replace(
        points, X={**points.X, "train": points.X["train"] * np.float32(1e38)}
    )
    monkeypatch.setattr(sys.modules["annlab.training.fit"], "load_for_training", lambda _: huge)
    with pytest.raises(ValueError, match=r"not a finite number even before training.*Scale"):
        train(diverging())

"""Early stopping of each network, and its best weights."""

import numpy as np
import pytest

from annlab import Run, RunConfig, evaluate, train
from tests.training.configs import make


def stop_by_the_book(losses, patience):
    """Compute the epoch after which a network stops, from its losses from epoch 0 on."""
    best, since = np.inf, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < best:
            best, since = losses[epoch], 0
        else:
            since += 1
        if since == patience:
            return epoch
    return len(losses) - 1


@pytest.mark.parametrize("validation_fraction", [0.0, 0.4])
@pytest.mark.parametrize("patience", [1, 3])
def test_early_stopping_of_each_network_follows_the_definition(validation_fraction, patience):
    fields = {"dataset": {"validation_fraction": validation_fraction}, "learning_rate": 0.3}
    config = make(**fields, max_epochs=30, n_seeds=6, early_stopping_patience=patience)
    run = train(config)
    endless = train(make(**fields, max_epochs=30, n_seeds=6))
    watched = "val_loss" if validation_fraction else "train_loss"
    expected = [stop_by_the_book(endless.history[watched][:, k], patience) for k in range(6)]
    assert run.epochs_trained.tolist() == expected
    assert len(set(expected)) > 1
    for k, n in enumerate(expected):
        # Equal to the history without early stopping up to this epoch, and constant afterwards.
        for name, values in run.history.items():
            np.testing.assert_array_equal(values[: n + 1, k], endless.history[name][: n + 1, k])
            np.testing.assert_array_equal(values[n:, k], values[n, k])
        for W, b in run.checkpoints.layers:
            at_rest = run.checkpoints.epochs >= n
            np.testing.assert_array_equal(W[at_rest, k], W[-1:, k].repeat(at_rest.sum(), axis=0))
            np.testing.assert_array_equal(b[at_rest, k], b[-1:, k].repeat(at_rest.sum(), axis=0))


def test_equal_loss_does_not_count_as_better():
    # All gradients are zero, because hidden units are zero and the only batch has equally many
    # samples of both classes.
    config = RunConfig(
        dataset={"name": "moons", "n_samples": 200},
        model={"init": "zeros", "hidden_sizes": (3,)},
        training={"batch_size": 200, "early_stopping_patience": 3, "optimizer": "sgd"},
    )
    run = train(config)
    assert len(np.unique(run.history["train_loss"])) == 1
    assert (run.ending, run.n_epochs) == ("early", 4)  # the first epoch is the first best


def test_run_ends_when_the_last_network_stops():
    run = train(make(learning_rate=0.3, max_epochs=500, early_stopping_patience=2))
    assert run.ending == "early"
    first, last = run.epochs_trained.min(), run.epochs_trained.max()
    assert run.message == (
        f"All 3 networks stopped early after epochs {first} to {last}: no better training loss "
        "for 2 epochs."
    )
    assert run.n_epochs == run.epochs_trained.max() < 500
    assert run.checkpoints.epochs[-1] == run.n_epochs
    assert run.history["train_loss"].shape == (run.n_epochs + 1, 3)
    assert Run.from_bytes(run.to_bytes()).ending == "early"


def test_best_weights_have_the_lowest_validation_loss():
    fields = {"dataset": {"validation_fraction": 0.4, "test_fraction": 0.2}, "learning_rate": 0.3}
    config = make(**fields, max_epochs=30, n_seeds=6, early_stopping_patience=3)
    run = train(config)
    losses = run.history["val_loss"][1:]
    assert run.best_epochs.tolist() == (losses.argmin(axis=0) + 1).tolist()
    assert run.shown_epochs().tolist() == run.best_epochs.tolist()
    assert run.shown_epochs("last").tolist() == run.epochs_trained.tolist()
    assert (run.best_epochs < run.epochs_trained).any()
    for back in (run, Run.from_bytes(run.to_bytes())):
        found = evaluate(back, split="validation")
        np.testing.assert_allclose(found.loss, losses.min(axis=0), rtol=1e-4)
        np.testing.assert_array_equal(found.epochs, run.best_epochs)
        last = evaluate(back, split="validation", epoch="last")
        np.testing.assert_allclose(last.loss, losses[-1], rtol=1e-4)
        assert (last.loss >= found.loss).all()


def test_unreached_patience_trains_all_epochs():
    run = train(make(early_stopping_patience=100))
    assert (run.ending, run.message) == ("finished", "")
    assert run.epochs_trained.tolist() == [6, 6, 6]

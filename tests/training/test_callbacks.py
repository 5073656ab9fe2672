"""After each epoch: reports and checkpoints."""

import numpy as np
import pytest

from annlab import train
from annlab.runs.history import checkpoint_epochs
from annlab.training import EpochReport, checkpoints
from tests.training.configs import make


@pytest.fixture(scope="module")
def reported():
    """A run, its reports, and the weights at the time of each report."""
    reports, weights = [], []

    def on_epoch(report):
        reports.append(report)
        weights.append(report.weights())

    run = train(make(dataset={"validation_fraction": 0.2}), on_epoch=on_epoch)
    return run, reports, weights


def test_reports_come_before_the_first_and_after_every_epoch(reported):
    run, reports, _ = reported
    assert all(isinstance(report, EpochReport) for report in reports)
    assert [report.epoch for report in reports] == list(range(7))
    assert {report.max_epochs for report in reports} == {6}
    np.testing.assert_allclose(
        [report.elapsed_seconds for report in reports], run.epoch_seconds, rtol=1e-12
    )


def test_report_holds_the_row_of_the_history(reported):
    run, reports, _ = reported
    for report in reports:
        assert set(report.metrics) == set(run.history)
        for name, values in report.metrics.items():
            np.testing.assert_array_equal(values, run.history[name][report.epoch])


def test_weights_of_a_report_are_current(reported):
    run, reports, weights = reported
    for report, layers in zip(reports, weights, strict=True):
        for here, kept in zip(layers, run.checkpoints.at(report.epoch), strict=True):
            np.testing.assert_array_equal(here[0], kept[0])
            np.testing.assert_array_equal(here[1], kept[1])


def test_reports_do_not_change_the_training(reported):
    run, _, _ = reported
    unwatched = train(run.config)
    for name, values in run.history.items():
        np.testing.assert_array_equal(values, unwatched.history[name])


def test_checkpoints_are_at_the_checkpoint_epochs():
    run = train(make(max_epochs=60))
    expected = checkpoint_epochs(60, run.n_parameters, 3)
    assert run.checkpoints.epochs.tolist() == list(expected)
    assert len(expected) < 61
    for W, b in run.checkpoints.layers:
        assert W.dtype == b.dtype == np.float32
        assert W.shape[:2] == b.shape[:2] == (len(expected), 3)
        assert (np.abs(np.diff(W, axis=0)).max(axis=(1, 2, 3)) > 0).all()


def test_the_best_epoch_of_each_network_is_a_checkpoint():
    run = train(make(learning_rate=0.3, max_epochs=400, n_seeds=6, early_stopping_patience=20))
    epochs = run.checkpoints.epochs
    assert set(run.best_epochs) <= set(epochs)
    assert (np.diff(epochs) > 0).all()
    without = checkpoint_epochs(400, run.n_parameters, 6)
    assert not set(run.best_epochs) <= set(without)  # some are there for this reason alone
    for i, (W, b) in enumerate(run.checkpoints.layers):
        for k, epoch in enumerate(run.best_epochs):
            at = epochs.tolist().index(epoch)
            np.testing.assert_array_equal(W[at, k], run.best_layers[i][0][k])
            np.testing.assert_array_equal(b[at, k], run.best_layers[i][1][k])


def test_best_epochs_of_large_runs_get_no_checkpoints(monkeypatch):
    monkeypatch.setattr(checkpoints, "checkpoints_that_fit", lambda n_numbers: 3)
    run = train(make(learning_rate=0.3, max_epochs=400, early_stopping_patience=20))
    planned = {*checkpoint_epochs(400, run.n_parameters, 3), run.n_epochs}
    assert set(run.checkpoints.epochs) <= planned

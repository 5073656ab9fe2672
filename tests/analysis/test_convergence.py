"""Detection of improving trainings: curves with known limits, and continued trainings."""

import dataclasses
import doctest

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.analysis import convergence
from annlab.analysis.convergence import (
    LEAST_EXPECTED_FALL,
    NOTHING_LEFT,
    expected_fall,
    expected_fall_of,
    still_improving,
)
from annlab.lessons.experiments import EXPERIMENTS

N = 200
EPOCHS = np.arange(N + 1.0)
LATER = np.arange(2 * N + 1.0)


def test_docstring_examples_run():
    assert doctest.testmod(convergence).failed == 0
    assert doctest.testmod(convergence).attempted > 0


@pytest.mark.parametrize("limit", [0.0, 0.1, 1.0])
@pytest.mark.parametrize(
    "course",
    [
        lambda t: np.exp(-t / N),
        lambda t: np.exp(-2 * t / N),
        lambda t: np.exp(-8 * t / N),
        lambda t: 1 / (1 + t / 20),
        lambda t: 1 - t / (4 * N),
    ],
    ids=["slow", "medium", "done", "power law", "straight"],
)
def test_smooth_curves_are_extrapolated(course, limit):
    loss, later = limit + course(EPOCHS), limit + course(LATER)
    true = 1 - later[-1] / loss[-1]
    if loss[-1] <= NOTHING_LEFT * loss[0]:
        assert expected_fall_of(loss) == 0
    else:  # an approximation, but above the limit and of the right size
        found = expected_fall_of(loss)
        assert (found >= LEAST_EXPECTED_FALL) == (true >= LEAST_EXPECTED_FALL)
        assert found == pytest.approx(true, rel=0.5, abs=0.03)


@pytest.mark.parametrize("seed", range(20))
def test_noise_does_not_count_as_improvement(seed):
    noise = np.random.default_rng(seed).normal(0, 0.1, N + 1)
    flat = 1 + np.exp(-EPOCHS / 5) + noise
    assert expected_fall_of(flat) < LEAST_EXPECTED_FALL
    assert expected_fall_of(np.exp(-EPOCHS / N) + 0.1 * noise) >= LEAST_EXPECTED_FALL


def test_a_rising_loss_does_not_count_as_improvement():
    assert expected_fall_of(1 + EPOCHS / N) == 0
    assert expected_fall_of((EPOCHS - 50) ** 2 + 1) == 0


@pytest.mark.parametrize("n", [1, 2, 3])
def test_with_very_few_epochs_the_second_half_counts(n):
    assert expected_fall_of(np.array([4.0, 3.0, 2.0, 1.0])[: n + 1]) >= 0.2
    assert expected_fall_of(np.array([1.0, 1.0, 1.0, 1.0])[: n + 1]) == 0


def test_zero_loss_has_no_expected_fall():
    assert expected_fall_of(np.zeros(20)) == 0
    assert expected_fall_of(np.linspace(1, 0, 20)) == 0


def config(data, **training):
    return RunConfig(
        dataset=DatasetConfig(name="moons", n_samples=200, noise=0.2, **data),
        model=ModelConfig(hidden_sizes=(8,), activation="tanh"),
        training=TrainingConfig(learning_rate=0.003, **training),
    )


def test_judgment_agrees_with_continued_training(trained):
    short, long = (trained(config({}, max_epochs=n, n_seeds=3)) for n in (20, 200))
    loss = np.median(long.history["train_loss"], axis=1)
    np.testing.assert_array_equal(short.history["train_loss"], long.history["train_loss"][:21])
    assert loss[40] < (1 - LEAST_EXPECTED_FALL) * loss[20]
    assert still_improving(short)
    assert expected_fall(short) == pytest.approx(1 - loss[40] / loss[20], abs=0.15)


def test_a_loss_far_from_its_limit_is_still_improving(trained):
    # Doubling the epochs removes a third of the present loss, a small part of the whole fall.
    run = trained(EXPERIMENTS["E1"].runs[0])
    loss = np.median(run.history["train_loss"], axis=1)
    assert loss[0] - loss[-1] > 0.75 * loss[0]
    assert expected_fall(run) > 0.3


def test_the_test_split_is_never_used(trained):
    run = trained(config({"test_fraction": 0.2}, max_epochs=20))
    rng = np.random.default_rng(0)
    for name in ("test_loss", "test_accuracy"):
        history = {**run.history, name: rng.normal(size=run.history["train_loss"].shape)}
        altered = dataclasses.replace(run, history=history)
        assert expected_fall(altered) == expected_fall(run)


def test_the_validation_split_is_watched_if_present(trained):
    run = trained(config({"validation_fraction": 0.3}, max_epochs=20))
    assert still_improving(run)
    flat = np.ones_like(run.history["val_loss"])
    assert not still_improving(dataclasses.replace(run, history={**run.history, "val_loss": flat}))


def test_a_run_that_early_stopping_ended_is_done(trained):
    run = trained(config({}, max_epochs=20, n_seeds=4))
    assert still_improving(run)
    assert not still_improving(dataclasses.replace(run, ending="early"))
    # One improving network of four does not make a run unfinished; three do.
    for n_done, expected in ((1, True), (3, False)):
        trained_until = np.where(np.arange(4) < n_done, 10, 20)
        assert still_improving(dataclasses.replace(run, epochs_trained=trained_until)) is expected


def test_a_run_that_diverged_or_has_no_epoch_does_not_improve(trained):
    run = trained(config({}, max_epochs=20))
    assert not still_improving(dataclasses.replace(run, ending="diverged"))
    start = {name: values[:1] for name, values in run.history.items()}
    none = dataclasses.replace(
        run,
        history=start,
        epoch_seconds=run.epoch_seconds[:1],
        epochs_trained=np.zeros(1, dtype=np.int64),
    )
    assert not still_improving(none)


def test_a_bad_start_does_not_hide_further_improvement(trained):
    # With unscaled features, the loss of untrained networks is 100 times that of a constant
    # prediction.
    unscaled = {"name": "breast_cancer"}
    runs = [
        trained(
            RunConfig(
                dataset=unscaled,
                model={"hidden_sizes": (16, 16)},
                training={"learning_rate": 3e-4, "max_epochs": n, "n_seeds": 5},
            )
        )
        for n in (20, 40)
    ]
    ends = [float(np.median(run.history["train_loss"][-1])) for run in runs]
    assert np.median(runs[0].history["train_loss"][0]) > 20 * np.log(2)
    assert ends[1] < 0.9 * ends[0]
    assert still_improving(runs[0])

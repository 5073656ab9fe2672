"""Scores against the true function."""

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig, load_dataset
from annlab.analysis.prediction import predict
from annlab.analysis.true_function import has_truth, score_against_truth
from annlab.datasets import FUNCTIONS


def config(n_seeds: int = 3, **data: object) -> RunConfig:
    return RunConfig(
        dataset=DatasetConfig(name="function_1d", n_samples=60, **data),
        model=ModelConfig(hidden_sizes=(5,), activation="tanh"),
        training=TrainingConfig(learning_rate=0.02, max_epochs=20, n_seeds=n_seeds),
    )


def by_the_book(run, network, x, epoch=None):
    """Compute the error of one network at some positions, with the scaling of its samples."""
    data = run.config.dataset
    raw = data.model_copy(update={"scaling": "none"})
    made = load_dataset(run.config, network)
    # Scaling is linear, so two samples determine it.
    X_raw, X = (np.sort(d.X_train[:, 0]) for d in (load_dataset(raw), made))
    if data.scaling != "none":
        x_scaled = X[0] + (x - X_raw[0]) * (X[-1] - X[0]) / (X_raw[-1] - X_raw[0])
    else:
        x_scaled = x
    layers = [(W[network], b[network]) for W, b in run.layers(epoch)]
    said = predict(run.config, layers, made, x_scaled.astype(np.float32)[:, None])
    return said - FUNCTIONS[data.function].f(x)


def rms(values):
    return float(np.sqrt(np.mean(values**2)))


@pytest.mark.parametrize("function", list(FUNCTIONS))
@pytest.mark.parametrize(
    "more", [{}, {"scaling": "standard", "target_scaling": "standard"}, {"outliers": 0.2}]
)
def test_error_in_every_region(trained, function, more):
    run = trained(config(function=function, gap=1.6, **more))
    found = score_against_truth(run)
    inside = np.concatenate([np.linspace(-3, -0.8, 4001), np.linspace(0.8, 3, 4001)])
    outside = np.concatenate([np.linspace(-6, -3, 4001), np.linspace(3, 6, 4001)])
    gap = np.linspace(-0.8, 0.8, 4001)
    for k in range(3):
        for values, x in ((found.inside, inside), (found.gap, gap), (found.outside, outside)):
            assert values[k] == pytest.approx(rms(by_the_book(run, k, x)), rel=0.02)


def test_gap_score_is_none_without_a_gap(trained):
    found = score_against_truth(trained(config()))
    assert found.gap is None
    assert found.inside.shape == found.outside.shape == (3,)


def test_any_epoch_with_weights_can_be_scored(trained):
    run = trained(config())
    at_first, at_last = score_against_truth(run, 0), score_against_truth(run, run.n_epochs)
    np.testing.assert_array_equal(at_last.inside, score_against_truth(run).inside)
    assert not np.allclose(at_first.inside, at_last.inside)
    with pytest.raises(ValueError, match="weights were kept"):
        score_against_truth(run, 999)


@pytest.mark.parametrize("target_scaling", ["none", "standard"])
def test_values_are_scaled_by_each_networks_own_samples(trained, target_scaling):
    run = trained(
        config(scaling="standard", target_scaling=target_scaling, resample="sample", noise=0.3)
    )
    assert len(np.unique(run.preprocessing.factor)) == 3
    found = score_against_truth(run)
    one_by_one = []
    x = np.linspace(-3, 3, 4001)
    for k in range(3):
        scales = run.preprocessing
        X = (x * scales.factor[k, 0] + scales.shift[k, 0]).astype(np.float32)
        layers = [(W[k], b[k]) for W, b in run.layers()]
        one_by_one.append(
            rms(
                predict(run.config, layers, load_dataset(run.config, k), X[:, None]) - np.sin(2 * x)
            )
        )
    assert found.inside.shape == (3,)
    np.testing.assert_allclose(found.inside, one_by_one, rtol=0.02)


def test_many_networks_are_scored_in_pieces(trained, monkeypatch):
    run = trained(config(n_seeds=7))
    whole = score_against_truth(run)
    monkeypatch.setattr("annlab.analysis.true_function._NUMBERS", 1)
    np.testing.assert_allclose(score_against_truth(run).outside, whole.outside, rtol=1e-6)


def test_a_perfect_network_has_no_error():
    # |x| = relu(x) + relu(-x), so two units represent the function exactly.
    from dataclasses import replace

    from annlab import train

    shape = RunConfig(
        dataset=DatasetConfig(name="function_1d", n_samples=40, function="abs", outliers=0.3),
        model=ModelConfig(hidden_sizes=(2,)),
        training=TrainingConfig(max_epochs=1),
    )
    run = train(shape)
    n = len(run.checkpoints.epochs)
    layers = (
        (np.tile(np.float32([[1, -1]]), (n, 1, 1, 1)), np.zeros((n, 1, 2), np.float32)),
        (np.ones((n, 1, 2, 1), np.float32), np.zeros((n, 1, 1), np.float32)),
    )
    found = score_against_truth(replace(run, checkpoints=replace(run.checkpoints, layers=layers)))
    assert found.inside.max() < 1e-6
    assert found.outside.max() < 1e-6


def test_runs_without_a_known_function_are_refused(binary_run, trained):
    assert has_truth(trained(config()))
    assert not has_truth(binary_run)
    with pytest.raises(ValueError, match="Moons is not known"):
        score_against_truth(binary_run)

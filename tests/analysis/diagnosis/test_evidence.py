"""Evidence: the numbers agree with the evaluation and with scikit-learn."""

import dataclasses

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import mean_absolute_error, mean_squared_error

from annlab import evaluate, load_dataset
from annlab.analysis.diagnosis import diagnose, evidence
from annlab.analysis.diagnosis.evidence import LEAST_HELD_OUT, Evidence
from tests.analysis.diagnosis.cases import (
    GOOD,
    GOOD_CURVE,
    GOOD_WINE,
    MOONS,
    NOISE,
    PARABOLA,
    WIDE,
    config,
    rules_of,
)


def test_given_dataset_and_evaluations_are_used(trained, monkeypatch):
    run = trained(GOOD)
    dataset = load_dataset(run.config.dataset)
    at_hand = [evaluate(run, dataset=dataset), evaluate(run, split="test", epoch=0)]
    for name in ("load_run_dataset", "evaluate"):
        monkeypatch.setattr(evidence, name, lambda *_, **__: pytest.fail("not needed"))
    assert diagnose(run, dataset=dataset, evaluations=at_hand) == []
    # Runs of earlier versions did not record the test split, so evaluations supply its score.
    earlier = {name: v for name, v in run.history.items() if not name.startswith("test_")}
    earlier = dataclasses.replace(run, history=earlier)
    assert diagnose(earlier, dataset=dataset, evaluations=at_hand) == []
    # An evaluation of another epoch is ignored: its score would mean that nothing was learned.
    with pytest.raises(pytest.fail.Exception):
        diagnose(earlier, dataset=dataset, evaluations=at_hand[1:])


@pytest.mark.parametrize("data", [GOOD, GOOD_WINE], ids=["moons", "wine"])
def test_classification_evidence_matches_the_evaluation(data, trained):
    run = trained(data)
    found = Evidence(run, None, ())
    for score, split in ((found.on_training, "train"), (found.held_out, "test")):
        X, y = found.dataset.split(split)
        dummy = DummyClassifier().fit(found.dataset.X_train, found.dataset.y_train)
        assert score.baseline == pytest.approx(dummy.score(X, y))
        accuracy = evaluate(run, split=split).accuracy
        np.testing.assert_allclose(score.values, accuracy, rtol=1e-6)
        expected = (accuracy - score.baseline) / (1 - score.baseline)
        np.testing.assert_allclose(score.skill, expected, rtol=1e-5)


@pytest.mark.parametrize("target_scaling", ["none", "standard"])
@pytest.mark.parametrize(
    ("loss", "oracle"), [("mse", mean_squared_error), ("mae", mean_absolute_error)]
)
def test_regressions_are_judged_by_their_loss(loss, oracle, target_scaling, trained):
    data = {**PARABOLA, "test_fraction": 0.3, "validation_fraction": 0.2}
    run = trained(config({**data, "target_scaling": target_scaling}, loss=loss, max_epochs=5))
    found = Evidence(run, None, ())
    dataset = found.dataset
    dummy = DummyRegressor().fit(dataset.X_train, dataset.y_train.astype(float))
    unit = dataset.target_scale ** (2 if loss == "mse" else 1)
    for score, split in ((found.on_training, "train"), (found.held_out, "test")):
        X, y = dataset.split(split)
        assert score.baseline == pytest.approx(oracle(y, dummy.predict(X)) / unit, rel=1e-5)
        scores = evaluate(run, split=split)
        np.testing.assert_allclose(score.values, getattr(scores, loss) / unit, rtol=1e-5)
    if loss == "mse":  # R² relative to the mean of the training split
        expected = 1 - scores.mse / scores.baseline
        np.testing.assert_allclose(found.held_out.skill, expected, rtol=1e-4)


def test_validation_split_is_held_out_without_a_test_split(trained):
    run = trained(config({**MOONS, "validation_fraction": 0.3}, max_epochs=5))
    held_out = Evidence(run, None, ()).held_out
    accuracy = evaluate(run, split="validation").accuracy
    np.testing.assert_allclose(held_out.values, accuracy, rtol=1e-6)
    run = trained(config(MOONS, max_epochs=5))
    assert Evidence(run, None, ()).held_out is None


def test_overflowing_numbers_are_no_evidence(trained):
    run = trained(GOOD_CURVE)
    dataset = load_dataset(run.config.dataset)
    far = dataclasses.replace(dataset, X_test=dataset.X_test + np.float32(3e38))
    wide = [(W * np.float32(1e30), b) for W, b in run.checkpoints.layers]
    blown_up = dataclasses.replace(
        run,
        checkpoints=dataclasses.replace(run.checkpoints, layers=tuple(wide)),
        config=run.config.model_copy(
            update={"model": run.config.model.model_copy(update={"activation": "relu"})}
        ),
    )
    for finding in diagnose(blown_up, dataset=far):
        assert "nan" not in finding.text


def test_with_early_stopping_the_shown_weights_are_judged(trained):
    training = {"learning_rate": 0.01, "max_epochs": 60, "early_stopping_patience": 10}
    run = trained(config({**NOISE, "validation_fraction": 0.5}, WIDE, **training, n_seeds=3))
    assert (run.best_epochs < run.n_epochs).all()
    score = Evidence(run, None, ()).on_training
    best = run.history["train_accuracy"][run.best_epochs, np.arange(3)]
    np.testing.assert_array_equal(score.values, best)
    assert (score.values < run.history["train_accuracy"][-1]).all()


def test_few_held_out_samples_are_no_evidence(trained):
    # 29 samples are too few; 30 are enough.
    for fraction, n in ((0.145, 29), (0.15, 30)):
        run = trained(config({**NOISE, "test_fraction": fraction}, WIDE, max_epochs=5))
        assert run.n_samples["test"] == n
        assert (Evidence(run, None, ()).held_out is not None) is (n >= LEAST_HELD_OUT)


def test_networks_with_separate_data_are_judged_on_their_own_data(trained):
    data = {**MOONS, "test_fraction": 0.3, "resample": "split"}
    run = trained(config(data, max_epochs=30, learning_rate=0.05, n_seeds=4))
    score = Evidence(run, None, ()).held_out
    scores = evaluate(run, split="test")
    np.testing.assert_allclose(score.values, scores.accuracy, rtol=1e-6)
    np.testing.assert_allclose(score.baselines, scores.baselines)
    assert "networks disagree" not in rules_of(run)

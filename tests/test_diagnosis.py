"""What a run shows: each rule on runs that show it and on runs that do not."""

import dataclasses
import re

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import mean_absolute_error, mean_squared_error

from annlab import (
    DatasetConfig,
    ModelConfig,
    RunConfig,
    TrainingConfig,
    evaluate,
    load_dataset,
    train,
)
from annlab.activations import ACTIVATIONS
from annlab.diagnosis import RULES, diagnose, evidence
from annlab.diagnosis.evidence import Evidence, inactive_units
from annlab.experiments import EXPERIMENTS
from annlab.numbers import number


def config(data, model=None, **training):
    return RunConfig(
        dataset=DatasetConfig(**data),
        model=ModelConfig(**(model or {})),
        training=TrainingConfig(**training),
    )


MOONS = {"name": "moons", "n_samples": 200}
CIRCLES = {"name": "circles", "n_samples": 200}
NOISE = {"name": "random_labels", "n_samples": 200}
# A parabola: a line through it is as good as its mean.
PARABOLA = {"name": "function_1d", "function": "abs", "noise": 0.05, "n_samples": 200}
DIABETES = {"name": "diabetes", "scaling": "standard", "target_scaling": "standard"}
WIDE = {"hidden_sizes": (64, 64)}
GOOD = config(
    {**MOONS, "test_fraction": 0.2, "validation_fraction": 0.2},
    {"hidden_sizes": (8, 8), "activation": "tanh"},
    learning_rate=0.01,
    max_epochs=150,
    n_seeds=3,
)
GOOD_CURVE = config(
    {**PARABOLA, "test_fraction": 0.2},
    {"hidden_sizes": (16, 16), "activation": "tanh"},
    learning_rate=0.01,
    max_epochs=150,
    n_seeds=3,
)
GOOD_WINE = config(
    {"name": "wine", "scaling": "standard", "test_fraction": 0.3},
    {"hidden_sizes": (8,), "activation": "tanh"},
    learning_rate=0.02,
    max_epochs=80,
    n_seeds=3,
)

SHOWN = {
    "diverged": [
        config({"name": "diabetes"}, optimizer="sgd", learning_rate=100, max_epochs=30),
        config(DIABETES, {"hidden_sizes": (8,)}, optimizer="sgd", learning_rate=50, n_seeds=3),
    ],
    "nothing learnt": [
        config(MOONS, optimizer="sgd", learning_rate=1e-4, max_epochs=10, n_seeds=3),
        config(CIRCLES, learning_rate=0.05, max_epochs=20, n_seeds=3),
        config(MOONS, {"hidden_sizes": (8,) * 10, "activation": "sigmoid"}, max_epochs=10),
        config(PARABOLA, learning_rate=0.05, max_epochs=30, n_seeds=3),
        config(PARABOLA, loss="mae", learning_rate=0.05, max_epochs=60),
        config({"name": "wine"}, {"init": "zeros", **WIDE}, max_epochs=5),
    ],
    "learnt by heart": [
        config({**NOISE, "test_fraction": 0.5}, WIDE, learning_rate=0.01, max_epochs=150),
    ],
    "overfitting": [
        config({**NOISE, "validation_fraction": 0.5}, WIDE, learning_rate=0.01, max_epochs=60),
        config(
            {**DIABETES, "test_fraction": 0.2, "validation_fraction": 0.5},
            WIDE,
            learning_rate=0.01,
            max_epochs=60,
            n_seeds=2,
        ),
    ],
    "too few points": [
        config({**NOISE, "test_fraction": 0.5}, WIDE, learning_rate=0.01, max_epochs=150),
        config({**DIABETES, "test_fraction": 0.8}, WIDE, learning_rate=0.01, max_epochs=60),
        config({**DIABETES, "validation_fraction": 0.8}, WIDE, learning_rate=0.01, max_epochs=60),
    ],
    "inactive units": [
        # Steps that are too large, recorded and not; features that are not scaled.
        config(CIRCLES, WIDE, learning_rate=0.5, max_epochs=30, n_seeds=2),
        config(CIRCLES, WIDE, learning_rate=0.5, max_epochs=30, n_seeds=2, record_gradients=True),
        config({"name": "breast_cancer"}, {**WIDE, "activation": "sigmoid"}, max_epochs=3),
        config(MOONS, {**WIDE, "activation": "step"}, max_epochs=3),
    ],
    "seeds disagree": [
        config(
            {"name": "xor", "n_samples": 200},
            {"hidden_sizes": (2,), "activation": "tanh"},
            learning_rate=0.1,
            max_epochs=40,
            n_seeds=10,
        ),
        config(
            {**PARABOLA, "validation_fraction": 0.2},
            {"hidden_sizes": (1,)},
            learning_rate=0.02,
            max_epochs=60,
            n_seeds=10,
        ),
    ],
    "still improving": [
        config(MOONS, optimizer="sgd", learning_rate=0.01, max_epochs=10, n_seeds=3),
        config({**DIABETES, "validation_fraction": 0.2}, optimizer="sgd", max_epochs=20),
        config({"name": "wine", "scaling": "standard"}, max_epochs=1),
    ],
}
CASES = [
    pytest.param(rule, run, id=f"{rule} {i}")
    for rule, runs in SHOWN.items()
    for i, run in enumerate(runs)
]


def rules_of(run, **more):
    return [finding.rule for finding in diagnose(run, **more)]


@pytest.mark.parametrize(("rule", "shown"), CASES)
def test_a_rule_finds_what_it_is_about(rule, shown, trained):
    findings = {finding.rule: finding.text for finding in diagnose(trained(shown))}
    assert rule in findings
    text = findings[rule]
    assert re.search(r"\d", text)  # the evidence
    assert "Try" in text or "try" in text or "Train" in text or "Look" in text
    assert text[-1] == "."
    assert len(text) < 300
    assert text.count(". ") <= 2


@pytest.mark.parametrize("good", [GOOD, GOOD_CURVE, GOOD_WINE], ids=["moons", "curve", "wine"])
def test_a_good_run_shows_nothing(good, trained):
    assert rules_of(trained(good)) == []


def test_every_rule_is_tried():
    assert set(SHOWN) == {rule.name for rule in RULES}
    assert len({rule.name for rule in RULES}) == len(RULES)


CLASSICS = {
    ("E2", 0): ["still improving"],
    ("E2", 1): [],
    ("E4", 0): ["still improving"],
    ("E4", 1): [],
    ("E6", 0): [],
    ("E6", 1): [],
    ("E9", 0): ["still improving"],
    ("E9", 1): [],
}


@pytest.mark.parametrize(("name", "i"), CLASSICS)
def test_the_classic_experiments_are_found_in_order(name, i, trained):
    run = trained(EXPERIMENTS[name].runs[i])
    assert rules_of(run) == CLASSICS[name, i]
    if CLASSICS[name, i]:  # it is true: twice the epochs bring the loss down for good
        longer = run.config.training.model_copy(update={"max_epochs": 200, "n_seeds": 3})
        later = train(run.config.model_copy(update={"training": longer})).history["train_loss"]
        assert (later[-1] < 0.95 * later[100]).all()


def test_more_points_than_parameters_are_not_too_few(trained):
    few = config(
        {**NOISE, "test_fraction": 0.5}, {"hidden_sizes": (7,)}, learning_rate=0.05, max_epochs=200
    )
    run = trained(few)
    found = Evidence(run, None, ())
    assert found.on_training.typical_skill - found.held_out.typical_skill > 0.2
    assert run.n_parameters < few.dataset.n_train
    assert "too few points" not in rules_of(run)


def test_a_training_loss_that_rises_too_is_no_overfitting(trained):
    run = trained(SHOWN["overfitting"][0])
    both = {**run.history, "train_loss": run.history["val_loss"]}
    assert "overfitting" not in rules_of(dataclasses.replace(run, history=both))


# ---- any run


ODD = {
    "one epoch": {"max_epochs": 1},
    "two epochs": {"max_epochs": 2, "n_seeds": 2},
    "one network": {"max_epochs": 5},
    "early stopping": {"max_epochs": 60, "early_stopping_patience": 2, "n_seeds": 3},
    "recorded": {"max_epochs": 3, "record_gradients": True},
}
DATA = [
    MOONS,
    {**MOONS, "validation_fraction": 0.3},
    {"name": "wine", "test_fraction": 0.3},
    {"name": "diabetes", "test_fraction": 0.2, "validation_fraction": 0.2},
    {**PARABOLA, "target_scaling": "standard", "test_fraction": 0.5},
]


@pytest.mark.parametrize("training", ODD.values(), ids=ODD)
@pytest.mark.parametrize("data", DATA, ids=lambda data: data["name"])
@pytest.mark.parametrize("hidden_sizes", [(), (3, 2)])
def test_any_run_can_be_diagnosed(data, training, hidden_sizes, trained):
    run = trained(config(data, {"hidden_sizes": hidden_sizes}, **training))
    names = [rule.name for rule in RULES]
    found = rules_of(run)
    assert found == sorted(found, key=names.index)
    if run.n_seeds == 1:
        assert "seeds disagree" not in found


@pytest.mark.parametrize("data", DATA, ids=lambda data: data["name"])
def test_a_run_without_an_epoch_shows_nothing(data):
    run = train(config(data, {"hidden_sizes": (3,)}, max_epochs=50), should_stop=lambda: True)
    if run.n_epochs:  # the whole first epoch was done before anybody asked
        run = cut(run, 0)
    assert diagnose(run) == []


def cut(run, epoch):
    """The run as it would be, had it been stopped after an epoch."""
    kept = run.checkpoints
    rows = kept.epochs <= epoch
    return dataclasses.replace(
        run,
        history={name: values[: epoch + 1] for name, values in run.history.items()},
        checkpoints=dataclasses.replace(
            kept,
            epochs=kept.epochs[rows],
            layers=tuple((W[rows], b[rows]) for W, b in kept.layers),
        ),
        epoch_seconds=run.epoch_seconds[: epoch + 1],
        epochs_trained=np.minimum(run.epochs_trained, epoch),
        ending="stopped",
    )


def test_a_stopped_run_is_still_improving(trained):
    stopped = cut(trained(GOOD), 4)
    assert "still improving" in rules_of(stopped)


def test_a_run_that_diverged_shows_but_that(trained):
    for shown in SHOWN["diverged"]:
        run = trained(shown)
        (finding,) = diagnose(run)
        rate = shown.training.learning_rate
        assert f"in epoch {run.n_epochs + 1}: with a learning rate of {rate:g}" in finding.text
        assert ("scale" in finding.text) is (shown.dataset.scaling == "none")


# ---- the evidence


def test_points_and_evaluations_at_hand_are_used(trained, monkeypatch):
    run = trained(GOOD)
    dataset = load_dataset(run.config.dataset)
    at_hand = [evaluate(run, dataset=dataset), evaluate(run, split="test", epoch=0)]
    for name in ("load_dataset", "evaluate"):
        monkeypatch.setattr(evidence, name, lambda *_, **__: pytest.fail("not needed"))
    assert diagnose(run, dataset=dataset, evaluations=at_hand) == []
    # That of another epoch is not: its score would say that nothing was learnt.
    with pytest.raises(pytest.fail.Exception):
        diagnose(run, dataset=dataset, evaluations=at_hand[1:])


@pytest.mark.parametrize("data", [GOOD, GOOD_WINE], ids=["moons", "wine"])
def test_classes_are_scored_as_everywhere(data, trained):
    run = trained(data)
    found = Evidence(run, None, ())
    for score, split in ((found.on_training, "train"), (found.held_out, "test")):
        X, y = found.dataset.part(split)
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
def test_curves_are_scored_by_their_loss(loss, oracle, target_scaling, trained):
    data = {**PARABOLA, "test_fraction": 0.3, "validation_fraction": 0.2}
    run = trained(config({**data, "target_scaling": target_scaling}, loss=loss, max_epochs=5))
    found = Evidence(run, None, ())
    dataset = found.dataset
    dummy = DummyRegressor().fit(dataset.X_train, dataset.y_train.astype(float))
    unit = dataset.target_scale ** (2 if loss == "mse" else 1)
    for score, split in ((found.on_training, "train"), (found.held_out, "test")):
        X, y = dataset.part(split)
        assert score.baseline == pytest.approx(oracle(y, dummy.predict(X)) / unit, rel=1e-5)
        scores = evaluate(run, split=split)
        np.testing.assert_allclose(score.values, getattr(scores, loss) / unit, rtol=1e-5)
    if loss == "mse":  # R² with the mean of the training part
        expected = 1 - scores.mse / scores.baseline
        np.testing.assert_allclose(found.held_out.skill, expected, rtol=1e-4)


def test_validation_is_held_out_where_there_is_no_test_part(trained):
    run = trained(config({**MOONS, "validation_fraction": 0.3}, max_epochs=5))
    held_out = Evidence(run, None, ()).held_out
    accuracy = evaluate(run, split="validation").accuracy
    np.testing.assert_allclose(held_out.values, accuracy, rtol=1e-6)
    run = trained(config(MOONS, max_epochs=5))
    assert Evidence(run, None, ()).held_out is None


ELEMENTWISE = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]


@pytest.mark.parametrize("activation", ELEMENTWISE)
@pytest.mark.parametrize("n_samples", [200, 2500])
def test_inactive_units_are_those_that_the_training_records(activation, n_samples, trained):
    run = trained(
        config(
            {**CIRCLES, "n_samples": n_samples},
            {"hidden_sizes": (16, 8), "activation": activation},
            learning_rate=0.3,
            batch_size=256,
            max_epochs=10 if n_samples == 200 else 2,
            n_seeds=3,
            record_gradients=True,
        )
    )
    found = inactive_units(run, load_dataset(run.config.dataset))
    recorded = [run.history["inactive_1"][-1], run.history["inactive_2"][-1]]
    np.testing.assert_allclose(found, recorded, atol=1e-6)


def test_of_a_huge_run_not_all_networks_are_looked_at(trained, monkeypatch):
    run = trained(SHOWN["inactive units"][0])
    dataset = load_dataset(run.config.dataset)
    assert inactive_units(run, dataset).shape == (2, 2)
    monkeypatch.setattr(evidence, "_WORK", 1)
    assert inactive_units(run, dataset).shape == (2, 1)
    assert "inactive units" in rules_of(run)


def test_numbers_that_are_too_large_are_no_evidence(trained):
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


def test_the_evidence_is_in_the_text(trained):
    run = trained(SHOWN["overfitting"][0])
    text = {finding.rule: finding.text for finding in diagnose(run)}["overfitting"]
    loss = np.median(run.history["val_loss"], axis=1)
    assert f"since epoch {loss.argmin()}, from {loss.min():.3g} to" in text
    run = trained(SHOWN["seeds disagree"][0])
    text = {finding.rule: finding.text for finding in diagnose(run)}["seeds disagree"]
    accuracy = evaluate(run, split="train").accuracy
    assert f"the accuracy is {accuracy.min():.3g} to {accuracy.max():.3g}" in text
    run = trained(SHOWN["seeds disagree"][1])  # of an error the largest is the worst
    text = {finding.rule: finding.text for finding in diagnose(run)}["seeds disagree"]
    mse = evaluate(run, split="validation").mse
    assert f"is {number(mse.max())} to {number(mse.min())}" in text


RELU = {"hidden_sizes": (8,), "activation": "relu"}


@pytest.mark.parametrize(
    ("model", "optimizer", "rate"),
    [
        ({}, "sgd", 100),
        ({}, "adam", 10),
        (RELU, "sgd", 100),
        (RELU, "adam", 3),  # the loss falls a little, but most units die
        (RELU, "adam", 10),
    ],
)
@pytest.mark.parametrize("data", ["moons", "spirals"])
def test_who_overshoots_is_told_to_take_smaller_steps(data, optimizer, rate, model):
    steps = {"optimizer": optimizer, "learning_rate": rate, "max_epochs": 30, "n_seeds": 5}
    found = " ".join(f.text for f in diagnose(train(config({"name": data}, model, **steps))))
    assert "smaller learning rate" in found
    assert "larger learning rate" not in found


def test_a_loss_that_rises_asks_for_smaller_steps():
    risen = train(
        config({"name": "moons"}, optimizer="sgd", learning_rate=100, max_epochs=30, n_seeds=5)
    )
    (finding,) = (f.text for f in diagnose(risen) if "training loss rose" in f.text)
    assert "Try a smaller learning rate" in finding

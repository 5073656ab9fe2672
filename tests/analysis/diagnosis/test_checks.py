"""Checks at their limits: overfitting, nothing learned, memorized."""

import dataclasses

import numpy as np
import pytest

from annlab import evaluate, load_dataset, train
from annlab.analysis.diagnosis import diagnose
from annlab.analysis.diagnosis.evidence import Evidence
from annlab.formatting import number
from annlab.runs.train_on import train_on
from tests.analysis.diagnosis.cases import (
    CIRCLES,
    DIABETES,
    MOONS,
    NOISE,
    SHOWN,
    WIDE,
    config,
    finding_of,
    rules_of,
)


def test_more_samples_than_parameters_are_not_too_few(trained):
    few = config(
        {**NOISE, "test_fraction": 0.5}, {"hidden_sizes": (7,)}, learning_rate=0.05, max_epochs=200
    )
    run = trained(few)
    found = Evidence(run, None, ())
    assert found.on_training.typical_skill - found.held_out.typical_skill > 0.2
    assert run.n_parameters < few.n_train
    assert "too few samples" not in rules_of(run)


def test_a_rising_training_loss_is_not_overfitting(trained):
    run = trained(SHOWN["overfitting"][0])
    both = {**run.history, "train_loss": run.history["val_loss"]}
    assert "overfitting" not in rules_of(dataclasses.replace(run, history=both))


def test_a_loss_that_rose_and_fell_again_is_not_said_to_have_kept_falling(trained):
    run = trained(SHOWN["overfitting"][0])
    loss = run.history["train_loss"].copy()
    loss[0] = 0.5 * loss[-1]
    found = rules_of(dataclasses.replace(run, history={**run.history, "train_loss": loss}))
    assert "loss rose" in found
    assert "overfitting" not in found


def test_accuracy_does_not_weigh_classes(trained):
    run = trained(SHOWN["overfitting"][0])
    validation = {**run.history, "val_accuracy": np.full_like(run.history["val_accuracy"], 0.9)}
    plain = dataclasses.replace(run, history=validation)
    assert (
        "its probabilities got worse, not its predictions" in finding_of(plain, "overfitting").text
    )
    training = run.config.training.model_copy(update={"class_weights": "balanced"})
    weighted = dataclasses.replace(
        plain, config=run.config.model_copy(update={"training": training})
    )
    text = finding_of(weighted, "overfitting").text
    assert "unlike the loss, it does not weigh the classes" in text
    assert "not its predictions" not in text


def test_rare_classes_are_learned_although_none_is_predicted(trained):
    rare = config(
        {
            "name": "rare",
            "n_samples": 20_000,
            "noise": 3,
            "rare_fraction": 0.02,
            "test_fraction": 0.4,
        },
        learning_rate=0.01,
        max_epochs=30,
        batch_size=256,
    )
    score = Evidence(trained(rare), None, ()).on_training
    assert score.typical_skill < 0.01 < 0.03 < score.typical_loss_skill < 0.1
    finding = finding_of(trained(rare), "nothing learned")
    assert "The loss on the training samples" in finding.text
    assert "little was learned" in finding.text
    assert "hidden layers" not in finding.text


def test_the_range_of_scores_is_theirs_where_baselines_differ(trained):
    own = config(
        {
            "name": "function_1d",
            "n_samples": 60,
            "outliers": 0.1,
            "test_fraction": 0.3,
            "resample": "sample",
        },
        {"hidden_sizes": (16,)},
        learning_rate=0.005,
        max_epochs=150,
        n_seeds=10,
    )
    run = trained(own)
    errors = evaluate(run, split="train").mse
    worst = Evidence(run, None, ()).on_training.skill.argmin()
    assert errors[worst] < errors.max()  # its targets vary less than those of another
    text = finding_of(run, "networks disagree").text
    assert f"ranges from {number(errors.max())} to {number(errors.min())}" in text


def test_a_trained_start_has_little_left_to_learn(trained):
    learned = trained(
        config(
            MOONS, {"hidden_sizes": (4,), "activation": "tanh"}, learning_rate=0.05, max_epochs=80
        )
    )
    slow = train_on(learned)
    training = slow.training.model_copy(update={"learning_rate": 1e-6, "max_epochs": 2})
    run = trained(slow.model_copy(update={"training": training}))
    assert run.history["train_loss"][-1, 0] > 0.99 * run.history["train_loss"][0, 0]
    assert "nothing learned" not in rules_of(run)
    drawn = run.config.model.model_copy(update={"initial_weights": None})
    at_random = trained(run.config.model_copy(update={"model": drawn}))
    assert "nothing learned" in rules_of(at_random)


def test_findings_state_their_evidence(trained):
    run = trained(SHOWN["overfitting"][0])
    text = {finding.rule: finding.text for finding in diagnose(run)}["overfitting"]
    loss = np.median(run.history["val_loss"], axis=1)
    means = np.convolve(loss, np.full(6, 1 / 6), "valid")  # a tenth of 60 epochs
    assert f"from {number(means.min())} around epoch {means.argmin() + 3} to" in text
    assert f"to {number(means[-1])}, while" in text
    run = trained(SHOWN["networks disagree"][0])
    text = {finding.rule: finding.text for finding in diagnose(run)}["networks disagree"]
    accuracy = evaluate(run, split="train").accuracy
    assert f"ranges from {number(accuracy.min())} to {number(accuracy.max())}" in text
    run = trained(SHOWN["networks disagree"][1])  # the largest error is the worst
    text = {finding.rule: finding.text for finding in diagnose(run)}["networks disagree"]
    mse = evaluate(run, split="validation").mse
    assert f"ranges from {number(mse.max())} to {number(mse.min())}" in text


def curves(run, *, val_loss, train_loss, **more):
    """Replace the curves of a run by curves that all networks share."""
    given = {"val_loss": val_loss, "train_loss": train_loss, **more}
    wide = {name: np.repeat(v[:, None], run.n_seeds, axis=1) for name, v in given.items()}
    return dataclasses.replace(run, history={**run.history, **wide})


@pytest.fixture(scope="module")
def validated(trained):
    return trained(
        config({**MOONS, "validation_fraction": 0.3}, {"hidden_sizes": (8,)}, max_epochs=100)
    )


EPOCHS = np.arange(101.0)


FALLING = 0.7 * np.exp(-EPOCHS / 15)


@pytest.mark.parametrize(("rise", "shown"), [(0.0, False), (0.01, False), (0.03, True)])
def test_a_rise_of_two_percent_of_the_fall_is_overfitting(rise, shown, validated):
    # The loss falls from 1.0 to 0.01 in epoch 30, then rises by a share of that fall.
    down = np.interp(EPOCHS, [0, 30], [1.0, 0.01])
    up = np.interp(EPOCHS, [40, 80], [0.0, 1.1 * rise])
    run = curves(validated, val_loss=down + up, train_loss=FALLING)
    assert ("overfitting" in rules_of(run)) is shown


def test_noise_does_not_count_as_overfitting(validated):
    rng = np.random.default_rng(0)
    flat = np.where(EPOCHS < 10, 0.7, 0.3) + rng.normal(0, 0.03, len(EPOCHS))
    assert flat.min() < 0.95 * flat[-10:].mean()
    assert "overfitting" not in rules_of(curves(validated, val_loss=flat, train_loss=FALLING))


@pytest.mark.parametrize(
    ("last", "words"), [(0.8, "fell too, from 0.90 to 0.80"), (0.9, "did not fall")]
)
def test_overfitting_says_whether_the_accuracy_fell(last, words, validated):
    rising = np.interp(EPOCHS, [0, 20, 100], [0.7, 0.3, 0.6])
    accuracy = np.interp(EPOCHS, [0, 10, 40, 80], [0.5, 0.9, 0.9, last])
    run = curves(validated, val_loss=rising, train_loss=FALLING, val_accuracy=accuracy)
    (finding,) = (f for f in diagnose(run) if f.rule == "overfitting")
    assert f"The validation accuracy {words}" in finding.problem


def test_overfitting_of_a_regression_says_whether_its_error_rose(trained):
    run = trained(SHOWN["overfitting"][1])
    (finding,) = (f for f in diagnose(run) if f.rule == "overfitting")
    assert "the mean squared error rose from" in finding.problem
    better = np.interp(np.arange(61.0), [0, 60], [2.0, 1.0])
    milder = curves(
        run,
        val_loss=np.median(run.history["val_loss"], axis=1),
        train_loss=np.median(run.history["train_loss"], axis=1),
        val_mse=better,
    )
    (finding,) = (f for f in diagnose(milder) if f.rule == "overfitting")
    assert "The mean squared error did not rise" in finding.problem


def test_early_stopped_runs_get_no_advice_for_early_stopping(trained):
    plain = SHOWN["overfitting"][0]
    stopping = plain.training.model_copy(update={"early_stopping_patience": 10})
    run = trained(plain.model_copy(update={"training": stopping}))
    assert "overfitting" in rules_of(trained(plain))
    assert run.stops_early
    found = diagnose(run)
    assert "overfitting" not in {finding.rule for finding in found}
    assert "early stopping" not in " ".join(finding.text for finding in found)


def test_the_loss_counts_if_the_accuracy_is_uninformative(trained):
    # The network learns probabilities, but every sample more likely belongs to the common class.
    run = trained(config({**MOONS, "validation_fraction": 0.2}, max_epochs=60, learning_rate=0.05))
    n = run.history["train_accuracy"].shape
    constant = {**run.history, "train_accuracy": np.full(n, 0.5, np.float32)}
    assert "nothing learned" not in rules_of(dataclasses.replace(run, history=constant))
    untaught = {**constant, "train_loss": np.full(n, np.log(2), np.float32)}
    assert "nothing learned" in rules_of(dataclasses.replace(run, history=untaught))


@pytest.mark.parametrize(
    ("data", "training", "advised"),
    [
        # At the limit of a line; at the start, though least squares does better; still falling.
        (CIRCLES, {"learning_rate": 0.05, "max_epochs": 40}, True),
        ({"name": "wine", "scaling": "standard"}, {"learning_rate": 1e-5, "max_epochs": 3}, False),
        ({"name": "diabetes", "scaling": "standard"}, {"max_epochs": 20}, False),
    ],
)
def test_hidden_layers_are_advised_only_for_a_converged_linear_model(
    data, training, advised, trained
):
    finding = finding_of(trained(config(data, **training, n_seeds=3)), "nothing learned")
    assert ("hidden layers" in finding.remedies) is advised


def test_an_unscaled_target_is_named(trained):
    shown = SHOWN["nothing learned"][-1]
    run = trained(shown)
    finding = finding_of(run, "nothing learned")
    y = load_dataset(shown.dataset).y_train
    said = f"(mean {number(y.mean())}, standard deviation {number(y.std())})"
    assert said in finding.problem
    assert finding.remedies[0] == "scaled target"
    scaled = shown.dataset.model_copy(update={"target_scaling": "standard"})
    texts = " ".join(f.text for f in diagnose(train(shown.model_copy(update={"dataset": scaled}))))
    assert "target is not scaled" not in texts


@pytest.mark.parametrize("split_seed", range(20))
def test_features_that_carry_information_are_not_blamed(split_seed, trained):
    data = {**DIABETES, "test_fraction": 0.3, "split_seed": split_seed}
    run = trained(config(data, WIDE, learning_rate=0.01, max_epochs=150))
    found = Evidence(run, None, ())
    assert found.on_training.typical_skill > 0.9
    assert found.held_out.typical_skill < found.linear_skill("test")
    assert "memorized" not in rules_of(run)


@pytest.mark.parametrize(
    ("penalty", "said"),
    [
        ({"l1": 1e-4}, "L1 outweighs the loss. Try weaker L1."),
        ({"weight_decay": 1e-4}, "L2 outweighs the loss. Try weaker L2."),
        (
            {"l1": 1e-4, "weight_decay": 1e-4},
            "L1 and L2 outweigh the loss. Try weaker L1 or weaker L2.",
        ),
        ({}, "the steps overshoot."),
    ],
    ids=str,
)
def test_a_risen_loss_is_blamed_on_the_penalties_there_are(penalty, said, trained):
    run = trained(config(MOONS, {"hidden_sizes": (8,)}, max_epochs=20, **penalty))
    losses = run.history["train_loss"].copy()
    losses[0] = losses[-1] / 2
    risen = dataclasses.replace(run, history={**run.history, "train_loss": losses})
    text = {finding.rule: finding.text for finding in diagnose(risen)}["loss rose"]
    assert said in text

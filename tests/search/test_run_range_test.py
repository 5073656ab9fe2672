"""Range test of a small model: result, stop and refusal."""

import numpy as np
import pytest
from sklearn.metrics import r2_score

from annlab import RunConfig, evaluate, load_dataset, train
from annlab.analysis.prediction import predict
from annlab.runs.budget import step_bytes
from annlab.search import run_range_test as module
from annlab.search.range_test import N_RATES, N_STEPS, RULES, RangeTestConfig
from annlab.search.run_range_test import (
    Trial,
    check_work,
    compute,
    from_bytes,
    run_range_test,
)
from annlab.tensor_file import SavedFileError


def config(name="moons", **training):
    return RangeTestConfig(
        run=RunConfig(
            dataset={"name": name, "n_samples": 120, "noise": 0.1, "validation_fraction": 0.25},
            model={"hidden_sizes": (3,), "activation": "tanh"},
            training={"max_epochs": 5, "seed": 4, **training},
        ),
        n_swept=4,
        n_fixed=2,
    )


@pytest.fixture(scope="module")
def found():
    shares = []
    test, trials = run_range_test(config(), report=shares.append)
    return test, trials, shares


def test_the_test_has_all_its_parts(found):
    test, _, shares = found
    assert test.sweep.shape == (N_STEPS + 1, 4)
    assert test.fixed.shape == test.fixed_start.shape == (N_RATES, 2)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert np.nanmin(test.median) < np.median(test.sweep[0])


def test_trials_are_trainings_at_the_rates_of_the_rules(found):
    test, trials, _ = found
    assert {name: trial.rate for name, trial in trials.items()} == {
        name: rate for name, rate in test.choices.items() if rate is not None
    }
    for trial in trials.values():
        training = config().run.training.model_copy(
            update={"learning_rate": trial.rate, "n_seeds": 10}
        )
        run = train(config().run.model_copy(update={"training": training}))
        np.testing.assert_allclose(
            trial.scores, evaluate(run, split="validation").accuracy, atol=0.034
        )


def test_variance_explained_for_a_regression():
    made = RangeTestConfig(
        run=RunConfig(
            dataset={"name": "diabetes", "validation_fraction": 0.25, "scaling": "standard"},
            model={"hidden_sizes": (3,)},
            training={"max_epochs": 5},
        ),
        n_swept=2,
        n_fixed=2,
    )
    _, trials = run_range_test(made)
    name, trial = next(iter(trials.items()))
    training = made.run.training.model_copy(update={"learning_rate": trial.rate, "n_seeds": 10})
    run = train(made.run.model_copy(update={"training": training}))
    np.testing.assert_allclose(
        trial.scores, evaluate(run, split="validation").r2, rtol=0.05, atol=0.02, err_msg=name
    )


def test_several_targets_count_the_same_whatever_their_units():
    made = RangeTestConfig(
        run=RunConfig(
            dataset={
                "name": "linnerud",
                "validation_fraction": 0.3,
                "scaling": "standard",
                "target_scaling": "standard",
            },
            model={"hidden_sizes": (4,)},
            training={"max_epochs": 60, "batch_size": 4},
        ),
        n_swept=2,
        n_fixed=2,
    )
    _, trials = run_range_test(made)
    dataset = load_dataset(made.run.dataset)
    for trial in trials.values():
        training = made.run.training.model_copy(update={"learning_rate": trial.rate, "n_seeds": 10})
        run = train(made.run.model_copy(update={"training": training}))
        for k, score in enumerate(trial.scores):
            predicted = predict(run.config, run.layers("last"), dataset, dataset.X_validation)[k]
            expected = r2_score(dataset.y_validation, predicted)  # the mean over the targets
            assert score == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_labels_have_their_accuracy():
    made = RangeTestConfig(
        run=RunConfig(
            dataset={"name": "labels", "n_samples": 120, "validation_fraction": 0.25},
            model={"hidden_sizes": (3,)},
            training={"max_epochs": 3},
        ),
        n_swept=2,
        n_fixed=2,
    )
    _, trials = run_range_test(made)
    one_label = 1 / load_dataset(made.run.dataset).y_validation.size
    for trial in trials.values():
        training = made.run.training.model_copy(update={"learning_rate": trial.rate, "n_seeds": 10})
        run = train(made.run.model_copy(update={"training": training}))
        scores = evaluate(run, split="validation").label_accuracy
        np.testing.assert_allclose(trial.scores, scores, atol=1.01 * one_label)


def test_a_linear_model_reaches_more_with_derived_features():
    reached = []
    for features in ((), ("x1_squared", "x2_squared")):
        data = {"name": "circles", "n_samples": 200, "validation_fraction": 0.25}
        run = RunConfig(
            dataset=data, model={"features": features}, training={"max_epochs": 30, "batch_size": 8}
        )
        _, trials = run_range_test(RangeTestConfig(run=run, n_swept=2, n_fixed=2))
        reached.append(max(trial.n_reached for trial in trials.values()))
    assert reached == [0, 10]


def test_networks_that_diverged_have_reached_nothing():
    trial = Trial(0.1, np.array([0.96, 0.95, 0.94, 1.0]), np.array([0, 0, 0, 1], bool))
    assert trial.n_reached == 2


def test_bytes_round_trip(found):
    test, trials, _ = found
    again, trials_again = from_bytes(module.to_bytes(test, trials))
    for name, values in vars(test).items():
        np.testing.assert_array_equal(getattr(again, name), values)
    assert list(trials_again) == list(trials)
    for name, trial in trials.items():
        assert trials_again[name].rate == trial.rate
        np.testing.assert_array_equal(trials_again[name].scores, trial.scores)
    with pytest.raises(SavedFileError):
        from_bytes(b"nothing")


@pytest.mark.parametrize("share", [0.01, 0.3, 0.96])
def test_a_stop_ends_the_test(share):
    shares = []
    data = compute(config(), shares.append, lambda: bool(shares) and shares[-1] >= share)
    assert data == b""
    assert share <= shares[-1] < 1


def test_a_test_that_is_too_much_is_refused(monkeypatch):
    check_work(config())
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1000")
    with pytest.raises(ValueError, match="Use smaller layers, smaller batches"):
        run_range_test(config())


def test_large_batches_count_and_must_fit_into_memory():
    base = RangeTestConfig(run=config(batch_size=60_000).run)
    data = base.run.dataset.model_copy(update={"n_samples": 60_000})
    large = base.model_copy(update={"run": base.run.model_copy(update={"dataset": data})})
    with pytest.raises(ValueError, match=r"needs [\d.]+× the compute"):
        check_work(large.model_copy(update={"run": _wide(large.run, 200)}))
    with pytest.raises(ValueError, match="MB of memory"):
        check_work(large.model_copy(update={"run": _wide(large.run, 1000)}))


def _wide(run, n_units):
    return run.model_copy(
        update={"model": run.model.model_copy(update={"hidden_sizes": (n_units,)})}
    )


def test_rates_that_do_not_fit_into_one_stack_are_split(monkeypatch, found):
    monkeypatch.setattr(module, "stack_bytes", lambda: 7 * step_bytes(config(n_seeds=2).run))
    shares = []
    test, _ = run_range_test(config(), report=shares.append)
    # At large rates rounding decides where a network jumps to.
    np.testing.assert_allclose(test.fixed[:30], found[0].fixed[:30], rtol=1e-3)
    assert shares == sorted(shares)


def test_every_rule_has_a_trial_or_no_rate(found):
    test, trials, _ = found
    assert set(trials) <= set(RULES)
    assert all(test.choices[name] is None for name in set(RULES) - set(trials))

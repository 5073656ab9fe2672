"""The perceptron rule, step by step against scikit-learn."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import Perceptron

from annlab.nn.boolean_functions import BOOLEAN_FUNCTIONS, INPUTS
from annlab.nn.perceptron import Cycle, train_perceptron

IRIS = load_iris()
PETALS, SPECIES = IRIS.data[:100, 2:], IRIS.target[:100]


def overlapping(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two clouds on a grid of quarters, whose sums are exact."""
    y = np.arange(20) % 2
    X = np.where(y == 0, -1.0, 1.0)[:, None] + np.random.RandomState(seed).randn(20, 2)
    return np.round(4 * X) / 4, y


SETS = {
    **{name: (INPUTS, np.array(e.outputs)) for name, e in BOOLEAN_FUNCTIONS.items()},
    "iris petals": (PETALS, SPECIES),
    **{f"clouds {seed}": overlapping(seed) for seed in range(4)},
}


@pytest.mark.parametrize("learning_rate", [1.0, 0.1])
@pytest.mark.parametrize("name", SETS)
def test_every_step_equals_scikit_learn(name: str, learning_rate: float) -> None:
    X, y = SETS[name]
    training = train_perceptron(X, y, learning_rate=learning_rate, max_epochs=20)
    model = Perceptron(shuffle=False, eta0=learning_rate, penalty=None)
    for step in range(training.n_steps):
        k = training.sample(step)
        if step:
            assert training.sums[step] == pytest.approx(model.decision_function(X[[k]])[0])
        model.partial_fit(X[[k]], y[[k]], classes=[0, 1])
        now = np.append(model.coef_[0], model.intercept_)
        np.testing.assert_array_equal(training.weights[step + 1], now)


@pytest.mark.parametrize("name", ["and", "iris petals", "clouds 0"])
def test_whole_training_equals_scikit_learn(name: str) -> None:
    X, y = SETS[name]
    training = train_perceptron(X, y)
    model = Perceptron(shuffle=False, max_iter=training.n_epochs, tol=None).fit(X, y)
    np.testing.assert_array_equal(training.weights[-1], np.append(model.coef_[0], model.intercept_))
    np.testing.assert_array_equal(model.predict(X), y)


def test_14_functions_stop_and_xor_and_xnor_never_do() -> None:
    endings = {
        name: train_perceptron(INPUTS, np.array(entry.outputs)).ending
        for name, entry in BOOLEAN_FUNCTIONS.items()
    }
    assert [name for name, ending in endings.items() if ending == "cycle"] == ["xor", "xnor"]
    assert sum(ending == "separated" for ending in endings.values()) == 14


@pytest.mark.parametrize("name", ["xor", "xnor", "clouds 3"])
def test_cycle_repeats_in_scikit_learn(name: str) -> None:
    X, y = SETS[name]
    training = train_perceptron(X, y)
    assert training.ending == "cycle"
    first, n_epochs = training.cycle
    model = Perceptron(shuffle=False, penalty=None)
    visited = [np.zeros(3)]
    for _ in range(first + 3 * n_epochs):
        for k in range(len(y)):
            model.partial_fit(X[[k]], y[[k]], classes=[0, 1])
            visited.append(np.append(model.coef_[0], model.intercept_))
    ends = np.array(visited[:: len(y)])
    np.testing.assert_array_equal(ends[first:-n_epochs], ends[first + n_epochs :])
    # The weights stay bounded: nothing is visited beyond the cycle that was found.
    assert np.abs(visited).max() == np.abs(training.weights).max()
    cycle = training.cycle_weights()
    assert len(cycle) == n_epochs * len(y) + 1
    np.testing.assert_array_equal(cycle[0], cycle[-1])
    for epoch in range(first + 3 * n_epochs + 1):
        np.testing.assert_array_equal(training.weights_after(epoch), ends[epoch])


def test_training_that_stopped_keeps_its_weights() -> None:
    training = train_perceptron(*SETS["and"])
    assert training.mistakes_in(training.n_epochs) == 0
    assert training.mistakes_in(training.n_epochs - 1) > 0
    np.testing.assert_array_equal(training.weights_after(99), training.weights[-1])
    np.testing.assert_array_equal(training.weights_after(2), training.weights[8])
    assert training.cycle is None
    assert training.cycle_weights().shape == (0, 3)


def test_sum_of_zero_counts_as_a_mistake_for_both_classes() -> None:
    for wanted, change in ((0, [-0.5, -1, -1]), (1, [0.5, 1, 1])):
        training = train_perceptron(np.array([[0.5, 1.0]]), np.array([wanted]))
        assert training.sums[0] == 0
        assert training.said(0) is None
        assert training.mistakes.tolist() == [True, False]
        np.testing.assert_array_equal(training.change(0), change)
        assert training.said(1) == wanted


def test_steps_epochs_and_counts() -> None:
    training = train_perceptron(*SETS["or"])
    assert training.n_steps == 4 * training.n_epochs == len(training.weights) - 1
    assert [training.sample(step) for step in range(5)] == [0, 1, 2, 3, 0]
    assert [training.epoch(step) for step in (0, 3, 4)] == [1, 1, 2]
    by_epoch = [training.mistakes_in(k) for k in range(1, training.n_epochs + 1)]
    assert sum(by_epoch) == training.n_mistakes


def test_training_ends_at_the_limit() -> None:
    training = train_perceptron(*SETS["and"], max_epochs=2)
    assert (training.ending, training.n_epochs, training.cycle) == ("limit", 2, None)
    assert train_perceptron(*SETS["xor"]).cycle == Cycle(0, 1)


def test_power_of_two_as_learning_rate_only_scales() -> None:
    one, half = (train_perceptron(*SETS["clouds 0"], learning_rate=rate) for rate in (1.0, 0.5))
    np.testing.assert_array_equal(one.weights, 2 * half.weights)
    np.testing.assert_array_equal(one.mistakes, half.mistakes)


@pytest.mark.parametrize(
    ("n", "options", "message"),
    [
        (0, {}, "at least one sample. Got 0"),
        (4, {"learning_rate": 0.0}, "greater than 0. Got 0.0"),
        (4, {"learning_rate": float("nan")}, "greater than 0. Got nan"),
        (4, {"max_epochs": 0}, "at least 1. Got 0"),
    ],
)
def test_useless_arguments_are_refused(n: int, options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        train_perceptron(INPUTS[:n], np.zeros(n, int), **options)

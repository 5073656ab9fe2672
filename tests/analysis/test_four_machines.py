"""Three linear machines against scikit-learn's own predictions."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.svm import SVC

from annlab.analysis.four_machines import LINEAR_MACHINES, PERCEPTRON_EPOCHS
from annlab.datasets.synthetic import make_gaussians, make_moons

ORACLES = {
    "perceptron": Perceptron(shuffle=False, max_iter=PERCEPTRON_EPOCHS, tol=None),
    "logistic_regression": LogisticRegression(),
    "linear_svm": SVC(kernel="linear"),
}
SETS = {"moons": make_moons(200, 0.2, 0), "gaussians": make_gaussians(200, 1.0, 0)}


@pytest.mark.parametrize("data", SETS)
@pytest.mark.parametrize("name", LINEAR_MACHINES)
def test_predictions_equal_scikit_learn(name: str, data: str) -> None:
    X, y = SETS[data]
    machine = LINEAR_MACHINES[name]
    weights = machine.fit(X[:140], y[:140])
    model = ORACLES[name].fit(X[:140], y[:140])
    assert weights.shape == (3,)
    np.testing.assert_allclose(X @ weights[:2] + weights[2], model.decision_function(X))
    np.testing.assert_array_equal(machine.predict(weights, X), model.predict(X))


def test_support_vectors_lie_on_or_inside_the_margin() -> None:
    X, y = SETS["gaussians"]
    (machine,) = (machine for machine in LINEAR_MACHINES.values() if machine.has_margin)
    weights = machine.fit(X, y)
    sums = (2 * y - 1) * (X @ weights[:2] + weights[2])
    supporting = SVC(kernel="linear").fit(X, y).support_
    assert sums[supporting].max() <= 1 + 1e-2
    assert np.delete(sums, supporting).min() >= 1 - 1e-2


def test_perceptron_takes_the_first_line_without_a_mistake() -> None:
    X, y = make_gaussians(60, 0.3, 0)
    machine = LINEAR_MACHINES["perceptron"]
    assert (machine.predict(machine.fit(X, y), X) == y).all()


def test_entries_are_described() -> None:
    for machine in LINEAR_MACHINES.values():
        assert machine.idea.endswith(".")
        assert "(" in machine.source

"""The loss surface in space: its heights, and the paths on it."""

import numpy as np

from annlab.analysis.descent import descend
from annlab.config import TrainingConfig
from annlab.figures.descent import loss_surface
from tests.analysis.two_parameter_cases import PROBLEMS


def test_surface_and_paths_show_the_losses() -> None:
    problem = PROBLEMS["cross-entropy"]
    training = TrainingConfig(optimizer="sgd", learning_rate=3.0, batch_size=60)
    path = descend(problem, training, np.array([-3.0, 0.5]), 30)
    figure = loss_surface(problem, (-2.0, 4.0), (-3.0, 3.0), {"SGD": path})
    surface, line = figure.data
    z = np.array(surface.z)
    assert z[0, -1] == np.float32(problem.value(np.array([4.0, -3.0])))  # a row for each b
    assert line.name == "SGD"
    # The start is outside the ranges, so the line begins later.
    n_outside = len(path.losses) - len(line.x)
    assert 0 < n_outside < len(path.losses)
    np.testing.assert_allclose(line.z, path.losses[n_outside:], rtol=1e-6)

"""The picture of the loss around a run's weights."""

import numpy as np

from annlab import Run
from annlab.analysis.landscape import Effort, landscape
from annlab.analysis.weight_planes import flat, random_plane
from annlab.datasets import load_run_dataset
from annlab.figures.landscape import log_losses, loss_landscape


def test_picture_shows_losses_and_path(binary_run: Run) -> None:
    end = flat(binary_run.checkpoints.at())[0]
    plane = random_plane(end, binary_run.config.architecture, seed=0)
    dataset = load_run_dataset(binary_run.config)
    found = landscape(binary_run, dataset, plane, [0], Effort(7, 60))
    contour, path = loss_landscape(found, ["network 1"], theme="dark").data
    z = np.array(contour.z)
    assert z.shape == (7, 7)
    shown = 10**z
    # Near the path the heights are the losses; far above them, one color.
    ceiling = 4 * found.paths[0].losses.max()
    np.testing.assert_allclose(shown, np.minimum(found.losses, ceiling), rtol=1e-4)
    np.testing.assert_allclose(contour.customdata, found.losses, rtol=1e-5)
    np.testing.assert_allclose(path.x, found.paths[0].places[:, 0], rtol=1e-5, atol=1e-6)
    assert path.text[0].startswith("epoch 0<br>loss ")
    assert path.name == "network 1"


def test_infinite_losses_are_drawn_at_the_ceiling(regression_run: Run) -> None:
    end = flat(regression_run.checkpoints.at())[0]
    plane = random_plane(end, regression_run.config.architecture, seed=0)
    dataset = load_run_dataset(regression_run.config)
    found = landscape(regression_run, dataset, plane, [0], Effort(5, 40))
    found.losses[0, 0] = np.inf
    values = log_losses(found)
    assert np.isfinite(values).all()
    assert values[0, 0] == values.max()

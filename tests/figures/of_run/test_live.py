"""Live figures show the training samples of one network."""

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, load_dataset
from annlab.datasets import load_run_dataset
from annlab.figures import MODEL_COLORS, of_run
from annlab.figures.of_run.live import LIVE_POINTS, LIVE_RESOLUTION


def _live(run: Run, model: int = 0) -> go.Figure:
    layers = [(W[1], b[1]) for W, b in run.layers()]
    data = load_run_dataset(run.config).of(1)
    figure = of_run.live_picture(run.config, layers, data, model=model)
    assert figure is not None
    return figure


def test_classes_have_a_coarse_surface(binary_run: Run) -> None:
    assert _live(binary_run).data[0].z.shape == (LIVE_RESOLUTION, LIVE_RESOLUTION)


def test_one_feature_has_a_curve(curve_run: Run) -> None:
    live = {trace.name: trace for trace in _live(curve_run, model=1).data}
    run = {trace.name: trace for trace in of_run.fitted_curve(curve_run, network=1).data}
    np.testing.assert_allclose(live["B"].y, run["A"].y, rtol=1e-5)
    assert live["B"].line.color == MODEL_COLORS[1]
    assert not any("networks" in (name or "") for name in live)


def test_several_features_have_predictions(regression_run: Run) -> None:
    data = load_run_dataset(regression_run.config)
    samples = _live(regression_run).data[0]
    assert len(samples.x) == min(LIVE_POINTS, len(data.y_test))


def test_images_have_no_live_figure() -> None:
    config = RunConfig(dataset=DatasetConfig(name="digits"), model=ModelConfig())
    data = load_dataset(config.dataset)
    layers = [(np.zeros((64, 10), np.float32), np.zeros(10, np.float32))]
    assert of_run.live_picture(config, layers, data) is None


@pytest.mark.parametrize("axes", [(0, 1), (1, 0)])
def test_a_surface_has_the_chosen_axes(binary_run: Run, axes: tuple[int, int]) -> None:
    layers = [(W[0], b[0]) for W, b in binary_run.layers()]
    data = load_run_dataset(binary_run.config)
    figure = of_run.live_picture(binary_run.config, layers, data, axes=axes)
    assert figure is not None
    assert figure.layout.xaxis.title.text == f"x{axes[0] + 1}"

"""Fitted curves show the predictions of each network in its own scale."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab import Run
from annlab.analysis.prediction import predict
from annlab.datasets import FUNCTIONS, load_run_dataset
from annlab.figures import MODEL_COLORS, of_run


def _trace(figure: go.Figure, name: str) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


@pytest.mark.parametrize("epoch", [None, 0])
@pytest.mark.parametrize("network", [0, 3])
def test_curve_and_band_are_the_predictions(
    curve_run: Run, network: int, epoch: int | None
) -> None:
    figure = of_run.fitted_curve(curve_run, network=network, epoch=epoch, model=2)
    curve, band = _trace(figure, "C"), _trace(figure, "all 4 networks")
    x = np.asarray(curve.x)[:, None]
    data = load_run_dataset(curve_run.config)
    values = predict(curve_run.config, curve_run.layers(epoch), data, x)
    np.testing.assert_allclose(curve.y, values[network], rtol=1e-5)
    np.testing.assert_allclose(band.y[: len(x)], values.max(axis=0), rtol=1e-5)
    assert curve.line.color == MODEL_COLORS[2]
    assert (x.min(), x.max()) < (data.X_train.min(), np.inf)


def test_the_true_function_is_drawn_where_it_is_known(curve_run: Run, own_curve_run: Run) -> None:
    truth = _trace(of_run.fitted_curve(curve_run), "truth")
    f = FUNCTIONS[curve_run.config.dataset.function].f
    np.testing.assert_allclose(truth.y, f(np.asarray(truth.x, float)), atol=1e-5)
    names = [trace.name for trace in of_run.fitted_curve(own_curve_run).data]
    assert "truth" not in names  # the true function takes unscaled features


def test_held_out_samples_are_drawn_apart(curve_run: Run) -> None:
    data = load_run_dataset(curve_run.config)
    figure = of_run.fitted_curve(curve_run)
    np.testing.assert_array_equal(_trace(figure, "training").x, data.X_train[:, 0])
    np.testing.assert_array_equal(_trace(figure, "held out").y, data.y_test)


def test_other_networks_are_drawn_in_the_scale_of_the_selected_one(own_curve_run: Run) -> None:
    """A network's prediction for a sample does not depend on the scale of the axis."""
    whole = load_run_dataset(own_curve_run.config)
    scales = own_curve_run.preprocessing
    assert scales is not None
    for network in range(3):
        figure = of_run.fitted_curve(own_curve_run, network=network)
        x, band = np.asarray(_trace(figure, "A").x), _trace(figure, "all 3 networks")
        raw = (x - scales.shift[network, 0]) / scales.factor[network, 0]
        values = [
            predict(
                own_curve_run.config,
                [(W[k], b[k]) for W, b in own_curve_run.layers()],
                whole.networks[k],
                (raw * scales.factor[k, 0] + scales.shift[k, 0]).astype(np.float32)[:, None],
            )
            for k in range(3)
        ]
        np.testing.assert_allclose(band.y[: len(x)], np.max(values, axis=0), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(_trace(figure, "A").y, values[network], rtol=1e-4, atol=1e-6)


def test_run_without_scaler_parameters_gives_the_same_curves(own_curve_run: Run) -> None:
    assert own_curve_run.preprocessing is not None
    figures = [
        of_run.fitted_curve(run, network=1)
        for run in (own_curve_run, replace(own_curve_run, preprocessing=None))
    ]
    for trace, other in zip(figures[0].data, figures[1].data, strict=True):
        np.testing.assert_allclose(
            np.asarray(trace.y, float), np.asarray(other.y, float), rtol=1e-5
        )


def test_fitted_curve_refuses_several_features(regression_run: Run) -> None:
    with pytest.raises(ValueError, match="this data set has 10"):
        of_run.fitted_curve(regression_run)

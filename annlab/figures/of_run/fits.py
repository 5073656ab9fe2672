"""Fitted curve of a run with one feature."""

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab import figures
from annlab.analysis.prediction import predict
from annlab.analysis.surfaces import line_beyond, ranges_without_samples
from annlab.datasets import FUNCTIONS, Dataset, load_for_training
from annlab.figures import MODEL_COLORS, MODEL_NAMES, ThemeName
from annlab.figures.base.plain_text import plain_text
from annlab.figures.of_run.one_network import (
    OneNetwork,
    loaded,
    network_index,
    network_that_draws,
)
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]


def fitted_curve(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the fitted curve of one network and the range of all networks.

    Parameters
    ----------
    run, dataset, epoch, network, model, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the run is a classification, or has more than one feature.
    """
    whole, k = loaded(run, dataset), network_index(run, network)
    one = network_that_draws("fit", run, whole, epoch, k)
    n_features = one.dataset.X_train.shape[1]
    if n_features != 1:
        raise ValueError(
            f"fitted_curve needs one feature; this data set has {n_features}. Draw it with "
            "predicted_against_true or residuals"
        )
    x = line_beyond(one.dataset.X_train[:, 0])
    curves = curves_of_all(run, whole, epoch, k, x)
    return draw_fit(one, x, curves, k, counted=run.counted, model=model, theme=theme)


def curves_of_all(run: Run, whole: Dataset, epoch: Epoch | None, k: int, x: Array) -> Array:
    """Predictions of all networks along x, scaled like network k, shape (n_seeds, n_x)."""
    layers = run.layers(epoch)
    if not whole.networks:
        return predict(run.config, layers, whole, x[:, None])
    # Each network has a scaler of its own; runs of an earlier version lack the parameters.
    scales = run.preprocessing or load_for_training(run.config).preprocessing
    raw = (x - scales.shift[k, 0]) / scales.factor[k, 0]
    curves = []
    for i, own in enumerate(whole.networks):
        scaled = (raw * scales.factor[i, 0] + scales.shift[i, 0]).astype(np.float32)
        one = OneNetwork(run.config, [(W[i], b[i]) for W, b in layers], own)
        curves.append(one.predict(scaled[:, None]))
    return np.stack(curves)


def draw_fit(
    one: OneNetwork,
    x: Array,
    curves: Array,
    network: int,
    *,
    counted: NDArray[np.bool_] | None = None,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the curve of the network `one`, at index `network`, and the range of all networks."""
    data, config = one.dataset, one.config.dataset
    fit = fit_of_data(one, x)
    return figures.fitted_curve(
        x,
        curves,
        network,
        data.X_train[:, 0],
        data.y_train,
        name=MODEL_NAMES[model],
        color=MODEL_COLORS[model],
        truth=fit.truth,
        held_out=fit.held_out,
        without_data=ranges_without_samples(data.X_train[:, 0], x),
        axis_names=(one.feature_name(0), plain_text(config.spec.target_name)),
        y_range=fit.y_range,
        counted=counted,
        theme=theme,
    )


class FitOfData(NamedTuple):
    """What a picture of a fitted curve shows beside the curve.

    Attributes
    ----------
    truth : ndarray, shape (n_x,), or None
        True function, if it is known and the feature is not scaled.
    held_out : tuple of ndarray or None
        x and y of the held-out samples.
    y_range : tuple of float
        Range of the vertical axis.
    """

    truth: Array | None
    held_out: tuple[Array, Array] | None
    y_range: tuple[float, float]


def fit_of_data(one: OneNetwork, x: Array) -> FitOfData:
    """What a picture of the curve of a network shows beside the curve along x."""
    config, held_out = one.config.dataset, one.held_out
    function = config.function if config.scaling == "none" else None
    return FitOfData(
        FUNCTIONS[function].f(x) if function else None,
        (held_out[0][:, 0], held_out[1]) if held_out else None,
        one.target_ranges(0.4)[0],
    )

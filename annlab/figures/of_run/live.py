"""Live figure of one network during training."""

import plotly.graph_objects as go

from annlab.analysis.surfaces import line_beyond
from annlab.config import RunConfig
from annlab.datasets import Dataset
from annlab.figures import ThemeName
from annlab.figures.of_run.classification import draw_surface
from annlab.figures.of_run.errors import draw_against_true
from annlab.figures.of_run.fits import draw_fit
from annlab.figures.of_run.labels import draw_label_surfaces
from annlab.figures.of_run.one_network import OneNetwork
from annlab.figures.of_run.targets import draw_plane_curve, draw_target_scatters, times_of
from annlab.figures.plane_curve import draws_in_plane
from annlab.nn.forward import Layers

# Coarser than other figures, because the browser renders it several times a second.
LIVE_POINTS = 400
LIVE_RESOLUTION = 60


def live_picture(
    config: RunConfig,
    layers: Layers,
    dataset: Dataset,
    *,
    axes: tuple[int, int] = (0, 1),
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure | None:
    """Draw the current predictions of one network, for the samples that will be scored.

    Parameters
    ----------
    config : RunConfig
    layers : sequence of (weights, biases)
        Weights and biases of one network: shapes (n_in, n_out) and (n_out,).
    dataset : Dataset
        Data of this network.
    axes : tuple of int
        Indices of the two features of a decision surface.
    model, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure or None
        Decision or label surfaces, fitted curve, curve in the plane, or predicted over true
        values; None for images.
    """
    if config.dataset.spec.image_shape:
        return None
    one = OneNetwork(config, layers, dataset)
    n_features, task = dataset.X_train.shape[1], config.task
    if n_features > 1 and (task.draws("surface") or task.draws("label_surfaces")):
        plane = one.plane(axes, LIVE_RESOLUTION)
        if task.draws("label_surfaces"):
            return draw_label_surfaces(one, plane, None, max_points=LIVE_POINTS, theme=theme)
        return draw_surface(one, plane, None, color_bar=False, max_points=LIVE_POINTS, theme=theme)
    if task.draws("fit") and n_features == 1:
        x = line_beyond(dataset.X_train[:, 0])
        return draw_fit(one, x, one.predict(x[:, None])[None], 0, model=model, theme=theme)
    if draws_in_plane(dataset):
        t = times_of(dataset)
        curve = one.predict(t[:, None])[None]
        return draw_plane_curve(one, t, curve, 0, max_points=LIVE_POINTS, model=model, theme=theme)
    if task.draws("targets"):
        return draw_target_scatters(one, None, max_points=LIVE_POINTS, model=model, theme=theme)
    if task.draws("residuals"):
        return draw_against_true(one, None, model=model, max_points=LIVE_POINTS, theme=theme)
    return None

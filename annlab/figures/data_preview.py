"""A thumbnail of a data set: its samples, small and without axes."""

import plotly.graph_objects as go

from annlab.config import DatasetConfig
from annlab.datasets import Dataset
from annlab.figures.base.theme import ThemeName
from annlab.figures.images import image_grid, in_unit_range
from annlab.figures.points import points, points_on_line

PREVIEW_POINTS = 300
PREVIEW_IMAGES = 6
_HEIGHT = 150


def data_preview(
    config: DatasetConfig, dataset: Dataset, *, theme: ThemeName = "light"
) -> go.Figure:
    """Draw the samples of a data set as a thumbnail.

    Parameters
    ----------
    config : DatasetConfig
    dataset : Dataset
        Of `config`: images, classes of at least two features, or a regression with one feature.

    Returns
    -------
    plotly.graph_objects.Figure
        At most 300 samples, or the first six images with their classes.
    """
    shape = config.spec.image_shape
    if shape:
        images = dataset.X_train[:PREVIEW_IMAGES].reshape(-1, *shape)
        names = [dataset.class_names[k] for k in dataset.y_train[:PREVIEW_IMAGES]]
        figure = image_grid(in_unit_range(images), names, n_columns=3, theme=theme)
    elif dataset.task.draws("surface"):
        figure = points(dataset, theme=theme, max_points=PREVIEW_POINTS)
    else:
        target = config.spec.target_name
        figure = points_on_line(dataset, target, theme=theme, max_points=PREVIEW_POINTS)
    margin = {"l": 0, "r": 0, "t": 0, "b": 0}
    figure.update_layout(height=_HEIGHT, showlegend=False, margin=margin)
    if dataset.n_samples > PREVIEW_POINTS and not shape:
        # There is no room for the note among the samples.
        figure.update_layout(margin={"b": 16}).update_annotations(yshift=-17, bgcolor=None)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.update_traces(marker_size=3, selector={"type": "scatter"})
    return figure

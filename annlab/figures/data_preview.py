"""Thumbnails of data sets, without axes."""

import plotly.graph_objects as go

from annlab.config import DatasetConfig
from annlab.datasets import Dataset
from annlab.figures.base.theme import ThemeName
from annlab.figures.images import image_grid, in_unit_range
from annlab.figures.points import samples_picture

PREVIEW_POINTS = 300
PREVIEW_IMAGES = 6
_HEIGHT = 150


def data_preview(
    config: DatasetConfig, dataset: Dataset, *, theme: ThemeName = "light"
) -> go.Figure | None:
    """Draw the samples of a data set as a thumbnail; None if it has too many columns for one.

    Parameters
    ----------
    config : DatasetConfig
    dataset : Dataset
        Data of `config`.

    Returns
    -------
    plotly.graph_objects.Figure or None
        At most 300 samples, or the first six images with their classes.
    """
    shape = config.spec.image_shape
    if shape:
        images = dataset.X_train[:PREVIEW_IMAGES].reshape(-1, *shape)
        names = [dataset.class_names[k] for k in dataset.y_train[:PREVIEW_IMAGES]]
        figure = image_grid(in_unit_range(images), names, n_columns=3, theme=theme)
    else:
        target = config.spec.target_name
        found = samples_picture(dataset, target, max_points=PREVIEW_POINTS, theme=theme)
        if found is None:
            return None
        figure = found
    margin = {"l": 0, "r": 0, "t": 0, "b": 0}
    figure.update_layout(height=_HEIGHT, showlegend=False, margin=margin)
    if dataset.n_samples > PREVIEW_POINTS and not shape:
        # A thumbnail has no room for the note among the samples.
        figure.update_layout(margin={"b": 16}).update_annotations(yshift=-17, bgcolor=None)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    # Half of each, so that marks inside each other stay so.
    figure.for_each_trace(
        lambda trace: trace.update(marker_size=trace.marker.size / 2), selector={"type": "scatter"}
    )
    return figure

"""The data themselves: points in the plane of two features, or over one."""

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.datasets import Dataset
from annlab.figures.chart import blank
from annlab.figures.markers import add_markers
from annlab.figures.theme import CLASS_COLOURS, CLASS_SYMBOLS, THEMES, ThemeName
from annlab.figures.thinning import thin

Array = NDArray[Any]

MAX_POINTS = 5000


def points(
    dataset: Dataset,
    axes: tuple[int, int] = (0, 1),
    theme: ThemeName = "light",
    height: int = 380,
) -> go.Figure:
    """Draw all parts of a data set: filled for training, hollow for what is kept back.

    Parameters
    ----------
    dataset : Dataset
        Of a classification.
    axes : tuple of int
        The features along x and y.
    theme : {"light", "dark"}
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = blank(height, theme)
    for part, suffix, X, y in _parts(dataset):
        shown = thin(len(X), MAX_POINTS)
        for k, name in enumerate(dataset.class_names):
            of_class = X[shown[y[shown] == k]]
            if len(of_class):
                add_markers(
                    figure,
                    of_class[:, axes[0]],
                    of_class[:, axes[1]],
                    {"color": CLASS_COLOURS[k], "symbol": CLASS_SYMBOLS[k] + suffix, "size": 6},
                    name=name if part == "train" else f"{name}, {part}",
                )
    figure.update_xaxes(title_text=dataset.feature_names[axes[0]])
    figure.update_yaxes(title_text=dataset.feature_names[axes[1]])
    return figure


def points_on_line(
    dataset: Dataset, target_name: str, theme: ThemeName = "light", height: int = 340
) -> go.Figure:
    """Draw all parts of a regression with one feature: at most 5,000 points of each.

    Parameters
    ----------
    dataset : Dataset
        Of a regression with one feature.
    target_name : str
        Names the vertical axis.
    theme : {"light", "dark"}
    height : int
        In pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = blank(height, theme)
    for part, suffix, X, y in _parts(dataset):
        add_samples(figure, X[:, 0], y, part, "circle" + suffix, theme, MAX_POINTS)
    figure.update_xaxes(title_text=dataset.feature_names[0])
    figure.update_yaxes(title_text=target_name)
    return figure


def _parts(dataset: Dataset) -> Iterator[tuple[str, str, Array, Array]]:
    """The parts that have points: name, what their symbols end in, X and y."""
    for part, suffix in (("train", ""), ("validation", "-open"), ("test", "-open-dot")):
        X, y = getattr(dataset, f"X_{part}"), getattr(dataset, f"y_{part}")
        if len(y):
            yield part, suffix, X, y


def add_samples(
    figure: go.Figure,
    x: Array,
    y: Array,
    name: str,
    symbol: str,
    theme: ThemeName,
    at_most: int,
) -> None:
    """Draw points of a regression, which belong to no class: in the page's ink.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        Drawn on.
    x, y : ndarray, shape (n_samples,)
        Feature and target.
    name, symbol : str
        Of their part.
    theme : {"light", "dark"}
    at_most : int
        More points than this are thinned out evenly.
    """
    look = {"color": THEMES[theme].ink, "symbol": symbol, "size": 5, "opacity": 0.6}
    add_markers(figure, x, y, look, name=name, at_most=at_most)

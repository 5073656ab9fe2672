"""The data themselves: points in the plane of two features, or over one."""

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.datasets import Dataset
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.markers import add_markers
from annlab.figures.base.notes import add_notes
from annlab.figures.base.subsample import evenly_spaced, subsample_note
from annlab.figures.base.theme import CLASS_COLORS, CLASS_SYMBOLS, THEMES, ThemeName

Array = NDArray[Any]

# Of all parts together, where the points are all that is looked at.
MAX_POINTS_ALONE = 2000


def points(
    dataset: Dataset,
    axes: tuple[int, int] = (0, 1),
    *,
    max_points: int = MAX_POINTS_ALONE,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw all parts of a data set: filled for training, hollow for what is kept back.

    Parameters
    ----------
    dataset : Dataset
        Of a classification.
    axes : tuple of int
        The features along x and y.
    max_points : int
        More points than this are thinned out evenly, and a note says so.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(380, theme)
    for part, suffix, X, y in _parts(dataset, max_points):
        for k, name in enumerate(dataset.class_names):
            of_class = X[y == k]
            if len(of_class):
                add_markers(
                    figure,
                    of_class[:, axes[0]],
                    of_class[:, axes[1]],
                    {"color": CLASS_COLORS[k], "symbol": CLASS_SYMBOLS[k] + suffix, "size": 6},
                    name=name if part == "train" else f"{name}, {part}",
                )
    names = (dataset.feature_names[axes[0]], dataset.feature_names[axes[1]])
    return _finish(figure, dataset, max_points, names, theme)


def points_on_line(
    dataset: Dataset,
    target_name: str,
    *,
    max_points: int = MAX_POINTS_ALONE,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw all parts of a regression with one feature.

    Parameters
    ----------
    dataset : Dataset
        Of a regression with one feature.
    target_name : str
        Names the vertical axis.
    max_points : int
        More points than this are thinned out evenly, and a note says so.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(340, theme)
    for part, suffix, X, y in _parts(dataset, max_points):
        add_samples(figure, X[:, 0], y, part, "circle" + suffix, theme)
    return _finish(figure, dataset, max_points, (dataset.feature_names[0], target_name), theme)


def _parts(dataset: Dataset, max_points: int) -> Iterator[tuple[str, str, Array, Array]]:
    """The parts that have points: name, what their symbols end in, X and y of the same share."""
    shown = evenly_spaced(dataset.n_samples, max_points)
    for part, suffix in (("train", ""), ("validation", "-open"), ("test", "-open-dot")):
        X, y = getattr(dataset, f"X_{part}"), getattr(dataset, f"y_{part}")
        of_part, shown = shown[shown < len(y)], shown[shown >= len(y)] - len(y)
        if len(of_part):
            yield part, suffix, X[of_part], y[of_part]


def _finish(
    figure: FigureBuilder,
    dataset: Dataset,
    max_points: int,
    axis_names: tuple[str, str],
    theme: ThemeName,
) -> go.Figure:
    n = dataset.n_samples
    add_notes(figure, [subsample_note(min(n, max_points), n)], 1, 0, theme)
    figure.update_xaxes(title_text=axis_names[0])
    figure.update_yaxes(title_text=axis_names[1])
    return figure.build()


def add_samples(
    figure: FigureBuilder,
    x: Array,
    y: Array,
    name: str,
    symbol: str,
    theme: ThemeName,
    at_most: int | None = None,
) -> int:
    """Draw points of a regression, which belong to no class, in the page's ink; returns how many.

    Parameters
    ----------
    figure : FigureBuilder
        Drawn on.
    x, y : ndarray, shape (n_samples,)
        Feature and target.
    name, symbol : str
        Of their part.
    at_most : int or None
        More points than this are thinned out evenly; None draws them all.
    """
    look = {"color": THEMES[theme].ink, "symbol": symbol, "size": 5, "opacity": 0.6}
    return add_markers(figure, x, y, look, name=name, at_most=at_most)

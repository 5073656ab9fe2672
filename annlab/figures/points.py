"""Scatter plots of a data set: two features, or target over one feature."""

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.datasets import Dataset
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.markers import add_markers
from annlab.figures.base.notes import add_notes
from annlab.figures.base.plain_text import plain_text, plain_texts
from annlab.figures.base.subsample import evenly_spaced, subsample_note
from annlab.figures.base.theme import CLASS_COLORS, CLASS_SYMBOLS, THEMES, ThemeName

Array = NDArray[Any]

# Largest number of samples over all splits in a chart of nothing but samples.
MAX_POINTS_ALONE = 2000


def points(
    dataset: Dataset,
    axes: tuple[int, int] = (0, 1),
    *,
    max_points: int = MAX_POINTS_ALONE,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw all splits of a classification: filled for training, hollow for held-out samples.

    Parameters
    ----------
    dataset : Dataset
        Data set of a classification.
    axes : tuple of int
        Indices of the features on x and y.
    max_points : int
        Largest number of samples drawn; a note gives the total number.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(380, theme)
    for split, suffix, X, y in _splits(dataset, max_points):
        for k, name in enumerate(plain_texts(dataset.class_names)):
            of_class = X[y == k]
            if len(of_class):
                add_markers(
                    figure,
                    of_class[:, axes[0]],
                    of_class[:, axes[1]],
                    {"color": CLASS_COLORS[k], "symbol": CLASS_SYMBOLS[k] + suffix, "size": 6},
                    name=name if split == "train" else f"{name}, {split}",
                )
    names = (plain_text(dataset.feature_names[axes[0]]), plain_text(dataset.feature_names[axes[1]]))
    return _finish(figure, dataset, max_points, names, theme)


def points_on_line(
    dataset: Dataset,
    target_name: str,
    *,
    max_points: int = MAX_POINTS_ALONE,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw all splits of a regression with one feature.

    Parameters
    ----------
    dataset : Dataset
        Data set of a regression with one feature.
    target_name : str
        Title of the vertical axis.
    max_points : int
        Largest number of samples drawn; a note gives the total number.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(340, theme)
    for split, suffix, X, y in _splits(dataset, max_points):
        add_samples(figure, X[:, 0], y, split, "circle" + suffix, theme)
    return _finish(
        figure,
        dataset,
        max_points,
        (plain_text(dataset.feature_names[0]), plain_text(target_name)),
        theme,
    )


def _splits(dataset: Dataset, max_points: int) -> Iterator[tuple[str, str, Array, Array]]:
    """Non-empty splits: name, symbol suffix, X and y, all thinned by the same factor."""
    shown = evenly_spaced(dataset.n_samples, max_points)
    for split, suffix in (("train", ""), ("validation", "-open"), ("test", "-open-dot")):
        X, y = getattr(dataset, f"X_{split}"), getattr(dataset, f"y_{split}")
        of_split, shown = shown[shown < len(y)], shown[shown >= len(y)] - len(y)
        if len(of_split):
            yield split, suffix, X[of_split], y[of_split]


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
    """Draw samples of a regression in the text color; return the number drawn.

    Parameters
    ----------
    figure : FigureBuilder
        Figure to draw on.
    x, y : ndarray, shape (n_samples,)
        Feature and target.
    name, symbol : str
        Name and marker symbol of the split.
    at_most : int or None
        Largest number of samples drawn; None draws all.
    """
    look = {"color": THEMES[theme].ink, "symbol": symbol, "size": 5, "opacity": 0.6}
    return add_markers(figure, x, y, look, name=name, at_most=at_most)

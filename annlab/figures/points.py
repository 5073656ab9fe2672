"""Scatter plots of a data set: two features, target over one feature, or two targets."""

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
from annlab.figures.label_marks import LabeledPoints, add_labeled_points
from annlab.figures.plane_curve import (
    PlaneSamples,
    add_ends,
    add_plane_samples,
    draws_in_plane,
)

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
    return _finish(figure, dataset, max_points, _feature_names(dataset, axes), theme)


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


def points_in_plane(
    dataset: Dataset, *, max_points: int = MAX_POINTS_ALONE, theme: ThemeName = "light"
) -> go.Figure:
    """Draw all splits of data with one feature and two targets, in the plane of the targets.

    Parameters
    ----------
    dataset : Dataset
        Data set with one feature, which gives the colors, and two numbers as targets.
    max_points : int
        Largest number of samples drawn; a note gives the total number.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(340, theme)
    times = dataset.split("all")[0]
    ends = float(times.min()), float(times.max())
    u, v = plain_texts(dataset.target_names)
    names = (u, v, plain_text(dataset.feature_names[0]))
    for split, suffix, X, y in _splits(dataset, max_points):
        samples = PlaneSamples(X[:, 0], y)
        add_plane_samples(figure, samples, split, "circle" + suffix, ends, names, len(y), theme)
    add_ends(figure, names[2])
    return _finish(figure, dataset, max_points, (u, v), theme)


def labeled_points(
    dataset: Dataset,
    axes: tuple[int, int] = (0, 1),
    *,
    max_points: int = MAX_POINTS_ALONE,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw all splits of data with several labels, each sample with a mark for each label.

    Parameters
    ----------
    dataset : Dataset
        Data set with labels, of which the first six are drawn.
    axes : tuple of int
        Indices of the features on x and y.
    max_points : int
        Largest number of samples drawn; a note gives the total number.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(380, theme)
    names = plain_texts(dataset.target_names)
    for i, (split, suffix, X, y) in enumerate(_splits(dataset, max_points)):
        some = LabeledPoints(X[:, list(axes)], y)
        add_labeled_points(
            figure, some, names, theme, len(y), dot="circle" + suffix, split=split, in_legend=not i
        )
    return _finish(figure, dataset, max_points, _feature_names(dataset, axes), theme)


def samples_picture(
    dataset: Dataset,
    target_name: str,
    axes: tuple[int, int] = (0, 1),
    *,
    max_points: int = MAX_POINTS_ALONE,
    theme: ThemeName = "light",
) -> go.Figure | None:
    """Draw the samples of a data set as its shape allows; None if it has too many columns.

    Parameters
    ----------
    dataset : Dataset
    target_name : str
        Name of a single number to predict.
    axes : tuple of int
        Indices of the features on x and y, for classes and labels.
    max_points : int
        Largest number of samples drawn; a note gives the total number.

    Returns
    -------
    plotly.graph_objects.Figure or None
    """
    task, n_features = dataset.task, dataset.X_train.shape[1]
    if task.draws("surface") and n_features > 1:
        return points(dataset, axes, max_points=max_points, theme=theme)
    if task.draws("label_surfaces") and n_features > 1:
        return labeled_points(dataset, axes, max_points=max_points, theme=theme)
    if draws_in_plane(dataset):
        return points_in_plane(dataset, max_points=max_points, theme=theme)
    if task.draws("fit") and n_features == 1:
        return points_on_line(dataset, target_name, max_points=max_points, theme=theme)
    return None


def _splits(dataset: Dataset, max_points: int) -> Iterator[tuple[str, str, Array, Array]]:
    """Non-empty splits: name, symbol suffix, X and y, all thinned by the same factor."""
    shown = evenly_spaced(dataset.n_samples, max_points)
    for split, suffix in (("train", ""), ("validation", "-open"), ("test", "-open-dot")):
        X, y = getattr(dataset, f"X_{split}"), getattr(dataset, f"y_{split}")
        of_split, shown = shown[shown < len(y)], shown[shown >= len(y)] - len(y)
        if len(of_split):
            yield split, suffix, X[of_split], y[of_split]


def _feature_names(dataset: Dataset, axes: tuple[int, int]) -> tuple[str, str]:
    x, y = (plain_text(dataset.feature_names[axis]) for axis in axes)
    return x, y


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

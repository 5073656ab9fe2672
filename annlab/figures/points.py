"""The data themselves: points in the plane of two features, or over one."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from annlab.datasets import Dataset
from annlab.figures.theme import CLASS_COLOURS, CLASS_SYMBOLS, THEMES, ThemeName, blank

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
    parts: Sequence[tuple[str, str]] = (
        ("train", ""),
        ("validation", "-open"),
        ("test", "-open-dot"),
    )
    for part, suffix in parts:
        X, y = getattr(dataset, f"X_{part}"), getattr(dataset, f"y_{part}")
        every = max(1, -(-len(X) // MAX_POINTS))
        X, y = X[::every], y[::every]
        for k, name in enumerate(dataset.class_names):
            of_class = y == k
            if of_class.any():
                figure.add_scatter(
                    x=X[of_class, axes[0]].astype(np.float32),
                    y=X[of_class, axes[1]].astype(np.float32),
                    mode="markers",
                    name=name if part == "train" else f"{name}, {part}",
                    marker={
                        "color": CLASS_COLOURS[k],
                        "symbol": CLASS_SYMBOLS[k] + suffix,
                        "size": 6,
                    },
                )
    figure.update_xaxes(title=dataset.feature_names[axes[0]], gridcolor=THEMES[theme].faint)
    figure.update_yaxes(title=dataset.feature_names[axes[1]], gridcolor=THEMES[theme].faint)
    return figure


def points_on_line(
    dataset: Dataset, target_name: str, theme: ThemeName = "light", height: int = 340
) -> go.Figure:
    """Draw all parts of a regression with one feature: filled for training.

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
    for part, suffix in (("train", ""), ("validation", "-open"), ("test", "-open-dot")):
        X, y = getattr(dataset, f"X_{part}"), getattr(dataset, f"y_{part}")
        if len(y):
            figure.add_scatter(
                x=X[:, 0].astype(np.float32),
                y=y.astype(np.float32),
                mode="markers",
                name=part,
                marker={"color": CLASS_COLOURS[0], "symbol": "circle" + suffix, "size": 6},
            )
    figure.update_xaxes(title=dataset.feature_names[0], gridcolor=THEMES[theme].faint)
    figure.update_yaxes(title=target_name, gridcolor=THEMES[theme].faint)
    return figure

"""Gradient descent on a loss with two parameters: the surface in space, with paths on it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.analysis.descent import DescentPath
from annlab.analysis.two_parameters import TwoParameterLoss
from annlab.figures.base.layout import new_figure
from annlab.figures.base.theme import MODEL_COLORS, THEMES, ThemeName

Array = NDArray[Any]

_GRID = 45


def loss_surface(
    problem: TwoParameterLoss,
    w: tuple[float, float],
    b: tuple[float, float],
    paths: Mapping[str, DescentPath],
    *,
    height: int = 480,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the loss as a surface over w and b, with the paths of optimizers on it.

    The vertical axis is linear and shows the loss as it is, so a valley looks as flat as it is.

    Parameters
    ----------
    problem : TwoParameterLoss
    w, b : (float, float)
        Ranges of weight and bias. Steps outside are left out.
    paths : mapping of str to DescentPath
        Paths by name, in the order of the model colors.
    height : int
        Pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    along, up = np.linspace(*w, _GRID), np.linspace(*b, _GRID)
    values = problem.surface(along, up)
    look = THEMES[theme]
    figure = new_figure(height, theme)
    figure.add_surface(
        x=along.astype(np.float32),
        y=up.astype(np.float32),
        z=values.astype(np.float32),
        colorscale=((0.0, look.paper), (1.0, look.muted)),
        showscale=False,
        opacity=0.85,
        hovertemplate="w %{x:.3g}, b %{y:.3g}<br>loss %{z:.4g}<extra></extra>",
    )
    for (name, path), color in zip(paths.items(), MODEL_COLORS, strict=False):
        (points,) = np.nonzero(_inside(path.parameters, w, b))
        figure.add_scatter3d(
            x=path.parameters[points, 0].astype(np.float32),
            y=path.parameters[points, 1].astype(np.float32),
            z=path.losses[points].astype(np.float32),
            mode="lines+markers",
            name=name,
            line={"color": color, "width": 5},
            marker={"color": color, "size": 3},
            hovertemplate="w %{x:.3g}, b %{y:.3g}<br>loss %{z:.4g}<extra></extra>",
        )
    axis = {"color": look.ink, "gridcolor": look.faint, "showbackground": False}
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 30, "b": 0},
        scene={
            "xaxis": {**axis, "title": {"text": "weight w"}},
            "yaxis": {**axis, "title": {"text": "bias b"}},
            "zaxis": {**axis, "title": {"text": "loss"}},
            "dragmode": "orbit",
        },
    )
    return figure.build()


def _inside(parameters: Array, w: tuple[float, float], b: tuple[float, float]) -> Array:
    low, high = np.array([w[0], b[0]]), np.array([w[1], b[1]])
    return np.all((parameters >= low) & (parameters <= high), axis=1)

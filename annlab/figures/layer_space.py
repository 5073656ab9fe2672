"""Samples and grid in the space of one layer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.analysis.layer_space import LayerSpace
from annlab.figures.base.layout import new_figure
from annlab.figures.base.theme import CLASS_COLORS, THEMES, ThemeName

Array = NDArray[Any]

_HEIGHT = 380


def layer_space(
    space: LayerSpace,
    A: Array,
    y: Array,
    class_names: Sequence[str],
    *,
    axis_names: Sequence[str],
    grid: Sequence[Array] = (),
    boundary: tuple[Array, float] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the activations of one layer along the axes of its space.

    Parameters
    ----------
    space : LayerSpace
        Axes of the layer.
    A : ndarray, shape (n_samples, n_units)
        Activations of the samples.
    y : ndarray, shape (n_samples,)
        Class indices, or values for a regression.
    class_names : sequence of str
        Empty for a regression.
    axis_names : sequence of str, length n_axes
    grid : sequence of ndarray, shape (n_points, n_units)
        Activations along the lines of a grid over the input plane.
    boundary : (ndarray of shape (n_units,), float) or None
        Weights and bias of a linear boundary, drawn for two axes.

    Returns
    -------
    plotly.graph_objects.Figure
        One axis: a strip with dots at fixed heights. Three axes: a scene that can be turned.
    """
    figure, look = new_figure(_HEIGHT, theme), THEMES[theme]
    n_axes = space.axes.shape[1]
    if n_axes > 1 and len(grid):
        _add_lines(figure, [space.project(line) for line in grid], look.faint)
    at = space.project(A)
    for k, name in enumerate(class_names or ("",)):
        some = at[y == k] if class_names else at
        color: Any = CLASS_COLORS[k % len(CLASS_COLORS)] if class_names else y
        marker = {"size": 4 if n_axes == 3 else 5, "color": color, "opacity": 0.85}
        named = {"name": name, "showlegend": bool(name), "mode": "markers", "marker": marker}
        if n_axes == 3:
            figure.add_scatter3d(x=some[:, 0], y=some[:, 1], z=some[:, 2], **named)
        elif n_axes == 2:
            figure.add_scatter(x=some[:, 0], y=some[:, 1], **named)
        else:
            figure.add_scatter(x=some[:, 0], y=_heights(len(some)), **named)
    if boundary is not None and n_axes == 2:
        ends = _across(space, *boundary, at)
        figure.add_scatter(
            x=ends[:, 0],
            y=ends[:, 1],
            mode="lines",
            line={"color": look.ink, "width": 2},
            name="boundary",
        )
    if n_axes == 3:
        axes = zip("xyz", axis_names, strict=True)
        figure.update_layout(
            scene={f"{axis}axis": {"title": {"text": name}} for axis, name in axes}
        )
        return figure.build()
    for axis, update in enumerate((figure.update_xaxes, figure.update_yaxes)):
        if axis >= n_axes:
            update(visible=False, range=[0, 1])
            continue
        low, high = float(at[:, axis].min()), float(at[:, axis].max())
        space_beside = 0.08 * ((high - low) or 1.0)
        update(title_text=axis_names[axis], range=[low - space_beside, high + space_beside])
    return figure.build()


def _heights(n: int) -> Array:
    """Fixed heights that keep dots on one line apart: multiples of the golden section."""
    return 0.15 + 0.7 * ((np.arange(n) * 0.6180339887) % 1)


def _add_lines(figure: Any, lines: Sequence[Array], color: str) -> None:
    gap = np.full((1, lines[0].shape[1]), np.nan)
    joined = np.concatenate([part for line in lines for part in (line, gap)])
    shape = {"mode": "lines", "line": {"color": color, "width": 1}, "showlegend": False}
    columns = dict(zip("xyz", joined.T, strict=False))
    add = figure.add_scatter3d if len(columns) == 3 else figure.add_scatter
    add(**columns, hoverinfo="skip", **shape)


def _across(space: LayerSpace, w: Array, b: float, at: Array) -> Array:
    """Both ends of the boundary's line in a plane: shape (2, 2)."""
    flat = w @ space.axes  # (2,)
    offset = float(w @ space.center + b)
    length = float(flat @ flat) or 1.0
    middle = at.mean(axis=0)
    foot = middle - (middle @ flat + offset) / length * flat
    reach = 2 * float(np.ptp(at, axis=0).max() or 1.0) / np.sqrt(length)
    along = np.array([-flat[1], flat[0]])
    return np.stack([foot - reach * along, foot + reach * along])

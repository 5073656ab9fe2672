"""Loss around the weights of a network, on a plane, with the path of its training."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.analysis.landscape import Landscape, PlanePath
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.log_axis import log_axis
from annlab.figures.base.theme import MODEL_COLORS, THEMES, ThemeName
from annlab.formatting import written

Array = NDArray[Any]

_LEVELS = 18
# Losses above this multiple of the largest on a path share one color: a picture of them alone
# would show nothing near the path.
_CEILING = 4.0
_SYMBOLS = ("circle", "square", "diamond")


def loss_landscape(
    found: Landscape,
    names: Sequence[str],
    *,
    height: int = 480,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the training loss on a plane of networks, on a log scale, with paths.

    Parameters
    ----------
    found : Landscape
    names : sequence of str
        Name of each path.
    height : int
        Pixels.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    look = THEMES[theme]
    figure = new_figure(height, theme)
    values = log_losses(found)
    low, high = float(values.min()), float(values.max())
    axis = log_axis([10**values])
    figure.add_contour(
        x=found.x.astype(np.float32),
        y=found.y.astype(np.float32),
        z=values.astype(np.float32),
        customdata=np.where(np.isfinite(found.losses), found.losses, -1)
        .astype(np.float32)
        .tolist(),
        contours={"start": low, "end": high, "size": (high - low) / _LEVELS or 1.0},
        line={"width": 0.7, "color": look.faint},
        colorscale=((0.0, look.paper), (1.0, look.muted)),
        colorbar={
            "title": {"text": "training loss", "side": "right"},
            "tickvals": np.log10(axis.ticks).tolist(),
            "ticktext": list(axis.labels),
            "thickness": 10,
        },
        hovertemplate="%{x:.3g}, %{y:.3g}<br>loss %{customdata:.4g}<extra></extra>",
    )
    for path, name, color, symbol in zip(found.paths, names, MODEL_COLORS, _SYMBOLS, strict=False):
        _add_path(figure, path, name, color, symbol)
    for mark in found.plane.marks:
        figure.add_annotation(
            x=mark.x,
            y=mark.y,
            text=mark.name,
            showarrow=True,
            arrowcolor=look.ink,
            arrowwidth=1,
            arrowhead=0,
            ax=22,
            ay=-22,
            font={"size": 12, "color": look.ink},
            bgcolor=look.paper,
        )
    figure.update_xaxes(
        title_text=found.plane.axis_names[0],
        range=(float(found.x[0]), float(found.x[-1])),
        zeroline=False,
    )
    figure.update_yaxes(
        title_text=found.plane.axis_names[1],
        range=(float(found.y[0]), float(found.y[-1])),
        zeroline=False,
        showgrid=False,
    )
    return figure.build()


def log_losses(found: Landscape) -> Array:
    """Logarithms (base 10) of the losses on the grid, cut off far above those of the paths."""
    ceiling = _CEILING * max(float(path.losses.max()) for path in found.paths)
    lowest = found.losses[found.losses > 0].min(initial=np.inf)
    floor = lowest if np.isfinite(lowest) else 1e-12
    return np.log10(np.clip(found.losses, floor, max(ceiling, floor)))


def _add_path(figure: FigureBuilder, path: PlanePath, name: str, color: str, symbol: str) -> None:
    figure.add_scatter(
        x=path.places[:, 0].astype(np.float32),
        y=path.places[:, 1].astype(np.float32),
        mode="lines+markers",
        name=name,
        showlegend=True,
        line={"color": color, "width": 2.5},
        marker={"color": color, "size": 6, "symbol": symbol},
        text=[
            f"epoch {epoch}<br>loss {written(loss, '.4g')}<br>{written(distance, '.3g')} from the "
            "plane"
            for epoch, loss, distance in zip(path.epochs, path.losses, path.distances, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )

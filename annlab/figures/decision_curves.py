"""ROC and precision-recall curves of several models."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from annlab.analysis.decision_curves import DecisionCurves, Floats
from annlab.figures.base.band import add_band
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.legend import add_legend_below
from annlab.figures.base.lines import reference_line
from annlab.figures.base.model_names import mark_of_model
from annlab.figures.base.theme import ThemeName, rgba
from annlab.formatting import number

_HEIGHT = 360


@dataclass(frozen=True, eq=False)
class ModelCurves:
    """Curves of one model's networks.

    Attributes
    ----------
    name, color : str
        Letter and color of the model.
    curves : DecisionCurves
    network : int or None
        Index of a network whose own curve is drawn as a thin line.
    """

    name: str
    color: str
    curves: DecisionCurves
    network: int | None = None


def roc_curve(
    models: Sequence[ModelCurves], positive: str, *, theme: ThemeName = "light"
) -> go.Figure:
    """Draw ROC curves: mean over the networks, and band from the lowest to the highest one.

    Parameters
    ----------
    models : sequence of ModelCurves
    positive : str
        Name of the positive class.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(_HEIGHT, theme)
    _add_chance(figure, [0, 1], [0, 1], theme)
    for model in models:
        start = np.zeros((len(model.curves.heights), 1))  # every ROC curve starts at (0, 0)
        heights = np.concatenate([start, model.curves.heights], axis=1)
        _add(figure, model, np.append(0.0, model.curves.grid), heights, "linear")
    _finish(
        figure,
        "ROC: area under the curve",
        "false positive rate",
        f"recall of “{positive}”",
    )
    return figure.build()


def precision_recall_curve(
    models: Sequence[ModelCurves], positive: str, *, theme: ThemeName = "light"
) -> go.Figure:
    """Draw precision-recall curves: mean over the networks, and band from lowest to highest.

    Parameters
    ----------
    models : sequence of ModelCurves
    positive : str
        Name of the positive class.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(_HEIGHT, theme)
    chance = models[0].curves.chance
    _add_chance(figure, [0, 1], [chance, chance], theme)
    for model in models:
        # Every curve ends where all samples are called positive.
        end = np.full((len(model.curves.heights), 1), chance)
        heights = np.concatenate([model.curves.heights, end], axis=1)
        # A step between two positions has the height of the right one.
        _add(figure, model, np.append(model.curves.grid, 1.0), heights, "vh")
    _finish(
        figure,
        "Precision and recall: average precision",
        f"recall of “{positive}”",
        f"precision of “{positive}”",
    )
    return figure.build()


def _add_chance(figure: FigureBuilder, x: list[float], y: list[float], theme: ThemeName) -> None:
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name="by chance",
        showlegend=False,
        line=reference_line(theme) | {"width": 1},
        hoverinfo="skip",
    )


def _add(
    figure: FigureBuilder, model: ModelCurves, x: Floats, heights_of_all: Floats, shape: str
) -> None:
    curves, name = model.curves, model.name
    positions, heights = x.astype(np.float32), heights_of_all.astype(np.float32)
    add_band(figure, positions, heights, model.color, name)
    if model.network is not None and len(heights) > 1:
        figure.add_scatter(
            x=positions,
            y=heights[model.network],
            mode="lines",
            line={"color": rgba(model.color, 0.7), "width": 1, "shape": shape},
            hoverinfo="skip",
            showlegend=False,
            legendgroup=name,
        )
    figure.add_scatter(
        x=positions,
        y=heights.mean(axis=0, dtype=np.float64).astype(np.float32),
        mode="lines",
        name=f"{name} {_with_spread(curves.areas)}",
        meta=mark_of_model(name),
        line={"color": model.color, "width": 2.5, "shape": shape},
        hovertemplate=f"{name} %{{y:.3f}} at %{{x:.3f}}<extra></extra>",
        legendgroup=name,
    )


def _with_spread(areas: Floats) -> str:
    mean = float(areas.mean())
    if len(areas) == 1:
        return number(mean)
    return f"{number(mean)} ± {number(float(areas.std(ddof=1)), mean)}"


def _finish(figure: FigureBuilder, title: str, x: str, y: str) -> None:
    add_legend_below(figure, title, "dashed: by chance")
    small = {"size": 12}
    figure.update_xaxes(title={"text": x, "font": small}, range=[0, 1], nticks=6)
    figure.update_yaxes(title={"text": y, "font": small}, range=[0, 1.02], nticks=6)

"""Curve that two predicted numbers draw in the plane as one feature grows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.datasets import Dataset
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.lines import reference_line
from annlab.figures.base.model_names import mark_of_model
from annlab.figures.base.notes import add_notes
from annlab.figures.base.subsample import MAX_POINTS, evenly_spaced, subsample_note
from annlab.figures.base.theme import ALONG_SCALE, THEMES, ThemeName, rgba
from annlab.figures.curve_ticks import add_ticks

Array = NDArray[Any]

# Thin lines of more networks hide the samples.
MAX_NETWORKS = 10
_END_COLORS = (ALONG_SCALE[0][1], ALONG_SCALE[-1][1])


@dataclass(frozen=True)
class PlaneSamples:
    """Samples of one feature and two targets.

    Attributes
    ----------
    t : ndarray, shape (n_samples,)
        Feature.
    positions : ndarray, shape (n_samples, 2)
        Targets.
    """

    t: Array
    positions: Array

    def thinned(self, at_most: int) -> "PlaneSamples":
        """An evenly spaced subsample."""
        shown = evenly_spaced(len(self.t), at_most)
        return PlaneSamples(self.t[shown], self.positions[shown])


def plane_curve(
    t: Array,
    curves: Array,
    network: int,
    samples: PlaneSamples,
    *,
    name: str,
    color: str,
    axis_names: tuple[str, str, str],
    ranges: tuple[tuple[float, float], tuple[float, float]],
    truth: Array | None = None,
    held_out: PlaneSamples | None = None,
    counted: NDArray[np.bool_] | None = None,
    max_points: int = MAX_POINTS,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the curve of one network in the plane of two targets, over the samples.

    Parameters
    ----------
    t : ndarray, shape (n_t,)
        Ascending values of the feature.
    curves : ndarray, shape (n_seeds, n_t, 2)
        Predictions of each network at `t`. Beside the network's own curve, thin lines show up to
        nine others.
    network : int
        Index of the network to draw as a thick line, with dots at round values of the feature.
    samples : PlaneSamples
        Training samples, each in the color of its `t`. Above 600, an evenly spaced subsample is
        drawn, with a note.
    name, color : str
        Name of the model, and its color as ``#rrggbb``.
    axis_names : tuple of str
        Names of the two targets, then of the feature.
    ranges : tuple of (low, high)
        Ranges of both axes.
    truth : ndarray, shape (n_t, 2), or None
        Targets without noise, if known.
    held_out : PlaneSamples or None
        Held-out samples.
    counted : ndarray of bool, shape (n_seeds,), or None
        Mask of the networks drawn as thin lines (those that did not diverge); None: all.
    max_points : int
        Largest number of samples drawn of each kind; a note gives the total number.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(380, theme)
    ends = float(t[0]), float(t[-1])
    others = other_networks(len(curves), network, counted)
    _add_others(figure, curves[others], color)
    notes = []
    for name_of, symbol, some in (
        ("training", "circle", samples),
        ("held out", "circle-open", held_out),
    ):
        if some is None:
            continue
        n_drawn = add_plane_samples(
            figure, some, name_of, symbol, ends, axis_names, max_points, theme
        )
        notes.append(subsample_note(n_drawn, len(some.t), f"{name_of.replace(' ', '-')} samples"))
    add_notes(figure, notes, 1, 0, theme)
    if truth is not None:
        figure.add_scatter(
            x=truth[:, 0].astype(np.float32),
            y=truth[:, 1].astype(np.float32),
            mode="lines",
            name="truth",
            line=reference_line(theme),
            hoverinfo="skip",
        )
    _add_curve(figure, t, curves[network], name, color, axis_names)
    add_ticks(figure, t, curves[network], color, axis_names[2], ranges, theme)
    add_ends(figure, axis_names[2])
    axes = {"zeroline": False, "showgrid": True, "nticks": 7}
    figure.update_xaxes(title_text=axis_names[0], range=list(ranges[0]), **axes)
    figure.update_yaxes(title_text=axis_names[1], range=list(ranges[1]), **axes)
    figure.update_layout(margin={"t": 72})  # the legend takes two rows
    return figure.build()


def add_ends(figure: FigureBuilder, name: str) -> None:
    """Name the colors of both ends of a feature in the legend."""
    for which, end_color in zip(("small", "large"), _END_COLORS, strict=True):
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=f"{which} {name}",
            marker={"color": end_color, "symbol": "circle", "size": 7},
            hoverinfo="skip",
        )


def draws_in_plane(dataset: Dataset) -> bool:
    """Whether one feature and two numbers to predict make a curve in the plane."""
    is_plane = dataset.X_train.shape[1] == 1 and len(dataset.target_names) == 2
    return is_plane and dataset.task.draws("plane_curve")


def other_networks(
    n_seeds: int, network: int, counted: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Indices of the networks drawn as thin lines: at most nine, without the given one."""
    kept = np.ones(n_seeds, bool) if counted is None else np.array(counted)
    kept[network] = False
    found = np.flatnonzero(kept)
    return found[evenly_spaced(len(found), MAX_NETWORKS - 1)]


def _add_others(figure: FigureBuilder, curves: Array, color: str) -> None:
    """Draw thin lines, all in one trace with gaps between them."""
    if not len(curves):
        return
    gaps = np.full((len(curves), 1, 2), np.nan)
    path = np.concatenate([curves, gaps], axis=1).reshape(-1, 2).astype(np.float32)
    figure.add_scatter(
        x=path[:, 0],
        y=path[:, 1],
        mode="lines",
        name=f"{len(curves)} other network{'s' if len(curves) > 1 else ''}",
        line={"color": rgba(color, 0.35), "width": 1},
        hoverinfo="skip",
    )


def add_plane_samples(
    figure: FigureBuilder,
    samples: PlaneSamples,
    name: str,
    symbol: str,
    ends: tuple[float, float],
    axis_names: tuple[str, str, str],
    max_points: int,
    theme: ThemeName,
) -> int:
    """Draw samples in the colors of their feature; return the number drawn.

    Parameters
    ----------
    figure : FigureBuilder
        Figure to draw on.
    samples : PlaneSamples
    name, symbol : str
        Name and marker symbol of the split.
    ends : tuple of float
        Feature at both ends of the color scale.
    axis_names : tuple of str
        Names of the two targets, then of the feature.
    max_points : int
        Largest number of samples drawn.
    """
    drawn = samples.thinned(max_points)
    place = drawn.positions.astype(np.float32)
    u, v, t = axis_names
    figure.add_scatter(
        x=place[:, 0],
        y=place[:, 1],
        mode="markers",
        marker={
            "color": drawn.t.astype(np.float32),
            "cmin": ends[0],
            "cmax": ends[1],
            "colorscale": [list(stop) for stop in ALONG_SCALE],
            "symbol": symbol,
            "size": 6,
            "opacity": 0.75,
        },
        hovertemplate=(
            f"{name}<br>{t} %{{marker.color:.3g}}<br>{u} %{{x:.3g}}<br>{v} %{{y:.3g}}"
            "<extra></extra>"
        ),
        showlegend=False,
    )
    # A legend has one color, and the samples have many.
    figure.add_scatter(
        x=[None],
        y=[None],
        mode="markers",
        name=name,
        marker={"color": THEMES[theme].ink, "symbol": symbol, "size": 6},
        hoverinfo="skip",
    )
    return len(drawn.t)


def _add_curve(
    figure: FigureBuilder,
    t: Array,
    curve: Array,
    name: str,
    color: str,
    axis_names: tuple[str, str, str],
) -> None:
    u, v, along = axis_names
    figure.add_scatter(
        x=curve[:, 0].astype(np.float32),
        y=curve[:, 1].astype(np.float32),
        mode="lines",
        name=name,
        meta=mark_of_model(name),
        line={"color": color, "width": 3},
        customdata=t.astype(np.float32),
        hovertemplate=(
            f"{name}<br>{along} %{{customdata:.3g}}<br>{u} %{{x:.3g}}<br>{v} %{{y:.3g}}"
            "<extra></extra>"
        ),
    )

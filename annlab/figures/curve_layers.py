"""Layers of a learning curve: mean and band, individual networks, markers."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annlab.figures.base.band import add_band
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.log_axis import LogAxis
from annlab.figures.base.model_names import mark_of_model
from annlab.figures.base.subsample import evenly_spaced, subsample_note
from annlab.figures.base.theme import THEMES, ThemeName, rgba

Array = NDArray[Any]
CurveSplit = Literal["train", "val", "test"]

MAX_EPOCHS = 300
# Positions of the names on the curves, as shares of their lengths.
_LETTERS_AT = (0.35, 0.5, 0.65, 0.8, 0.25, 0.9)
# Limits for the lines of individual networks: lines per curve, and points of all lines.
MAX_LINES = 50
MAX_LINE_POINTS = 3000
# Name, dash, and name of the dash, by split.
SPLITS: dict[CurveSplit, tuple[str, str, str]] = {
    "train": ("training", "solid", "solid"),
    "val": ("validation", "dash", "dashed"),
    "test": ("test", "dot", "dotted"),
}


@dataclass(frozen=True)
class Curve:
    """One split of a model's history.

    Attributes
    ----------
    name, color : str
        Name and color of the model.
    split : {"train", "val", "test"}
    x : ndarray, shape (n_rows,)
        Positions on the horizontal axis.
    values : ndarray, shape (n_rows, n_seeds)
    hover : str
        Template of the hover text, with ``{y}`` for the value.
    marked : ndarray of int, shape (n_seeds,), or None
        Row of the marker of each network.
    logs : LogAxis or None
        Vertical axis if it is logarithmic.
    """

    name: str
    color: str
    split: CurveSplit
    x: Array
    values: Array
    hover: str
    marked: Array | None = None
    logs: LogAxis | None = None

    @property
    def mean(self) -> Array:
        """Mean over the networks, shape (n_rows,)."""
        mean: Array = self.values.mean(axis=1, dtype=np.float64).astype(np.float32)
        return mean

    def drawn(self, values: Array) -> Array:
        """Positions of values on the vertical axis."""
        return values if self.logs is None else self.logs.drawn(values)


def add_mean(figure: FigureBuilder, curve: Curve) -> None:
    """Draw the mean over the networks and the band from their smallest to their largest value."""
    label, dash, _ = SPLITS[curve.split]
    rows = evenly_spaced(len(curve.x), MAX_EPOCHS)
    x, values, mean = curve.x[rows], curve.values[rows].astype(np.float32), curve.mean[rows]
    add_band(figure, x, curve.drawn(values).T, curve.color, curve.name)
    # At the floor of a log axis, the hover text shows the value 0, not the height.
    at_floor = curve.logs is not None and not mean.all()
    figure.add_scatter(
        x=x,
        y=curve.drawn(mean),
        mode="lines",
        name=f"{curve.name} {label}",
        meta=mark_of_model(curve.name),
        line={"color": curve.color, "dash": dash, "width": 2.5},
        hovertemplate=curve.hover.format(y="%{customdata:.4g}" if at_floor else "%{y:.4g}"),
        customdata=mean if at_floor else None,
        showlegend=False,
        legendgroup=curve.name,
    )


def add_networks(figure: FigureBuilder, curve: Curve) -> str:
    """Draw a thin line for each network, all in one trace with gaps between the lines.

    Returns a note if some networks are left out.
    """
    n_rows, n_seeds = curve.values.shape
    if n_seeds < 2:
        return ""
    seeds = evenly_spaced(n_seeds, MAX_LINES)
    rows = evenly_spaced(n_rows, min(MAX_EPOCHS, MAX_LINE_POINTS // len(seeds)))
    lines = np.full((len(seeds), len(rows) + 1), np.nan, np.float32)
    lines[:, :-1] = curve.drawn(curve.values[np.ix_(rows, seeds)].T)
    figure.add_scatter(
        x=np.tile(curve.x[np.append(rows, rows[-1])], len(seeds)),
        y=lines.ravel(),
        mode="lines",
        line={"color": rgba(curve.color, 0.45), "dash": SPLITS[curve.split][1], "width": 0.8},
        hoverinfo="skip",
        showlegend=False,
        legendgroup=curve.name,
    )
    return subsample_note(len(seeds), n_seeds, "lines drawn")


def add_marks(figure: FigureBuilder, curve: Curve, theme: ThemeName) -> None:
    """Mark the epoch of the shown weights on the curve of each network."""
    assert curve.marked is not None
    n_rows, n_seeds = curve.values.shape
    seeds = evenly_spaced(n_seeds, MAX_LINES)
    rows = np.minimum(curve.marked[seeds], n_rows - 1)
    size = 9 if n_seeds == 1 else 6
    _add_dots(figure, curve, curve.x[rows], curve.values[rows, seeds], size, theme)


def add_letter(figure: FigureBuilder, curve: Curve, place: int) -> None:
    """Write the name of a model on its curve, because colors alone do not tell all people apart.

    Each model has another position, so that names on curves that coincide are readable.
    """
    row = [min(round(_LETTERS_AT[place % len(_LETTERS_AT)] * len(curve.x)), len(curve.x) - 1)]
    figure.add_scatter(
        x=curve.x[row].tolist(),
        y=curve.drawn(curve.mean[row]).astype(float).tolist(),
        mode="text",
        text=[f"<b>{curve.name}</b>"],
        meta=mark_of_model(curve.name),
        textposition="top center",
        textfont={"color": curve.color, "size": 12},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        legendgroup=curve.name,
    )


def add_marker(figure: FigureBuilder, curve: Curve, row: int, theme: ThemeName) -> None:
    """Mark the mean of a curve at the cursor."""
    _add_dots(figure, curve, curve.x[[row]], curve.mean[[row]], 9, theme)


def _add_dots(
    figure: FigureBuilder, curve: Curve, x: Array, y: Array, size: int, theme: ThemeName
) -> None:
    """Draw markers on a curve: filled for the training split, hollow for held-out splits."""
    paper = THEMES[theme].paper
    inside, around = (curve.color, paper) if curve.split == "train" else (paper, curve.color)
    figure.add_scatter(
        x=x.tolist(),
        y=curve.drawn(y).astype(float).tolist(),
        mode="markers",
        marker={"size": size, "color": inside, "line": {"color": around, "width": 1.5}},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        legendgroup=curve.name,
    )

"""The layers of a learning curve: mean and band, single networks, markers."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from annlab.figures.base.band import add_band
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.log_axis import LogAxis
from annlab.figures.base.subsample import evenly_spaced, subsample_note
from annlab.figures.base.theme import THEMES, ThemeName, rgba

Array = NDArray[Any]
CurveSplit = Literal["train", "val", "test"]

MAX_EPOCHS = 300
# Of the networks that are drawn one by one in a curve: so many lines, and samples in all.
MAX_LINES = 50
MAX_LINE_POINTS = 3000
# Of each split: its name, its dash, and the name of that dash.
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
        Of the model.
    split : {"train", "val", "test"}
    x : ndarray, shape (n_rows,)
        Positions on the horizontal axis.
    values : ndarray, shape (n_rows, n_seeds)
    hover : str
        Template of the text at a pointer, with ``{y}`` for the value.
    marked : ndarray of int, shape (n_seeds,), or None
        The row of each network at which a marker stands.
    logs : LogAxis or None
        The vertical axis, if it is logarithmic.
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
        """The mean over the networks, of shape (n_rows,)."""
        mean: Array = self.values.mean(axis=1, dtype=np.float64).astype(np.float32)
        return mean

    def drawn(self, values: Array) -> Array:
        """Values at the height where they are drawn."""
        return values if self.logs is None else self.logs.drawn(values)


def add_mean(figure: FigureBuilder, curve: Curve) -> None:
    """Draw the mean over the networks and the band from their smallest to their largest value."""
    label, dash, _ = SPLITS[curve.split]
    rows = evenly_spaced(len(curve.x), MAX_EPOCHS)
    x, values, mean = curve.x[rows], curve.values[rows].astype(np.float32), curve.mean[rows]
    add_band(figure, x, curve.drawn(values).T, curve.color, curve.name)
    # At the floor, the height is not what is to be read.
    at_floor = curve.logs is not None and not mean.all()
    figure.add_scatter(
        x=x,
        y=curve.drawn(mean),
        mode="lines",
        name=f"{curve.name} {label}",
        line={"color": curve.color, "dash": dash, "width": 2.5},
        hovertemplate=curve.hover.format(y="%{customdata:.4g}" if at_floor else "%{y:.4g}"),
        customdata=mean if at_floor else None,
        showlegend=False,
        legendgroup=curve.name,
    )


def add_networks(figure: FigureBuilder, curve: Curve) -> str:
    """A thin line for each network, all of them in one trace: a gap ends each line.

    Returns a note if not all networks have one.
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
    """Where each network stands whose weights are shown, each at its own epoch."""
    assert curve.marked is not None
    n_rows, n_seeds = curve.values.shape
    seeds = evenly_spaced(n_seeds, MAX_LINES)
    rows = np.minimum(curve.marked[seeds], n_rows - 1)
    size = 9 if n_seeds == 1 else 6
    _add_dots(figure, curve, curve.x[rows], curve.values[rows, seeds], size, theme)


def add_marker(figure: FigureBuilder, curve: Curve, row: int, theme: ThemeName) -> None:
    """Where the mean of a curve stands at the cursor."""
    _add_dots(figure, curve, curve.x[[row]], curve.mean[[row]], 9, theme)


def _add_dots(
    figure: FigureBuilder, curve: Curve, x: Array, y: Array, size: int, theme: ThemeName
) -> None:
    """Markers on a curve: filled on training, hollow on what is kept back."""
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

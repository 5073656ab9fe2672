"""Samples with several labels: a mark for each label, one inside the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.subsample import MAX_POINTS, evenly_spaced
from annlab.figures.base.theme import (
    CLASS_COLORS,
    CLASS_SYMBOLS,
    MISTAKE_COLOR,
    THEMES,
    ThemeName,
)
from annlab.figures.decision_surface import MAX_MISTAKES

Array = NDArray[Any]

# More regions, and more marks around a sample, cannot be told apart.
MAX_LABELS = 6
# A filled mark for the first label, then outlines.
LABEL_SYMBOLS = ("circle", *(f"{symbol}-open" for symbol in CLASS_SYMBOLS[1:MAX_LABELS]))
LABEL_SIZES = (5, 8, 11, 14, 17, 20)
MARK_WIDTH = 1.6
RING_WIDTH = 1.0
_RING = 3  # pixels around the outermost mark
_DOT_SIZE = 3


@dataclass(frozen=True)
class LabeledPoints:
    """Samples with several labels.

    Attributes
    ----------
    positions : ndarray, shape (n_samples, 2)
        Places in the plane.
    y : ndarray of int, shape (n_samples, n_labels)
        1 for each label that a sample has, else 0.
    predicted : ndarray of int, shape (n_samples, n_labels), or None
        The same for the labels that a network predicts.
    """

    positions: Array
    y: Array
    predicted: Array | None = None

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Mask of the samples with at least one wrong label, shape (n_samples,)."""
        if self.predicted is None:
            return np.zeros(len(self.y), bool)
        wrong: NDArray[np.bool_] = (self.y != self.predicted).any(axis=1)
        return wrong


def add_labeled_points(
    figure: FigureBuilder,
    points: LabeledPoints,
    label_names: Sequence[str],
    theme: ThemeName,
    max_points: int = MAX_POINTS,
    *,
    dot: str = "circle",
    split: str = "",
    in_legend: bool = True,
) -> int:
    """Draw samples with a mark for each label, and rings around mistakes; return the number drawn.

    Parameters
    ----------
    figure : FigureBuilder
        Figure to draw on.
    points, label_names, max_points
        As for `annlab.figures.label_surfaces`.
    dot : str
        Plotly symbol of the dot in the middle of each sample.
    split : str
        Name of the dots in the legend; empty: they are not in it.
    in_legend : bool
        Whether the legend names the labels.
    """
    drawn = points_drawn(points, max_points)
    at, y = points.positions[drawn].astype(np.float32), points.y[drawn]
    texts = [_labels_text(points, i, label_names) for i in drawn]
    figure.add_scatter(
        x=at[:, 0],
        y=at[:, 1],
        mode="markers",
        name=split or None,
        marker={"color": THEMES[theme].ink, "symbol": dot, "size": _DOT_SIZE},
        text=texts,
        hovertemplate="%{text}<extra></extra>",
        showlegend=bool(split),
    )
    for k, name in enumerate(label_names[:MAX_LABELS]):
        having = y[:, k] == 1
        figure.add_scatter(
            x=at[having, 0],
            y=at[having, 1],
            mode="markers",
            name=name,
            marker={
                "color": CLASS_COLORS[k],
                "symbol": LABEL_SYMBOLS[k],
                "size": LABEL_SIZES[k],
                # Outlines are drawn in the color itself.
                "line": (
                    {"width": 1, "color": THEMES[theme].paper} if k == 0 else {"width": MARK_WIDTH}
                ),
            },
            hoverinfo="skip",
            showlegend=in_legend,
        )
    if points.predicted is not None:
        wrong = points.wrong[drawn]
        figure.add_scatter(
            x=at[wrong, 0],
            y=at[wrong, 1],
            mode="markers",
            name="a label is wrong",
            marker={
                "symbol": "circle-open",
                "color": MISTAKE_COLOR,
                "size": ring_size(len(label_names)),
                "line": {"width": RING_WIDTH},
            },
            hoverinfo="skip",
        )
    return len(drawn)


def points_drawn(points: LabeledPoints, max_points: int) -> NDArray[np.int64]:
    """Indices of the samples to draw: an evenly spaced subsample, and few mistakes all."""
    drawn = evenly_spaced(len(points.y), max_points)
    mistakes = np.flatnonzero(points.wrong)
    # Thinning could drop all of a few mistakes.
    return np.union1d(drawn, mistakes) if len(mistakes) <= MAX_MISTAKES else drawn


def ring_size(n_labels: int) -> int:
    """Diameter in pixels of a ring around the marks of all labels."""
    return LABEL_SIZES[min(n_labels, MAX_LABELS) - 1] + _RING


def _labels_text(points: LabeledPoints, i: int, names: Sequence[str]) -> str:
    def listed(row: Array) -> str:
        return ", ".join(name for name, has in zip(names, row, strict=True) if has) or "none"

    text = f"labels: {listed(points.y[i])}"
    return (
        text if points.predicted is None else f"{text}<br>predicted: {listed(points.predicted[i])}"
    )

"""Round values of a feature, marked along the curve that is drawn as the feature grows."""

from math import ceil, floor, log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.theme import THEMES, ThemeName

Array = NDArray[Any]

# Smallest distance between two texts, as a share of the picture.
_TEXTS_APART = 0.07
# Most intervals between ticks along the curve.
_MAX_INTERVALS = 9
_STEPS_OF_TICKS = (1, 2, 5, 10)


def round_values(low: float, high: float) -> Array:
    """At most ten round values from low to high: multiples of 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    low, high : float
        Ends, low < high.

    Returns
    -------
    ndarray, shape (n_values,)
    """
    least = (high - low) / _MAX_INTERVALS
    power = 10.0 ** floor(log10(least))
    step = next(m * power for m in _STEPS_OF_TICKS if m * power >= least * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return np.arange(first, last + 1) * step


def positions_along(low: float, high: float, resolution: int) -> Array:
    """Ascending values from low to high, evenly spaced, with all round values among them."""
    evenly = np.linspace(low, high, resolution, dtype=np.float32)
    return np.union1d(evenly, round_values(low, high).astype(np.float32))


def ticks_of(t: Array) -> tuple[NDArray[np.int64], list[str]]:
    """Indices of the round values among ascending positions, and their texts."""
    values = round_values(float(t[0]), float(t[-1]))
    at = np.abs(t[:, None] - values).argmin(axis=0)
    texts = [f"{value:.6g}".replace("-", "\u2212") for value in values.tolist()]
    return at, ["0" if text == "\u22120" else text for text in texts]


def apart(positions: Array, least: float) -> list[int]:
    """Indices of positions that keep a distance from each other, first come, first served.

    Parameters
    ----------
    positions : ndarray, shape (n, 2)
    least : float
        Smallest distance between two of them.
    """
    kept: list[int] = []
    for i, position in enumerate(positions):
        if all(np.hypot(*(position - positions[k])) >= least for k in kept):
            kept.append(i)
    return kept


def add_ticks(
    figure: FigureBuilder,
    t: Array,
    curve: Array,
    color: str,
    name: str,
    ranges: tuple[tuple[float, float], tuple[float, float]],
    theme: ThemeName,
) -> None:
    """Mark round values of a feature on its curve, with texts that do not overlap.

    Parameters
    ----------
    figure : FigureBuilder
        Figure to draw on.
    t : ndarray, shape (n_t,)
        Ascending values of the feature.
    curve : ndarray, shape (n_t, 2)
        Positions at `t`.
    color, name : str
        Color of the curve as ``#rrggbb``, and name of the feature.
    ranges : tuple of (low, high)
        Ranges of both axes.
    """
    paper = THEMES[theme].paper
    at, texts = ticks_of(t)
    place = curve[at]
    extent = np.array([high - low for low, high in ranges])
    with_text = set(apart(place / extent, _TEXTS_APART))
    figure.add_scatter(
        x=place[:, 0].astype(np.float32),
        y=place[:, 1].astype(np.float32),
        mode="markers+text",
        name=f"{name} = {texts[0]} to {texts[-1]}",
        text=[f"<b>{text}</b>" if i in with_text else "" for i, text in enumerate(texts)],
        textposition="top right",
        # In the color of the page around the letters, so that they can be read over samples.
        textfont={"color": color, "size": 13, "shadow": ", ".join([f"0 0 2px {paper}"] * 4)},
        marker={"color": color, "symbol": "diamond", "size": 8},
        hoverinfo="skip",
    )

"""Axes and colors that all pictures of a search share."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.search_points import SearchAxis, SearchPoints
from annlab.figures.base.log_axis import even_numbers, log_axis
from annlab.figures.base.model_names import MODEL_NAMES
from annlab.figures.base.theme import MODEL_COLORS, ThemeName

Array = NDArray[Any]

# From the best rank to the worst; cividis, which color-blind people can tell apart. The best has
# the strongest contrast to the page.
RANK_SCALE: dict[ThemeName, tuple[tuple[float, str], ...]] = {
    "light": ((0.0, "#00224e"), (0.5, "#7d7c78"), (1.0, "#d9c55a")),
    "dark": ((0.0, "#fee838"), (0.5, "#8d8a78"), (1.0, "#35507a")),
}
# Room beside the first and the last value, as a share of the axis.
_PAD = 0.06


class Scale(NamedTuple):
    """Positions of values on an axis, and its ticks.

    Attributes
    ----------
    positions : ndarray, shape (n_values,)
        In [0, 1], from the lowest value to the highest.
    ticks : tuple of float
        Positions in [0, 1].
    labels : tuple of str
    """

    positions: Array
    ticks: tuple[float, ...]
    labels: tuple[str, ...]


def scale_of(axis: SearchAxis) -> Scale:
    """Scale of a searched setting: evenly spaced texts, or numbers from the lowest on."""
    if not axis.is_number:
        n = max(len(axis.levels) - 1, 1)
        places = {level: k / n for k, level in enumerate(axis.levels)}
        positions = np.array([places[value] for value in axis.values])
        return Scale(positions, tuple(places.values()), axis.levels)
    return scale_of_numbers(np.array(axis.values, np.float64), is_log=axis.is_log)


def scale_of_numbers(values: Array, *, is_log: bool) -> Scale:
    """Scale of numbers, which are above 0 if the scale is logarithmic."""
    low, high = float(values.min()), float(values.max())
    if is_log:
        ticks = log_axis([values])
        low, high = math.log10(low), math.log10(high)
        places = [math.log10(tick) for tick in ticks.ticks]
        labels = ticks.labels
        values = np.log10(values)
    else:
        places = even_numbers(low, high) if low < high else [low]
        labels = tuple(f"{tick:g}" for tick in places)
    span = high - low or 1.0
    positions = (values - low) / span
    return Scale(positions, tuple((place - low) / span for place in places), labels)


def plotly_axis(scale: Scale, most_ticks: int | None = None) -> dict[str, Any]:
    """Properties of a Plotly axis on which a scale's positions are drawn.

    Parameters
    ----------
    scale : Scale
    most_ticks : int or None
        Number of ticks that fit; None draws all.
    """
    step = -(-len(scale.ticks) // most_ticks) if most_ticks else 1
    return {
        "range": [-_PAD, 1 + _PAD],
        "tickmode": "array",
        "tickvals": list(scale.ticks[::step]),
        "ticktext": list(scale.labels[::step]),
        "zeroline": False,
    }


def with_colors(points: SearchPoints, chosen: Sequence[int]) -> list[tuple[str, str, int]]:
    """Letter, color and index in `points` of each chosen row that is among them."""
    found = []
    for letter, color, row in zip(MODEL_NAMES, MODEL_COLORS, chosen, strict=False):
        place = points.place_of(row)
        if place is not None:
            found.append((letter, color, place))
    return found


def is_log_score(points: SearchPoints) -> bool:
    """Whether scores belong on a log scale: errors, which a few bad configs would squeeze."""
    return not points.is_share and bool((points.scores > 0).all())


def shade_of(ranks: NDArray[np.int64]) -> Array:
    """Position of each rank on `RANK_SCALE`: 0 for the best, 1 for the worst."""
    worst = max(int(ranks.max()), 2)
    return (ranks - 1) / (worst - 1)

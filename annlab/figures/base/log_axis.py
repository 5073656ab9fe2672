"""Logarithmic axis with readable ticks and a floor for values of exactly 0."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# Largest number of ticks, and the smallest if the values allow it.
MOST_TICKS, FEWEST_TICKS = 7, 3
# Distance from the smallest positive value to the floor, as a share of the axis and in decades
# (minimum), so that a curve visibly drops to 0.
FLOOR_SHARE, FLOOR_DECADES = 0.12, 0.3
# Room above and below the values, as a share of the axis.
_PAD = 0.04
# Ticks within this range are plain numbers; others are powers of ten.
_WRITTEN_OUT = (1e-3, 1e4)
# Ticks closer than this share of the axis would overlap.
_NEAREST = 0.09
# Smallest normal float32; smaller values are drawn as 0.
_SMALLEST = float(np.finfo(np.float32).tiny)
# Smallest power of ten that differs from 0 in float32.
_LOWEST_FLOOR = -44.0


@dataclass(frozen=True)
class LogAxis:
    """Range, ticks and floor of a logarithmic axis.

    Attributes
    ----------
    range : tuple of float
        Range of the axis as exponents of ten.
    ticks : tuple of float
        Positions of the ticks, ascending.
    labels : tuple of str
        Label of each tick.
    floor : float or None
        Position of values of 0; None if no value is 0.
    """

    range: tuple[float, float]
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    floor: float | None

    def drawn(self, values: Array) -> Array:
        """Replace values of 0 by the floor."""
        if self.floor is None:
            return values
        return np.maximum(values, np.asarray(self.floor, values.dtype))


def log_axis(values: Sequence[Array]) -> LogAxis:
    """Compute a logarithmic axis for non-negative values.

    Parameters
    ----------
    values : sequence of ndarray
        All values drawn on the axis.

    Returns
    -------
    LogAxis
    """
    everything = np.concatenate([np.ravel(v) for v in values]) if values else np.empty(0)
    positive = everything[everything >= _SMALLEST].astype(np.float64)
    low, high = (float(positive.min()), float(positive.max())) if len(positive) else (1.0, 1.0)
    bottom, top = math.log10(low), math.log10(high)
    floor = None
    if len(positive) < len(everything):
        bottom -= max(FLOOR_DECADES, FLOOR_SHARE * (top - bottom))
        bottom = max(bottom, _LOWEST_FLOOR)
        floor = 10**bottom
    pad = max(_PAD * (top - bottom), 1e-3)
    ticks = [] if floor is None else [floor]
    for tick in _round_numbers(low, high):
        if not ticks or math.log10(tick / ticks[-1]) >= _NEAREST * (top - bottom):
            ticks.append(tick)
    as_power = any(
        not _WRITTEN_OUT[0] <= tick <= _WRITTEN_OUT[1] for tick in ticks[floor is not None :]
    )
    labels = ["0" if tick == floor else _label(tick, as_power) for tick in ticks]
    return LogAxis((bottom - pad, top + pad), tuple(ticks), tuple(labels), floor)


def _round_numbers(low: float, high: float) -> list[float]:
    """Round numbers between two limits: powers of ten, or finer steps in a short range."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    powers = [n for n in range(first, last + 1) if _between(low, 10.0**n, high)]
    if len(powers) >= FEWEST_TICKS:
        step = math.ceil(len(powers) / MOST_TICKS)
        return [10.0**n for n in powers if n % step == 0]
    for mantissas in ((1, 3), (1, 2, 5)):
        candidates = [m * 10.0**n for n in range(first, last + 1) for m in mantissas]
        found = [tick for tick in candidates if _between(low, tick, high)]
        if FEWEST_TICKS <= len(found) <= MOST_TICKS:
            return found
    if high - low < 1e-6 * high:
        return [float(f"{high:.3g}")]
    return even_numbers(low, high)


def _between(low: float, tick: float, high: float) -> bool:
    return low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)


def even_numbers(low: float, high: float) -> list[float]:
    """Evenly spaced round numbers between two limits that differ, at least `FEWEST_TICKS`."""
    rough = (high - low) / FEWEST_TICKS
    unit = 10.0 ** math.floor(math.log10(rough))
    step = max(m * unit for m in (1, 2, 5) if m * unit <= rough)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{k * step:.12g}") for k in range(first, last + 1)]


def _label(tick: float, as_power: bool) -> str:
    exponent = math.floor(math.log10(tick) + 1e-9)
    if not as_power or exponent in (0, 1):
        return f"{tick:.6g}"
    mantissa = f"{tick / 10.0**exponent:.6g}"
    power = f"10<sup>{str(exponent).replace('-', '−')}</sup>"
    return power if mantissa == "1" else f"{mantissa}·{power}"

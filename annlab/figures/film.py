"""Films: what a picture shows at each of several moments, as compact arrays for a browser.

A film is a JSON-like dict. The browser draws it over the Plotly figure of the same picture, with
the axes of that figure, so positions are in the units of the data. Keys of every film:

kind : {"plane", "curve", "scatter", "cells", "notice", "plane_curve", "panels", "labels"}
    The last three are in `annlab.figures.films_of_targets`.
n_frames : int
colors : dict of the page colors ``ink``, ``faint`` and ``paper``

Arrays are packed (`pack`): their bytes, deflated and in base64, with type and shape.
"""

import base64
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.prediction import class_probabilities
from annlab.analysis.surfaces import Plane
from annlab.figures.base.layout import TEXT_SIZE
from annlab.figures.base.theme import (
    CLASS_COLORS,
    CLASS_SYMBOLS,
    MISTAKE_COLOR,
    PROBABILITY_SCALE,
    THEMES,
    ThemeName,
)
from annlab.figures.class_regions import class_boundaries, region_codes, region_scale
from annlab.figures.confusion import (
    CELL_GAP,
    CELL_OPACITY,
    MAX_WITH_PERCENTS,
    percents,
    shares_of_rows,
    whole_percents,
)
from annlab.figures.decision_surface import probability_codes

Array = NDArray[Any]
Film = dict[str, Any]

# Quantized positions span this many steps.
_STEPS = 65_535
# Curves may leave the drawn range by this many times its extent before they are cut off.
BEYOND = 2.0


def pack(array: Array) -> dict[str, Any]:
    """Pack an array for JSON.

    Parameters
    ----------
    array : ndarray of uint8, uint16 or float32

    Returns
    -------
    dict
        ``type``, ``shape``, and ``data``: the little-endian bytes, deflated, in base64.
    """
    if array.dtype not in (np.uint8, np.uint16, np.float32):
        raise TypeError(f"pack: needs uint8, uint16 or float32; got {array.dtype}")
    raw = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
    return {
        "type": array.dtype.name,
        "shape": list(array.shape),
        "data": base64.b64encode(zlib.compress(raw, 6)).decode(),
    }


def plane_film(
    plane: Plane,
    surfaces: Sequence[Array],
    positions: Array,
    y: Array,
    wrong: Array,
    class_names: Sequence[str],
    theme: ThemeName = "light",
) -> Film:
    """Film of a decision surface: shades, boundaries, and samples with rings around mistakes.

    Parameters
    ----------
    plane : Plane
        Plane of the surfaces.
    surfaces : sequence of ndarray, shape (n_y, n_x, n_outputs)
        One per frame: probability of the second class, or of each class.
    positions : ndarray, shape (n_samples, 2)
        Samples in the plane.
    y : ndarray of int, shape (n_samples,)
        True classes.
    wrong : ndarray of bool, shape (n_frames, n_samples)
        Mask of the mistakes in each frame.
    class_names : sequence of str

    Returns
    -------
    dict
        ``x`` and ``y``: first and last grid position; ``shades`` (n_frames, n_y, n_x): indices of
        ``shade_colors``, rows of red, green, blue and opacity from 0 to 255; ``lines``
        (n_segments, 4): x and y of both ends, as shares of the plane times 65,535, those of frame
        k from ``line_ends[k]`` to ``line_ends[k + 1]``; ``points`` (n_samples, 2), ``classes``
        (n_samples,) and ``wrong`` (n_frames, n_samples).
    """
    binary = surfaces[0].shape[-1] == 1
    shades, lines = [], []
    for surface in surfaces:
        if binary:
            shades.append(probability_codes(surface[..., 0]))
        else:
            shades.append(region_codes(surface))
        lines.append(boundary_segments(plane, class_probabilities(surface)))
    scale = PROBABILITY_SCALE if binary else region_scale(len(class_names))
    last = 100 if binary else len(class_names) * (256 // len(class_names)) - 1
    return {
        **film_start("plane", len(surfaces), theme),
        "x": plane.x[[0, -1]].astype(float).tolist(),
        "y": plane.y[[0, -1]].astype(float).tolist(),
        "shades": pack(np.stack(shades)),
        "shade_colors": color_table(scale, last + 1),
        "lines": pack(np.concatenate(lines)),
        "line_ends": [0, *np.cumsum([len(of_frame) for of_frame in lines]).tolist()],
        "points": pack(positions.astype(np.float32)),
        "classes": pack(y.astype(np.uint8)),
        "wrong": pack(wrong.astype(np.uint8)),
        "class_colors": list(CLASS_COLORS[: len(class_names)]),
        "class_symbols": list(CLASS_SYMBOLS[: len(class_names)]),
        "mistake_color": MISTAKE_COLOR,
    }


def curve_film(
    x: Array,
    lines: Array,
    bands: Array | None,
    y_range: tuple[float, float],
    samples: Sequence[tuple[Array, Array]],
    color: str,
    *,
    truth: Array | None = None,
    without_data: Sequence[tuple[float, float]] = (),
    theme: ThemeName = "light",
) -> Film:
    """Film of a fitted curve: the curve of one network, and the range of all networks.

    Parameters
    ----------
    x : ndarray, shape (n_x,)
        Ascending positions.
    lines : ndarray, shape (n_frames, n_x)
        Curve of the network in each frame.
    bands : ndarray, shape (n_frames, 2, n_x), or None
        Smallest and largest prediction of all networks; None: no band.
    y_range : tuple of float
        Range of the vertical axis.
    samples : sequence of (x, y)
        Training samples, then held-out samples; each of shape (n_samples,).
    color : str
        Color of the model as ``#rrggbb``.
    truth : ndarray, shape (n_x,), or None
        True function of the data.
    without_data : sequence of (low, high)
        Intervals of x without samples.

    Returns
    -------
    dict
        ``x`` (n_x,); ``curves`` (n_frames, 1 or 3, n_x): line, and ends of the band, as steps
        from ``y_span[0]`` (0) to ``y_span[1]`` (65,535); ``samples``: a list of arrays
        (n_samples, 2); ``truth`` (n_x,) or None; ``without_data``; ``color``.
    """
    space = BEYOND * (y_range[1] - y_range[0])
    span = (y_range[0] - space, y_range[1] + space)
    curves = lines[:, None]
    if bands is not None:
        curves = np.concatenate([curves, bands], axis=1)
    return {
        **film_start("curve", len(lines), theme),
        "x": pack(x.astype(np.float32)),
        "curves": pack(quantized(curves, span)),
        "y_span": list(span),
        "samples": [pack(np.stack(pair, axis=1).astype(np.float32)) for pair in samples],
        "truth": None if truth is None else pack(truth.astype(np.float32)),
        "without_data": [[float(low), float(high)] for low, high in without_data if high > low],
        "color": color,
    }


def scatter_film(
    true: Array,
    predicted: Array,
    lim: tuple[float, float],
    color: str,
    theme: ThemeName = "light",
) -> Film:
    """Film of predicted over true values.

    Parameters
    ----------
    true : ndarray, shape (n_samples,)
    predicted : ndarray, shape (n_frames, n_samples)
    lim : tuple of float
        Range of both axes.
    color : str
        Color of the model as ``#rrggbb``.

    Returns
    -------
    dict
        ``true`` (n_samples,); ``predicted`` (n_frames, n_samples) as steps from ``y_span[0]`` (0)
        to ``y_span[1]`` (65,535); ``lim``; ``color``.
    """
    space = BEYOND * (lim[1] - lim[0])
    span = (lim[0] - space, lim[1] + space)
    return {
        **film_start("scatter", len(predicted), theme),
        "true": pack(true.astype(np.float32)),
        "predicted": pack(quantized(predicted, span)),
        "y_span": list(span),
        "lim": list(lim),
        "color": color,
    }


def cells_film(counts: Array, color: str, theme: ThemeName = "light") -> Film:
    """Film of a confusion matrix.

    Parameters
    ----------
    counts : ndarray of int, shape (n_frames, n_classes, n_classes)
        Rows are true classes, columns predicted ones.
    color : str
        Color of the model as ``#rrggbb``.

    Returns
    -------
    dict
        ``counts`` (n_frames, n_classes, n_classes); ``shares`` of the same shape: whole percents
        of the row; ``texts`` (n_frames, n_classes²): shares that cells show below their count, or
        None; ``opacity`` of the color at the shares 0 and 1; ``gap``: pixels between cells;
        ``text_size``: pixels of the largest letters; ``color``.
    """
    shares = shares_of_rows(counts)
    texts = None
    if counts.shape[-1] <= MAX_WITH_PERCENTS:
        texts = [[percents(share) for share in frame.flat] for frame in shares]
    return {
        **film_start("cells", len(counts), theme),
        "counts": pack(counts.astype(np.float32)),
        "shares": pack(whole_percents(shares)),
        "texts": texts,
        "opacity": list(CELL_OPACITY),
        "gap": CELL_GAP,
        "text_size": TEXT_SIZE,
        "color": color,
    }


def notice_film(n_frames: int, lines: Sequence[str], theme: ThemeName = "light") -> Film:
    """Film of a picture that cannot move: a notice that covers it in frames of other epochs.

    The picture of one epoch would contradict the scores of another beside it.

    Returns
    -------
    dict
        ``lines``: the lines of the text.
    """
    return {**film_start("notice", n_frames, theme), "lines": list(lines)}


def color_table(scale: Sequence[tuple[float, str]], n: int) -> list[list[int]]:
    """Colors of `n` evenly spaced values on a Plotly color scale of ``rgba(…)`` texts.

    Returns
    -------
    list of [red, green, blue, opacity], each from 0 to 255
    """
    at = np.array([share for share, _ in scale])
    colors = np.array(
        [[float(part) for part in text[5:-1].split(",")] for _, text in scale]
    )  # (n_stops, 4)
    colors[:, 3] *= 255
    values = np.linspace(0, 1, n)
    table = [np.interp(values, at, channel).round().astype(int) for channel in colors.T]
    return np.stack(table, axis=1).tolist()


def film_start(kind: str, n_frames: int, theme: ThemeName) -> Film:
    """Keys of every film."""
    look = THEMES[theme]
    return {
        "kind": kind,
        "n_frames": n_frames,
        "colors": {"ink": look.ink, "faint": look.faint, "paper": look.paper},
    }


def boundary_segments(plane: Plane, surface: Array) -> NDArray[np.uint16]:
    """Boundaries between the most probable classes, quantized: shape (n_segments, 4)."""
    x, y = class_boundaries(plane.x, plane.y, surface)
    ends = np.stack([x, y], axis=-1).reshape(-1, 3, 2)[:, :2]  # the third is a gap
    low = np.array([plane.x[0], plane.y[0]])
    extent = np.array([plane.x[-1], plane.y[-1]]) - low
    steps = np.rint(_STEPS * (ends - low) / extent).clip(0, _STEPS)
    found: NDArray[np.uint16] = steps.astype(np.uint16).reshape(-1, 4)
    return found


def quantized(values: Array, span: tuple[float, float]) -> NDArray[np.uint16]:
    """Steps from `span[0]` (0) to `span[1]` (65,535); values beyond, or not finite, at an end."""
    low, high = span
    finite = np.nan_to_num(values.astype(float), nan=high, posinf=high, neginf=low)
    steps: NDArray[np.uint16] = np.rint(
        _STEPS * (np.clip(finite, low, high) - low) / (high - low)
    ).astype(np.uint16)
    return steps

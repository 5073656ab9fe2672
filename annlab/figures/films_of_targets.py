"""Films of networks with several targets, in the format of `annlab.figures.film`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.prediction import class_probabilities
from annlab.analysis.surfaces import Plane
from annlab.figures.base.theme import (
    ALONG_SCALE,
    CLASS_COLORS,
    CLASS_SYMBOLS,
    MISTAKE_COLOR,
    ThemeName,
)
from annlab.figures.curve_ticks import ticks_of
from annlab.figures.decision_surface import probability_codes
from annlab.figures.film import (
    BEYOND,
    Film,
    boundary_segments,
    color_table,
    film_start,
    pack,
    quantized,
)
from annlab.figures.label_marks import (
    LABEL_SIZES,
    MARK_WIDTH,
    MAX_LABELS,
    RING_WIDTH,
    LabeledPoints,
    ring_size,
)
from annlab.figures.label_surfaces import (
    DASHES_ON_CANVAS,
    LABEL_DASHES,
    LINE_WIDTH,
    label_scale,
)
from annlab.figures.plane_curve import PlaneSamples
from annlab.figures.target_scatters import axis_ids

Array = NDArray[Any]
Range = tuple[float, float]


def plane_curve_film(
    t: Array,
    curves: Array,
    ranges: tuple[Range, Range],
    samples: Sequence[PlaneSamples],
    color: str,
    *,
    truth: Array | None = None,
    theme: ThemeName = "light",
) -> Film:
    """Film of the curve that two targets draw in the plane.

    Parameters
    ----------
    t : ndarray, shape (n_t,)
        Ascending values of the feature.
    curves : ndarray, shape (n_frames, n_networks, n_t, 2)
        Curve of the network in each frame, then those of other networks.
    ranges : tuple of (low, high)
        Ranges of the axes.
    samples : sequence of PlaneSamples
        Training samples, then held-out samples.
    color : str
        Color of the model as ``#rrggbb``.
    truth : ndarray, shape (n_t, 2), or None
        Targets without noise.

    Returns
    -------
    dict
        ``curves`` (n_frames, n_networks, n_t, 2) as steps from ``spans[axis][0]`` (0) to
        ``spans[axis][1]`` (65,535); ``ticks``: pairs of an index in t and a text; ``samples``: a
        list of arrays (n_samples, 2), and ``samples_along``: of arrays (n_samples,), indices of
        ``along_colors``; ``truth`` (n_t, 2) or None; ``color``.
    """
    spans = [(low - BEYOND * (high - low), high + BEYOND * (high - low)) for low, high in ranges]
    low, high = float(t[0]), float(t[-1])
    along = [np.rint(255 * np.clip((some.t - low) / (high - low), 0, 1)) for some in samples]
    at, texts = ticks_of(t)
    return {
        **film_start("plane_curve", len(curves), theme),
        "curves": pack(
            np.stack([quantized(curves[..., axis], spans[axis]) for axis in (0, 1)], axis=-1)
        ),
        "spans": [list(span) for span in spans],
        "ticks": [[index, text] for index, text in zip(at.tolist(), texts, strict=True)],
        "samples": [pack(some.positions.astype(np.float32)) for some in samples],
        "samples_along": [pack(shares.astype(np.uint8)) for shares in along],
        "along_colors": color_table(ALONG_SCALE, 256),
        "truth": None if truth is None else pack(truth.astype(np.float32)),
        "color": color,
    }


def panels_film(films: Sequence[Film], theme: ThemeName = "light") -> Film:
    """Film of a chart with several panels, each with a film of its own.

    Parameters
    ----------
    films : sequence of dict
        Film of each panel, in the order of the chart's axes.

    Returns
    -------
    dict
        ``panels``: the films; ``axes``: Plotly's names of the axes of each panel, as "xy" or
        "x2y2".
    """
    return {
        **film_start("panels", films[0]["n_frames"], theme),
        "panels": list(films),
        "axes": ["".join(axis_ids(k)) for k in range(len(films))],
    }


def labels_film(
    plane: Plane,
    surfaces: Sequence[Array],
    points: Sequence[LabeledPoints],
    theme: ThemeName = "light",
) -> Film:
    """Film of label surfaces: shades and a line for each label, and samples with all labels.

    Parameters
    ----------
    plane : Plane
        Plane of the surfaces.
    surfaces : sequence of ndarray, shape (n_y, n_x, n_labels)
        One per frame: probability of each label, of which the first six are drawn.
    points : sequence of LabeledPoints
        The same samples with the predictions of each frame.

    Returns
    -------
    dict
        ``x`` and ``y``: first and last grid position; ``shades`` (n_frames, n_labels, n_y, n_x):
        indices of the rows of ``shade_colors[label]``, red, green, blue and opacity from 0 to
        255; ``lines`` (n_segments, 4) as in a film of a plane, those of label l in frame k from
        ``line_ends[k * n_labels + l]``; ``points`` (n_samples, 2), ``labels`` (n_samples,
        n_labels) and ``wrong`` (n_frames, n_samples); color, symbol, dash and size of each label;
        colors, sizes and widths in pixels of rings, lines and marks.
    """
    n_labels = min(surfaces[0].shape[-1], MAX_LABELS)
    shades, lines = [], []
    for surface in surfaces:
        for k in range(n_labels):
            shades.append(probability_codes(surface[..., k]))
            lines.append(boundary_segments(plane, class_probabilities(surface[..., k : k + 1])))
    first = points[0]
    return {
        **film_start("labels", len(surfaces), theme),
        "x": plane.x[[0, -1]].astype(float).tolist(),
        "y": plane.y[[0, -1]].astype(float).tolist(),
        "shades": pack(np.stack(shades).reshape(len(surfaces), n_labels, *shades[0].shape)),
        "shade_colors": [color_table(label_scale(k), 101) for k in range(n_labels)],
        "lines": pack(np.concatenate(lines)),
        "line_ends": [0, *np.cumsum([len(of_label) for of_label in lines]).tolist()],
        "points": pack(first.positions.astype(np.float32)),
        "labels": pack(first.y[:, :n_labels].astype(np.uint8)),
        "wrong": pack(np.stack([frame.wrong for frame in points]).astype(np.uint8)),
        "label_colors": list(CLASS_COLORS[:n_labels]),
        "label_symbols": list(CLASS_SYMBOLS[:n_labels]),
        "label_dashes": [DASHES_ON_CANVAS[name] for name in LABEL_DASHES[:n_labels]],
        "label_sizes": list(LABEL_SIZES[:n_labels]),
        "mistake_color": MISTAKE_COLOR,
        "ring_size": ring_size(n_labels),
        "line_width": LINE_WIDTH,
        "mark_width": MARK_WIDTH,
        "ring_width": RING_WIDTH,
    }

"""Linear pieces of a network over the plane, and their number over the epochs."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.analysis.piece_location import class_boundary, piece_grid
from annlab.analysis.pieces import Pieces, Range
from annlab.analysis.surfaces import Plane
from annlab.figures.base.band import add_band
from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import new_figure
from annlab.figures.base.lines import cursor_line, reference_line
from annlab.figures.base.model_names import MODEL_NAMES, mark_of_model
from annlab.figures.base.subsample import MAX_POINTS, subsample_note
from annlab.figures.base.theme import CLASS_COLORS, MODEL_COLORS, THEMES, ThemeName, rgba
from annlab.figures.decision_surface import SurfacePoints, add_points, label_plane
from annlab.figures.label_marks import MAX_LABELS, LabeledPoints, add_labeled_points
from annlab.figures.label_surfaces import LABEL_DASHES, LINE_WIDTH

Array = NDArray[Any]

# Pixels of the heat map along each side, and positions of its hover texts.
RESOLUTION, N_HOVERED = 200, 50
# Share of the rectangle above which slopes get the last color: one steep splinter would make all
# other pieces pale.
_STEEP = 0.99
# Height of a row of the legend, in pixels: on a phone each label has rows of its own.
_LEGEND_ROW = 18
# Thinnest and widest edges, in pixels.
_EDGES = 0.3, 1.2


def linear_pieces(
    pieces: Pieces,
    axis_names: tuple[str, str],
    class_names: tuple[str, ...] = (),
    *,
    label_names: tuple[str, ...] = (),
    shaded: str = "",
    points: SurfacePoints | None = None,
    labeled: LabeledPoints | None = None,
    max_points: int = MAX_POINTS,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the linear pieces of a network, shaded by their slopes.

    Parameters
    ----------
    pieces : Pieces
        Result of `annlab.analysis.pieces.linear_pieces`.
    axis_names : tuple of str
        Names of the two features.
    class_names : tuple of str
        Names of the classes, whose decision boundary is drawn; empty for a regression.
    label_names : tuple of str
        Names of several labels, one for each logit, each with a line where its probability is a
        half, up to the first six; empty for other networks.
    shaded : str
        Name of what the slopes are of; empty: the output, or the logits.
    points : SurfacePoints or None
        Samples of a classification, in the colors of their classes, with rings around mistakes.
    labeled : LabeledPoints or None
        Samples with all their labels, as `annlab.figures.label_surfaces` draws them.
    max_points : int
        Largest number of samples drawn; a note gives the total number. Up to 200 mistakes are
        all drawn.

    Returns
    -------
    plotly.graph_objects.Figure
        The steepest 1 % of the area share the last color.
    """
    n_labels = min(len(label_names), MAX_LABELS)
    figure = new_figure(380 + _LEGEND_ROW * n_labels, theme)
    n_outputs, has_logits = pieces.intercepts.shape[1], bool(class_names or label_names)
    outputs = f"the {'logit' if has_logits else 'output'}{'s' if n_outputs > 1 else ''}"
    _add_shades(figure, pieces, f"slope of {shaded or outputs}", axis_names, theme)
    width = float(np.clip(20 / np.sqrt(pieces.n), *_EDGES))
    _add_segments(figure, pieces.cuts, {"color": rgba(THEMES[theme].ink, 0.5), "width": width})
    if class_names:
        line = {"color": THEMES[theme].ink, "width": 2.5}
        _add_segments(figure, class_boundary(pieces), line, name="boundary")
    for k, name in enumerate(label_names[:MAX_LABELS]):
        line = {"color": CLASS_COLORS[k], "dash": LABEL_DASHES[k], "width": LINE_WIDTH}
        _add_segments(figure, class_boundary(pieces.of_output(k)), line, name=f"{name} at 50 %")
    plane = Plane((0, 1), np.array(pieces.x_range), np.array(pieces.y_range), np.zeros(2))
    notes = [f"{pieces.n:,} linear piece{'s' if pieces.n > 1 else ''}"]
    if points is not None:
        n_drawn = add_points(figure, plane, points, class_names, theme, max_points, None)
        notes.append(subsample_note(n_drawn, len(points.X)))
    if labeled is not None:
        n_drawn = add_labeled_points(figure, labeled, label_names, theme, max_points)
        notes.append(subsample_note(n_drawn, len(labeled.y)))
    if len(label_names) > MAX_LABELS:
        notes.append(f"the first {MAX_LABELS} of {len(label_names)} labels")
    label_plane(figure, plane, axis_names, theme, "", *notes)
    figure.update_layout(margin={"r": 104})
    return figure.build()


def piece_counts(
    epochs: Array,
    counts: Array,
    *,
    bound: int | None = None,
    typical: int | None = None,
    name: str = MODEL_NAMES[0],
    cursor: int | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the number of linear pieces over the epochs.

    Parameters
    ----------
    epochs : ndarray of int, shape (n_checkpoints,)
    counts : ndarray of int, shape (n_checkpoints, n_networks)
        Numbers of pieces at these epochs.
    bound : int or None
        Exact upper bound, drawn as a dashed line, from
        `annlab.analysis.piece_bounds.largest_count`.
    typical : int or None
        Number to expect, drawn as a dotted line, from
        `annlab.analysis.piece_bounds.typical_count`.
    name : str
        Model A to F, which determines the color.
    cursor : int or None
        Epoch marked by a vertical line.

    Returns
    -------
    plotly.graph_objects.Figure
        Mean over the networks, with a band from the smallest to the largest.
    """
    figure = new_figure(300, theme)
    color = MODEL_COLORS[MODEL_NAMES.index(name)]
    epochs = epochs.astype(np.int32)
    add_band(figure, epochs, counts.T, color, name)
    figure.add_scatter(
        x=epochs,
        y=counts.mean(axis=1).astype(np.float32),
        mode="lines+markers" if len(epochs) < 30 else "lines",
        name=name,
        meta=mark_of_model(name),
        line={"color": color, "width": 2},
        hovertemplate=f"{name}, epoch %{{x}}: %{{y:,.4~g}} pieces<extra></extra>",
        showlegend=True,
        legendgroup=name,
    )
    of_lines = (
        (bound, "at most", reference_line(theme)),
        (typical, "order of magnitude, units²", {**reference_line(theme), "dash": "dot"}),
    )
    for value, words, line in of_lines:
        if value is not None:
            figure.add_scatter(
                x=epochs[[0, -1]],
                y=np.array([value, value]),
                mode="lines",
                name=f"{words}: {value:,}",
                line=line,
                hoverinfo="skip",
                showlegend=True,
            )
    if cursor is not None:
        figure.add_vline(cursor, line=cursor_line(theme))
    figure.update_xaxes(title_text="epoch")
    figure.update_yaxes(title_text="linear pieces", rangemode="tozero")
    return figure.build()


def _add_shades(
    figure: FigureBuilder,
    pieces: Pieces,
    title: str,
    axis_names: tuple[str, str],
    theme: ThemeName,
) -> None:
    """Draw the slopes as shades, and below them an invisible grid with hover texts."""
    x, y = (_middles(side, RESOLUTION) for side in (pieces.x_range, pieces.y_range))
    slopes = pieces.slopes[piece_grid(pieces, x, y)]
    largest, steep = float(slopes.max()), float(np.quantile(slopes, _STEEP))
    top = steep or largest or 1.0
    ink = THEMES[theme].ink
    figure.add_heatmap(
        x=x,
        y=y,
        # Whole percents are short to send.
        z=np.rint(100 * np.minimum(slopes / top, 1)).astype(np.uint8),
        zmin=0,
        zmax=100,
        zsmooth=False,
        colorscale=((0, rgba(ink, 0)), (1, rgba(ink, 0.55))),
        colorbar={
            "title": {"text": title, "side": "right"},
            "tickvals": [0, 50, 100],
            "ticktext": ["0", f"{top / 2:.3g}", f"{'≥ ' if largest > top else ''}{top:.3g}"],
            "thickness": 10,
        },
        hoverinfo="skip",
    )
    x, y = (_middles(side, N_HOVERED) for side in (pieces.x_range, pieces.y_range))
    figure.add_heatmap(
        x=x,
        y=y,
        z=pieces.slopes[piece_grid(pieces, x, y)].astype(np.float32),
        colorscale=((0, rgba(ink, 0)), (1, rgba(ink, 0))),
        showscale=False,
        hovertemplate=(
            f"{axis_names[0]} %{{x:.3g}}<br>{axis_names[1]} %{{y:.3g}}"
            f"<br>{title} %{{z:.3g}}<extra></extra>"
        ),
    )


def _rounded(points: Array) -> Array:
    """Points, (..., 2), with fewer digits to send: in steps below 1/10,000 of their extent."""
    if not points.size:
        return points
    extent = np.ptp(points.reshape(-1, 2), axis=0)
    steps = 10.0 ** (np.floor(np.log10(np.where(extent > 0, extent, 1))) - 4)
    return np.rint(points / steps) * steps


def _middles(side: Range, n: int) -> Array:
    """Middles of n equal parts of a range."""
    low, high = side
    return (low + (high - low) * (np.arange(n) + 0.5) / n).astype(np.float32)


def _add_segments(
    figure: FigureBuilder, segments: Array, line: dict[str, Any], name: str | None = None
) -> None:
    """Draw straight segments, (n_segments, 2, 2), as one line with gaps."""
    path = np.full((len(segments), 3, 2), np.nan, np.float32)
    path[:, :2] = _rounded(segments)
    figure.add_scatter(
        x=path[..., 0].ravel(),
        y=path[..., 1].ravel(),
        mode="lines",
        line=line,
        name=name,
        hoverinfo="skip",
        showlegend=name is not None,
    )

"""Predicted over true values of several targets, each in a panel with axes of its own."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.layout import axis_style, new_figure
from annlab.figures.base.lines import reference_line
from annlab.figures.base.markers import add_markers
from annlab.figures.base.model_names import mark_of_model
from annlab.figures.base.notes import add_notes
from annlab.figures.base.plain_text import as_shown, wrapped
from annlab.figures.base.subsample import MAX_POINTS, subsample_note
from annlab.figures.base.theme import THEMES, ThemeName, rgba

Array = NDArray[Any]
Range = tuple[float, float]

# More panels are too small to read.
MAX_PANELS = 6
# Room between panels for the numbers of an axis, as shares of the picture.
_GAP_ACROSS, _GAP_DOWN = 0.16, 0.3
# Room for the titles of the first row.
_TOP = 0.1
# Letters in a line of a title.
_TITLE_WIDTH = 16


def target_scatters(
    true: Array,
    predicted: Array,
    *,
    name: str,
    color: str,
    target_names: Sequence[str],
    limits: Sequence[Range],
    max_points: int = MAX_POINTS,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw predicted over true values of each target, with the diagonal of perfect predictions.

    Parameters
    ----------
    true, predicted : ndarray, shape (n_samples, n_targets)
        Values in the units of the targets. The first six targets are drawn; a note gives their
        total number.
    name, color : str
        Name of the model, and its color as ``#rrggbb``.
    target_names : sequence of str, length n_targets
        Names of the targets, with their units.
    limits : sequence of (low, high), length n_targets
        Range of both axes of each panel.
    max_points : int
        Largest number of samples drawn; a note gives the total number.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    n_targets = len(target_names)
    if not true.shape == predicted.shape == (len(true), n_targets) or n_targets != len(limits):
        raise ValueError(
            "target_scatters needs as many columns, names and limits as there are targets. Got "
            f"shapes {true.shape} and {predicted.shape}, {n_targets} names, {len(limits)} limits."
        )
    figure = new_figure(340, theme)
    n_drawn = 0
    for k, (left, right, bottom, top) in enumerate(panels(n_targets)):
        x, y = axis_ids(k)
        _add_axes(figure, k, (left, right), (bottom, top), limits[k], theme)
        n_drawn = add_markers(
            figure,
            true[:, k],
            predicted[:, k],
            {"color": rgba(color, 0.55), "size": 5},
            name=name,
            at_most=max_points,
            hover=f"{name}: {target_names[k]}<br>true %{{x:.4g}}<br>predicted %{{y:.4g}}",
            in_legend=k == 0,
            meta=mark_of_model(name),
            xaxis=x,
            yaxis=y,
        )
        figure.add_scatter(
            x=np.array(limits[k], np.float32),
            y=np.array(limits[k], np.float32),
            mode="lines",
            name="predicted = true",
            line=reference_line(theme),
            hoverinfo="skip",
            showlegend=k == 0,
            xaxis=x,
            yaxis=y,
        )
        figure.add_annotation(
            text=_in_two_lines(target_names[k]),
            x=(left + right) / 2,
            y=top,
            xref="paper",
            yref="paper",
            xanchor="center",
            yanchor="bottom",
            showarrow=False,
            font={"size": 11, "color": THEMES[theme].ink},
        )
    hidden = n_targets - MAX_PANELS
    note = f"the first {MAX_PANELS} of {n_targets} targets" if hidden > 0 else ""
    add_notes(figure, [subsample_note(n_drawn, len(true)), note], 1, 0, theme)
    return figure.build()


def _in_two_lines(name: str) -> str:
    """Name of a target, in Plotly's writing, in at most two lines; the unit is in the second."""
    shown = as_shown(name)
    if len(shown) <= _TITLE_WIDTH:
        return name
    if " (" in shown[: _TITLE_WIDTH + 2]:
        return name.replace(" (", "<br>(", 1)
    return wrapped(name, _TITLE_WIDTH, max_lines=2)


def axis_ids(k: int) -> tuple[str, str]:
    """Plotly names of the axes of a panel: ("x", "y"), ("x2", "y2") and so on."""
    number = "" if k == 0 else str(k + 1)
    return f"x{number}", f"y{number}"


def panels(n_targets: int) -> list[tuple[float, float, float, float]]:
    """Left, right, bottom and top of each panel, as shares of the picture; the first six.

    Up to four stand in two columns, more in three.
    """
    n = min(n_targets, MAX_PANELS)
    n_columns = min(n, 2 if n <= 4 else 3)
    n_rows = -(-n // n_columns)
    width = (1 - _GAP_ACROSS * (n_columns - 1)) / n_columns
    height = (1 - _TOP - _GAP_DOWN * (n_rows - 1)) / n_rows
    found = []
    for k in range(n):
        left = (k % n_columns) * (width + _GAP_ACROSS)
        top = 1 - _TOP - (k // n_columns) * (height + _GAP_DOWN)
        found.append((left, min(1.0, left + width), max(0.0, top - height), top))
    return found


def _add_axes(
    figure: FigureBuilder,
    k: int,
    across: Range,
    upright: Range,
    limits: Range,
    theme: ThemeName,
) -> None:
    x, y = axis_ids(k)
    style = {"range": list(limits), "showgrid": True, "zeroline": False, "nticks": 3}
    first_column = across[0] == 0
    last_row = upright[0] < 0.01
    small = {"size": 12, "color": THEMES[theme].muted}
    figure.update_layout(
        **{
            f"xaxis{x[1:]}": {
                **axis_style(theme, lines=True),
                **style,
                "domain": list(across),
                "anchor": y,
                "title": {"text": "true" if last_row else "", "font": small, "standoff": 4},
            },
            f"yaxis{y[1:]}": {
                **axis_style(theme, lines=True),
                **style,
                "domain": list(upright),
                "anchor": x,
                "title": {
                    "text": "predicted" if first_column else "",
                    "font": small,
                    "standoff": 4,
                },
            },
        }
    )

"""Race of search strategies: best score so far against the cost."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.band import add_band
from annlab.figures.base.layout import new_figure
from annlab.figures.base.theme import MODEL_COLORS, THEMES, ThemeName

HEIGHT = 380
# The band holds this middle share of the repeats.
SHARE = 0.8
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "solid")


class RaceCurve(NamedTuple):
    """Best score so far of one strategy.

    Attributes
    ----------
    name : str
    cost : ndarray, shape (n_steps,)
        Network-epochs after each step, ascending.
    values : ndarray, shape (n_repeats, n_steps)
        Score of the best config so far in each repeat.
    hits : float
        Share of the repeats that end with the best config of all.
    """

    name: str
    cost: NDArray[Any]
    values: NDArray[Any]
    hits: float


def search_race(
    curves: Sequence[RaceCurve],
    score_label: str,
    *,
    goal: float | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the best score so far of each strategy: median, and the middle 80 % of the repeats.

    Parameters
    ----------
    curves : sequence of RaceCurve
        At most six. A curve begins with its first score, and holds its last one to the highest
        cost of all.
    score_label : str
        Such as "Accuracy".
    goal : float or None
        Best score of the whole table, drawn as a line.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = new_figure(HEIGHT, theme)
    end = max(float(curve.cost[-1]) for curve in curves)
    tails = ((1 - SHARE) / 2, 0.5, (1 + SHARE) / 2)
    for curve, color, dash in zip(curves, MODEL_COLORS, _DASHES, strict=False):
        low, median, high = np.quantile(curve.values, tails, axis=0)
        x, (low, median, high) = _steps(curve.cost, end, (low, median, high))
        add_band(figure, x, np.stack([low, high]), color, curve.name)
        figure.add_scatter(
            x=x,
            y=median,
            customdata=np.stack([low, high], axis=1),
            mode="lines",
            name=curve.name,
            legendgroup=curve.name,
            line={"color": color, "width": 2.5, "dash": dash},
            hovertemplate=f"{curve.name}: %{{y:.4g}} after %{{x:,}} network-epochs"
            f"<br>{SHARE:.0%} of the repeats: %{{customdata[0]:.4g}} to "
            "%{customdata[1]:.4g}<extra></extra>",
        )
    if goal is not None:
        figure.add_hline(goal, line={"color": THEMES[theme].muted, "width": 1, "dash": "dot"})
    figure.update_xaxes(title_text="network-epochs", range=[0, end], tickformat=",")
    figure.update_yaxes(title_text=f"best {score_label.lower()} so far")
    figure.update_layout(hovermode="closest", margin_l=70)
    return figure.build()


def _steps(
    cost: NDArray[Any], end: float, curves: Sequence[NDArray[Any]]
) -> tuple[NDArray[Any], list[NDArray[Any]]]:
    """Corners of step lines: a score holds until the next one, and to the end."""
    x = np.append(np.repeat(cost, 2)[1:], end).astype(np.float64)
    return x, [np.repeat(curve, 2) for curve in curves]

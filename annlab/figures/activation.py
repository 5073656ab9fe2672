"""Plots of activation functions, their derivatives, and softmax."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.base.class_bars import PROBABILITY_AXIS, add_class_bars, label_class_bars
from annlab.figures.base.layout import axis_style, new_figure
from annlab.figures.base.lines import cursor_line
from annlab.figures.base.theme import CLASS_COLORS, MODEL_COLORS, THEMES, ThemeName
from annlab.formatting import written
from annlab.nn.activations import ACTIVATIONS

# Grid of pre-activations for the curves.
Z_RANGE = (-6.0, 6.0)
N_POSITIONS = 241
_F_RANGE = (-2.0, 4.0)
_SLOPE_RANGE = (-0.3, 1.4)

# After the models' colors come those of classes that no model has, dashed, then dotted; the last
# one is the palest on white.
_LOOKS = (
    *((color, "solid") for color in MODEL_COLORS),
    *((CLASS_COLORS[k], dash) for dash in ("dash", "dot") for k in (0, 1, 2, 9, 8, 3)),
)


def activation_functions(
    names: Sequence[str],
    z: float,
    *,
    slopes: bool,
    first: Sequence[str] = (),
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw activation functions or their derivatives, with a marker on each at `z`.

    The color and dash of a function do not depend on the other functions drawn.

    Parameters
    ----------
    names : sequence of str
        Names of elementwise functions in `annlab.nn.activations.ACTIVATIONS`.
    z : float
        Pre-activation marked by a vertical line.
    slopes : bool
        Draw f' instead of f.
    first : sequence of str
        Functions of models A, B, C … on the page, at most six. Each gets its model's color, and
        no other function does. A function shared by several models gets the first one's color.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If a function is not elementwise.
    """
    for name in names:
        if not ACTIVATIONS[name].elementwise:
            raise ValueError(f"{name} has no curve: it is a function of a whole vector.")
    figure = new_figure(360, theme)
    grid = np.linspace(*Z_RANGE, N_POSITIONS)
    looks = _looks(first)
    symbol = "f′(z)" if slopes else "f(z)"
    at_z = []
    for name in names:
        entry = ACTIVATIONS[name]
        curve = entry.derivative if slopes else entry.f
        at_z.append(float(curve(np.array([z]))[0]))
        figure.add_scatter(
            x=grid.astype(np.float32),
            y=curve(grid).astype(np.float32),
            mode="lines",
            name=entry.label,
            line={"color": looks[name][0], "dash": looks[name][1], "width": 2.5},
            hovertemplate=f"{entry.label}<br>{symbol} = %{{y:.3g}}, z = %{{x:.3g}}<extra></extra>",
        )
    figure.add_vline(x=z, line=cursor_line(theme))
    figure.add_scatter(
        x=np.full(len(names), z, np.float32),
        y=np.array(at_z, np.float32),
        mode="markers",
        marker={
            "size": 9,
            "color": [looks[name][0] for name in names],
            "line": {"color": THEMES[theme].paper, "width": 1.5},
        },
        text=[ACTIVATIONS[name].label for name in names],
        hovertemplate=f"%{{text}}<br>{symbol} = %{{y:.4g}}, z = %{{x:.3g}}<extra></extra>",
        showlegend=False,
    )
    figure.update_layout(legend={"entrywidth": 50, "font": {"size": 10}}, margin={"r": 12})
    zero = {"zeroline": True, "zerolinewidth": 2}
    figure.update_xaxes(title_text="pre-activation z", range=Z_RANGE, **zero)
    figure.update_yaxes(title_text=symbol, range=_SLOPE_RANGE if slopes else _F_RANGE, **zero)
    return figure.build()


def _looks(first: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Color and dash of every function in the registry that has a curve."""
    looks: dict[str, tuple[str, str]] = {}
    for name, look in zip(first, _LOOKS, strict=False):
        looks.setdefault(name, look)
    curves = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]
    others = [name for name in curves if name not in looks]
    left = _LOOKS[len(first) :] * len(ACTIVATIONS)
    return {**looks, **dict(zip(others, left, strict=False))}


def softmax_bars(
    logits: NDArray[Any],
    temperature: float,
    *,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw logits and, beside them, their softmax probabilities.

    Parameters
    ----------
    logits : ndarray, shape (n_classes,)
    temperature : float
        Divisor of the logits, greater than 0; a higher temperature makes the probabilities more
        even.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the temperature is not greater than 0.
    """
    if temperature <= 0:
        raise ValueError(f"temperature must be greater than 0. Got {temperature}.")
    logits = np.asarray(logits, float)
    probability = ACTIVATIONS["softmax"].f(logits / temperature)
    figure = new_figure(260, theme)
    # The range leaves room for the numbers at the ends of the bars.
    low, high = min(0.0, float(logits.min())), max(0.0, float(logits.max()))
    space = (0.75 if low < 0 < high else 0.45) * ((high - low) or 1.0)
    figure.update_layout(
        xaxis={
            "title_text": "score (logit)",
            "domain": [0, 0.46],
            "range": [low - space * (low < 0), high + space * (high > 0 or low == 0)],
            "nticks": 4,
        },
        xaxis2={
            **axis_style(theme, lines=False),
            **PROBABILITY_AXIS,
            "domain": [0.54, 1],
            "range": [0, 1.35],
            "anchor": "y",
        },
    )
    names = [f"class {k}" for k in range(len(logits))]
    for axis, values, form in (("x", logits, ".2f"), ("x2", probability, ".1%")):
        texts = [written(value, form) for value in values.tolist()]
        add_class_bars(figure, values, names, texts, hover="%{y}: %{text}", axis=axis)
    label_class_bars(figure, theme)
    figure.update_traces(textfont_size=11)
    return figure.build()

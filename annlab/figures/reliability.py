"""Reliability diagram: how often what networks hold for probable comes true."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from annlab.analysis.calibration import Reliability
from annlab.figures.base.layout import new_figure
from annlab.figures.base.legend import add_legend_below
from annlab.figures.base.lines import reference_line
from annlab.figures.base.model_names import mark_of_model
from annlab.figures.base.theme import ThemeName

_HEIGHT = 360
# Diameters of the markers in pixels: the area grows with the number of samples.
_SMALLEST, _LARGEST = 5, 22


@dataclass(frozen=True, eq=False)
class ModelReliability:
    """Reliability of one model.

    Attributes
    ----------
    name, color : str
        Letter and color of the model.
    bins : Reliability
        Of all its networks together.
    """

    name: str
    color: str
    bins: Reliability


def reliability_diagram(
    models: Sequence[ModelReliability], positive: str, *, theme: ThemeName = "light"
) -> go.Figure:
    """Draw the share of positive samples over the predicted probability, by bins.

    Parameters
    ----------
    models : sequence of ModelReliability
    positive : str
        Name of the positive class.

    Returns
    -------
    plotly.graph_objects.Figure
        A larger dot stands for more samples; empty bins have none.
    """
    figure = new_figure(_HEIGHT, theme)
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name="comes true as often as predicted",
        showlegend=False,
        line=reference_line(theme) | {"width": 1},
        hoverinfo="skip",
    )
    most = max(int(model.bins.n_samples.max()) for model in models)
    for model in models:
        ((n, predicted, observed),) = zip(
            model.bins.n_samples, model.bins.predicted, model.bins.observed, strict=True
        )
        full = n > 0
        figure.add_scatter(
            x=predicted[full].astype(np.float32),
            y=observed[full].astype(np.float32),
            mode="lines+markers",
            name=model.name,
            meta=mark_of_model(model.name),
            line={"color": model.color, "width": 1.5},
            marker={
                "color": model.color,
                "size": [
                    round(max(_SMALLEST, _LARGEST * float(np.sqrt(share))), 1)
                    for share in n[full] / most
                ],
            },
            customdata=[f"{count:,}" for count in n[full]],
            hovertemplate=(
                f"{model.name} predicted %{{x:.1%}}, came true %{{y:.1%}}<br>"
                "%{customdata} samples<extra></extra>"
            ),
            cliponaxis=False,
        )
    add_legend_below(figure, "Reliability", "dashed: comes true as often as predicted")
    small = {"size": 12}
    x, y = f"predicted probability of “{positive}”", f"share that is “{positive}”"
    figure.update_xaxes(title={"text": x, "font": small}, range=[0, 1], nticks=6)
    figure.update_yaxes(title={"text": y, "font": small}, range=[0, 1.02], nticks=6)
    return figure.build()

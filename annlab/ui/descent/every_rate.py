"""Tab "Every rate": the loss that each optimizer reaches with each learning rate."""

import numpy as np
import streamlit as st

from annlab.analysis.descent import losses_by_rate
from annlab.analysis.minimum import Minimum
from annlab.analysis.stability import largest_stable_rate
from annlab.figures.loss_by_rate import RateCurve, loss_by_rate
from annlab.ui.browser import theme
from annlab.ui.descent.descent_state import DescentState
from annlab.ui.descent.point_sets import minimum, problem
from annlab.ui.descent.settings import RATES, DescentSettings, lane_names
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart

_N_RATES = 121


def every_rate(state: DescentState) -> None:
    """Draw the losses after all steps over the learning rate."""
    settings = state.settings
    found = minimum(settings.samples, settings.loss)
    start = np.array([settings.w, settings.b])
    figure = loss_by_rate(
        _rates(),
        cached(rate_curves)(settings),
        float(problem(settings.samples, settings.loss).value(start)),
        lowest=found.loss if isinstance(found, Minimum) else None,
        theme=theme(),
    )
    show_chart(
        figure,
        "descent-rates",
        f"Loss after {settings.steps} steps over the learning rate, for {len(settings.lanes)} "
        "optimizers, with the largest stable rates",
    )
    st.caption(
        f"Loss of all samples after {settings.steps} steps from the same start, one descent for "
        "each of "
        f"{_N_RATES} rates. Markers: the chosen rates. Vertical dashes: largest stable rates, for "
        "the full batch. Dotted: loss at the start. Horizontal dashes: the minimum."
    )


def _rates() -> np.ndarray:
    return np.geomspace(RATES.low, RATES.high, _N_RATES)


def rate_curves(settings: DescentSettings) -> list[RateCurve]:
    """Losses of each optimizer at each rate, and at its own."""
    loss = problem(settings.samples, settings.loss)
    found = minimum(settings.samples, settings.loss)
    start = np.array([settings.w, settings.b])
    curves = []
    for name, lane in zip(lane_names(settings.lanes), settings.lanes, strict=True):
        limit = None
        if isinstance(found, Minimum):
            limit = largest_stable_rate(lane.optimizer, lane.momentum, found.curvatures[1])
        rates = np.append(_rates(), lane.rate)
        losses = losses_by_rate(loss, settings.training(lane), start, settings.steps, rates)
        curves.append(RateCurve(name, losses[:-1], lane.rate, float(losses[-1]), limit))
    return curves

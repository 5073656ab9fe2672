"""Tab "Surface": the loss of two parameters in space."""

import numpy as np

from annlab.analysis.descent import DescentPath, descend
from annlab.figures.descent import loss_surface
from annlab.ui.browser import theme
from annlab.ui.descent.descent_state import DescentState
from annlab.ui.descent.point_sets import LOSS_CHOICES, POINT_SETS, problem
from annlab.ui.descent.settings import DescentSettings, lane_names
from annlab.ui.results.charts import show_chart


def surface_of_descent(state: DescentState) -> None:
    """Draw the loss as a surface, with the whole paths."""
    settings = state.settings
    point_set = POINT_SETS[settings.samples]
    figure = loss_surface(
        problem(settings.samples, settings.loss),
        point_set.w,
        point_set.b,
        paths_of(settings),
        theme=theme(),
    )
    show_chart(
        figure,
        "descent-surface",
        f"Loss ({LOSS_CHOICES[settings.loss].label}) as a surface over w and b, with the paths of "
        f"{len(settings.lanes)} optimizers over {settings.steps} steps",
    )


def paths_of(settings: DescentSettings) -> dict[str, DescentPath]:
    """Path of each optimizer by its name."""
    loss = problem(settings.samples, settings.loss)
    start = np.array([settings.w, settings.b])
    return {
        name: descend(loss, settings.training(lane), start, settings.steps)
        for name, lane in zip(lane_names(settings.lanes), settings.lanes, strict=True)
    }

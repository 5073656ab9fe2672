"""The panels below the results: one file each, and one entry here."""

from collections.abc import Callable
from dataclasses import dataclass

from annlab.ui.results.panels.code import draw_code
from annlab.ui.results.panels.data import draw_data
from annlab.ui.results.panels.export import draw_export
from annlab.ui.results.panels.gradients import draw_gradients
from annlab.ui.results.panels.images import draw_images
from annlab.ui.results.panels.network import draw_network
from annlab.ui.results.panels.report import draw_report
from annlab.ui.results.view import ResultsView


@dataclass(frozen=True)
class Panel:
    """A tab below the results, where it applies to what is shown."""

    title: str
    draw: Callable[[ResultsView], None]
    applies: Callable[[ResultsView], bool] = lambda view: True


PANELS: tuple[Panel, ...] = (
    Panel("Report", draw_report),
    Panel("Pictures", draw_images, lambda view: bool(view.spec.image_shape)),
    Panel(
        "Gradients",
        draw_gradients,
        lambda view: any(run.config.training.record_gradients for run in view.runs),
    ),
    Panel("Network", draw_network),
    Panel("Data", draw_data),
    Panel("Code", draw_code),
    Panel("Export", draw_export),
)

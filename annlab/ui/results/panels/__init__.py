"""Registry of the tabs below the results."""

from collections.abc import Callable
from dataclasses import dataclass

from annlab.ui.results.model_plots import draw_confusion, draw_residuals, stage_plot
from annlab.ui.results.panels.code import draw_code
from annlab.ui.results.panels.data import draw_data
from annlab.ui.results.panels.decisions import decides, draw_decisions
from annlab.ui.results.panels.diagnosis import draw_diagnosis
from annlab.ui.results.panels.export import draw_export
from annlab.ui.results.panels.gradients import draw_gradients, has_gradients
from annlab.ui.results.panels.images import draw_images
from annlab.ui.results.panels.inside import draw_inside
from annlab.ui.results.panels.network import draw_network
from annlab.ui.results.panels.numbers import draw_numbers
from annlab.ui.results.panels.of_each import draw_of_each
from annlab.ui.results.panels.pieces import draw_pieces, has_pieces
from annlab.ui.results.panels.predict_row import draw_row, has_rows
from annlab.ui.results.panels.range_test import draw_range_test
from annlab.ui.results.panels.report import draw_report
from annlab.ui.results.panels.steps import draw_steps
from annlab.ui.results.view import ResultsView


@dataclass(frozen=True)
class Panel:
    """Registry entry of a tab: title, drawing function, condition."""

    title: str
    draw: Callable[[ResultsView], None]
    applies: Callable[[ResultsView], bool] = lambda view: True


PANELS: tuple[Panel, ...] = (
    Panel("Notes", draw_diagnosis),
    Panel("Inside", draw_inside),
    Panel("Step by step", draw_steps),
    Panel("Pieces", draw_pieces, has_pieces),
    Panel(
        "Confusion matrix",
        draw_of_each(draw_confusion),
        lambda view: view.dataset.task.draws("confusion"),
    ),
    Panel("Decisions", draw_decisions, decides),
    Panel(
        "Residuals",
        draw_of_each(draw_residuals),
        lambda view: stage_plot(view).key == "predicted",
    ),
    Panel("Report", draw_report),
    Panel("Predict a row", draw_row, has_rows),
    Panel("Pictures", draw_images, lambda view: bool(view.spec.image_shape)),
    Panel("Gradients", draw_gradients, has_gradients),
    Panel("Range test", draw_range_test),
    Panel("Network", draw_network),
    Panel("Data", draw_data),
    Panel("Numbers", draw_numbers),
    Panel("Code", draw_code),
    Panel("Export", draw_export),
)

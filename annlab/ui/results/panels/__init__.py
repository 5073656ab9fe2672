"""The panels below the results: one file each, and one entry here."""

from annlab.ui.results.panels.code import draw_code
from annlab.ui.results.panels.data import draw_data
from annlab.ui.results.panels.export import draw_take_along
from annlab.ui.results.panels.gradients import draw_gradients
from annlab.ui.results.panels.images import draw_images
from annlab.ui.results.panels.network import draw_network
from annlab.ui.results.panels.report import draw_report
from annlab.ui.results.view import Panel

PANELS: tuple[Panel, ...] = (
    Panel("Report", draw_report),
    Panel("Pictures", draw_images, lambda shown: bool(shown.spec.image_shape)),
    Panel(
        "Gradients",
        draw_gradients,
        lambda shown: any(run.config.training.record_gradients for run in shown.runs),
    ),
    Panel("Network", draw_network),
    Panel("Data", draw_data),
    Panel("Code", draw_code),
    Panel("Export", draw_take_along),
)

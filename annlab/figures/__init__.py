"""From results to Plotly figures: no training, no Streamlit.

Every figure takes ``theme``, "light" or "dark", as a keyword: that of the page it stands on. It
decides the colors of texts, axes and grid lines; colors of classes and models are the same in both.
The background is transparent. A figure is as high as its content needs, and as wide as its place.
Samples beyond the number that a chart can show are thinned out evenly, and a note says so.
"""

from annlab.figures.activation import activation_functions, softmax_bars
from annlab.figures.base.model_names import MODEL_NAMES, MODEL_WORDS
from annlab.figures.base.subsample import MAX_POINTS
from annlab.figures.base.theme import MODEL_COLORS, ThemeName
from annlab.figures.charts_page import charts_page
from annlab.figures.class_regions import class_regions
from annlab.figures.confusion import confusion_matrix
from annlab.figures.curve_layers import CurveSplit
from annlab.figures.curves import CurveAxis, Curves, curve_splits, learning_curves, metric_title
from annlab.figures.data_overview import correlation_map, geographic_map
from annlab.figures.data_preview import data_preview
from annlab.figures.decision_surface import SurfacePoints, decision_surface
from annlab.figures.fitted_curve import fitted_curve
from annlab.figures.gradients import (
    gradient_norms_by_layer,
    gradient_norms_over_epochs,
    gradient_reach,
    inactive_units,
)
from annlab.figures.histograms import feature_histograms, target_histogram
from annlab.figures.html_report import Report, ReportTable, report_page
from annlab.figures.images import image_grid, in_unit_range, probability_bars, weight_images
from annlab.figures.network import network_graph
from annlab.figures.points import points, points_on_line
from annlab.figures.regression_errors import predicted_against_true, residual_histogram, residuals

__all__ = [
    "MAX_POINTS",
    "MODEL_COLORS",
    "MODEL_NAMES",
    "MODEL_WORDS",
    "CurveAxis",
    "CurveSplit",
    "Curves",
    "Report",
    "ReportTable",
    "SurfacePoints",
    "ThemeName",
    "activation_functions",
    "charts_page",
    "class_regions",
    "confusion_matrix",
    "correlation_map",
    "curve_splits",
    "data_preview",
    "decision_surface",
    "feature_histograms",
    "fitted_curve",
    "geographic_map",
    "gradient_norms_by_layer",
    "gradient_norms_over_epochs",
    "gradient_reach",
    "image_grid",
    "in_unit_range",
    "inactive_units",
    "learning_curves",
    "metric_title",
    "network_graph",
    "points",
    "points_on_line",
    "predicted_against_true",
    "probability_bars",
    "report_page",
    "residual_histogram",
    "residuals",
    "softmax_bars",
    "target_histogram",
    "weight_images",
]

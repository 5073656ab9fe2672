"""From results to Plotly figures: no training, no Streamlit.

Every figure takes ``theme``, "light" or "dark", as a keyword: that of the page it stands on. It
decides the colors of texts, axes and grid lines; colors of classes and models are the same in both.
The background is transparent. A figure is as high as its content needs, and as wide as its place.
Samples beyond the number that a chart can show are thinned out evenly, and a note says so.

A new figure is a file of its own and one line here.
"""

from annlab.figures.activation import activation_functions as activation_functions
from annlab.figures.activation import softmax_bars as softmax_bars
from annlab.figures.base.model_names import MODEL_NAMES as MODEL_NAMES
from annlab.figures.base.model_names import MODEL_WORDS as MODEL_WORDS
from annlab.figures.base.theme import MODEL_COLORS as MODEL_COLORS
from annlab.figures.base.theme import ThemeName as ThemeName
from annlab.figures.charts_page import charts_page as charts_page
from annlab.figures.class_regions import class_regions as class_regions
from annlab.figures.confusion import confusion_matrix as confusion_matrix
from annlab.figures.curve_layers import CurveSplit as CurveSplit
from annlab.figures.curves import CurveAxis as CurveAxis
from annlab.figures.curves import Curves as Curves
from annlab.figures.curves import curve_splits as curve_splits
from annlab.figures.curves import learning_curves as learning_curves
from annlab.figures.curves import metric_title as metric_title
from annlab.figures.data_overview import correlation_map as correlation_map
from annlab.figures.data_overview import geographic_map as geographic_map
from annlab.figures.data_preview import data_preview as data_preview
from annlab.figures.decision_surface import SurfacePoints as SurfacePoints
from annlab.figures.decision_surface import decision_surface as decision_surface
from annlab.figures.fitted_curve import fitted_curve as fitted_curve
from annlab.figures.gradients import gradient_norms_by_layer as gradient_norms_by_layer
from annlab.figures.gradients import gradient_norms_over_epochs as gradient_norms_over_epochs
from annlab.figures.gradients import gradient_reach as gradient_reach
from annlab.figures.gradients import inactive_units as inactive_units
from annlab.figures.histograms import feature_histograms as feature_histograms
from annlab.figures.histograms import target_histogram as target_histogram
from annlab.figures.html_report import Report as Report
from annlab.figures.html_report import ReportTable as ReportTable
from annlab.figures.html_report import report_page as report_page
from annlab.figures.images import image_grid as image_grid
from annlab.figures.images import in_unit_range as in_unit_range
from annlab.figures.images import probability_bars as probability_bars
from annlab.figures.images import weight_images as weight_images
from annlab.figures.network import network_graph as network_graph
from annlab.figures.points import points as points
from annlab.figures.points import points_on_line as points_on_line
from annlab.figures.regression_errors import predicted_against_true as predicted_against_true
from annlab.figures.regression_errors import residual_histogram as residual_histogram
from annlab.figures.regression_errors import residuals as residuals

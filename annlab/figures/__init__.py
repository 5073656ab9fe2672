"""Plotly figures of data and results, without training and without Streamlit.

Every figure takes the keyword ``theme``, "light" or "dark", which sets the colors of texts, axes
and grid lines; colors of classes and models are the same in both themes. The background is
transparent. A figure sets its own height and takes the width of its container. A chart with too
many samples shows an evenly spaced subsample and a note with both numbers.

To add a figure, write a module and import it here.
"""

from annlab.figures.activation import activation_functions as activation_functions
from annlab.figures.activation import softmax_bars as softmax_bars
from annlab.figures.base.compact import LegendEntry as LegendEntry
from annlab.figures.base.compact import compact as compact
from annlab.figures.base.compact import legend_entries as legend_entries
from annlab.figures.base.model_names import MODEL_NAMES as MODEL_NAMES
from annlab.figures.base.model_names import MODEL_WORDS as MODEL_WORDS
from annlab.figures.base.rename import renamed as renamed
from annlab.figures.base.theme import MODEL_COLORS as MODEL_COLORS
from annlab.figures.base.theme import ThemeName as ThemeName
from annlab.figures.base.theme import page_colors as page_colors
from annlab.figures.chart_table import chart_table as chart_table
from annlab.figures.charts_page import charts_page as charts_page
from annlab.figures.class_regions import class_regions as class_regions
from annlab.figures.confusion import confusion_matrix as confusion_matrix
from annlab.figures.curve_layers import SPLITS as SPLITS
from annlab.figures.curve_layers import CurveSplit as CurveSplit
from annlab.figures.curves import CurveAxis as CurveAxis
from annlab.figures.curves import Curves as Curves
from annlab.figures.curves import curve_splits as curve_splits
from annlab.figures.curves import is_share as is_share
from annlab.figures.curves import learning_curves as learning_curves
from annlab.figures.curves import metric_title as metric_title
from annlab.figures.data_overview import correlation_map as correlation_map
from annlab.figures.data_overview import geographic_map as geographic_map
from annlab.figures.data_preview import data_preview as data_preview
from annlab.figures.decision_curves import ModelCurves as ModelCurves
from annlab.figures.decision_curves import precision_recall_curve as precision_recall_curve
from annlab.figures.decision_curves import roc_curve as roc_curve
from annlab.figures.decision_surface import SurfacePoints as SurfacePoints
from annlab.figures.decision_surface import decision_surface as decision_surface
from annlab.figures.fitted_curve import fitted_curve as fitted_curve
from annlab.figures.gradients import clipped_steps as clipped_steps
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
from annlab.figures.label_counts import label_counts as label_counts
from annlab.figures.label_marks import LabeledPoints as LabeledPoints
from annlab.figures.label_surfaces import label_surfaces as label_surfaces
from annlab.figures.layer_space import layer_space as layer_space
from annlab.figures.network import network_graph as network_graph
from annlab.figures.pieces import linear_pieces as linear_pieces
from annlab.figures.pieces import piece_counts as piece_counts
from annlab.figures.plane_curve import PlaneSamples as PlaneSamples
from annlab.figures.plane_curve import plane_curve as plane_curve
from annlab.figures.points import labeled_points as labeled_points
from annlab.figures.points import points as points
from annlab.figures.points import points_in_plane as points_in_plane
from annlab.figures.points import points_on_line as points_on_line
from annlab.figures.points import samples_picture as samples_picture
from annlab.figures.range_test import range_test as range_test
from annlab.figures.regression_errors import predicted_against_true as predicted_against_true
from annlab.figures.regression_errors import residual_histogram as residual_histogram
from annlab.figures.regression_errors import residuals as residuals
from annlab.figures.reliability import reliability_diagram as reliability_diagram
from annlab.figures.search_heatmap import search_heatmap as search_heatmap
from annlab.figures.search_lines import search_lines as search_lines
from annlab.figures.search_race import RaceCurve as RaceCurve
from annlab.figures.search_race import search_race as search_race
from annlab.figures.search_slices import search_slices as search_slices
from annlab.figures.target_scatters import target_scatters as target_scatters
from annlab.figures.unit_maps import unit_maps as unit_maps

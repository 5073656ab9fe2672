"""Figures of a `Run`, for notebooks and pages.

>>> from annlab.figures import of_run  # doctest: +SKIP
>>> of_run.decision_surface(run)  # doctest: +SKIP

The functions take one or several runs and share these keywords; each takes the keywords that
apply to its figure.

dataset : Dataset or None
    Data of all networks of the run, as `annlab.datasets.load_run_dataset` returns them; None
    loads them.
epoch : int, "best", "last" or None
    Epoch of the weights, as in `annlab.runs.run.Run.layers`; None: the best epoch with early
    stopping, else the last.
network : int or None
    Index of the network; None: the median network.
split : {"train", "validation", "test", "all"} or None
    Samples to draw; None: the split used for the score of the run, which is the test split if
    there is one.
model : int
    Index of the run among models A, B, C …, which sets the letter and color. `models` has the
    indices of several runs; None: in order.
theme : {"light", "dark"}
    As in `annlab.figures`.

To add a figure, write such a function in the module of its kind or in a new module.
"""

from annlab.figures.of_run.classification import confusion_matrix as confusion_matrix
from annlab.figures.of_run.classification import decision_surface as decision_surface
from annlab.figures.of_run.classification import probability_bars as probability_bars
from annlab.figures.of_run.decisions import precision_recall_curve as precision_recall_curve
from annlab.figures.of_run.decisions import reliability_diagram as reliability_diagram
from annlab.figures.of_run.decisions import roc_curve as roc_curve
from annlab.figures.of_run.errors import error_ranges as error_ranges
from annlab.figures.of_run.errors import predicted_against_true as predicted_against_true
from annlab.figures.of_run.errors import residual_histogram as residual_histogram
from annlab.figures.of_run.errors import residuals as residuals
from annlab.figures.of_run.film import film as film
from annlab.figures.of_run.fits import fitted_curve as fitted_curve
from annlab.figures.of_run.gradients import clipped_steps as clipped_steps
from annlab.figures.of_run.gradients import gradient_norms_by_layer as gradient_norms_by_layer
from annlab.figures.of_run.gradients import gradient_norms_over_epochs as gradient_norms_over_epochs
from annlab.figures.of_run.gradients import gradient_reach as gradient_reach
from annlab.figures.of_run.gradients import inactive_units as inactive_units
from annlab.figures.of_run.history import learning_curves as learning_curves
from annlab.figures.of_run.inside import inside as inside
from annlab.figures.of_run.labels import label_counts as label_counts
from annlab.figures.of_run.labels import label_surfaces as label_surfaces
from annlab.figures.of_run.live import live_picture as live_picture
from annlab.figures.of_run.pieces import counts_of_all as counts_of_all
from annlab.figures.of_run.pieces import linear_pieces as linear_pieces
from annlab.figures.of_run.pieces import piece_count_request as piece_count_request
from annlab.figures.of_run.pieces import piece_counts as piece_counts
from annlab.figures.of_run.pieces import pieces_of as pieces_of
from annlab.figures.of_run.spaces import layer_space as layer_space
from annlab.figures.of_run.spaces import unit_maps as unit_maps
from annlab.figures.of_run.targets import plane_curve as plane_curve
from annlab.figures.of_run.targets import target_scatters as target_scatters
from annlab.figures.of_run.weights import network_graph as network_graph
from annlab.figures.of_run.weights import weight_images as weight_images

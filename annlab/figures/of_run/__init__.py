"""A run draws itself: figures from a run alone, in a notebook or on a page.

>>> from annlab.figures import of_run  # doctest: +SKIP
>>> of_run.decision_surface(run)  # doctest: +SKIP

Beside the run, or several of them, the functions share these keywords; each takes those that mean
something to it.

dataset : Dataset or None
    The data of all networks of the run, as `annlab.datasets.load_run_dataset` gives them; None:
    loaded.
epoch : int, "best", "last" or None
    Whose weights are drawn, as `annlab.runs.run.Run.layers` takes it; None: the best with early
    stopping, else the last.
network : int or None
    Index of the network that is drawn; None: the median network.
split : {"train", "validation", "test", "all"} or None
    The samples that are drawn; None: the split that the run is judged by, which is the test split
    if there is one.
model : int
    Place of the run among the models A, B, C …, which gives its letter and its color. `models`
    gives the places of several runs; None: in order.
theme : {"light", "dark"}
    As in `annlab.figures`.

A new picture of a run is a function like these, in the file of its kind or in one of its own.
"""

from annlab.figures.of_run.classification import confusion_matrix as confusion_matrix
from annlab.figures.of_run.classification import decision_surface as decision_surface
from annlab.figures.of_run.classification import probability_bars as probability_bars
from annlab.figures.of_run.errors import error_ranges as error_ranges
from annlab.figures.of_run.errors import predicted_against_true as predicted_against_true
from annlab.figures.of_run.errors import residual_histogram as residual_histogram
from annlab.figures.of_run.errors import residuals as residuals
from annlab.figures.of_run.fits import fitted_curve as fitted_curve
from annlab.figures.of_run.gradients import gradient_norms_by_layer as gradient_norms_by_layer
from annlab.figures.of_run.gradients import gradient_norms_over_epochs as gradient_norms_over_epochs
from annlab.figures.of_run.gradients import gradient_reach as gradient_reach
from annlab.figures.of_run.gradients import inactive_units as inactive_units
from annlab.figures.of_run.history import learning_curves as learning_curves
from annlab.figures.of_run.live import live_picture as live_picture
from annlab.figures.of_run.weights import network_graph as network_graph
from annlab.figures.of_run.weights import weight_images as weight_images

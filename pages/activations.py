"""What does the activation function do to a network?"""

import streamlit as st

from annlab.ui.shell import heading, page_setup

page_setup("activations")
heading(
    "activations",
    "Without activation functions, a stack of linear layers is still a straight line. Train the "
    "same network with several activations side by side. Below, move the input of a single unit "
    "and read off value and slope.",
)

from annlab.lessons.experiments import DEFAULTS, experiments_of
from annlab.ui.bench.bench import bench
from annlab.ui.explorer import explorer
from annlab.ui.state.bench_state import settings_of

DEFAULT = DEFAULTS["activations"]

bench(
    "activations",
    default=DEFAULT,
    experiments=experiments_of("activations"),
    tasks=("binary", "multiclass", "regression", "multioutput_regression", "multilabel"),
    varied="activation",
)

st.subheader("A single unit")
explorer([run.model.activation for run in settings_of("activations", DEFAULT.runs)])

"""What does the activation function do to a network?"""

import streamlit as st

from annlab.ui.shell import page_setup

page_setup("activations")
st.header("Activation functions")
st.markdown(
    "Without activation functions, a stack of linear layers is still a straight line. **What does "
    "each function do to a single unit, and what to a whole network?** Move the input and read off "
    "value and slope. Then train the same network with several activations side by side."
)

from annlab.lessons.experiments import DEFAULTS, experiments_of
from annlab.ui.bench.bench import bench
from annlab.ui.explorer import explorer
from annlab.ui.state.bench_state import settings_of

DEFAULT = DEFAULTS["activations"]

explorer([run.model.activation for run in settings_of("activations", DEFAULT.runs)])
st.subheader("The same network with different activations")
bench(
    "activations",
    default=DEFAULT,
    experiments=experiments_of("activations"),
    tasks=("binary", "multiclass", "regression"),
    varied="activation",
)

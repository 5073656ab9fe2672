"""What can hidden units do that a straight line cannot?"""

import streamlit as st

from annlab.ui.frame import frame

frame("logistic_vs_mlp")
st.header("Logistic regression against an MLP")
st.markdown(
    r"Logistic regression, $p = \sigma(w \cdot x + b)$, can only cut the plane along a straight "
    "line. A multilayer perceptron first bends the plane with its hidden units. **When does that "
    "help, and when is the line enough?** Change one thing on the left, press Train, and watch "
    "both learn from the same points."
)

from annlab.experiments import DEFAULTS, experiments_of
from annlab.ui.bench import bench

bench(
    "logistic",
    default=DEFAULTS["logistic_vs_mlp"],
    experiments=experiments_of("logistic_vs_mlp"),
    tasks=("binary",),
)

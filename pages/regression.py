"""What does a network say between the points, and where there are none?"""

import streamlit as st

from annlab.ui.frame import frame

frame("regression")
st.header("Regression")
st.markdown(
    "The output is a number, not a class. Linear regression draws a straight line through the "
    "points; an MLP bends it where they ask for it. **What does each model say between the points, "
    "and what beyond them, where nobody has measured anything?** The band is the range of all "
    "networks: where it opens, they disagree."
)

from annlab.experiments import DEFAULTS, experiments_of
from annlab.ui.bench import bench

bench(
    "regression",
    default=DEFAULTS["regression"],
    experiments=experiments_of("regression"),
    tasks=("regression",),
)

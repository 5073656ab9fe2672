"""What does a network predict between the samples, and where there are none?"""

import streamlit as st

from annlab.ui.shell import page_setup

page_setup("regression")
st.header("Regression")
st.markdown(
    "The output is a number, not a class. Linear regression fits a straight line to the samples; "
    "an MLP can bend to follow them. **What does each model predict between the samples, and what "
    "beyond them, where nobody has measured anything?** The band shows the range over all "
    "networks: where it widens, they disagree."
)

from annlab.lessons.experiments import DEFAULTS, experiments_of
from annlab.ui.bench.bench import bench

bench(
    "regression",
    default=DEFAULTS["regression"],
    experiments=experiments_of("regression"),
    tasks=("regression",),
)

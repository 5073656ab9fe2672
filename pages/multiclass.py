"""How does a network tell more than two classes apart?"""

import streamlit as st

from annlab.ui.frame import frame

frame("multiclass")
st.header("More than two classes")
st.markdown(
    r"One output for each class, and softmax, $p_i = e^{z_i} / \sum_j e^{z_j}$, makes "
    "probabilities of them. Softmax regression shares the plane out along straight lines; an MLP "
    "bends them. **Which classes are taken for each other, and how sure is the network when it "
    "errs?** Click a cell of a confusion matrix to see exactly those points."
)

from annlab.experiments import DEFAULTS, experiments_of
from annlab.ui.bench import bench

bench(
    "multiclass",
    default=DEFAULTS["multiclass"],
    experiments=experiments_of("multiclass"),
    tasks=("multiclass",),
)

"""Which of my runs is better, and is the difference real?"""

import streamlit as st

from annlab.ui.frame import frame

frame("compare")
st.header("Compare runs")
st.markdown(
    "A higher number on one run may be luck. **Is the difference real, and what made it?** Choose "
    "runs of one task; each is held against a baseline, network by network."
)

from annlab.ui.compare import comparison

comparison()

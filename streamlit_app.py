"""The home page: what this is, and the way to every page."""

import streamlit as st

from annlab.ui import frame

frame("home")
st.title("annlab")
st.markdown("Train small neural networks, watch them learn, and compare them side by side.")
st.page_link("pages/logistic_vs_mlp.py", label="Logistic regression against an MLP")

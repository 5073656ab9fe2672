"""Home page: what annlab is for, and a card for every page."""

import streamlit as st

from annlab.ui.shell import page_setup

page_setup("home")
st.title("annlab")
st.markdown(
    """
Small neural networks, side by side: train them, watch them learn, and see what makes the
difference.

- **Change one thing.** Two models learn from the same data, and the page shows exactly what
  differs.
- **Watch.** Curves and boundaries move while the networks learn. Then play the training as a
  film, or drag its slider to any of up to 40 saved epochs.
- **Real or luck?** Several networks train at once, so you can tell a real difference from a
  lucky run.
- **Compare and export.** Every page has a link you can share. Compare any runs, and export each
  one as a PyTorch Lightning or Keras script.
"""
)

from annlab import __version__
from annlab.ui.home import way_to_pages

way_to_pages()
st.caption(f"annlab {__version__}")

from annlab.ui.services import store_notice

store_notice()  # starts the workers while the user reads the page

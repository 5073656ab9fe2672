"""The selectbox of experiments."""

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox


def experiment(visitor: AppTest) -> Selectbox:
    """The selectbox of experiments; its key changes with its value."""
    return next(box for box in visitor.selectbox if box.label == "Experiment")

"""Page on the first neuron: four tabs, of which only the open one is computed."""

from pathlib import Path

import streamlit as st

from annlab.ui.perceptron.by_hand import by_hand
from annlab.ui.perceptron.machines import four_machines
from annlab.ui.perceptron.rule import perceptron_rule
from annlab.ui.perceptron.sixteen import sixteen_functions
from annlab.ui.services import services
from annlab.ui.shell import remove_unseen_chart

_STYLE = Path(__file__).with_name("perceptron.css").read_text(encoding="utf-8")
TABS = {
    "By hand": by_hand,
    "The rule": perceptron_rule,
    "16 functions": sixteen_functions,
    "Four machines": four_machines,
}


def perceptron() -> None:
    """Draw the page."""
    remove_unseen_chart()
    services()  # reports wrong environment variables
    st.html(f"<style>{_STYLE}</style>")
    _tabs()


@st.fragment
def _tabs() -> None:
    # The open tab is in the address, so that a link opens it.
    tabs = st.tabs(list(TABS), key="tab", bind="query-params")
    for tab, draw in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                draw()

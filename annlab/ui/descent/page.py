"""Page on gradient descent: the workbench of two parameters, and tabs below it."""

import json
from functools import partial

import streamlit as st

from annlab.ui.browser import theme
from annlab.ui.components.browser_key import browser_key
from annlab.ui.components.descent import descent_view
from annlab.ui.descent.descent_state import DescentState
from annlab.ui.descent.every_rate import every_rate
from annlab.ui.descent.own_run import own_run
from annlab.ui.descent.surface import surface_of_descent
from annlab.ui.descent.workbench_data import workbench_data
from annlab.ui.services import store_notice
from annlab.ui.shell import remove_unseen_chart
from annlab.ui.state.linked_tabs import linked_tabs

TABS = {
    "Every rate": every_rate,
    "Surface": surface_of_descent,
    "Your own run": own_run,
}


def descent() -> None:
    """Draw the page."""
    remove_unseen_chart()
    store_notice()
    state = DescentState()
    state.prepare()
    browser_key()
    for problem in state.get("problems") or ():
        st.warning(problem, icon=":material/link_off:")
    data = json.dumps(workbench_data(state.opened_with, theme(), state.edition))
    descent_view(data, "descent-workbench", state.take)
    linked_tabs(state, {title: partial(draw, state) for title, draw in TABS.items()})
    state.write_address()

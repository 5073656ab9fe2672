"""Page of one's own data: a file, drawn points, and what this browser has loaded."""

from functools import partial

import streamlit as st

from annlab.ui.components.browser_key import NOT_KEPT, browser_key, key_is_kept
from annlab.ui.data.drawing import draw_pad_tab
from annlab.ui.data.drawing_state import POINTS
from annlab.ui.data.file_state import FILE, PROBLEM, FileState
from annlab.ui.data.file_tab import draw_file_tab
from annlab.ui.data.own_list import draw_own_list
from annlab.ui.services import store_notice
from annlab.ui.shell import remove_unseen_chart
from annlab.ui.state.linked_tabs import linked_tabs
from annlab.ui.state.page_state import PageState, browser_query
from annlab.ui.text.markdown import escape_markdown


def your_data() -> None:
    """Draw the page."""
    remove_unseen_chart()
    store_notice()
    page = PageState("data")
    if page.must_read_address():
        query, _ = browser_query()
        page.read_view(query, ("tab", POINTS, FILE))
        page.note_address_read()
    owner = browser_key()
    with st.container():  # always the same element, so that the tabs keep their place
        if problem := page.get(PROBLEM):
            st.error(escape_markdown(problem), icon=":material/error:")
    tabs = {"A file": partial(_file, page, owner), "Draw points": partial(draw_pad_tab, page)}
    linked_tabs(page, tabs)
    if owner and not page.view(FILE):
        draw_own_list(FileState(page, owner))
    page.write_address()


def _file(page: PageState, owner: str | None) -> None:
    if owner is None:
        st.skeleton(height=200)  # until the browser has answered
        return
    if not key_is_kept():
        st.info(NOT_KEPT, icon=":material/lock_clock:")
    draw_file_tab(FileState(page, owner))

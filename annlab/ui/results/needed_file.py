"""Asks for the own data that a link needs and this browser has not loaded."""

import streamlit as st

from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.reading.opening import MAX_FILE_BYTES
from annlab.store.database import StoreError
from annlab.ui.browser import known_browser_key
from annlab.ui.layout import run_once
from annlab.ui.results.computation import computed
from annlab.ui.services import services
from annlab.ui.shell import PAGES
from annlab.ui.state.page_state import PageState
from annlab.ui.state.uploaded_files import take_upload
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.own_data_text import needed_text

_UPLOAD, _PROBLEM, _TO_MAKE = "needed-upload", "needed-problem", "needed-to-make"


def ask_for_file(state: PageState, own: OwnData) -> None:
    """Say which file is needed, and take it by drag and drop if it is the right one.

    Parameters
    ----------
    state : PageState
        State of the page.
    own : OwnData
        Own data that this browser may not see.
    """
    owner = known_browser_key()
    if owner is None:
        st.skeleton(height=200)  # until the browser has answered
        return
    st.info(needed_text(own), icon=":material/lock:")
    if own.source == "file":
        _uploader(state, owner, own)
    entry = PAGES["data"]
    st.page_link(entry.file, label=f"Open {entry.title}", icon=entry.icon)
    if state.get(_TO_MAKE) == own.content:
        _make(state, owner, own)


def _uploader(state: PageState, owner: str, own: OwnData) -> None:
    key = state.current_key(_UPLOAD)

    def take() -> None:
        state.set(_PROBLEM, None)
        file = take_upload(key)
        if file is None:
            return
        state.force_value(_UPLOAD, None)
        try:
            if not services().own_data.load_for_link(owner, file.data, own):
                state.set(_TO_MAKE, own.content)
        except (ValueError, StoreError) as error:
            state.set(_PROBLEM, str(error))

    st.file_uploader(
        escape_markdown(own.title) or "File",
        key=key,
        on_change=run_once(take),
        max_upload_size=MAX_FILE_BYTES // 1_000_000,
    )
    if problem := state.get(_PROBLEM):
        st.error(escape_markdown(problem), icon=":material/error:")


def _make(state: PageState, owner: str, own: OwnData) -> None:
    """Make the data set of the file, and draw the page again."""
    assert own.recipe is not None  # the data come from a file
    try:
        request = services().own_data.table_request(owner, own.file, own.recipe)
        data = computed("table", request, "Making the data set", key="needed")
        if data is None:
            return
        made = services().own_data.keep_table(owner, data, own.title)
    except (ValueError, StoreError) as error:
        state.set(_PROBLEM, str(error))
        made = None
    state.set(_TO_MAKE, None)
    if made is not None and made.content != own.content:
        state.set(
            _PROBLEM, "This version of annlab reads the file in another way than the link says."
        )
    st.rerun()

"""Tab with a file: drop it, see how it is understood, change that, and use it on a bench."""

import streamlit as st

from annlab.config import DatasetConfig
from annlab.datasets.own.own_data import OWN
from annlab.datasets.own.reading.description import Description
from annlab.datasets.own.reading.opening import MAX_FILE_BYTES
from annlab.jobs.computation import ComputationState
from annlab.store.database import StoreError
from annlab.ui.browser import session_id
from annlab.ui.data.columns_table import draw_columns
from annlab.ui.data.file_state import FileState
from annlab.ui.data.inputs_map import draw_inputs_map
from annlab.ui.data.open_in_bench import benches_of, open_in_bench
from annlab.ui.data.reading_form import draw_first_rows, draw_reading_form
from annlab.ui.data.target import draw_target
from annlab.ui.layout import run_once
from annlab.ui.results.computation import computed
from annlab.ui.services import services
from annlab.ui.shell import PAGE_OF_TASK, PAGES
from annlab.ui.state.uploaded_files import take_upload
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.own_data_text import (
    ACCEPTED,
    KEPT,
    inputs_text,
    notes_of,
    shape_text,
    task_text,
)

FILE_TYPES = ["csv", "tsv", "tab", "txt", "dat", "data", "gz", "xlsx"]
_UPLOAD = "upload"
# Notes that are shown before the others are folded.
_FIRST_NOTES = 3


def draw_file_tab(state: FileState) -> None:
    """Draw the tab: the place to drop a file, or the open file."""
    if state.file:
        _open_file(state)
    else:
        _drop(state)


def _drop(state: FileState) -> None:
    key = state.page.current_key(_UPLOAD)

    def take() -> None:
        file = take_upload(key)
        if file is None:
            return
        state.page.force_value(_UPLOAD, None)
        with state.noting_problems():
            state.upload(file.data, file.name)

    st.file_uploader(
        f"File: {ACCEPTED}",
        FILE_TYPES,
        key=key,
        on_change=run_once(take),
        max_upload_size=MAX_FILE_BYTES // 1_000_000,
    )
    st.caption(KEPT)


def _open_file(state: FileState) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="own-head"):
        title = st.container(width="stretch", gap=None)
        st.button(
            "Another file",
            key=state.page.key("another"),
            icon=":material/arrow_back:",
            on_click=run_once(state.close),
        )
    try:
        request = state.request()
        wanted = state.wanted_table()
    except (ValueError, StoreError) as error:
        with title:
            st.warning(escape_markdown(str(error)), icon=":material/warning:")
        return
    told = st.container()
    with told:
        data = computed("file_description", request, "Reading the file", key="file")
    description = state.take(data)
    if description is None:
        asked = services().computations.ask("file_description", request, session_id())
        if asked.state == ComputationState.FAILED:
            draw_reading_form(state, None)  # another encoding may help
        return
    with title:
        st.subheader(escape_markdown(state.title), anchor=False)
        st.caption(shape_text(description.reading))
    _decide(state, description, is_current=data is not None)
    if wanted is not None:
        request_of_table, bench = wanted
        made = computed("table", request_of_table, "Making the data set", key="table")
        if made is not None:
            own = None
            with state.noting_problems():
                own = state.keep(made)
            if own is None:
                st.rerun()  # the problem stands above
            open_in_bench(bench, DatasetConfig.suggested(OWN, own))
    _notes(description)
    draw_columns(state, description)
    if description.own is not None:
        with st.expander(inputs_text(description.own), icon=":material/account_tree:"):
            draw_inputs_map(description)
    draw_reading_form(state, description.reading)
    draw_first_rows(description.reading)


def _decide(state: FileState, description: Description, *, is_current: bool) -> None:
    """Draw the target, what it decides, and the buttons that use the data."""
    own = description.own
    with st.container(horizontal=True, vertical_alignment="bottom", key="own-decide"):
        draw_target(state, description)
        if own is None:
            st.button("Use", key=state.key("use"), type="primary", disabled=True)
        else:
            recipe = own.recipe
            assert recipe is not None  # the data come from a file
            for k, (name, page) in enumerate(benches_of(own.task).items()):
                st.button(
                    f"Use in {page.title}",
                    key=state.key(f"use-{name}"),
                    type="secondary" if k else "primary",
                    icon=page.icon,
                    disabled=not is_current,
                    on_click=run_once(state.use),
                    args=(recipe, name),
                )
    if own is not None:
        st.markdown(task_text(own, PAGES[PAGE_OF_TASK[own.task]].title))
    else:
        st.warning(escape_markdown(description.problem), icon=":material/warning:")


def _notes(description: Description) -> None:
    notes = notes_of(description.reading, description.notes)
    if not notes:
        return
    st.markdown("\n".join(f"- {note}" for note in notes[:_FIRST_NOTES]))
    if rest := notes[_FIRST_NOTES:]:
        label = "1 more note" if len(rest) == 1 else f"{len(rest)} more notes"
        with st.expander(label, icon=":material/notes:"):
            st.markdown("\n".join(f"- {note}" for note in rest))

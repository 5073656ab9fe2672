"""List of the data that this browser has loaded: open, pin, delete."""

import streamlit as st

from annlab.config import DatasetConfig
from annlab.datasets.own.own_data import OWN
from annlab.store.own_claims import OwnEntry
from annlab.ui.data.file_state import FileState
from annlab.ui.data.open_in_bench import open_in_bench
from annlab.ui.layout import run_once
from annlab.ui.services import services
from annlab.ui.shell import PAGE_OF_TASK, PAGES
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.own_data_text import ALSO_OTHERS, KEPT_BY_RUN, data_set_text, size_text


def listed(entries: list[OwnEntry]) -> list[OwnEntry]:
    """Entries that are shown: data sets, and files of which there is none yet."""
    used = {entry.file for entry in entries if entry.own is not None}
    return [entry for entry in entries if entry.own is not None or entry.digest not in used]


def draw_own_list(state: FileState) -> None:
    """Draw the list; nothing if there are no data."""
    entries = services().own_data.entries(state.owner)
    if not entries:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Your data sets", anchor=False, width="stretch")
        with st.popover("Delete my data", icon=":material/delete_forever:"):
            st.write(f"Delete all your data, the runs on them and their names? {ALSO_OTHERS}")
            st.button(
                "Delete everything",
                key=state.page.key("delete-all"),
                type="primary",
                on_click=run_once(_delete_all),
                args=(state,),
            )
    for entry in listed(entries):
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            _draw(state, entry)


def _draw(state: FileState, entry: OwnEntry) -> None:
    own, key = entry.own, state.page.key(entry.digest[:12])
    with st.container(width="stretch", gap=None):
        pin = " :material/keep:" if entry.pinned else ""
        st.markdown(f"**{escape_markdown(entry.title or 'Drawn points')}**{pin}")
        text = data_set_text(own) if own else f"{size_text(entry.size_bytes)}, not used yet"
        st.caption(f"{text}. {KEPT_BY_RUN}" if entry.kept_by_run else text)
    if own is not None:
        page = PAGE_OF_TASK[own.task]
        if st.button("Use", key=f"{key}-use", icon=PAGES[page].icon, help=PAGES[page].title):
            open_in_bench(page, DatasetConfig.suggested(OWN, own))
    file = entry.file if own else entry.digest
    if file:
        st.button(
            "Open",
            key=f"{key}-open",
            icon=":material/table:",
            help="See its columns and change what they are",
            on_click=run_once(state.open),
            args=(file, own.recipe if own else None),
        )
    st.button(
        "Unpin" if entry.pinned else "Pin",
        key=f"{key}-pin",
        icon=":material/keep_off:" if entry.pinned else ":material/keep:",
        help="Pinned data stay until you delete them",
        on_click=run_once(_pin),
        args=(state, entry),
    )
    with st.popover("Delete", icon=":material/delete:"):
        st.write(f"Delete these data and the runs on them? {ALSO_OTHERS}")
        st.button(
            "Delete",
            key=f"{key}-delete",
            type="primary",
            on_click=run_once(_delete),
            args=(state, entry),
        )


def _pin(state: FileState, entry: OwnEntry) -> None:
    with state.noting_problems():
        services().own_data.pin(state.owner, entry.digest, not entry.pinned)


def _delete(state: FileState, entry: OwnEntry) -> None:
    with state.noting_problems():
        services().own_data.delete(state.owner, entry.digest)


def _delete_all(state: FileState) -> None:
    with state.noting_problems():
        services().own_data.delete_all(state.owner)

"""Tab with the pad: draw points, start from a data set, and use the points as data."""

from contextlib import suppress

import streamlit as st

from annlab.config import DatasetConfig
from annlab.datasets.own.drawing.drawn import reason_not_to_train
from annlab.datasets.own.drawing.drawn_file import (
    MAX_DRAWN_BYTES,
    read_drawn_file,
    write_drawn_file,
)
from annlab.datasets.own.drawing.drawn_table import drawn_table
from annlab.datasets.own.drawing.starting_points import (
    starting_config,
    starting_points,
    starting_sets,
)
from annlab.datasets.own.own_data import OWN, OwnData
from annlab.datasets.own.table import Table
from annlab.store.database import StoreError
from annlab.ui.browser import known_browser_key, theme
from annlab.ui.components.pad import pad_view
from annlab.ui.data.drawing_state import DrawingState
from annlab.ui.data.open_in_bench import benches_of, open_in_bench
from annlab.ui.layout import run_once
from annlab.ui.services import services
from annlab.ui.state.page_state import PageState
from annlab.ui.text.drawing_text import drawing_text
from annlab.ui.text.markdown import escape_markdown

_PAD = "pad"
_FIRST_SET = "moons"
_FILE_TYPE = "text/csv"


def draw_pad_tab(page: PageState) -> None:
    """Draw the tab; the points are a view option of the page's address.

    Parameters
    ----------
    page : PageState
        Of the page of one's own data; its view has the option `drawing_state.POINTS`.
    """
    _pad(DrawingState(page))


# A fragment, so that a stroke does not redraw the page.
@st.fragment
def _pad(state: DrawingState) -> None:
    state.prepare()
    pad_view(state.opened, _PAD, edition=state.edition, theme=theme(), on_points=state.take)
    if state.problem:
        st.warning(escape_markdown(state.problem), icon=":material/warning:")
    with st.container(horizontal=True, vertical_alignment="center", key="pad-use"):
        _use(state)
        st.markdown(drawing_text(state.now), width="content")
    with st.container(horizontal=True, vertical_alignment="bottom", key="pad-more"):
        name = _start_from(state)
        _file(state)
        if name is not None:
            _start(state, name)
    state.page.write_address()


def _use(state: DrawingState) -> None:
    """Draw a button for each bench that can train on the points."""
    reason = reason_not_to_train(state.now)
    for page, entry in benches_of(state.now.task).items():
        if st.button(
            f"Use in {entry.title}",
            key=state.page.key(f"use-{page}"),
            icon=entry.icon,
            disabled=bool(reason),
            help=reason or f"Train the models of the {entry.title} page on these points",
        ):
            open_in_bench(page, DatasetConfig.suggested(OWN, _keep(drawn_table(state.now))))


def _keep(table: Table) -> OwnData:
    """Keep points for this browser, so that also a link to many of them opens here."""
    owner = known_browser_key()
    with suppress(ValueError, StoreError):  # the settings of the bench hold them anyway
        if owner is not None:
            return services().own_data.keep_table(owner, table.to_bytes(), table.own.title)
    return table.own


def _start_from(state: DrawingState) -> str | None:
    """Draw the choice of a data set; return its name once the button is pressed."""
    sets = starting_sets()
    name: str = st.selectbox(
        "Start from",
        sets,
        index=list(sets).index(_FIRST_SET),
        format_func=lambda name: sets[name].label,
        key=state.page.key("start-from"),
        help="Puts samples of a built-in data set on the pad, stretched to fill it. Undo brings "
        "your points back.",
        width=240,
    )
    pressed = st.button("Fill pad", key=state.page.key("start"), icon=":material/scatter_plot:")
    return name if pressed else None


def _start(state: DrawingState, name: str) -> None:
    try:
        with st.spinner("Loading the samples…"):
            dataset = services().datasets.load(starting_config(name))
    except (ValueError, TimeoutError) as error:
        state.refuse(str(error))
    else:
        state.open(starting_points(dataset))
    st.rerun(scope="fragment")


def _file(state: DrawingState) -> None:
    st.download_button(
        "Save as a file",
        write_drawn_file(state.now),
        "points.csv",
        _FILE_TYPE,
        key=state.page.key("save"),
        icon=":material/download:",
        disabled=not state.now.points,
        on_click="ignore",
    )
    with st.popover("Load a file", icon=":material/upload_file:"):
        key = state.page.key("load")
        st.file_uploader(
            "Points (.csv)",
            type=["csv"],
            key=key,
            on_change=run_once(_load),
            args=(state, key),
            max_upload_size=1,
            help="A file from Save as a file, or a table with the columns x1, x2, class or x, y.",
        )


def _load(state: DrawingState, key: str) -> None:
    file = st.session_state.get(key)
    if file is None:
        return
    try:
        state.open(read_drawn_file(file.read(MAX_DRAWN_BYTES + 1)))
    except ValueError as error:
        state.refuse(str(error))

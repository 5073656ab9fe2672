"""Page on searches: controls, what was found, linked views, and tabs below them."""

from functools import partial

import streamlit as st

from annlab.runs.budget import LINK_WORK
from annlab.search.cost import work_of
from annlab.search.search_job import request_of
from annlab.ui.browser import session_id, theme
from annlab.ui.components.browser_key import browser_key
from annlab.ui.results.charts import show_chart
from annlab.ui.results.computation import computed
from annlab.ui.results.needed_file import ask_for_file
from annlab.ui.search.search_results import picture, table_of
from annlab.ui.search.search_state import SearchState
from annlab.ui.search.settings import search_settings
from annlab.ui.search.tabs import export, other_searches, test_split
from annlab.ui.search.views import linked_views
from annlab.ui.services import services, store_notice
from annlab.ui.shell import remove_unseen_chart
from annlab.ui.state.linked_tabs import linked_tabs
from annlab.ui.state.own_access import may_see
from annlab.ui.text.search_text import VARIANCE_FORMULA, diverged_text, found_text, luck_text

TABS = {
    "Other strategies": other_searches,
    "Test split": test_split,
    "Export": export,
}


def search_page() -> None:
    """Draw the page."""
    remove_unseen_chart()
    store_notice()
    state = SearchState()
    state.prepare()
    state.set("drawn", state.shown)
    with st.sidebar:
        _settings(state)
    for problem in state.get("problems") or ():
        st.warning(problem, icon=":material/link_off:")
    shown = state.shown
    own = shown.base.dataset.own
    if own is not None:
        browser_key()
    if own is not None and not may_see(shown.base.dataset):
        ask_for_file(state, own)
        state.write_address()
        return
    if _waits_for_button(state):
        st.info(
            f"This link asks for a large search, about {work_of(shown) / LINK_WORK:.1f} times as "
            "much as a page starts by itself. Press **Search** to start it.",
            icon=":material/play_arrow:",
        )
        state.write_address()
        return
    request, known = request_of(shown), state.known_table()
    data = computed(
        "search",
        request,
        f"Search of {shown.n_planned:,} configs",
        attached=lambda: known,
        draw_partial=lambda partial: _draw_partial(state, partial),
    )
    if data is not None:
        state.keep_table(data)
        _results(state, data)
    state.write_address()


def _waits_for_button(state: SearchState) -> bool:
    """Whether the address asks for more than a link may start, which nobody has started."""
    if not state.is_of_link or work_of(state.shown) <= LINK_WORK:
        return False
    computations, request = services().computations, request_of(state.shown)
    known = computations.computes("search", request)
    return not known and computations.find("search", request) is None


@st.fragment
def _settings(state: SearchState) -> None:
    search_settings(state)
    if state.get("drawn") != state.shown:
        st.rerun()  # the button has changed the search


def _draw_partial(state: SearchState, data: bytes) -> None:
    """Draw the result so far: live, or after a stop."""
    asked = services().computations.ask("search", request_of(state.shown), session_id())
    if asked.is_over_for(session_id()):
        state.keep_table(data)
        _results(state, data)
        return
    _draw_found(data)
    row = table_of(data).winner
    assert row is not None
    show_chart(
        picture(data, "slices", (row,), theme()),
        state.key("live-slices"),
        "Validation score of the configs so far against each searched setting",
    )


def _draw_found(data: bytes) -> None:
    table = table_of(data)
    parts = [found_text(table), luck_text(table), diverged_text(table)]
    st.markdown(" ".join(filter(None, parts)), help=VARIANCE_FORMULA)


@st.fragment
def _results(state: SearchState, data: bytes) -> None:
    _draw_found(data)
    linked_views(state, data)
    linked_tabs(state, {title: partial(draw, state, data) for title, draw in TABS.items()})
    state.write_address()

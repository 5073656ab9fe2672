"""Tabs of a page whose link names the open one."""

from collections.abc import Callable, Mapping

import streamlit as st

from annlab.ui.state.page_state import PageState


def linked_tabs(state: PageState, tabs: Mapping[str, Callable[[], None]]) -> None:
    """Draw tabs, and the content of the open one; the first has no name in the link.

    Parameters
    ----------
    state : PageState
        Its view option "tab" names the open tab.
    tabs : mapping of callable
        Functions that draw the tabs, by title.
    """
    key = state.view_key("tab")
    opens_with = state.at_first(key, state.view("tab"))
    titles = list(tabs)
    shown = st.tabs(
        titles,
        default=opens_with if opens_with in tabs else None,
        key=key,
        on_change="rerun",
    )
    for tab, title in zip(shown, titles, strict=True):
        if tab.open:
            state.set_view(tab=None if title == titles[0] else title)
            with tab:
                tabs[title]()

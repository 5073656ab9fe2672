"""What the browser says: theme, session, and how the page was reached."""

from typing import TYPE_CHECKING
from uuid import uuid4

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if TYPE_CHECKING:
    from annlab.figures import ThemeName


def this_page() -> str:
    """The name in `PAGES` of the page that is being drawn."""
    return str(st.session_state.get("page_now", "home"))


def stayed_on_page() -> bool:
    """Whether this session's last whole run was of the same page."""
    return bool(st.session_state.get("page_before") == st.session_state.get("page_now"))


def stay_on_page() -> None:
    """Note that the page has been drawn: parts of it that draw themselves are still of it."""
    st.session_state["page_before"] = this_page()


def is_history_navigation() -> bool:
    """Whether the browser's Back or Forward has brought this address."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def theme() -> "ThemeName":
    """The theme the browser shows now."""
    return "dark" if st.context.theme.type == "dark" else "light"


def session_id() -> str:
    """A name for this session, for as long as its tab is open."""
    return st.session_state.setdefault("session_id", uuid4().hex)

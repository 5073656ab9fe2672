"""Facts about the browser: theme, session, key, page, and history navigation."""

from typing import TYPE_CHECKING
from uuid import uuid4

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

if TYPE_CHECKING:
    from annlab.figures import ThemeName


def this_page() -> str:
    """Name in `PAGES` of the current page."""
    return str(st.session_state.get("page_now", "home"))


def stayed_on_page() -> bool:
    """Whether the session's previous full script run drew the same page."""
    return bool(st.session_state.get("page_before") == st.session_state.get("page_now"))


def stay_on_page() -> None:
    """Mark the page as drawn, so that its fragments count as staying on the page."""
    st.session_state["page_before"] = this_page()


def is_history_navigation() -> bool:
    """Whether the user reached this address with the browser's Back or Forward button."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def theme() -> "ThemeName":
    """Current theme of the browser."""
    return "dark" if st.context.theme.type == "dark" else "light"


def session_id() -> str:
    """Unique name of this session; it lasts as long as the tab is open."""
    return st.session_state.setdefault("session_id", uuid4().hex)


def connection() -> str:
    """Streamlit's name of this session; a browser that comes back in time has the same."""
    context = get_script_run_ctx()
    return context.session_id if context is not None else ""


def is_connected(connection: str) -> bool:
    """Whether a browser is connected with a session; True without a server of Streamlit.

    Call it from any thread.

    Parameters
    ----------
    connection : str
        Result of `connection`.
    """
    return not Runtime.exists() or Runtime.instance().is_active_session(connection)


# Session keys: the key of the browser, and whether the browser keeps it.
BROWSER_KEY = "browser-key-known"
KEY_IS_KEPT = "browser-key-kept"


def known_browser_key() -> str | None:
    """Key of this browser, if `annlab.ui.components.browser_key` has asked for it."""
    key: str | None = st.session_state.get(BROWSER_KEY)
    return key


def note_browser_key(key: str, is_kept: bool) -> None:
    """Remember the key of this browser for the session."""
    st.session_state[BROWSER_KEY] = key
    st.session_state[KEY_IS_KEPT] = is_kept

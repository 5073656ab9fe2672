"""The key of this browser: random, anonymous, and kept by the browser."""

import re
from typing import Any

import streamlit as st

from annlab.ui.browser import KEY_IS_KEPT, known_browser_key, note_browser_key
from annlab.ui.components.sources import javascript

# CSS key, and key of the component.
_KEY = "browser-key"
_PATTERN = re.compile("[0-9a-f]{32}")
NOT_KEPT = (
    "Your browser does not let annlab keep anything, so your own data are yours only until you "
    "close or reload this tab."
)

_ask = st.components.v2.component("annlab_browser_key", js=javascript("browser_key"))


def browser_key() -> str | None:
    """Key of this browser; None until the browser has answered, which draws the page again.

    Whoever has the key can see and delete the browser's data, so it belongs into no log, link or
    page. Call it once per run, in every page or fragment that shows own data. In a fragment, the
    answer draws that fragment alone again. A known key leaves an empty place.

    Returns
    -------
    str or None
        128 random bits as hexadecimal digits. A browser that keeps nothing gets a key for this
        session alone; `key_is_kept` tells.
    """

    def report() -> None:
        read = _read(st.session_state[_KEY].get("browser"))
        if read is not None and known_browser_key() is None:
            note_browser_key(*read)

    # Always the same element, so that what follows keeps its place.
    with st.container(key=f"{_KEY}-place"):
        if known_browser_key() is None:
            st.html(f"<style>.st-key-{_KEY}-place {{ display: none }}</style>")
            _ask(key=_KEY, on_browser_change=report)
    return known_browser_key()


def key_is_kept() -> bool:
    """Whether the browser keeps its key; if not, `NOT_KEPT` says what follows."""
    return bool(st.session_state.get(KEY_IS_KEPT, True))


def _read(sent: Any) -> tuple[str, bool] | None:
    """Key that a browser sends, and whether it is kept; None for anything else it may send."""
    match sent:
        case [str() as key, bool() as is_kept] if _PATTERN.fullmatch(key):
            return key, is_kept
    return None

"""What a tab has changed in the controls of its page, which lie outside its fragment."""

import streamlit as st

from annlab.ui.text.markdown import escape_markdown

# Session keys: what to say about a change, and whether the page is to be redrawn.
_SAID, _RERUN = "change-said", "change-rerun"


def note_change(text: str) -> None:
    """Note in a callback what has changed, for `say_change`."""
    st.session_state[_SAID] = text
    st.session_state[_RERUN] = True


def say_change() -> None:
    """Redraw the page after a change, for the sake of its controls, and say what has changed.

    A tab that changes controls calls it first.
    """
    if st.session_state.pop(_RERUN, False):
        st.rerun()
    if said := st.session_state.pop(_SAID, ""):
        st.toast(escape_markdown(said), icon=":material/tune:", duration="long")

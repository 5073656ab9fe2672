"""What every page has around its content: title, navigation, theme.

A page may be the first one that a server ever shows, so each stands on its own and calls
`page_setup` itself.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import plotly.graph_objects as go
import streamlit as st

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Page:
    """A page as the navigation and the home page show it.

    Attributes
    ----------
    file, title, icon : str
        The script, and how it is called.
    question : str
        What can be found out there; empty for the home page itself.
    """

    file: str
    title: str
    icon: str
    question: str = ""


# In the session: the charts that have been drawn on the page; the place of one that is not seen.
DRAWN = "charts-drawn"
_UNSEEN = "unseen"
# In the browser.
_UNSEEN_KEY = "unseen-chart"
_TOUCH_KEY = "touch"
# A file, not a named icon: those are fetched from elsewhere.
ICON = str(Path(__file__).with_name("icon.svg"))

PAGES: dict[str, Page] = {
    "home": Page("streamlit_app.py", "annlab", ":material/home:"),
    "activations": Page(
        "pages/activations.py",
        "Activations",
        ":material/ssid_chart:",
        "What does the activation function do to a unit, and what to a whole network?",
    ),
    "logistic_vs_mlp": Page(
        "pages/logistic_vs_mlp.py",
        "Logistic vs MLP",
        ":material/call_split:",
        "What can hidden units do that a straight line cannot? Two models learn from the same "
        "data.",
    ),
    "multiclass": Page(
        "pages/multiclass.py",
        "Multiclass",
        ":material/category:",
        "How does a network tell more than two classes apart, and which does it confuse?",
    ),
    "regression": Page(
        "pages/regression.py",
        "Regression",
        ":material/show_chart:",
        "What does a network predict between the samples, and where there are none?",
    ),
    "compare": Page(
        "pages/compare.py",
        "Compare",
        ":material/compare_arrows:",
        "Which of my runs is better, and is the difference real? Compare any of your runs.",
    ),
}

# Where a run is at home.
PAGE_OF_TASK = {
    "binary": "logistic_vs_mlp",
    "multiclass": "multiclass",
    "regression": "regression",
}


def page_setup(name: str) -> None:
    """Set up a page: browser title, layout, and the navigation in the sidebar.

    Parameters
    ----------
    name : str
        A name in `PAGES`.
    """
    page = PAGES[name]
    st.session_state["page_before"] = st.session_state.get("page_now")
    st.session_state["page_now"] = name
    st.session_state[DRAWN] = {}
    title = page.title if name == "home" else f"{page.title} · annlab"
    st.set_page_config(page_title=title, page_icon=ICON, layout="wide")
    with st.sidebar:
        for entry in PAGES.values():
            st.page_link(entry.file, label=entry.title, icon=entry.icon, width="stretch")
        _fetch_plotly()
        _let_fingers_scroll()


def _let_fingers_scroll() -> None:
    """Let a finger on a confusion matrix move the page.

    Streamlit makes Plotly drag wherever something can be selected, whatever the layout says, and
    Plotly then keeps all touches for itself. A tap still selects: the browser makes a click of it.
    """
    with st.container(key=_TOUCH_KEY):
        st.html(
            f"<style>.st-key-{_TOUCH_KEY} {{ display: none }}</style>"
            "<script>if (!window.annlabTouch) { window.annlabTouch = true;"
            "document.addEventListener('touchstart', e => {"
            "if (e.target.closest?.('[class*=st-key-confusion-]')) e.stopPropagation(); },"
            "{capture: true, passive: true}); }</script>",
            unsafe_allow_javascript=True,
        )


def _fetch_plotly() -> None:
    """Show an invisible chart on a session's first page.

    The browser fetches Plotly, most of what Streamlit sends it, when the first chart comes. So it
    does while the server gets the page ready, or while its visitor reads the home page.
    """
    is_first = _UNSEEN not in st.session_state
    st.session_state[_UNSEEN] = place = st.empty()
    if is_first:
        with place.container(key=_UNSEEN_KEY):
            st.html(f"<style>.st-key-{_UNSEEN_KEY} {{ display: none }}</style>")
            st.plotly_chart(go.Figure())


def remove_unseen_chart() -> None:
    """Charts that are seen come now; not to be called from a fragment."""
    st.session_state[_UNSEEN].empty()

"""Page shell: registry of pages, title, navigation and browser fixes.

Any page may be the first one that a server shows, so each page calls `page_setup` itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import plotly.graph_objects as go
import streamlit as st

from annlab.host.garbage import leave_out_imports


@dataclass(frozen=True)
class Page:
    """Entry of a page in the navigation and on the home page.

    Attributes
    ----------
    file, title, icon : str
        Script, name and icon.
    question : str
        Question that the page answers; empty for the home page.
    bench : str
        Prefix of the session keys of the page's bench; empty for a page without a bench.
    """

    file: str
    title: str
    icon: str
    question: str = ""
    bench: str = ""


# Session keys: the charts drawn on the page; the container of the invisible chart.
DRAWN = "charts-drawn"
_UNSEEN = "unseen"
# CSS keys.
_UNSEEN_KEY = "unseen-chart"
_TOUCH_KEY = "touch"
# Pixels: two narrow columns of controls.
_SIDEBAR_WIDTH = 320
# A file, because Streamlit loads named icons from another server.
ICON = str(Path(__file__).with_name("icon.svg"))

# Look of every page.
PAGE_STYLE = "".join(
    Path(__file__).with_name(f"{name}.css").read_text(encoding="utf-8")
    for name in ("page", "stage")
)

# In two columns: the longest titles stand in the left one.
PAGES: dict[str, Page] = {
    "home": Page("streamlit_app.py", "annlab", ":material/home:"),
    "perceptron": Page(
        "pages/perceptron.py",
        "Perceptron",
        ":material/radio_button_checked:",
        "What can a single neuron decide?",
    ),
    "logistic_vs_mlp": Page(
        "pages/logistic_vs_mlp.py",
        "Logistic vs MLP",
        ":material/call_split:",
        "What can hidden units do that a straight line cannot?",
        bench="logistic",
    ),
    "activations": Page(
        "pages/activations.py",
        "Activations",
        ":material/ssid_chart:",
        "What does the activation function do to a unit, and what to a whole network?",
        bench="activations",
    ),
    "multiclass": Page(
        "pages/multiclass.py",
        "Multiclass",
        ":material/category:",
        "How does a network tell more than two classes apart, and which does it confuse?",
        bench="multiclass",
    ),
    "regression": Page(
        "pages/regression.py",
        "Regression",
        ":material/show_chart:",
        "What does a network predict between the samples, and where there are none?",
        bench="regression",
    ),
    "several_outputs": Page(
        "pages/several_outputs.py",
        "Several outputs",
        ":material/alt_route:",
        "How does one network predict several numbers, or several labels, at once?",
        bench="several_outputs",
    ),
    "data": Page(
        "pages/data.py",
        "Your data",
        ":material/upload_file:",
        "What can a network learn from your own data?",
    ),
    "gradient_descent": Page(
        "pages/gradient_descent.py",
        "Gradient descent",
        ":material/trending_down:",
        "Which way is downhill, and how large should a step be?",
    ),
    "search": Page(
        "pages/search.py",
        "Search",
        ":material/manage_search:",
        "Which settings are good, and how much of it is luck?",
    ),
    "compare": Page(
        "pages/compare.py",
        "Compare",
        ":material/compare_arrows:",
        "Which of my runs is better, and is the difference real?",
    ),
}

# Page on which a run of a task is trained.
PAGE_OF_TASK = {
    "binary": "logistic_vs_mlp",
    "multiclass": "multiclass",
    "regression": "regression",
    "multioutput_regression": "several_outputs",
    "multilabel": "several_outputs",
}


def page_setup(name: str) -> None:
    """Set up a page: browser title, layout, and the navigation in the sidebar.

    Parameters
    ----------
    name : str
        A name in `PAGES`.
    """
    leave_out_imports()
    page = PAGES[name]
    st.session_state["page_before"] = st.session_state.get("page_now")
    st.session_state["page_now"] = name
    st.session_state[DRAWN] = {}
    title = page.title if name == "home" else f"{page.title} · annlab"
    st.set_page_config(
        page_title=title, page_icon=ICON, layout="wide", initial_sidebar_state=_SIDEBAR_WIDTH
    )
    providers = login_providers()
    if providers and not getattr(st.user, "is_logged_in", False):
        _ask_for_login(providers)
    with st.sidebar:
        st.html(f"<style>{PAGE_STYLE}</style>")
        with st.container(key="pages"):
            for entry in PAGES.values():
                st.page_link(entry.file, label=entry.title, icon=entry.icon, width="stretch")
        _fetch_plotly()
        _let_fingers_scroll()


def login_providers() -> list[str]:
    """Names under which the host lets people log in; empty if everybody may come in.

    They are the sections ``[auth.NAME]`` of Streamlit's secrets. Settings of one provider alone may
    stand in ``[auth]`` itself, and Streamlit calls it "default".
    """
    if not st.secrets.load_if_toml_exists() or "auth" not in st.secrets:
        return []
    named = [name for name, value in st.secrets["auth"].items() if isinstance(value, Mapping)]
    return named or ["default"]


def _ask_for_login(providers: Sequence[str]) -> NoReturn:
    """Show nothing but a button for each provider."""
    st.title("annlab", anchor=False)
    st.write("This server asks you to log in. Then this page opens.")
    for name in providers:
        with_whom = "" if name == "default" else f" with {name.replace('_', ' ').title()}"
        st.button(
            f"Log in{with_whom}",
            key=f"login-{name}",
            icon=":material/login:",
            on_click=st.login,
            args=(name,) if with_whom else (),
        )
    st.stop()


def heading(name: str, explanation: str) -> None:
    """Draw a page's question as its title, with an explanation behind a help mark.

    Parameters
    ----------
    name : str
        A name in `PAGES`.
    explanation : str
        Markdown.
    """
    st.title(PAGES[name].question, anchor=False, help=explanation)


def _let_fingers_scroll() -> None:
    """Let a finger on a confusion matrix or a picture of a search scroll the page.

    Streamlit turns on Plotly's drag mode for every selectable chart, and Plotly then captures all
    touches. A tap still selects, because the browser turns it into a click.
    """
    with st.container(key=_TOUCH_KEY):
        st.html(
            f"<style>.st-key-{_TOUCH_KEY} {{ display: none }}</style>"
            "<script>if (!window.annlabTouch) { window.annlabTouch = true;"
            "document.addEventListener('touchstart', e => {"
            "if (e.target.closest?.('[class*=st-key-confusion-], [class*=st-key-search-]"
            " .js-plotly-plot')) e.stopPropagation(); },"
            "{capture: true, passive: true}); }</script>",
            unsafe_allow_javascript=True,
        )


def _fetch_plotly() -> None:
    """Show an invisible chart on a session's first page.

    The browser downloads Plotly, Streamlit's largest file, with the first chart. The invisible
    chart starts this download while the server prepares the page or the user reads the home page.
    """
    is_first = _UNSEEN not in st.session_state
    st.session_state[_UNSEEN] = place = st.empty()
    if is_first:
        with place.container(key=_UNSEEN_KEY):
            st.html(f"<style>.st-key-{_UNSEEN_KEY} {{ display: none }}</style>")
            st.plotly_chart(go.Figure())


def remove_unseen_chart() -> None:
    """Remove the invisible chart before the first real one. Do not call it from a fragment."""
    st.session_state[_UNSEEN].empty()

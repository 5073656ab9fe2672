"""The link to what is shown, and a warning if a link asks for what does not exist."""

from collections.abc import Sequence
from operator import itemgetter

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from annlab.config import RESULTS_VERSION
from annlab.figures import MODEL_NAMES
from annlab.runs.run import Run
from annlab.ui.results.view import Group
from annlab.ui.services import services
from annlab.ui.state.bench_state import PageState
from annlab.ui.text.wording import in_a_row, plain


def draw_link(state: PageState, place: DeltaGenerator, groups: Sequence[Group]) -> None:
    """Offer the link in a popover, with what someone sees who opens it."""
    with place, st.popover("Link", icon=":material/link:", help="A link to these results"):
        st.write(_what_it_opens(groups))
        st.code(state.link(), language=None, wrap_lines=True)


def _what_it_opens(groups: Sequence[Group]) -> str:
    """What someone sees who opens the link: it names settings, and not every run is of those."""
    models = [m for group in groups for m in zip(group.places, group.runs, strict=False)]
    others = [
        f"{MODEL_NAMES[place]} {why}"
        for place, run in sorted(models, key=itemgetter(0))
        if (why := _unlike_its_settings(run))
    ]
    if not others:
        return (
            "Anyone who opens this link sees the same results. Missing runs are trained "
            "automatically:"
        )
    it = "it" if len(others) == 1 else "them"
    return (
        f"This link names settings, not results. {in_a_row(others)}, so whoever opens the link may "
        f"have to train {it} anew, with other results:"
    )


def _unlike_its_settings(run: Run) -> str:
    """Why a new training of a run's settings may give something else; empty if it gives this."""
    if run.results_version != RESULTS_VERSION:
        return "was made by an earlier version of annlab"
    if run.ending == "stopped":
        return "was stopped by hand"
    stored = services().repository.run(run.config)
    if stored is None or stored.fingerprint != run.fingerprint:
        return "comes from a file"
    return ""


def warn_unknown(name: str, text: str | None) -> None:
    """Say that a link asks for something that does not exist."""
    st.warning(
        f"This link asks for {name} “{plain((text or '')[:20])}”, which does not exist. Showing "
        "the default instead.",
        icon=":material/link_off:",
    )

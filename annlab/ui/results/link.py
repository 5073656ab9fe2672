"""Share link of the results, and warnings about links with unknown values."""

from collections.abc import Sequence
from operator import itemgetter

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from annlab.config import RESULTS_VERSION
from annlab.runs.run import Run
from annlab.ui.results.view import Group
from annlab.ui.state.own_access import load_run
from annlab.ui.state.page_state import PageState
from annlab.ui.text.markdown import escape_markdown, join_names
from annlab.ui.text.model_names import model_name
from annlab.weights_text import MAX_WEIGHTS_IN_LINK


def draw_link(state: PageState, place: DeltaGenerator, groups: Sequence[Group]) -> None:
    """Draw the share link in a popover that explains what the link opens."""
    with place, st.popover("Link", icon=":material/link:", help="A link to these results"):
        if sentence := _does_not_fit(groups):
            st.write(sentence)
            return
        st.write(_what_it_opens(groups))
        st.code(state.link(), language=None, wrap_lines=True)


def _does_not_fit(groups: Sequence[Group]) -> str:
    """Why there is no link to the results; empty if there is one."""
    models = [m for group in groups for m in zip(group.places, group.runs, strict=False)]
    large = [place for place, run in models if not run.config.fits_into_link]
    if not large:
        return ""
    names = join_names([escape_markdown(model_name(place)) for place in sorted(large)])
    verb = "starts" if len(large) == 1 else "start"
    return (
        f"There is no link to these results: {names} {verb} from weights of your own, and a link "
        f"holds at most {MAX_WEIGHTS_IN_LINK} of them. Save the settings or the weights under "
        "**Export** instead."
    )


def _what_it_opens(groups: Sequence[Group]) -> str:
    """Explain what the link opens; it names settings, so some runs must be trained again."""
    models = [m for group in groups for m in zip(group.places, group.runs, strict=False)]
    others: dict[tuple[str, str], list[str]] = {}
    for place, run in sorted(models, key=itemgetter(0)):
        if why := _unlike_its_settings(run):
            others.setdefault(why, []).append(escape_markdown(model_name(place)))
    if not others:
        return (
            "Anyone who opens this link sees the same results. Missing runs are trained "
            "automatically, large ones after a click on **Train**:"
        )
    reasons = [
        f"{join_names(names)} {one if len(names) == 1 else several}"
        for (one, several), names in others.items()
    ]
    it = "it" if sum(map(len, others.values())) == 1 else "them"
    return (
        f"This link names settings, not results. {join_names(reasons)}, so whoever opens the link "
        f"may have to train {it} again and get other results:"
    )


def _unlike_its_settings(run: Run) -> tuple[str, str] | None:
    """Why a new training of the settings may give other results: for one run, and for several."""
    if run.results_version != RESULTS_VERSION:
        made = "made by an earlier version of annlab"
        return f"was {made}", f"were {made}"
    if run.ending == "stopped":
        return "was stopped before its end", "were stopped before their end"
    stored = load_run(run.config)
    if stored is None or stored.fingerprint != run.fingerprint:
        return "comes from a file", "come from files"
    return None


def warn_unknown(name: str, text: str | None) -> None:
    """Warn that a link asks for a value that does not exist."""
    st.warning(
        f"This link asks for {name} “{escape_markdown((text or '')[:20])}”, which does not exist. "
        "Showing the default instead.",
        icon=":material/link_off:",
    )

"""Options of decisions in the address: positive class, threshold, and costs of mistakes."""

import math

import numpy as np
import streamlit as st

from annlab.analysis.decision_costs import NEVER, USUAL_THRESHOLD, Costs
from annlab.ui.results.link import warn_unknown
from annlab.ui.results.view import ResultsView
from annlab.ui.state.page_state import PageState
from annlab.ui.text.decisions_text import default_positive
from annlab.ui.text.markdown import escape_markdown

# A missed case costs ten false alarms at first, so that the threshold matters.
DEFAULT_COSTS = Costs(missed=10.0, false_alarm=1.0)
MOST_COST = 1e6
# Link names.
POSITIVE, THRESHOLD, MISSED, ALARM = ("positive", "threshold", "missed", "alarm")
# Value of the page: key of the threshold, data set and classes of the last drawing.
_DRAWN = "decisions-of"


def draw_positive(view: ResultsView) -> int:
    """Draw the choice of the positive class; with other data, it starts anew."""
    state, names = view.state, view.dataset.class_names
    own = view.runs[0].config.dataset.own
    data = (own.content if own else view.spec.name, *names)
    key, before = state.get(_DRAWN, ("", ()))
    # After Back or Forward, the options are those of the address, and the key is another.
    if key == state.view_key(THRESHOLD) and before != data:
        state.forget_view(POSITIVE, THRESHOLD)  # they belong to the data before
    state.set(_DRAWN, (state.view_key(THRESHOLD), data))
    # Of all networks, so that another plotted network has the same class.
    every = np.concatenate([one.y_train for one in view.dataset.networks or (view.dataset,)])
    usual = default_positive(np.bincount(every, minlength=len(names)).tolist())
    chosen = st.selectbox(
        "Positive class",
        range(len(names)),
        index=int(_asked(state, POSITIVE, usual, len(names) - 1, whole=True)),
        key=state.view_key(POSITIVE),
        format_func=lambda k: names[k],
        width=220,
        help="The class to find. All other classes together are the negative one.",
    )
    state.set_view(**{POSITIVE: None if chosen == usual else chosen})
    return int(chosen)


def draw_costs(state: PageState, name: str) -> Costs:
    """Draw the costs of both mistakes.

    Parameters
    ----------
    state : PageState
    name : str
        Name of the positive class.
    """
    drawn = []
    with st.container(horizontal=True):
        for label, option, usual in (
            (f"A missed “{escape_markdown(name)}” costs", MISSED, DEFAULT_COSTS.missed),
            ("A false alarm costs", ALARM, DEFAULT_COSTS.false_alarm),
        ):
            asked = _asked(state, option, usual, MOST_COST)
            key = state.view_key(option)
            cost = st.number_input(label, 0.0, MOST_COST, asked, key=key, width=220, format="%g")
            state.set_view(**{option: None if cost == usual else _text(cost)})
            drawn.append(cost)
    return Costs(*drawn)


def shown_threshold(state: PageState) -> float:
    """Threshold of the address, else the usual one."""
    return _asked(state, THRESHOLD, USUAL_THRESHOLD, NEVER)


def move_threshold(state: PageState, threshold: float) -> None:
    """Note the threshold at which the slider rests."""
    is_usual = threshold == USUAL_THRESHOLD
    state.set_view(**{THRESHOLD: None if is_usual else _text(threshold)})


def _asked(
    state: PageState, option: str, usual: float, most: float, *, whole: bool = False
) -> float:
    """Number from 0 to `most` of the address; the usual one without it, or where it is wrong."""
    text = state.view(option)
    if text is None:
        return usual
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if 0 <= number <= most and (number.is_integer() or not whole):
        return number
    warn_unknown(option, text)
    state.set_view(**{option: None})
    return usual


def _text(value: float) -> str:
    """Shortest text of exactly this number."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)

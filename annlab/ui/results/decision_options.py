"""Options of decisions in the address: class or label, thresholds, and costs of mistakes."""

import math

import streamlit as st

from annlab.analysis.decision_costs import NEVER, Costs
from annlab.analysis.decisions import DECISIONS, decided_names, is_positive
from annlab.nn.tasks import USUAL_THRESHOLD
from annlab.ui.results.link import warn_unknown
from annlab.ui.results.view import ResultsView
from annlab.ui.state.page_state import PageState
from annlab.ui.text.decisions_text import DECISION_WORDS, default_positive
from annlab.ui.text.markdown import escape_markdown

# A missed case costs ten false alarms at first, so that the threshold matters.
DEFAULT_COSTS = Costs(missed=10.0, false_alarm=1.0)
MOST_COST = 1e6
# Link names.
POSITIVE, THRESHOLD, MISSED, ALARM = ("positive", "threshold", "missed", "alarm")
# Value of the page: key of the threshold, data set and classes of the last drawing.
_DRAWN = "decisions-of"
# Between the thresholds of several labels in an address.
_SEPARATOR = "_"


def draw_positive(view: ResultsView) -> int:
    """Draw the choice of the positive class or label; with other data, it starts anew."""
    state, names = view.state, decided_names(view.dataset)
    words = DECISION_WORDS[view.dataset.task.kind]
    own = view.runs[0].config.dataset.own
    data = (own.content if own else view.spec.name, *names)
    key, before = state.get(_DRAWN, ("", ()))
    # After Back or Forward, the options are those of the address, and the key is another.
    if key == state.view_key(THRESHOLD) and before != data:
        state.forget_view(POSITIVE, THRESHOLD)  # they belong to the data before
    state.set(_DRAWN, (state.view_key(THRESHOLD), data))
    # Of all networks, so that another plotted network has the same class.
    every = view.dataset.networks or (view.dataset,)
    usual = default_positive(
        [sum(int(is_positive(one, k, "train").sum()) for one in every) for k in range(len(names))]
    )
    chosen = st.selectbox(
        words.choice,
        range(len(names)),
        index=int(_asked(state, POSITIVE, usual, len(names) - 1, whole=True)),
        key=state.view_key(POSITIVE),
        format_func=lambda k: names[k],
        width=220,
        help=words.help,
    )
    state.set_view(**{POSITIVE: None if chosen == usual else chosen})
    return int(chosen)


def draw_costs(state: PageState, name: str) -> Costs:
    """Draw the costs of both mistakes.

    Parameters
    ----------
    state : PageState
    name : str
        Name of the positive class or label.
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


def n_thresholds(view: ResultsView) -> int:
    """Number of thresholds that a page keeps: one, or one for each label."""
    decision = DECISIONS[view.dataset.task.kind]
    return len(decision.names(view.dataset)) if decision.independent else 1


def shown_thresholds(state: PageState, n: int) -> list[float]:
    """Return the n thresholds of the address, else the usual ones."""
    found = _written_thresholds(state, n)
    if not found and (text := state.view(THRESHOLD)) is not None:
        _refuse(state, THRESHOLD, text)
    return found or [USUAL_THRESHOLD] * n


def move_threshold(state: PageState, n: int, k: int, to: float) -> None:
    """Note the threshold at which the slider rests.

    Parameters
    ----------
    state : PageState
    n : int
        Number of thresholds.
    k : int
        Index of the moved one; a browser may send any.
    to : float
        Its new value.
    """
    if not 0 <= k < n:
        return
    now = _written_thresholds(state, n) or [USUAL_THRESHOLD] * n
    now[k] = to
    is_usual = all(at == USUAL_THRESHOLD for at in now)
    state.set_view(**{THRESHOLD: None if is_usual else _SEPARATOR.join(map(_text, now))})


def _written_thresholds(state: PageState, n: int) -> list[float]:
    """Return the n thresholds of the address; empty if there are none, or if one is wrong."""
    text = state.view(THRESHOLD) or ""
    found = [_number(part, NEVER) for part in text.split(_SEPARATOR)]
    return found if len(found) == n and not any(map(math.isnan, found)) else []


def _asked(
    state: PageState, option: str, usual: float, most: float, *, whole: bool = False
) -> float:
    """Number from 0 to `most` of the address; the usual one without it, or where it is wrong."""
    text = state.view(option)
    if text is None:
        return usual
    number = _number(text, most)
    if not math.isnan(number) and (number.is_integer() or not whole):
        return number
    _refuse(state, option, text)
    return usual


def _number(text: str, most: float) -> float:
    """Number from 0 to `most`; NaN for any other text."""
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if 0 <= number <= most else math.nan


def _refuse(state: PageState, option: str, text: str) -> None:
    warn_unknown(option, text)
    state.set_view(**{option: None})


def _text(value: float) -> str:
    """Shortest text of exactly this number."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)

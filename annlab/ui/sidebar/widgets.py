"""One control of a setting, under its name and with its limits."""

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from annlab.config.settings import BY_URL
from annlab.ui.state.bench_state import BenchState


def widget(
    state: BenchState, url: str, draw: Callable[..., Any], *args: Any, model: int = 0, **kw: Any
) -> None:
    """Draw the control of a setting with its last value.

    Parameters
    ----------
    state : BenchState
        Whose control.
    url : str
        The setting, by its name in an address.
    draw : callable
        One of Streamlit's widgets, and behind it what it takes beside label and key.
    model : int
        Whose setting, where each model has its own.
    """
    field = BY_URL[url]
    if "index" not in kw:  # a choice has one of its own
        kw["value"] = state.value_of(url, model)
    draw(field.label, *args, key=state.drawn_key(field, model), **kw)


def folded(state: BenchState, name: str, label: str, draw: Callable[[], None]) -> None:
    """Draw rarely used controls in an expander, and only while it is open.

    The browser goes through all controls after each change, and most controls are rarely used.

    Parameters
    ----------
    state : BenchState
        Whose controls.
    name : str
        How the key of the place ends.
    label : str
        What is always seen.
    draw : callable
        Draws the controls.
    """
    place = st.expander(label, key=state.key(f"more-{name}"), on_change="rerun")
    if place.open:
        with place:
            draw()


def typed(state: BenchState, url: str, meaning: str, model: int = 0) -> None:
    """Draw a setting that is typed.

    A text field and not a number field: a browser keeps what it takes for no number to itself,
    and then nobody can say what is wrong with it.
    """
    widget(state, url, st.text_input, model=model, help=meaning, autocomplete="off")


def choice(
    state: BenchState,
    url: str,
    options: Iterable[Any],
    label: Callable[[Any], str],
    meaning: str | None = None,
    model: int = 0,
) -> None:
    """Draw a setting that is one of several values; its present value is always among them."""
    current = state.value_of(url, model)
    values = list(options)
    if current not in values:
        values.append(current)
    widget(
        state,
        url,
        st.selectbox,
        values,
        index=values.index(current),
        format_func=label,
        help=meaning,
        model=model,
    )

"""One control of a setting, under its name and with its limits."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import streamlit as st

from annlab.fields import BY_URL
from annlab.limits import LIMITS
from annlab.ui.state import BenchState


def widget(
    state: BenchState, url: str, draw: Callable[..., Any], *args: Any, model: int = 0, **kw: Any
) -> None:
    """Draw a control of a setting, which begins with what it said last.

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
    """Draw controls that few need out of sight, until somebody unfolds them.

    There are more of them than of the others, and with each change the browser goes through all
    that are there; so they are not there while they are folded away.

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


def number(state: BenchState, url: str, **kw: Any) -> None:
    """Draw a setting that is a whole number within its limits."""
    limits = LIMITS.get(BY_URL[url].name, LIMITS["seed"])
    widget(state, url, st.number_input, int(limits.low), int(limits.high), **kw)


def choice(
    state: BenchState,
    url: str,
    options: Iterable[Any],
    label: Callable[[Any], str],
    meaning: str | None = None,
    model: int = 0,
) -> None:
    """Draw a setting that is one of several values; one that it has anyhow stands among them."""
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


def text_choice(
    state: BenchState, url: str, options: Sequence[str], model: int = 0, **kw: Any
) -> None:
    """Draw a choice of usual values to which any other can be typed."""
    kw["help"] = f"{kw['help']} Or type another value, and press Enter."
    current = state.value_of(url, model)
    more = [current] if current and current not in options else []
    values = [*options, *more]
    widget(
        state,
        url,
        st.selectbox,
        values,
        index=values.index(current) if current else None,
        accept_new_options=True,
        model=model,
        **kw,
    )

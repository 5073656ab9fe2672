"""Data of one's own in the list of data sets: their values there, and what they stand for."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from annlab.datasets.own.own_data import OWN, OwnData
from annlab.nn.tasks import TASKS
from annlab.ui.browser import known_browser_key
from annlab.ui.services import services

# Widget value of the entry that leads to the page of one's own data.
YOUR_FILE = "your-file"
YOUR_FILE_LABEL = "Your file …"
_PREFIX = f"{OWN}:"
# Session key: data of one's own by widget value, as last read from the store.
_KNOWN = "own-sets"


def value_of_own(own: OwnData) -> str:
    """Widget value of data of one's own."""
    return f"{_PREFIX}{own.content}"


def is_own(value: Any) -> bool:
    """Whether a widget value stands for data of one's own."""
    return isinstance(value, str) and value.startswith(_PREFIX)


def own_sets(tasks: Sequence[str]) -> dict[str, OwnData]:
    """Data sets that this browser has loaded and a page can use, by widget value.

    Parameters
    ----------
    tasks : sequence of str
        Tasks of the page.
    """
    entries = services().own_data.entries(known_browser_key() or "")
    found = {value_of_own(entry.own): entry.own for entry in entries if entry.own}
    st.session_state[_KNOWN] = found
    return {value: own for value, own in found.items() if own.task in tasks}


def own_of(value: str, current: OwnData | None) -> OwnData | None:
    """Data of one's own that a widget value stands for.

    Parameters
    ----------
    value : str
        Widget value of a data set.
    current : OwnData or None
        Data of the settings so far, which this browser need not have loaded.

    Returns
    -------
    OwnData or None
        None for a built-in data set, and for data that were deleted.
    """
    if current is not None and value == value_of_own(current):
        return current
    if not is_own(value):
        return None
    known: dict[str, OwnData] = st.session_state.get(_KNOWN, {})
    return known.get(value) or own_sets(tuple(TASKS)).get(value)

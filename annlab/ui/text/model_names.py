"""Names of the models on a page: letters, or names given by the user."""

from collections.abc import Mapping

import streamlit as st

from annlab.figures import MODEL_NAMES

_KEY = "model-names"
MAX_LENGTH = 20
_BETWEEN = "|"  # names in a link


def name_models(names: Mapping[int, str]) -> None:
    """Set the names of the models on this page, by the index of letter and color."""
    st.session_state[_KEY] = dict(names)


def model_name(place: int) -> str:
    """Name of a model: the user's, else its letter."""
    names: Mapping[int, str] = st.session_state.get(_KEY) or {}
    return names.get(place) or MODEL_NAMES[place]


def names_in_link(names: Mapping[int, str]) -> str:
    """Write names for a link, in the order of the letters; empty for a letter."""
    last = max((place for place, name in names.items() if name), default=-1)
    return _BETWEEN.join(names.get(place, "") for place in range(last + 1))


def names_from_link(text: str) -> dict[int, str]:
    """Read names from a link; names that are too long are cut off, and ambiguous ones left out."""
    names: dict[int, str] = {}
    for place, name in enumerate(map(clean, text.split(_BETWEEN)[: len(MODEL_NAMES)])):
        if name and not is_taken(name, place, names):
            names[place] = name
    return names


def is_taken(name: str, place: int, names: Mapping[int, str]) -> bool:
    """Whether a name is the letter, or the name, of a model at another place."""
    letters = dict(enumerate(MODEL_NAMES))
    others = [other for known in (letters, names) for k, other in known.items() if k != place]
    return name.casefold() in map(str.casefold, others)


def clean(name: str) -> str:
    """A name without control characters and separators, of a limited length."""
    printable = "".join(c for c in name if c.isprintable() and c != _BETWEEN)
    return " ".join(printable.split())[:MAX_LENGTH]


def given_names() -> dict[int, str]:
    """Names given by the user, by the index of letter and color."""
    return dict(st.session_state.get(_KEY) or {})

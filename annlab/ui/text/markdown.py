"""Markdown for names, letters and texts from users."""

import re
from collections.abc import Sequence

from annlab.figures import MODEL_WORDS
from annlab.ui.text.model_names import model_name

# Streamlit makes links of these even when they are escaped. A character without width, which may
# not break a line, keeps them from being read as addresses.
_ADDRESSES = re.compile(r"(?i)(?<=www)(?=\.)|(?<=http:)(?=//)|(?<=https:)(?=//)|(?=@)")
_WORD_JOINER = "\u2060"


def escape_markdown(text: str) -> str:
    """Escape a user's text, so that Markdown shows it unchanged and makes no link of it."""
    text = _ADDRESSES.sub(_WORD_JOINER, text)
    return re.sub(r"([\\`*_{}\[\]()#+!|<>~$:&])", r"\\\1", text)


def _name(place: int) -> str:
    return escape_markdown(model_name(place))


def badge(place: int) -> str:
    """Markdown badge with a model's letter or name on its color."""
    return f":{MODEL_WORDS[place]}-badge[{_name(place)}]"


def letter(place: int) -> str:
    """A model's letter in bold and in its color, in Markdown."""
    return f":{MODEL_WORDS[place]}[**{_name(place)}**]"


def colored(place: int) -> str:
    """A model's letter in its color, in Markdown; usable inside bold text."""
    return f":{MODEL_WORDS[place]}[{_name(place)}]"


def join_names(names: Sequence[str]) -> str:
    """Join names for a sentence: "A", "A and B", "A, B and C"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))

"""Markdown for names, letters and texts from users."""

import re
from collections.abc import Sequence

from annlab.figures import MODEL_WORDS
from annlab.ui.text.model_names import model_name


def escape_markdown(text: str) -> str:
    """Escape a user's text, so that Markdown shows it unchanged."""
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

"""Markdown for names, letters and texts from users."""

import re
from collections.abc import Sequence

from annlab.figures import MODEL_NAMES, MODEL_WORDS


def escape_markdown(text: str) -> str:
    """Text from anybody, so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>~$:&])", r"\\\1", text)


def badge(place: int) -> str:
    """The letter of a model on its colour, in Markdown."""
    return f":{MODEL_WORDS[place]}-badge[{MODEL_NAMES[place]}]"


def letter(place: int) -> str:
    """The letter of a model in its colour, in Markdown."""
    return f":{MODEL_WORDS[place]}[**{MODEL_NAMES[place]}**]"


def colored(place: int) -> str:
    """The letter of a model in its color, in Markdown, for bold and other text."""
    return f":{MODEL_WORDS[place]}[{MODEL_NAMES[place]}]"


def join_names(names: Sequence[str]) -> str:
    """Names in a sentence: "A", "A and B", "A, B and C"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))

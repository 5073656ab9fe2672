"""Searched settings as a student types them, and sentences about what is wrong."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from annlab.config import RunConfig
from annlab.config.parsing import TypedError, is_typed, read_typed
from annlab.config.settings import SETTINGS
from annlab.search.cost import check_cost
from annlab.search.search_config import SearchConfig
from annlab.search.space import DEFAULT_LEVELS, SearchedSetting
from annlab.setting_type import Number
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.settings_text import friendly_error
from annlab.validation import explain

# Labels of the search's own settings, by their fields.
LABELS = {
    "space": "Searched settings",
    "n_configs": "Configs",
    "n_seeds": "Seeds",
    "budget": "Budget",
    "seed": "Random seed",
    "strategy": "Strategy",
}


class Typed(NamedTuple):
    """Fields of one searched setting.

    Attributes
    ----------
    address : str
        Name of the setting in links.
    low, high : str
        Texts of the ends of a range.
    n_levels : int
        Levels of a number in a grid.
    choices : tuple of str
        Chosen names, or the texts of sizes.
    """

    address: str
    low: str = ""
    high: str = ""
    n_levels: int = DEFAULT_LEVELS
    choices: tuple[str, ...] = ()


def read_search(
    base: RunConfig, typed: Sequence[Typed], own: Mapping[str, Any]
) -> tuple[SearchConfig | None, list[str]]:
    """Read a search from its fields.

    Parameters
    ----------
    base : RunConfig
    typed : sequence of Typed
    own : mapping
        Further fields of `SearchConfig`.

    Returns
    -------
    config : SearchConfig or None
        None if a field is wrong, or the search takes more compute than this host allows.
    problems : list of str
        A sentence in Markdown for each wrong field.
    """
    space, problems = [], []
    for fields in typed:
        try:
            space.append(read_searched(fields))
        except ValueError as error:
            problems += problem_sentences(error)
    if problems:
        return None, problems
    try:
        config = SearchConfig(base=base, space=tuple(space), **own)
        check_cost(config)
        return config, []
    except ValueError as error:
        return None, problem_sentences(error)


def read_searched(typed: Typed) -> SearchedSetting:
    """Read one searched setting from its fields.

    Raises
    ------
    ValueError
        If a text has no clear meaning, or the setting cannot have these values.
    """
    setting = SETTINGS[typed.address]
    try:
        if isinstance(setting.kind, Number):
            ends = [_number(typed.address, text) for text in (typed.low, typed.high)]
            return SearchedSetting(
                address=typed.address, low=ends[0], high=ends[1], n_levels=typed.n_levels
            )
        choices = typed.choices
        if is_typed(setting):
            choices = tuple(setting.to_text(read_typed(setting, text)) for text in choices)
    except TypedError as error:
        raise ValueError(f"{typed.address}: {error}") from None
    return SearchedSetting(address=typed.address, choices=choices)


def _number(address: str, text: str) -> float:
    setting = SETTINGS[address]
    if is_typed(setting):
        value = read_typed(setting, text)
        assert not isinstance(value, tuple)
        return value
    try:  # a setting with a slider on the benches
        return float(text.replace(",", "."))
    except ValueError:
        raise TypedError(f"“{text[:20]}” is not a number. Write it like 0.5.") from None


def split_sizes(text: str) -> tuple[str, ...]:
    """Split a list of hidden layers: "4, 8, 4-4" gives three networks."""
    return tuple(part for part in re.split(r"[,;\s]+", text.strip()) if part)


def problem_sentences(error: ValueError) -> list[str]:
    """Turn an error of a search into sentences in Markdown that name settings by their labels."""
    found = explain(error) if isinstance(error, ValidationError) else [str(error)]
    return list(dict.fromkeys(map(_friendly, found)))


def _friendly(sentence: str) -> str:
    name, colon, rest = sentence.partition(": ")
    address, _, value = name.partition(" ")
    if colon and name in LABELS:
        label = LABELS[name]
    elif colon and address in SETTINGS:
        label = f"{SETTINGS[address].label} {value}".strip()
    else:
        return friendly_error(sentence)
    inner = friendly_error(rest) if ": " in rest else escape_markdown(rest)
    return f"**{label}:** {inner}"

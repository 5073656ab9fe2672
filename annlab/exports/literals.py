"""Python literals of settings, formatted like `ruff format`."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

LINE_LENGTH = 100
_BACKSLASH = "\\"


def literal(value: Any) -> str:
    """Write a value in Python: sizes of layers as a text such as "8-8"."""
    if isinstance(value, tuple):
        value = "-".join(map(str, value))
    return json.dumps(value) if isinstance(value, str) else repr(value)


def text_literal(text: str) -> str:
    """Write any text as a string, in the quotation marks that need fewer backslashes."""
    mark = "'" if text.count('"') > text.count("'") else '"'
    body = "".join(c if c in "'\"" else repr(c)[1:-1] for c in text)
    return f"{mark}{body.replace(mark, _BACKSLASH + mark)}{mark}"


def list_of(items: Iterable[str], indent: int = 0, *, on_one_line: bool = True) -> str:
    """Write a list of literals.

    Parameters
    ----------
    items : iterable of str
    indent : int
        Columns before the list, and after it on its last line.
    on_one_line : bool
        Whether it may stand on one line, if it fits.

    Returns
    -------
    str
        On one line, or with one item per line.
    """
    items = list(items)
    line = f"[{', '.join(items)}]"
    if on_one_line and indent + len(line) <= LINE_LENGTH:
        return line
    return "[\n" + "".join(f"    {item},\n" for item in items) + "]"


def dict_of(values: Mapping[str, Any], indent: int = 0, *, on_one_line: bool = True) -> str:
    """Write a dict, on one line if it fits, else with one entry per line.

    Parameters
    ----------
    values : mapping
        Texts, numbers, sizes of layers, and dicts of them.
    indent : int
        Columns before the dict; one more follows it.
    on_one_line : bool
        Whether it may stand on one line, if it fits.

    Returns
    -------
    str
    """
    pairs = [
        f'"{name}": {dict_of(value) if isinstance(value, Mapping) else literal(value)}'
        for name, value in values.items()
    ]
    line = f"{{{', '.join(pairs)}}}"
    if on_one_line and indent + len(line) + 1 <= LINE_LENGTH:
        return line
    margin = " " * indent
    return "{\n" + "".join(f"{margin}    {pair},\n" for pair in pairs) + f"{margin}}}"

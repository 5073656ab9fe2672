"""Names that users chose, as texts of a figure: Plotly reads HTML and templates in its texts."""

import html
from collections.abc import Sequence
from textwrap import wrap

# Longest name in a figure; the others are cut.
MAX_LETTERS = 40
# Longest name at a tick of an axis.
_MAX_ON_AXIS = 22


def plain_text(text: str) -> str:
    """Text that Plotly shows as it is, at most 40 letters of it.

    Parameters
    ----------
    text : str
        Name of a column, class or file; untrusted.
    """
    if len(text) > MAX_LETTERS:
        text = f"{text[: MAX_LETTERS - 1]}…"
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    # Between two dollars, Plotly reads LaTeX; after a percent sign, a template.
    return text.replace("$", "&#36;").replace("%{", "&#37;{")


def as_shown(text: str) -> str:
    """Text of a figure as a browser shows it; undoes `plain_text`."""
    return html.unescape(text)


def wrapped(text: str, width: int, max_lines: int | None = None) -> str:
    """Break a text of a figure into lines; a break inside "&lt;" would show its letters.

    Parameters
    ----------
    text : str
        As `plain_text` returns it.
    width : int
        Most letters in a line.
    max_lines : int or None
        Most lines, the last of which ends with "…" if there are more; None: all lines.
    """
    lines = wrap(as_shown(text), width, max_lines=max_lines, placeholder="…")
    return "<br>".join(map(plain_text, lines))


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Short forms of the names that are too long for an axis, as Plotly's ``labelalias``."""
    return {
        name: plain_text(f"{shown[: _MAX_ON_AXIS - 1]}…")
        for name in names
        if len(shown := as_shown(name)) > _MAX_ON_AXIS
    }


def plain_texts(texts: Sequence[str]) -> tuple[str, ...]:
    """Texts that Plotly shows as they are; still different where the texts are.

    Plotly puts equal names at one place of an axis.

    Parameters
    ----------
    texts : sequence of str
        Names of columns or classes, which differ from each other.
    """
    found: dict[str, None] = {}
    for text in texts:
        unique, n = plain_text(text), 1
        while unique in found:
            n += 1
            mark = f" ({n})"
            unique = plain_text(text[: MAX_LETTERS - len(mark) - 1] + "…") + mark
        found[unique] = None
    return tuple(found)

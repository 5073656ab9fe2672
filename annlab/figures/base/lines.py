"""Styles of cursor and reference lines."""

from typing import Any

from annlab.figures.base.theme import THEMES, ThemeName


def cursor_line(theme: ThemeName) -> dict[str, Any]:
    """Dotted line at a position selected by the user."""
    return {"color": THEMES[theme].ink, "width": 1, "dash": "dot"}


def reference_line(theme: ThemeName) -> dict[str, Any]:
    """Dashed line at perfect values."""
    return {"color": THEMES[theme].ink, "width": 1.5, "dash": "dash"}

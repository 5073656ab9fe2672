"""Styles of thin lines that help to read a chart."""

from typing import Any

from annlab.figures.base.theme import THEMES, ThemeName


def cursor_line(theme: ThemeName) -> dict[str, Any]:
    """Dotted: a position that the reader has chosen."""
    return {"color": THEMES[theme].ink, "width": 1, "dash": "dot"}


def reference_line(theme: ThemeName) -> dict[str, Any]:
    """Dashed: where values would be perfect."""
    return {"color": THEMES[theme].ink, "width": 1.5, "dash": "dash"}

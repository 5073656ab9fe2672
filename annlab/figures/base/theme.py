"""Colors of themes, classes, models and signs, shared by all figures.

The colors are from the palette of Okabe & Ito, which color-blind people can tell apart.
"""

from dataclasses import asdict, dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True)
class Theme:
    """Colors that depend on the background.

    Attributes
    ----------
    ink, muted, faint, paper : str
        Colors of text, of axis labels, of lines behind the data, and of the page.
    """

    ink: str
    muted: str
    faint: str
    paper: str


THEMES: dict[ThemeName, Theme] = {
    "light": Theme(
        ink="#262730",
        muted="rgba(38, 39, 48, 0.75)",
        faint="rgba(38, 39, 48, 0.25)",
        paper="#ffffff",
    ),
    "dark": Theme(
        ink="#fafafa",
        muted="rgba(250, 250, 250, 0.8)",
        faint="rgba(250, 250, 250, 0.3)",
        paper="#171614",
    ),
}

# Classes: blue, orange, bluish green, yellow, sky blue, vermilion, purple, gray; then two colors
# outside the palette, because digits need ten.
CLASS_COLORS = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#f0e442",
    "#56b4e9",
    "#d55e00",
    "#cc79a7",
    "#999999",
    "#963cf0",
    "#783c1e",
)
CLASS_SYMBOLS = (
    "circle",
    "diamond",
    "square",
    "triangle-up",
    "cross",
    "x",
    "star",
    "hexagon",
    "triangle-down",
    "pentagon",
)
# Colors of negative and positive numbers, such as weights and correlations.
NEGATIVE, POSITIVE = CLASS_COLORS[0], CLASS_COLORS[1]
# Models A, B, C …: none has a color of the first two classes. Texts use the color names in
# `annlab.figures.base.model_names`.
MODEL_COLORS = ("#7d5fd3", "#1b9e77", "#d55e00", "#56b4e9", "#cc79a7", "#999999")

MISTAKE_COLOR = "#d81b60"
# Color scale of a binary output from certain 0 over undecided to certain 1.
PROBABILITY_SCALE = (
    (0.0, "rgba(0, 114, 178, 0.75)"),
    (0.5, "rgba(150, 150, 150, 0.06)"),
    (1.0, "rgba(230, 159, 0, 0.85)"),
)
# Color scale of a feature along a curve, from its smallest to its largest value: as dark in the
# middle as at the ends, so that it shows on both pages.
ALONG_SCALE = (
    (0.0, "rgba(60, 110, 225, 1)"),
    (0.5, "rgba(176, 79, 168, 1)"),
    (1.0, "rgba(217, 119, 6, 1)"),
)


def page_colors(theme: ThemeName) -> dict[str, str]:
    """Colors of text and page, by name: "ink" and "paper"."""
    look = THEMES[theme]
    return {"ink": look.ink, "paper": look.paper}


def look(theme: ThemeName) -> dict[str, str]:
    """All colors that do not depend on a class or a model, by name, for a browser."""
    return {**asdict(THEMES[theme]), "negative": NEGATIVE, "positive": POSITIVE}


def rgba(color: str, alpha: float) -> str:
    """Add an opacity in [0, 1] to a ``#rrggbb`` color."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha})"


def diverging(theme: ThemeName) -> tuple[tuple[float, str], ...]:
    """Diverging color scale from negative over zero (the page color) to positive."""
    return ((0.0, NEGATIVE), (0.5, THEMES[theme].paper), (1.0, POSITIVE))

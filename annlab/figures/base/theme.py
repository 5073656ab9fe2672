"""Colors shared by all figures: the same thing has the same color everywhere.

The colors are those of Okabe & Ito's palette, which color-blind eyes can tell apart.
"""

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True)
class Theme:
    """What depends on the background.

    Attributes
    ----------
    ink, muted, faint, paper : str
        Colors: of text, of what stands at the axes, of lines behind the data, of the page.
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

# Of classes: blue, orange, bluish green, yellow, sky blue, vermilion, purple, gray; then two
# that are not Okabe & Ito's, for the digits.
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
# Of signs, where numbers go both ways: weights, correlations.
NEGATIVE, POSITIVE = CLASS_COLORS[0], CLASS_COLORS[1]
# Of models A, B, C …: never one of the first two classes' colors. Texts use the names of these
# colors in `annlab.figures.base.model_names`.
MODEL_COLORS = ("#7d5fd3", "#1b9e77", "#d55e00", "#56b4e9", "#cc79a7", "#999999")

MISTAKE_COLOR = "#d81b60"
# Where the output of two classes goes from certain 0 over undecided to certain 1.
PROBABILITY_SCALE = (
    (0.0, "rgba(0, 114, 178, 0.75)"),
    (0.5, "rgba(150, 150, 150, 0.06)"),
    (1.0, "rgba(230, 159, 0, 0.85)"),
)


def rgba(color: str, alpha: float) -> str:
    """A ``#rrggbb`` color with an opacity in [0, 1]."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha})"


def diverging(theme: ThemeName) -> tuple[tuple[float, str], ...]:
    """A color scale from negative over zero, which is the page's own color, to positive."""
    return ((0.0, NEGATIVE), (0.5, THEMES[theme].paper), (1.0, POSITIVE))

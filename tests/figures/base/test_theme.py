"""Colors are distinct, also for color-blind people, and contrast with the page."""

import re
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from annlab.figures.base.model_names import MODEL_NAMES, MODEL_WORDS
from annlab.figures.base.theme import (
    CLASS_COLORS,
    CLASS_SYMBOLS,
    MISTAKE_COLOR,
    MODEL_COLORS,
    NEGATIVE,
    POSITIVE,
    PROBABILITY_SCALE,
    THEMES,
    ThemeName,
    diverging,
    rgba,
)

ROOT = Path(__file__).resolve().parents[3]
# Viénot, Brettel & Mollon (1999), Color Research & Application 24(4), 243-252: linear RGB to
# cone responses, with the missing cone computed from the two others.
_LMS = np.array(
    [
        [17.8824, 43.5161, 4.11935],
        [3.45565, 27.1554, 3.86714],
        [0.0299566, 0.184309, 1.46709],
    ]
)
_LACKING = {
    "none": np.eye(3),
    "protanope": np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]]),
    "deuteranope": np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]]),
}
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = _XYZ.sum(axis=1)


def _linear(color: str) -> np.ndarray:
    value = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _lab(color: str, eye: str) -> np.ndarray:
    """CIELAB of a color as seen with a color vision type."""
    seen = np.linalg.inv(_LMS) @ _LACKING[eye] @ _LMS @ _linear(color)
    ratio = _XYZ @ np.clip(seen, 0, 1) / _WHITE
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _difference(first: str, second: str, eye: str) -> float:
    """CIE76 color difference; about 2 is just noticeable side by side."""
    return float(np.linalg.norm(_lab(first, eye) - _lab(second, eye)))


def _contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio, from 1 (none) to 21 (black on white)."""
    dark, light = sorted(float(_XYZ[1] @ _linear(color)) for color in (first, second))
    return (light + 0.05) / (dark + 0.05)


def test_color_blindness_model_confuses_red_and_green() -> None:
    assert _difference("#a50000", "#5a5a00", "none") > 60
    assert _difference("#a50000", "#5a5a00", "deuteranope") < 20
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)


def test_rgba() -> None:
    assert rgba("#0072b2", 0.5) == "rgba(0, 114, 178, 0.5)"
    assert rgba("#ffffff", 1) == "rgba(255, 255, 255, 1)"


@pytest.mark.parametrize("color", [*CLASS_COLORS, *MODEL_COLORS, MISTAKE_COLOR])
def test_colors_are_written_as_rgba_expects_them(color: str) -> None:
    assert re.fullmatch("#[0-9a-f]{6}", color)


@pytest.mark.parametrize("eye", _LACKING)
@pytest.mark.parametrize("colors", [CLASS_COLORS[:2], MODEL_COLORS[:2]], ids=["classes", "A B"])
def test_first_two_colors_are_distinct_for_color_blind_people(
    colors: tuple[str, str], eye: str
) -> None:
    assert _difference(*colors, eye) > 60


@pytest.mark.parametrize("eye", _LACKING)
@pytest.mark.parametrize("colors", [CLASS_COLORS, MODEL_COLORS], ids=["classes", "models"])
def test_all_colors_are_distinct_for_color_blind_people(colors: tuple[str, ...], eye: str) -> None:
    # Three times the just noticeable difference; class symbols and model names help.
    for first, second in combinations(colors, 2):
        assert _difference(first, second, eye) > 7, (first, second)


def test_model_colors_differ_from_the_first_two_classes() -> None:
    for model in MODEL_COLORS:
        for of_class in CLASS_COLORS[:2]:
            assert _difference(model, of_class, "none") > 25, (model, of_class)


def test_mistake_color_differs_from_the_first_two_classes() -> None:
    for eye in _LACKING:
        assert min(_difference(MISTAKE_COLOR, c, eye) for c in CLASS_COLORS[:2]) > 30


def test_every_class_and_model_has_color_and_symbol() -> None:
    assert len(set(CLASS_SYMBOLS)) == len(CLASS_SYMBOLS) == len(CLASS_COLORS) == 10
    assert len(set(MODEL_WORDS)) == len(MODEL_WORDS) == len(MODEL_COLORS) == len(MODEL_NAMES)


def test_probability_scale_runs_from_first_to_second_class() -> None:
    (low, first), (middle, undecided), (high, second) = PROBABILITY_SCALE
    assert (low, middle, high) == (0.0, 0.5, 1.0)
    for shade, color in ((first, CLASS_COLORS[0]), (second, CLASS_COLORS[1])):
        assert shade.rpartition(",")[0] == rgba(color, 1).rpartition(",")[0]
    assert float(undecided.rstrip(")").rpartition(",")[2]) < 0.1  # almost transparent


@pytest.mark.parametrize("name", THEMES)
def test_diverging_scale_passes_through_the_page_color(name: ThemeName) -> None:
    assert diverging(name) == ((0, NEGATIVE), (0.5, THEMES[name].paper), (1, POSITIVE))
    for eye in _LACKING:
        assert _difference(NEGATIVE, POSITIVE, eye) > 60


@pytest.mark.parametrize("name", THEMES)
def test_text_and_model_contrast_with_the_page(name: ThemeName) -> None:
    theme = THEMES[name]
    assert _contrast(theme.ink, theme.paper) > 7
    for color in MODEL_COLORS[:2]:
        assert _contrast(color, theme.paper) > 3


@pytest.mark.parametrize("name", THEMES)
def test_paper_is_the_page_color(name: ThemeName) -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert THEMES[name].paper == config["theme"][name]["backgroundColor"]

"""The small curve of the learning rate."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from annlab import TrainingConfig
from annlab.figures.base.theme import THEMES, ThemeName
from annlab.figures.rate_curve import HEIGHT, MAX_EPOCHS, WIDTH, rate_curve
from annlab.nn.schedules import SCHEDULES, rate_factors


def _steps(svg: str) -> tuple[np.ndarray, np.ndarray]:
    """Height of each step as a share of the largest rate, and where it ends, as a share."""
    (path,) = ElementTree.fromstring(svg)
    pairs = re.findall(r"V (\S+) H (\S+)", path.attrib["d"])
    y, x = np.array(pairs, dtype=float).T
    return (HEIGHT - 2 - y) / (HEIGHT - 4), x / WIDTH


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_each_epoch_is_a_step_as_high_as_its_rate(schedule: str) -> None:
    training = TrainingConfig(schedule=schedule, schedule_epochs=7, max_epochs=25)
    rates = 0.03 * rate_factors(training)
    heights, ends = _steps(rate_curve(rates.tolist()))
    np.testing.assert_allclose(heights, rates / 0.03, atol=0.001)
    np.testing.assert_allclose(ends, np.arange(1, 26) / 25, atol=0.001)


def test_long_trainings_are_thinned_and_keep_both_ends() -> None:
    heights, ends = _steps(rate_curve(np.linspace(1, 0.25, 10_000).tolist()))
    assert len(heights) == MAX_EPOCHS
    assert (heights[0], ends[-1]) == (1, 1)
    assert heights[-1] == pytest.approx(0.25, abs=0.001)


def test_the_color_is_that_of_the_page(theme: ThemeName) -> None:
    assert f'stroke="{THEMES[theme].ink}"' in rate_curve([0.5, 0.25], theme=theme)


def test_one_epoch_is_one_line() -> None:
    assert _steps(rate_curve([0.1]))[1].tolist() == [1]

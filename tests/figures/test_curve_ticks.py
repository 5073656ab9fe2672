"""Ticks along a curve in the plane: round values, and texts that do not overlap."""

import numpy as np
import pytest

from annlab.figures.curve_ticks import apart, positions_along, round_values, ticks_of


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-3.14, 3.14, [-3, -2, -1, 0, 1, 2, 3]),
        (0.0, 1.0, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (1234.0, 1290.0, [1240, 1250, 1260, 1270, 1280, 1290]),
        (-2e-3, 3e-3, [-2e-3, -1e-3, 0, 1e-3, 2e-3, 3e-3]),
    ],
)
def test_round_values_lie_between_the_ends(low: float, high: float, expected: list[float]) -> None:
    np.testing.assert_allclose(round_values(low, high), expected, atol=1e-12)


def test_round_values_are_few_and_evenly_spaced_for_any_range() -> None:
    random = np.random.default_rng(0)
    for low, extent in zip(
        random.normal(size=200) * 100, 10 ** random.uniform(-4, 4, 200), strict=True
    ):
        values = round_values(low, low + extent)
        assert 2 <= len(values) <= 10
        steps = np.diff(values)
        np.testing.assert_allclose(steps, steps[0], rtol=1e-6)
        assert f"{steps[0]:.0e}"[0] in "125"


def test_positions_hold_every_tick() -> None:
    t = positions_along(-3.1, 3.2, 50)
    assert (np.diff(t) > 0).all()
    at, texts = ticks_of(t)
    np.testing.assert_array_equal(t[at], [-3, -2, -1, 0, 1, 2, 3])
    assert texts == ["−3", "−2", "−1", "0", "1", "2", "3"]


def test_texts_keep_their_distance() -> None:
    at = np.array([[0, 0], [0.01, 0], [1, 0], [1, 0.01], [0, 1]])
    assert apart(at, 0.1) == [0, 2, 4]
    assert apart(np.zeros((5, 2)), 0.1) == [0]

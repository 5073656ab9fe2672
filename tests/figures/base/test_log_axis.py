"""A logarithmic axis has round ticks with readable labels, and a floor labeled 0."""

import math

import numpy as np
import pytest

from annlab.figures.base.log_axis import FLOOR_DECADES, MOST_TICKS, log_axis

RANGES = [
    (1e-12, 1.0),
    (1e-7, 3e-3),
    (1e-5, 2e-5),
    (3e-3, 5.0),
    (0.3, 0.69),
    (0.5, 0.51),
    (1.0, 1e9),
    (900.0, 15000.0),
]


def _value(label: str) -> float:
    """Number in a tick label."""
    mantissa, _, exponent = label.replace("</sup>", "").replace("−", "-").rpartition("10<sup>")
    if "<sup>" not in label:
        return float(label)
    return float(mantissa.rstrip("·") or 1) * 10.0 ** int(exponent)


@pytest.mark.parametrize("ends", RANGES)
@pytest.mark.parametrize("zero", [False, True])
def test_tick_labels_match_positions_within_the_axis(ends: tuple[float, float], zero: bool) -> None:
    axis = log_axis([np.array([*ends, 0.0] if zero else ends)])
    first = 1 if zero else 0
    assert [_value(label) for label in axis.labels[first:]] == pytest.approx(axis.ticks[first:])
    assert all(axis.range[0] <= math.log10(tick) <= axis.range[1] for tick in axis.ticks)
    assert 1 <= len(axis.ticks) - first <= MOST_TICKS
    assert all(len(label.replace("<sup>", "").replace("</sup>", "")) <= 8 for label in axis.labels)


@pytest.mark.parametrize("ends", RANGES)
def test_ticks_are_round_and_apart(ends: tuple[float, float]) -> None:
    axis = log_axis([np.array(ends)])
    assert len(axis.ticks) >= 3
    shares = np.diff(np.log10(axis.ticks)) / (axis.range[1] - axis.range[0])
    assert shares.min() > 0.08
    assert all(float(f"{tick:.3g}") == pytest.approx(tick) for tick in axis.ticks)


@pytest.mark.parametrize(
    ("ends", "labels"),
    [
        ((0.01, 0.7), ("0.01", "0.03", "0.1", "0.3")),
        (
            (1e-4, 1.0),
            ("10<sup>−4</sup>", "10<sup>−3</sup>", "10<sup>−2</sup>", "10<sup>−1</sup>", "1"),
        ),
        ((0.3, 0.69), ("0.3", "0.4", "0.5", "0.6")),
    ],
)
def test_labels_are_numbers_or_powers_but_not_both(
    ends: tuple[float, float], labels: tuple[str, ...]
) -> None:
    assert log_axis([np.array(ends)]).labels == labels


def test_zero_stands_at_a_floor_below_the_smallest_value() -> None:
    values = np.array([0.0, 1e-3, 0.5])
    axis = log_axis([values])
    assert axis.labels[0] == "0"
    assert axis.ticks[0] == axis.floor
    assert axis.floor is not None
    assert axis.floor <= 1e-3 / 10**FLOOR_DECADES
    np.testing.assert_array_equal(axis.drawn(values), [axis.floor, 1e-3, 0.5])


def test_without_zeros_there_is_no_floor_and_nothing_moves() -> None:
    values = np.array([1e-3, 0.5])
    axis = log_axis([values])
    assert axis.floor is None
    assert "0" not in axis.labels
    np.testing.assert_array_equal(axis.drawn(values), values)


def test_subnormal_values_are_drawn_as_zero() -> None:
    values = np.array([1e-45, 1e-2], np.float32)
    axis = log_axis([values])
    assert axis.labels[0] == "0"
    assert axis.range[0] > -4


def test_the_largest_range_of_float32_has_a_floor_that_float32_can_hold() -> None:
    values = np.array([0.0, np.finfo(np.float32).tiny, np.finfo(np.float32).max], np.float32)
    axis = log_axis([values])
    drawn = axis.drawn(values)
    assert drawn.dtype == np.float32
    assert 0 < drawn[0] < drawn[1]


def test_only_zeros_gives_one_extra_tick() -> None:
    axis = log_axis([np.zeros(3)])
    assert axis.labels == ("0", "1")
    assert (axis.drawn(np.zeros(1)) > 0).all()


def test_no_values_gives_a_default_axis() -> None:
    axis = log_axis([])
    assert axis.range[0] < axis.range[1]

"""Weights as float32 numbers and as text."""

import base64
import math
import struct

import pytest

from annlab.weights_text import (
    MAX_WEIGHTS,
    MAX_WEIGHTS_IN_LINK,
    checksum,
    in_float32,
    read_weights,
    write_weights,
)


def test_text_holds_the_float32_bytes() -> None:
    weights = in_float32([0.1, -2.5, 1e-30])
    data = base64.urlsafe_b64decode(write_weights(weights) + "==")
    assert struct.unpack("<3f", data) == weights
    assert read_weights(write_weights(weights)) == weights
    assert set(write_weights(in_float32([i / 7 for i in range(100)]))).isdisjoint("+/=")


def test_numbers_are_rounded_to_float32() -> None:
    (value, zero) = in_float32([0.1, -0.0])
    assert value == struct.unpack("f", struct.pack("f", 0.1))[0] != 0.1
    assert math.copysign(1, zero) == 1  # equal configs need equal digests


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e39])
def test_numbers_must_be_finite_in_float32(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        in_float32([1.0, value])


def test_too_many_weights_are_refused() -> None:
    assert len(in_float32([0.0] * MAX_WEIGHTS)) == MAX_WEIGHTS
    with pytest.raises(ValueError, match="at most 10,000 weights and biases, got 10,001"):
        in_float32([0.0] * (MAX_WEIGHTS + 1))
    assert len(read_weights(write_weights([0.5] * MAX_WEIGHTS_IN_LINK))) == MAX_WEIGHTS_IN_LINK
    with pytest.raises(ValueError, match="do not fit into a link"):
        read_weights(write_weights([0.5] * (MAX_WEIGHTS_IN_LINK + 1)))


@pytest.mark.parametrize("text", ["AAAA", "@@@@", "AACAPw=A", "AACAP", "ÄACAPw"])
def test_damaged_text_is_refused(text: str) -> None:
    assert read_weights("AACAPw") == (1.0,)
    with pytest.raises(ValueError, match="altered or cut off"):
        read_weights(text)


def test_checksum_differs_between_networks() -> None:
    assert checksum([1.0, 2.0]) == checksum([1, 2]) != checksum([2.0, 1.0])

"""XOR from three gates: every number can be missing, and can be found."""

import numpy as np
import pytest

from annlab.nn.boolean_functions import INPUTS, XOR_OF_GATES, GateNetwork
from annlab.ui.perceptron.three_gates import (
    ALL_NINE,
    AT_FIRST,
    LARGEST,
    MISSING,
    NUMBERS,
    STEP,
    XOR,
)


def solves(numbers: tuple[float, ...]) -> bool:
    return GateNetwork(numbers).fires(INPUTS).tolist() == [bool(output) for output in XOR]


def test_every_number_has_its_own_name() -> None:
    assert len({*NUMBERS, ALL_NINE}) == 10
    assert NUMBERS[8] == "out: b"


@pytest.mark.parametrize("k", range(9), ids=NUMBERS)
def test_missing_number_can_be_found_with_the_buttons(k: int) -> None:
    def with_number(value: float) -> tuple[float, ...]:
        numbers = XOR_OF_GATES.numbers
        return (*numbers[:k], value, *numbers[k + 1 :])

    assert not solves(with_number(MISSING))
    found = [
        value for value in np.arange(-LARGEST, LARGEST + STEP, STEP) if solves(with_number(value))
    ]
    assert XOR_OF_GATES.numbers[k] in found
    assert len(found) <= 10  # of 21


def test_nine_free_numbers_do_not_start_solved() -> None:
    assert not solves(AT_FIRST)

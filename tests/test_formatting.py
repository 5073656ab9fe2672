"""Formats of scores, and names of networks."""

from collections.abc import Sequence

import pytest

from annlab.formatting import network_name, network_names, number, with_precision


@pytest.mark.parametrize(
    ("value", "like", "words"),
    [
        (0.0, None, "0.000"),
        (0.9731, None, "0.973"),
        (1.0, None, "1.000"),
        (0.00141, 0.48, "0.001"),
        (0.0361, None, "0.0361"),
        (12.345, None, "12.35"),
        (145.55, None, "145.6"),
        (26578.4, None, "26,578"),
        (-0.25, None, "−0.250"),
        (-0.0001, 0.5, "0.000"),
        (1.23e-9, None, "1.2e−09"),
        (8.62e28, None, "8.62e28"),
        (-1.5e12, None, "−1.5e12"),
        (3.0, 2e10, "3"),
        (123_456_789.0, None, "123,456,789"),
        (float("inf"), None, "inf"),
    ],
)
def test_decimals_of_a_number_depend_on_its_size(
    value: float, like: float | None, words: str
) -> None:
    assert number(value, like) == words


def test_network_names_count_from_one_and_may_include_the_seed() -> None:
    assert network_name(0) == "network 1"
    assert network_name(3, seed=10) == "network 4 (seed 10)"
    assert network_name(0, seed=0) == "network 1 (seed 0)"


@pytest.mark.parametrize(
    ("indices", "names"),
    [
        ([3], "network 4"),
        ([0, 3], "networks 1 and 4"),
        (range(5), "networks 1, 2, 3, 4 and 5"),
        (range(12), "networks 1, 2, 3, 4, 5 and 7 more"),
    ],
)
def test_several_networks_are_named_together(indices: Sequence[int], names: str) -> None:
    assert network_names(indices) == names


@pytest.mark.parametrize(
    ("value", "precision", "fewest", "words"),
    [
        (15.04, 1.3, 1, "15.0"),
        (15.04, 130.0, 1, "15.0"),
        (0.3151, 0.015, 1, "0.315"),
        (92.4, 55.0, 0, "92"),
        (26578.4, 55.0, 0, "26,578"),
        (0.012, 1.3, 1, "0.012"),
        (-0.0123, 1.3, 1, "−0.012"),
        (0.0, 1.3, 1, "0.0"),
        (0.5, 1e-9, 0, "0.500000"),
        (3.44e-6, 1e-7, 0, "3.4e−06"),
        (1.23e12, 1e9, 0, "1.23e12"),
    ],
)
def test_decimals_follow_the_precision_and_never_round_to_zero(
    value: float, precision: float, fewest: int, words: str
) -> None:
    assert with_precision(value, precision, fewest) == words

"""Text of drawn points: short, exact, and refused if it is damaged."""

import re
from itertools import product

import numpy as np
import pytest

from annlab.datasets.own.drawing.drawn import MAX_POINTS, MODES, REACH, DrawnPoint, DrawnPoints
from annlab.datasets.own.drawing.drawn_text import (
    MAX_POINTS_IN_LINK,
    MAX_TEXT,
    fits_in_link,
    read_drawn,
    write_drawn,
)
from tests.datasets.own.drawing.drawings import at_random

ALTERED = re.escape("The drawn points in this link were altered or cut off.")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 40, 499, 500, 1200, 1201, 1202, MAX_POINTS])
@pytest.mark.parametrize("spread", [0, 3, REACH])
def test_text_and_points_agree_bit_for_bit(mode: str, n: int, spread: int) -> None:
    drawn = at_random(n, mode, spread)
    text = write_drawn(drawn)
    assert re.fullmatch(r"[\w-]+", text, re.ASCII)
    assert read_drawn(text) == drawn


def test_the_longest_text_of_a_link() -> None:
    # All others at the left edge: every distance is written at its full length.
    edges = (DrawnPoint(-REACH, 0),) * (MAX_POINTS_IN_LINK - 1) + (DrawnPoint(REACH, 0),)
    longest = len(write_drawn(DrawnPoints("classes", edges)))
    others = [
        len(write_drawn(at_random(MAX_POINTS_IN_LINK, seed=seed, spread=spread)))
        for seed, spread in product(range(5), (0, 10, REACH))
    ]
    assert max(others) <= longest == 1356
    assert fits_in_link(at_random(MAX_POINTS_IN_LINK))
    assert not fits_in_link(at_random(MAX_POINTS_IN_LINK + 1))


def test_no_text_is_refused_for_its_length() -> None:
    edges = (DrawnPoint(-REACH, 0),) * (MAX_POINTS - 1) + (DrawnPoint(REACH, 0),)
    longest = write_drawn(DrawnPoints("classes", edges))
    assert len(write_drawn(at_random(MAX_POINTS))) <= len(longest) < MAX_TEXT


def test_altered_texts_are_refused() -> None:
    text = write_drawn(at_random(30))
    wrong = ["", "c", "x" + text[1:], "r" + text[1:], text + "A", text + "=", text.upper(), "ä"]
    wrong += [text[:k] for k in range(len(text))]
    wrong += [text[:k] + "!" + text[k + 1 :] for k in range(0, len(text), 7)]
    wrong += ["c" + "A" * 10_000, "c" + "_" * 5_000, "c//8=", "c\n" + text[1:]]
    for hostile in wrong:
        with pytest.raises(ValueError, match=ALTERED):
            read_drawn(hostile)


def test_random_texts_are_refused() -> None:
    random = np.random.default_rng(0)
    text = write_drawn(at_random(30))
    letters = list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    for at in random.integers(1, len(text), 300):
        altered = text[:at] + random.choice(letters) + text[at + 1 :]
        if altered != text:
            with pytest.raises(ValueError, match=ALTERED):
                read_drawn(altered)

"""Evenly spaced subsamples and their notes."""

import numpy as np
import pytest

from annlab.figures.base.subsample import evenly_spaced, subsample_note


@pytest.mark.parametrize(("n", "at_most"), [(0, 5), (1, 5), (5, 5), (6, 5), (101, 10), (10_000, 3)])
def test_subsample_has_the_allowed_size_and_both_ends(n: int, at_most: int) -> None:
    kept = evenly_spaced(n, at_most)
    assert len(kept) == min(n, at_most)
    if n:
        assert (kept[0], kept[-1]) == (0, n - 1)
    if len(kept) > 1:
        gaps = np.diff(kept)
        assert gaps.min() >= 1
        assert gaps.max() <= gaps.min() + 1


@pytest.mark.parametrize(
    ("n_drawn", "n", "said"),
    [
        (0, 0, ""),
        (600, 600, ""),
        (600, 601, "600 of 601 dots"),
        (1300, 20_640, "1,300 of 20,640 dots"),
    ],
)
def test_note_gives_drawn_and_total_number(n_drawn: int, n: int, said: str) -> None:
    assert subsample_note(n_drawn, n, "dots") == said

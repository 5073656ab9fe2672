"""Scored and watched splits."""

import pytest

from annlab.datasets import Sizes, scored_split, watched_split


@pytest.mark.parametrize(
    ("sizes", "scored", "watched"),
    [
        (Sizes(60, 20, 20), "test", "validation"),
        (Sizes(80, 0, 20), "test", "train"),
        (Sizes(80, 20, 0), "validation", "validation"),
        (Sizes(100, 0, 0), "train", "train"),
    ],
)
def test_the_test_split_is_scored_and_never_watched(
    sizes: Sizes, scored: str, watched: str
) -> None:
    assert scored_split(sizes.splits) == scored
    assert watched_split(sizes.splits) == watched


def test_splits_lists_only_splits_with_samples() -> None:
    assert Sizes(80, 0, 20).splits == ("train", "test")

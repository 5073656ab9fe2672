"""Which split judges, and which one may choose."""

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
def test_the_test_split_judges_and_never_chooses(sizes: Sizes, scored: str, watched: str) -> None:
    assert scored_split(sizes.splits) == scored
    assert watched_split(sizes.splits) == watched


def test_only_splits_with_samples_are_there() -> None:
    assert Sizes(80, 0, 20).splits == ("train", "test")

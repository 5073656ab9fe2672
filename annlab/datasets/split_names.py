"""Names and sizes of splits."""

from collections.abc import Container
from typing import Literal, NamedTuple

Split = Literal["train", "validation", "test", "all"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
# Display names.
SPLIT_NAMES: dict[str, str] = {"train": "training", "validation": "validation", "test": "test"}


class Sizes(NamedTuple):
    """Number of samples in each split."""

    train: int
    validation: int
    test: int

    @property
    def splits(self) -> tuple[Split, ...]:
        """Names of the splits that have samples."""
        return tuple(split for split, n in zip(SPLITS, self, strict=True) if n)


def scored_split(available: Container[str]) -> Split:
    """Name of the split that judges a result: test, else validation, else training.

    Parameters
    ----------
    available : container of str
        Names of the splits that have samples.
    """
    return "test" if "test" in available else watched_split(available)


def watched_split(available: Container[str]) -> Split:
    """Name of the split that may guide training: validation, else training; never test.

    Its loss decides early stopping, the best epoch, and whether a training is still improving.

    Parameters
    ----------
    available : container of str
        Names of the splits that have samples.
    """
    return "validation" if "validation" in available else "train"

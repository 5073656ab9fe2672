"""Sentences about drawn points."""

import pytest

from annlab.datasets.own.drawing.drawn import DrawnPoint, DrawnPoints
from annlab.ui.text.drawing_text import drawing_text
from tests.datasets.own.drawing.drawings import at_random


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        (DrawnPoints(), "Click or drag on the pad to draw points, or start from a data set."),
        (
            DrawnPoints("classes", (DrawnPoint(0, 0),)),
            "A classifier needs two classes. Draw points of another class.",
        ),
        (at_random(500), "**500 points of 4 classes.** The link of this page holds them."),
        (
            at_random(1001, "curve"),
            "**1,001 points of a curve.** A link holds up to 500, so save these as a file.",
        ),
    ],
)
def test_what_is_said(drawn: DrawnPoints, text: str) -> None:
    assert drawing_text(drawn) == text

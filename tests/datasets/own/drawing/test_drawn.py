"""Points drawn by hand: in a fixed order, on the pad, and checked in sentences."""

from typing import Any

import numpy as np
import pytest

from annlab.datasets.own.drawing.drawn import (
    MAX_DRAWN_CLASSES,
    MAX_POINTS,
    REACH,
    DrawnPoint,
    DrawnPoints,
    drawn_points,
    reason_not_to_train,
)
from tests.datasets.own.drawing.drawings import at_random


def test_the_order_of_drawing_does_not_matter() -> None:
    points = at_random(50).points
    assert DrawnPoints("classes", points[::-1]) == DrawnPoints("classes", points)


def test_samples_of_classes() -> None:
    drawn = DrawnPoints("classes", (DrawnPoint(150, -25, 3), DrawnPoint(-600, 600, 1)))
    X, y = drawn.samples()
    assert X.tolist() == [[-6.0, 6.0], [1.5, -0.25]]
    # Classes without points are no classes of the data.
    assert y.tolist() == [0, 1]
    assert drawn.class_names == ("class 2", "class 4")
    assert drawn.feature_names == ("x1", "x2")
    assert drawn.counts == (0, 1, 0, 1)


def test_samples_of_a_curve() -> None:
    drawn = DrawnPoints("curve", (DrawnPoint(150, -25), DrawnPoint(-33, 600)))
    X, y = drawn.samples()
    assert X.tolist() == [[-0.33], [1.5]]
    assert y.tolist() == [6.0, -0.25]
    assert drawn.class_names == ()
    assert drawn.feature_names == ("x",)
    assert drawn.counts == (2,)


def test_no_points_have_the_shapes_of_no_samples() -> None:
    shapes: dict[Any, int] = {"classes": 2, "curve": 1}
    for mode, n_features in shapes.items():
        X, y = DrawnPoints(mode).samples()
        assert X.shape == (0, n_features)
        assert y.shape == (0,)


def test_samples_go_to_the_nearest_place() -> None:
    drawn = drawn_points("classes", np.array([0.126, 99.0]), np.array([-0.5, -7.0]), [2, 0])
    assert drawn.points == (DrawnPoint(13, -50, 2), DrawnPoint(REACH, -REACH, 0))
    with pytest.raises(ValueError, match="finite"):
        drawn_points("curve", np.array([np.nan]), np.array([0.0]))


@pytest.mark.parametrize(
    ("mode", "points", "message"),
    [
        ("heap", (), "mode: must be one of classes, curve; got 'heap'"),
        ("classes", ((0, 0, 0),) * (MAX_POINTS + 1), "at most 2,000 points, got 2,001"),
        ("classes", ((REACH + 1, 0, 0),), "on the pad"),
        ("classes", ((0, -REACH - 1, 0),), "on the pad"),
        ("classes", ((0, 0, MAX_DRAWN_CLASSES),), "one of its classes"),
        ("classes", ((0, 0, -1),), "one of its classes"),
        ("curve", ((0, 0, 1),), "one of its classes"),
        ("classes", ((0.5, 0, 0),), "on the pad"),
        ("classes", ((True, 0, 0),), "on the pad"),
    ],
)
def test_points_off_the_pad_are_refused(mode: Any, points: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DrawnPoints(mode, points)


def classes(*counts: int) -> DrawnPoints:
    labels = [k for k, n in enumerate(counts) for _ in range(n)]
    return DrawnPoints("classes", tuple(DrawnPoint(i, 0, k) for i, k in enumerate(labels)))


@pytest.mark.parametrize(
    ("drawn", "sentence"),
    [
        (classes(), "A classifier needs two classes. Draw points of at least two classes."),
        (classes(0, 9), "A classifier needs two classes. Draw points of another class."),
        (classes(5, 0, 1), "Class 3 has 1 point. Draw another one, or erase it."),
        (classes(0, 2, 0, 2), ""),
        (at_random(3, "curve"), "A curve needs at least 5 points. Draw 2 more."),
        (
            DrawnPoints("curve", tuple(DrawnPoint(7, i) for i in range(9))),
            "All points have the same x. Draw points at another x.",
        ),
        (
            DrawnPoints("curve", tuple(DrawnPoint(i, 7) for i in range(9))),
            "All points have the same y. Draw points at another y.",
        ),
        (at_random(5, "curve"), ""),
    ],
)
def test_what_points_lack_is_said(drawn: DrawnPoints, sentence: str) -> None:
    assert reason_not_to_train(drawn) == sentence

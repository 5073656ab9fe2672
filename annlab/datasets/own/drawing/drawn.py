"""Points drawn by hand on a square pad.

Coordinates are whole hundredths, so that pad, link, file and data set agree bit for bit.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.datasets.own.task_of_target import task_of_target
from annlab.nn.tasks import TaskName

Array = NDArray[Any]
DrawingMode = Literal["classes", "curve"]

# The pad goes from -REACH to REACH in both directions; one unit of a feature has PER_UNIT places.
PER_UNIT = 100
REACH = 6 * PER_UNIT
MAX_DRAWN_CLASSES = 4
# A sentence says why fewer do not train.
MIN_PER_CLASS, MIN_ON_CURVE = 2, 5
MAX_POINTS = 2_000


class DrawnPoint(NamedTuple):
    """A point on the pad.

    Attributes
    ----------
    x, y : int
        Position in hundredths, from -600 to 600.
    label : int
        Index of the class; 0 on a curve.
    """

    x: int
    y: int
    label: int = 0


class Mode(NamedTuple):
    """A kind of drawing.

    Attributes
    ----------
    label : str
        Display name.
    mark : str
        First character of the text in a link.
    label_bits : int
        Bits of a class in that text.
    axis_names : tuple of str
        Names of both axes.
    """

    label: str
    mark: str
    label_bits: int
    axis_names: tuple[str, str]


MODES: dict[DrawingMode, Mode] = {
    "classes": Mode("Classes", "c", (MAX_DRAWN_CLASSES - 1).bit_length(), ("x1", "x2")),
    "curve": Mode("Curve", "r", 0, ("x", "y")),
}
CLASS_NAMES = tuple(f"class {k + 1}" for k in range(MAX_DRAWN_CLASSES))


@dataclass(frozen=True)
class DrawnPoints:
    """Points drawn by hand, in a fixed order: the same drawing is always the same data.

    Attributes
    ----------
    mode : {"classes", "curve"}
        Points of classes on a plane, or of a target over one feature.
    points : tuple of DrawnPoint
        At most `MAX_POINTS`; sorted by position and class.

    Raises
    ------
    ValueError
        If the mode is unknown, there are too many points, or one is not on the pad.
    """

    mode: DrawingMode = "classes"
    points: tuple[DrawnPoint, ...] = ()

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode: must be one of {', '.join(MODES)}; got {self.mode!r}")
        if len(self.points) > MAX_POINTS:
            raise ValueError(f"at most {MAX_POINTS:,} points, got {len(self.points):,}")
        n_labels = 1 << MODES[self.mode].label_bits
        for point in self.points:
            if not all(type(value) is int for value in point) or not (
                abs(point[0]) <= REACH and abs(point[1]) <= REACH and 0 <= point[2] < n_labels
            ):
                raise ValueError("every point must lie on the pad, in one of its classes")
        ordered = tuple(sorted(DrawnPoint(*point) for point in self.points))
        object.__setattr__(self, "points", ordered)

    @property
    def counts(self) -> tuple[int, ...]:
        """Number of points of each class of the pad; one number for a curve."""
        counted = Counter(point.label for point in self.points)
        return tuple(counted[k] for k in range(1 << MODES[self.mode].label_bits))

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes that have points; empty for a curve."""
        if self.mode == "curve":
            return ()
        return tuple(name for name, n in zip(CLASS_NAMES, self.counts, strict=True) if n)

    @property
    def task(self) -> TaskName:
        """Name of the task that the points are for, or will be once there are enough."""
        if self.mode == "curve":
            return task_of_target("values")
        return task_of_target("class", max(2, len(self.class_names)))

    @property
    def axis_names(self) -> tuple[str, str]:
        """Names of both axes of the pad."""
        return MODES[self.mode].axis_names

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns of X."""
        return self.axis_names[: 1 if self.mode == "curve" else 2]

    def samples(self) -> tuple[Array, Array]:
        """Features in units of the axes, and targets.

        Returns
        -------
        X : ndarray of float64, shape (n_points, 2), or (n_points, 1) for a curve
        y : ndarray, shape (n_points,)
            int64 indices into `class_names`, or float64 values for a curve.
        """
        places = np.array(self.points, np.int64).reshape(-1, 3)
        X = places[:, : len(self.feature_names)] / PER_UNIT
        if self.mode == "curve":
            return X, places[:, 1] / PER_UNIT
        return X, np.unique(places[:, 2], return_inverse=True)[1]


def drawn_points(mode: DrawingMode, X: Array, y: Array, labels: Iterable[int] = ()) -> DrawnPoints:
    """Draw samples on the pad, each at the nearest place; those beyond its edge on the edge.

    Parameters
    ----------
    mode : {"classes", "curve"}
    X : ndarray, shape (n_samples,)
        Horizontal positions in units of the axis.
    y : ndarray, shape (n_samples,)
        Vertical positions.
    labels : iterable of int
        Class of each sample; empty for a curve.

    Raises
    ------
    ValueError
        If there are too many samples or classes, or a position is not a finite number.
    """
    places = np.stack([X, y], axis=1).astype(float) * PER_UNIT
    if not np.isfinite(places).all():
        raise ValueError("every position must be a finite number")
    whole = np.clip(np.rint(places), -REACH, REACH).astype(int).tolist()
    classes = [int(label) for label in labels] or [0] * len(whole)
    both = zip(whole, classes, strict=True)
    return DrawnPoints(mode, tuple(DrawnPoint(x, y, label) for (x, y), label in both))


def reason_not_to_train(drawn: DrawnPoints) -> str:
    """Say what the points lack to be a data set; empty if they lack nothing."""
    n = len(drawn.points)
    if drawn.mode == "curve":
        if n < MIN_ON_CURVE:
            return f"A curve needs at least {MIN_ON_CURVE} points. Draw {MIN_ON_CURVE - n} more."
        for axis, values in zip(drawn.axis_names, drawn.samples(), strict=True):
            if np.ptp(values) == 0:
                return f"All points have the same {axis}. Draw points at another {axis}."
        return ""
    names = drawn.class_names
    if len(names) < 2:
        return "A classifier needs two classes. Draw points of " + (
            "another class." if names else "at least two classes."
        )
    for name, count in zip(CLASS_NAMES, drawn.counts, strict=True):
        if 0 < count < MIN_PER_CLASS:
            return f"{name.capitalize()} has {count} point. Draw another one, or erase it."
    return ""

"""Code with which an exported script reads data of one's own."""

from collections.abc import Callable
from textwrap import wrap

from annlab.datasets.own.drawing.drawn import PER_UNIT
from annlab.datasets.own.drawing.drawn_text import read_drawn
from annlab.datasets.own.own_data import Origin, OwnData
from annlab.exports.literals import LINE_LENGTH
from annlab.exports.own_file import file_reading
from annlab.exports.section import Section
from annlab.nn.tasks import TASKS, TargetKind

_POINTS = """\
# {what} of each point; positions in hundredths.
POINTS = \"""
{lines}
\"""


def read_samples():
    points = np.array([point.split(",") for point in POINTS.split()], float)
    points[:, :2] /= {per_unit}
"""
# Only a link to many points lacks them.
_POINTS_IN_A_FILE = """\
# Save your points beside this script, under this name.
FILE = "points.csv"


def read_samples():
    points = np.genfromtxt(FILE, delimiter=",", skip_header=1)
"""
_CURVE = "points[:, :1], points[:, 1]"
_CLASSES = "points[:, :2], np.unique(points[:, 2], return_inverse=True)[1]"
_TARGETS_OF_ARRAYS: dict[TargetKind, str] = {
    "class": "np.unique(y, return_inverse=True)[1]",
    "values": "y.astype(float)",
    "labels": "y.astype(int)",
}


def reading(own: OwnData) -> Section:
    """Code that defines ``read_samples``, which returns X and y as `Table` holds them."""
    return _READINGS[own.source](own)


def plain_title(title: str) -> str:
    """Title for docstrings and headings, without characters that mean something there."""
    plain = "".join(c if c.isalnum() or c in " .,-_()+:%" else " " for c in title)
    return " ".join(plain.split())


def _arrays(own: OwnData) -> Section:
    names = [f'np.save("{name}.npy", {name})' for name in ("X", "y")]
    if own.group_sizes:
        names.append('np.save("groups.npy", groups)')
    targets = _TARGETS_OF_ARRAYS[TASKS[own.task].kind]
    # One target may have been a column.
    in_a_row = "" if own.target_names else ".ravel()"
    text = (
        f"# Save your arrays beside this script: {', '.join(names)}\n"
        "def read_samples():\n"
        f'    X, y = np.load("X.npy").astype(float), np.load("y.npy"){in_a_row}\n'
        f"    return X.reshape(len(y), -1), {targets}"
    )
    return Section(text, ("import numpy as np",))


def _drawn(own: OwnData) -> Section:
    is_curve = own.task == "regression"
    text = _POINTS_IN_A_FILE
    if own.points:
        points = read_drawn(own.points).points
        places = [f"{x},{y}" if is_curve else f"{x},{y},{label}" for x, y, label in points]
        lines = "\n".join(wrap(" ".join(places), LINE_LENGTH, break_on_hyphens=False))
        what = "x and y" if is_curve else "x1, x2 and class"
        text = _POINTS.format(what=what, lines=lines, per_unit=PER_UNIT)
    returned = _CURVE if is_curve else _CLASSES
    return Section(f"{text}    return {returned}", ("import numpy as np",))


_READINGS: dict[Origin, Callable[[OwnData], Section]] = {
    "file": file_reading,
    "drawn": _drawn,
    "arrays": _arrays,
}

"""Panels of several targets: places, titles, and limits of what is drawn."""

from itertools import combinations

import numpy as np
import pytest

from annlab.figures import target_scatters
from annlab.figures.base.plain_text import plain_texts
from annlab.figures.target_scatters import MAX_PANELS, axis_ids, panels

RANDOM = np.random.default_rng(0)


def _figure(n_targets: int, names: list[str] | None = None, n: int = 20):
    true = RANDOM.normal(size=(n, n_targets))
    return target_scatters(
        true,
        true + 0.1,
        name="A",
        color="#112233",
        target_names=names or [f"y{k}" for k in range(n_targets)],
        limits=[(-4.0, 4.0 + k) for k in range(n_targets)],
    )


@pytest.mark.parametrize("n", range(1, 10))
def test_panels_do_not_overlap(n: int) -> None:
    found = panels(n)
    assert len(found) == min(n, MAX_PANELS)
    for left, right, bottom, top in found:
        assert 0 <= left < right <= 1
        assert 0 <= bottom < top < 1
    for a, b in combinations(found, 2):
        assert a[1] < b[0] or b[1] < a[0] or a[3] < b[2] or b[3] < a[2]


def test_axes_have_plotlys_names() -> None:
    assert [axis_ids(k) for k in range(3)] == [("x", "y"), ("x2", "y2"), ("x3", "y3")]
    figure = _figure(5)
    assert [figure.layout[f"xaxis{k or ''}"].range[1] for k in (0, 2, 3, 4, 5)] == [4, 5, 6, 7, 8]


def test_more_targets_are_counted_in_a_note() -> None:
    figure = _figure(7, n=700)
    assert sum(trace.mode == "markers" for trace in figure.data) == MAX_PANELS
    note = figure.layout.annotations[-1].text
    assert note == "600 of 700 samples<br>the first 6 of 7 targets"


def test_long_names_take_two_lines() -> None:
    names = ["pulse (per minute)", "a rather long name of a target without a unit", "y"]
    texts = [note.text for note in _figure(3, names).layout.annotations]
    assert texts == ["pulse<br>(per minute)", "a rather long<br>name of a…", "y"]


def test_lines_break_between_letters_as_they_are_shown() -> None:
    names = plain_texts(["abcdefghijklmn<xyz", "R&D & sales of a year", "R&D costs (k€)"])
    texts = [note.text for note in _figure(3, list(names)).layout.annotations]
    assert texts == [
        "abcdefghijklmn&lt;x<br>yz",
        "R&amp;D &amp; sales of a<br>year",
        "R&amp;D costs (k€)",
    ]


def test_names_and_limits_are_counted() -> None:
    y = np.zeros((3, 2))
    with pytest.raises(ValueError, match="2 names, 1 limits"):
        target_scatters(
            y, y, name="A", color="#112233", target_names=["a", "b"], limits=[(0.0, 1.0)]
        )

"""Points of the pad in the browser: tools, limits and undo."""

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from annlab.datasets.own.drawing.drawn import REACH
from annlab.ui.components.sources import javascript

pytestmark = pytest.mark.browser

SCRIPT = javascript("pad_points").encode()
MODULE = "data:text/javascript;base64," + base64.b64encode(SCRIPT).decode()
# A generator with a seed (mulberry32), so that no test depends on luck.
RANDOM = """(seed => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
})(1)"""


@pytest.fixture
def script(new_page: Callable[..., Page]) -> Callable[..., Any]:
    """Run statements on a pad `p` with some points; return what they return."""
    page = new_page()
    page.goto("about:blank")

    def run(statements: str, points: Any = (), most: int = 2000) -> Any:
        return page.evaluate(
            f"""async ([url, points, reach, most]) => {{
                const {{ PadPoints }} = await import(url);
                const p = new PadPoints(points, {{ reach, most }}, {RANDOM});
                {statements}
            }}""",
            [MODULE, list(points), REACH, most],
        )

    return run


def test_a_click_puts_a_point_exactly(script: Any) -> None:
    found = script("p.begin(); p.put([12, -34], 2); return [p.end(), p.points, p.counts(4)];")
    assert found == [True, [[12, -34, 2]], [0, 0, 1, 0]]


def test_a_stroke_is_undone_and_redone_as_one(script: Any) -> None:
    stroke = "p.begin(); for (const x of [0, 1, 2]) p.put([x, 0], 0); p.end();"
    lengths = script(
        f"{stroke} {stroke} const n = [p.points.length];"
        "for (const act of ['undo', 'undo', 'undo', 'redo', 'redo', 'redo']) {"
        "  n.push([p[act](), p.points.length]);"
        "} return n;"
    )
    assert lengths == [
        *(6, [True, 3], [True, 0], [False, 0]),
        *([True, 3], [True, 6], [False, 6]),
    ]


def test_a_new_stroke_ends_what_can_be_redone(script: Any) -> None:
    put = "p.begin(); p.put([0, 0], 0); p.end();"
    assert script(f"{put} p.undo(); {put} return [p.redo(), p.points.length];") == [False, 1]


def test_a_stroke_without_effect_is_nothing_to_undo(script: Any) -> None:
    found = script(
        "p.begin(); p.erase([500, 500], 10); return [p.end(), p.clear(), p.past.length];"
    )
    assert found == [False, False, 0]


def test_the_brush_fills_its_disc_evenly(script: Any) -> None:
    found = script(
        "p.begin(); p.put([100, -50], 1, { count: 2000, spread: 200 }); return p.points;"
    )
    places = np.array(found)[:, :2] - [100, -50]
    radius = np.hypot(*places.T)
    assert radius.max() <= 201
    # Half of the points lie inside the disc of half the area.
    assert np.mean(radius < 200 / np.sqrt(2)) == pytest.approx(0.5, abs=0.04)
    assert np.abs(places.mean(0)).max() < 10


def test_no_point_leaves_the_pad(script: Any) -> None:
    corner = f"[{REACH}, {-REACH}]"
    found = script(
        f"p.begin(); p.put({corner}, 0, {{ count: 300, spread: 200 }}); p.end();"
        "p.jitter(300); return p.points;"
    )
    places = np.array(found)[:, :2]
    assert np.abs(places).max() == REACH
    assert len(places) == 300
    assert script("return p.inside([9999, -0.4])") == [REACH, 0]


def test_dragging_puts_points_at_even_distances(script: Any) -> None:
    found = script(
        "p.begin();"
        "for (const at of [[0, 0], [10, 0], [95, 0], [95, 55]]) {"
        "  p.strokeTo(at, 30, (place) => p.put(place, 0));"
        "} return p.points;"
    )
    places = np.array(found)[:, :2]
    assert places[:4].tolist() == [[0, 0], [30, 0], [60, 0], [90, 0]]
    np.testing.assert_allclose(np.hypot(*np.diff(places, axis=0).T), 30, atol=1)


def test_the_eraser_takes_what_lies_within_its_radius(script: Any) -> None:
    points = [[0, 0, 0], [30, 40, 1], [31, 40, 2]]
    assert script("p.begin(); p.erase([0, 0], 50); return p.points;", points) == [[31, 40, 2]]


def test_a_full_pad_takes_no_more(script: Any) -> None:
    found = script(
        "p.begin(); p.put([0, 0], 0, { count: 8 }); p.put([0, 0], 1, { count: 8 });"
        "p.put([0, 0], 2); return [p.isFull, p.counts(4)];",
        most=10,
    )
    assert found == [True, [8, 2, 0, 0]]


def test_jitter_moves_points_by_a_normal_distance(script: Any) -> None:
    points = [[0, 0, k % 4] for k in range(2000)]
    found = np.array(script("p.jitter(40); return p.points;", points))
    np.testing.assert_allclose(found[:, :2].std(0), 40, rtol=0.06)
    assert found[:, 2].tolist() == [k % 4 for k in range(2000)]
    undone = script("p.jitter(40); p.undo(); return p.points;", points)
    assert undone == points


def test_other_points_are_loaded_and_undone(script: Any) -> None:
    found = script("p.load([[1, 2, 3]]); const n = p.points; p.undo(); return [n, p.points];")
    assert found == [[[1, 2, 3]], []]
    assert script("return [p.load([]), p.past.length];") == [False, 0]


def test_the_first_of_many_strokes_cannot_be_undone(script: Any) -> None:
    undone = script(
        "for (let k = 0; k < 250; k++) { p.begin(); p.put([k, 0], 0); p.end(); }"
        "let n = 0; while (p.undo()) n++; return [n, p.points.length];"
    )
    assert undone == [200, 50]

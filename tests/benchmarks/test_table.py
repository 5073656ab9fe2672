"""The tables of the benchmarks: ratios, verdicts, and the README's short one."""

import re

import pytest

from tests.benchmarks.engine import MANY_SEEDS
from tests.benchmarks.goals import GOALS
from tests.benchmarks.peers import PEERS
from tests.benchmarks.readme import (
    BEGIN,
    END,
    PAGE,
    README,
    TELLING,
    cells,
    measured,
    telling,
    with_measured,
)
from tests.benchmarks.table import Row, geometric_means, render, summary, unmeasured_goals


def _cells(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_row_says_the_median_of_its_ratios() -> None:
    # Not 3 / 2, the ratio of the medians.
    row = Row("one", [2.0, 3.0, 8.0], [4.0, 2.0, 2.0], goal=GOALS["first page"])
    assert row.ratios == [0.5, 1.5, 4.0]
    name, ours, peer, ratio, spread, _, verdict, _ = row.cells()
    assert (name, ours, peer, ratio) == ("one", "3 s", "2 s", "1.50")
    assert (spread, verdict) == ("0.50 to 4.00", "MISSED")
    assert Row("one", [1.0], [1.0], goal=GOALS["first page"]).cells()[6] == "ok"


def test_goal_can_limit_our_own_value() -> None:
    row = Row("one", [300.0, 400.0], [1.0, 1.0], "MB", GOALS["worker"])
    assert row.cells()[4:7] == ["300 to 400 MB", "≤ 700 MB", "ok"]


def test_a_geometric_mean_is_one_of_ratios() -> None:
    rows = [Row("a", [1.0], [4.0]), Row("b", [9.0], [1.0])]
    mean = geometric_means("both", rows, None)
    assert mean.ratios == pytest.approx([1.5])  # sqrt(1/4 * 9)
    assert mean.cells()[6] == "no goal"


def test_unmeasured_row_has_no_values() -> None:
    table = _cells(render("title", [Row("Keras", remark="not installed")]))
    assert table[-1] == ["Keras", "", "", "", "", "", "", "not installed"]
    assert len(_cells(summary([Row("none", goal=GOALS["rerun"])], "here"))) == 2
    absent = Row("none", goal=GOALS["GPU"], remark="not measured: no GPU here")
    assert _cells(summary([absent], "here"))[2:] == [
        [GOALS["GPU"].what, "–", "–", "≤ 10", "not measured: no GPU here"]
    ]


def test_a_summary_has_one_line_for_each_goal() -> None:
    rows = [
        Row("page 1", [1.0, 1.2], [1.0, 1.0], goal=GOALS["rerun"]),
        Row("page 2", [1.9, 2.1], [1.0, 1.0], goal=GOALS["rerun"]),
        Row("beside it", [7.0]),
        Row("worker", [600.0], (), "MB", GOALS["worker"]),
        Row("trainings", [2.0, 3.0], unit="", goal=GOALS["once"]),
    ]
    table = summary(rows, "here")
    assert table.endswith("\n\nhere")
    assert _cells(table)[2:] == [
        [GOALS["worker"].what, "600 MB", "600 MB", "≤ 700 MB", "ok"],
        [GOALS["rerun"].what, "1.10 to 2.00", "1.00 to 2.10", "≤ 1.5", "1 of 2 MISSED"],
        [GOALS["once"].what, "2.5", "2 to 3", GOALS["once"].text, "MISSED"],
    ]
    missed = [row.but(goal=GOALS["first page"]) for row in rows[1:2]]
    assert _cells(summary(missed, "here"))[-1][-1] == "MISSED"


def test_goals_without_values_are_listed() -> None:
    rows = [Row("some", [1.0], [1.0], goal=goal) for goal in GOALS.values()]
    assert unmeasured_goals(rows) == []
    rows[3] = Row("none", goal=rows[3].goal)
    assert unmeasured_goals(rows) == [rows[3].goal.what]
    rows[3] = rows[3].but(remark="threads: 1")
    assert unmeasured_goals(rows) == [rows[3].goal.what]
    rows[3] = rows[3].but(remark="not measured: no GPU here")
    assert unmeasured_goals(rows) == []


def test_no_goal_of_the_engine_is_forgotten() -> None:
    assert {"scikit-learn", "Keras, TensorFlow", "Lightning", "PyTorch, 1 thread"} <= {*PEERS} & {
        *GOALS
    }
    assert all(f"20 seeds of {name}" in GOALS for name in MANY_SEEDS)


def test_table_replaces_the_old_table() -> None:
    text = f"# Title\n\n{BEGIN}\n\n| old |\n\n{END}\n\nmore | old |\n"
    new = with_measured(text, "| new |")
    assert new == f"# Title\n\n{BEGIN}\n\n| new |\n\n{END}\n\nmore | old |\n"
    assert measured(new) == "| new |"
    assert with_measured(f"{BEGIN}{END}", "| new |") == f"{BEGIN}\n\n| new |\n\n{END}"
    for broken in ("", BEGIN, f"{END} {BEGIN}", text + BEGIN):
        with pytest.raises(ValueError, match="There must be one"):
            with_measured(broken, "| new |")


def test_readme_has_selected_rows_of_the_benchmark_page() -> None:
    short = measured(README.read_text(encoding="utf-8"))
    assert short == telling(measured(PAGE.read_text(encoding="utf-8")))
    assert [row[0] for row in cells(short)[1:]] == [GOALS[name].what for name in TELLING]


def test_the_page_reports_every_goal() -> None:
    lines = _cells(measured(PAGE.read_text(encoding="utf-8")))[2:]
    assert [line[0] for line in lines] == [goal.what for goal in GOALS.values()]
    assert [line[3] for line in lines] == [goal.text for goal in GOALS.values()]
    for line in lines:
        if line[0] == GOALS["GPU"].what and line[1] == "–":
            assert line[4] == "not measured: no GPU here"
            continue
        assert re.match(r"-?\d", line[1]), line
        assert line[4] == "ok" or line[4].endswith("MISSED"), line

"""Homework report of the Compare page."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from annlab import RunConfig, evaluate
from annlab.config.links import write_comparison
from annlab.figures import Report
from annlab.ui.results.panels.homework import _uncolored, report_of
from annlab.ui.services import Services
from annlab.ui.text.scores_text import with_spread
from tests.ui.visitor import charts, move_epoch, text_of, visit, wait_for

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


def _run(**changes: str) -> RunConfig:
    values = {"data": "moons", "samples": "100", "epochs": "6", "seeds": "3", "lr": "0.03"}
    return RunConfig.from_url("&".join(f"{k}={v}" for k, v in {**values, **changes}.items()))


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[Report]:
    """Reports created by the pages, newest last."""
    found: list[Report] = []

    def keep(shown: Any) -> Report:
        found.append(report_of(shown))
        return found[-1]

    monkeypatch.setattr("annlab.ui.results.panels.export.report_of", keep)
    return found


def _compare(server: Services, *runs: RunConfig) -> AppTest:
    visitor = visit("pages/compare.py", **write_comparison(runs))
    wait_for(lambda: server.queue.n_unfinished == 0)
    visitor.session_state["compare-panel"] = "Export"
    visitor.run()
    assert not visitor.exception
    return visitor


def test_report_has_the_verdicts_of_the_page(idle: Services, reports: list[Report]) -> None:
    """Models with another scaling, other data, and other seeds than the baseline."""
    runs = [
        _run(hidden="4"),
        _run(),
        _run(scaling="standard"),
        _run(data="circles"),
        _run(hidden="4", seed="3"),
    ]
    visitor = _compare(idle, *runs)
    report = reports[-1]
    assert len(report.verdict) == 4
    for sentence in report.verdict:
        assert sentence in _uncolored(text_of(visitor.markdown))
    assert "scored on different samples" in report.verdict[2]
    assert "repeats" in report.verdict[3]
    assert [place for place, _ in report.models] == [0, 1, 2, 3, 4]
    assert report.title == "Moons: 5 models compared"
    # All other parts of report and page cover only the baseline's data.
    about = "only the runs with the same data and scaling as the baseline: A, B and E."
    assert f"Scores, settings and charts show {about}" in report.notes
    assert f"The tabs show {about}" in text_of(visitor.caption)
    assert report.differing.heads == ["Setting", "A", "B", "E"]
    assert [row[0] for row in report.scores.rows[:-1]] == ["A", "B", "E"]
    for row, config in zip(report.scores.rows, (runs[0], runs[1], runs[4]), strict=False):
        assert row[1] == with_spread(evaluate(idle.repository.run(config), split="train").accuracy)
    drawn = [description for description, _ in report.charts]
    assert sum("Decision surface" in description for description in drawn) == 3
    assert not any("model C" in description or "model D" in description for description in drawn)
    assert any("Loss" in description for description in drawn)


def test_report_on_one_model(idle: Services, reports: list[Report]) -> None:
    _compare(idle, _run(seeds="1"))
    report = reports[-1]
    assert not report.verdict
    assert len(report.differing.heads) == 2
    assert not any("Mean ±" in note for note in report.notes)


def test_report_at_an_earlier_epoch(idle: Services, reports: list[Report]) -> None:
    """The report has no chart of a closed tab, which would show another epoch."""
    runs = [_run(hidden="4"), _run()]
    visitor = _compare(idle, *runs)
    at_the_end = reports[-1]
    visitor.session_state["compare-panel"] = "Network"
    visitor.run()
    assert "graph-0" in charts(visitor)
    visitor.session_state["compare-panel"] = "Export"
    move_epoch(visitor, "compare", 2)
    assert not visitor.exception
    report = reports[-1]
    assert "These are scores of an earlier epoch" in report.verdict[0]
    for row, before, config in zip(report.scores.rows, at_the_end.scores.rows, runs, strict=False):
        assert row[1] == with_spread(
            evaluate(idle.repository.run(config), split="train", epoch=2).accuracy
        )
        assert row[1] != before[1]
    drawn = [description for description, _ in report.charts]
    assert len(drawn) == len(at_the_end.charts)
    assert all("after epoch 2" in description for description in drawn if "surface" in description)
    assert not any("Network of" in description for description in drawn)

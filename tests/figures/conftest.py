"""What the default experiment gives to the figures."""

import json
from collections.abc import Callable

import pytest

from annlab import Run, RunConfig, load_dataset
from annlab.datasets import Dataset
from annlab.experiments import EXPERIMENTS
from annlab.figures import ThemeName
from annlab.figures.chart import Chart, Draft


@pytest.fixture(scope="session")
def default_runs(trained: Callable[[RunConfig], Run]) -> list[Run]:
    return [trained(config) for config in EXPERIMENTS["E4"].runs]


@pytest.fixture(scope="session")
def default_dataset() -> Dataset:
    return load_dataset(EXPERIMENTS["E4"].runs[0].dataset)


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> ThemeName:
    return request.param


@pytest.fixture(autouse=True)
def _checked_by_plotly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Plotly check all charts: their names and values, of which it would change nothing."""
    finish = Draft.chart

    def finish_and_check(draft: Draft) -> Chart:
        chart = finish(draft)
        assert json.loads(Chart(draft.data, draft.layout).to_json()) == json.loads(chart.to_json())
        return chart

    monkeypatch.setattr(Draft, "chart", finish_and_check)

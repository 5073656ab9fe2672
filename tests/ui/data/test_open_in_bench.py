"""Benches for data of one's own."""

import pytest

from annlab import DatasetConfig, RunConfig
from annlab.datasets.own.drawing.drawn_table import drawn_table
from annlab.lessons.experiments import DEFAULTS
from annlab.nn.tasks import TASKS
from annlab.ui.data import open_in_bench as module
from annlab.ui.data.open_in_bench import benches_of, open_in_bench
from annlab.ui.shell import PAGES
from annlab.ui.state.page_state import Runs
from tests.datasets.own.drawing.drawings import at_random


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[RunConfig, int]]:
    found: list[tuple[RunConfig, int]] = []
    monkeypatch.setattr(module, "send_to_bench", lambda run, model: found.append((run, model)))
    monkeypatch.setattr(module, "settings_of", lambda page, default: tuple(default))
    monkeypatch.setattr("streamlit.switch_page", lambda file: None)
    return found


BENCHES = {
    "binary": ["logistic_vs_mlp", "activations"],
    "multiclass": ["multiclass", "activations"],
    "regression": ["regression", "activations"],
    "multioutput_regression": ["several_outputs", "activations"],
    "multilabel": ["several_outputs", "activations"],
}


def test_every_task_has_benches() -> None:
    assert BENCHES.keys() == TASKS.keys()
    assert {task: list(benches_of(task)) for task in TASKS} == BENCHES
    assert all(page in DEFAULTS for pages in BENCHES.values() for page in pages)


def test_every_page_with_a_default_experiment_has_a_bench_of_its_own() -> None:
    benches = {name: page.bench for name, page in PAGES.items() if page.bench}
    assert benches.keys() == DEFAULTS.keys()
    assert len(set(benches.values())) == len(benches)


def test_a_bench_opens_with_its_own_settings_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(module, "send_to_bench", lambda run, model: None)
    monkeypatch.setattr("streamlit.switch_page", lambda file: None)

    def settings_of(bench: str, default: Runs) -> Runs:
        asked.append(bench)
        return tuple(default)

    monkeypatch.setattr(module, "settings_of", settings_of)
    own = drawn_table(at_random(60)).own
    open_in_bench("logistic_vs_mlp", DatasetConfig.suggested("own", own))
    assert asked == [PAGES["logistic_vs_mlp"].bench]


def test_a_bench_gets_its_own_first_model_on_the_data(
    sent: list[tuple[RunConfig, int]],
) -> None:
    own = drawn_table(at_random(60, "curve")).own
    data = DatasetConfig.suggested("own", own)
    for page in BENCHES["regression"]:
        open_in_bench(page, data)
        run, model = sent.pop()
        first = DEFAULTS[page].runs[0]
        assert model == 0
        assert run.dataset == data
        assert run.model.hidden_sizes == first.model.hidden_sizes
        assert run.training.max_epochs == first.training.max_epochs
        assert RunConfig.model_validate(run.model_dump()) == run

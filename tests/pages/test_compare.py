"""Compare page: opening, links, settings, curves."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

import numpy as np
import pytest

from annlab import Run, RunConfig, evaluate
from annlab.config.links import read_comparison, write_comparison
from annlab.lessons.experiments import EXPERIMENTS
from annlab.ui.services import Services
from annlab.ui.state.session_runs import Item
from tests.pages.compare_page import PAGE, open_runs, runs_table, select, settle, short_run
from tests.ui.visitor import address, charts, heads, text_of, visit

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

E4 = EXPERIMENTS["E4"].runs


def test_first_opening_selects_the_default_experiment(
    idle: Services, default_runs: list[Run]
) -> None:
    visitor = visit(PAGE)
    assert not visitor.exception
    assert len(heads(visitor)) == 2
    assert address(visitor) == write_comparison(E4)
    assert [row["Model"] for row in runs_table(visitor)] == ["MLP 4-2, Tanh", "Logistic regression"]
    for metric, run in zip(heads(visitor), default_runs, strict=True):
        assert f"{evaluate(run, split='train').accuracy.mean():.3f}" in metric.value


def test_link_trains_missing_runs(idle: Services) -> None:
    runs = (short_run(hidden="4"), short_run(hidden="8", activation="tanh"), short_run())
    visitor = open_runs(idle, *runs)
    assert len(heads(visitor)) == 3
    assert read_comparison(address(visitor))[0] == runs
    for run, metric in zip(runs, heads(visitor), strict=True):
        found = idle.repository.run(run)
        assert f"{evaluate(found, split='train').accuracy.mean():.3f}" in metric.value


def test_settings_table_shows_differences_or_all(idle: Services) -> None:
    visitor = open_runs(idle, short_run(hidden="4"), short_run(hidden="8"))
    table = next(block.value for block in visitor.markdown if "| setting |" in block.value)
    assert re.findall(r"^\| ([\w ]+) \| (\S+) \| (\S+) \|$", table, re.M)[1:] == [
        ("Hidden layers", "4", "8")
    ]
    visitor.toggle(key="compare-all-settings").set_value(True).run()
    table = next(block.value for block in visitor.markdown if "| setting |" in block.value)
    assert "| Learning rate | 0.03 | 0.03 |" in table
    assert "| **Hidden layers** | 4 | 8 |" in table


def test_runs_of_different_tasks_are_refused(idle: Services) -> None:
    visitor = open_runs(idle, short_run(), short_run(seed="1"))
    other = RunConfig.from_url("data=diabetes&epochs=2")
    idle.queue.submit([other], visitor.session_state["session_id"])
    settle(visitor, idle)
    select(visitor, Item(short_run()), Item(other))
    assert "Select runs of one task" in text_of(visitor.warning)
    assert not heads(visitor)


def test_letters_stay_when_another_run_is_deselected(idle: Services) -> None:
    runs = (short_run(), short_run(hidden="4"), short_run(hidden="8"))
    visitor = open_runs(idle, *runs)
    select(visitor, Item(runs[0]), Item(runs[2]))
    assert [head.title[0] for head in heads(visitor)] == ["A", "C"]
    curves = charts(visitor)["curves-loss"]["data"]
    assert {"A", "C"} == {trace.get("name") for trace in curves} & set("ABCDEF")


def test_epoch_slider_moves_all_models(idle: Services) -> None:
    runs = (short_run(hidden="4"), short_run(hidden="8"))
    visitor = open_runs(idle, *runs, epoch="1")
    shades = [np.array(charts(visitor)[f"surface-{i}"]["data"][0]["z"]) for i in (0, 1)]
    visitor = open_runs(idle, *runs)
    for i, before in enumerate(shades):
        after = np.array(charts(visitor)[f"surface-{i}"]["data"][0]["z"])
        assert not np.array_equal(before, after)


def test_curves_over_seconds_with_individual_networks(idle: Services) -> None:
    runs = (short_run(hidden="4"), short_run(hidden="8"))
    visitor = open_runs(idle, *runs, time="1", each="1")
    figure = charts(visitor)["curves-loss"]
    longest = max(idle.repository.run(run).epoch_seconds[-1] for run in runs)
    assert figure["layout"]["xaxis"]["range"][1] == pytest.approx(longest, rel=1e-3)
    assert (address(visitor)["over"], address(visitor)["each"]) == ("seconds", "1")


def test_share_link_has_the_newest_view(idle: Services) -> None:
    visitor = open_runs(idle, short_run(hidden="4"), short_run(hidden="8"))
    visitor.toggle(key="compare-log").set_value(True).run()
    assert any("log=1" in block.value for block in visitor.code)
    assert "Anyone who opens this link sees the same results." in text_of(visitor.markdown)


def test_link_keeps_the_baseline(idle: Services) -> None:
    runs = (short_run(), short_run(hidden="4"), short_run(hidden="8"))
    visitor = open_runs(idle, *runs)
    select(visitor, Item(runs[1]), Item(runs[2]))
    baseline = next(c for c in visitor.segmented_control if c.label == "Baseline")
    baseline.set_value("C").run()
    # The link opens with the letters A and B.
    query = address(visitor)
    assert query["baseline"] == "B"
    assert read_comparison(query, ("baseline",))[0] == runs[1:]
    other = visit(PAGE, **query)
    baseline = next(c for c in other.segmented_control if c.label == "Baseline")
    assert baseline.value == "B"


def test_invalid_link_values_are_named(idle: Services) -> None:
    visitor = visit(PAGE, **dict(parse_qsl("runs=2&data=moons&a.lr=fast&evil=1&epochs=2")))
    assert not visitor.exception
    assert "Learning rate" in text_of(visitor.warning)
    assert "evil" in text_of(visitor.warning)
    # The warning disappears when a new selection changes the address.
    visitor.button(key="compare-none").click().run()
    assert not visitor.warning


@pytest.fixture(scope="module")
def default_runs(trained: Callable[[RunConfig], Run]) -> list[Run]:
    return [trained(config) for config in E4]

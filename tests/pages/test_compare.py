"""Compare page: table of runs, verdicts, links, files."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import Run, RunConfig, compare, evaluate
from annlab.analysis import pairing
from annlab.config.links import read_comparison, write_comparison
from annlab.lessons.experiments import EXPERIMENTS
from annlab.runs.uploads import MAX_FILE_BYTES
from annlab.ui.services import Services
from annlab.ui.state.session_runs import Item
from annlab.ui.text.markdown import colored
from annlab.ui.text.scores_text import colored_difference, verdict, with_spread
from tests.ui.visitor import (
    address,
    all_html,
    charts,
    heads,
    text_of,
    verdict_texts,
    visit,
    wait_for,
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

PAGE = "pages/compare.py"
E4 = EXPERIMENTS["E4"].runs


def _short(**changes: object) -> RunConfig:
    """A run that trains in a moment."""
    values = {"data": "moons", "samples": "100", "epochs": "3", "seeds": "4", "lr": "0.03"}
    query = "&".join(f"{name}={value}" for name, value in {**values, **changes}.items())
    return RunConfig.from_url(query)


def settle(visitor: AppTest, server: Services) -> AppTest:
    """Wait for all trainings and rerun the page."""
    wait_for(lambda: server.queue.n_unfinished == 0)
    return visitor.run()


def _open(server: Services, *runs: RunConfig, **view: str) -> AppTest:
    visitor = visit(PAGE, **write_comparison(runs), **view)
    assert not visitor.exception
    settle(visitor, server)
    assert not visitor.exception
    assert not visitor.error
    return visitor


def _table(visitor: AppTest) -> list[dict[str, Any]]:
    return visitor.dataframe[0].value.to_dict("records")


def _select(visitor: AppTest, *items: Item) -> AppTest:
    """Select runs as clicks on their rows do."""
    visitor.session_state["compare-selected"] = items
    return visitor.run()


def test_first_opening_selects_the_default_experiment(
    idle: Services, default_runs: list[Run]
) -> None:
    visitor = visit(PAGE)
    assert not visitor.exception
    assert len(heads(visitor)) == 2
    assert address(visitor) == write_comparison(E4)
    assert [row["Model"] for row in _table(visitor)] == ["MLP 4-2, Tanh", "Logistic regression"]
    for metric, run in zip(heads(visitor), default_runs, strict=True):
        assert f"{evaluate(run, split='train').accuracy.mean():.3f}" in metric.value


def test_link_trains_missing_runs(idle: Services) -> None:
    runs = (_short(hidden="4"), _short(hidden="8", activation="tanh"), _short())
    visitor = _open(idle, *runs)
    assert len(heads(visitor)) == 3
    assert read_comparison(address(visitor))[0] == runs
    for run, metric in zip(runs, heads(visitor), strict=True):
        found = idle.repository.run(run)
        assert f"{evaluate(found, split='train').accuracy.mean():.3f}" in metric.value


def test_settings_table_shows_differences_or_all(idle: Services) -> None:
    visitor = _open(idle, _short(hidden="4"), _short(hidden="8"))
    table = next(block.value for block in visitor.markdown if "| setting |" in block.value)
    assert re.findall(r"^\| ([\w ]+) \| (\S+) \| (\S+) \|$", table, re.M)[1:] == [
        ("Hidden layers", "4", "8")
    ]
    visitor.toggle(key="compare-all-settings").set_value(True).run()
    table = next(block.value for block in visitor.markdown if "| setting |" in block.value)
    assert "| Learning rate | 0.03 | 0.03 |" in table
    assert "| **Hidden layers** | 4 | 8 |" in table


@pytest.fixture
def learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat short trainings as converged."""
    monkeypatch.setattr(pairing, "still_improving", lambda run: False)


@pytest.mark.usefixtures("learned")
def test_results_are_compared_with_the_baseline(idle: Services) -> None:
    runs = (_short(seeds="5"), _short(seeds="5", hidden="8", lr="0.1"))
    visitor = _open(idle, *runs)
    a, b = (evaluate(idle.repository.run(run), split="train") for run in runs)
    table = next(block.value for block in visitor.markdown if "| model |" in block.value)
    gain = b.accuracy.mean() - a.accuracy.mean()
    assert colored_difference(gain, b.accuracy.mean(), True) in table
    found = compare(*map(idle.repository.run, runs), names=(colored(0), colored(1)))
    assert found.interval
    line, details = verdict_texts(visitor)
    assert line == verdict(found)
    assert found.method in details
    # With the other baseline, the sign flips.
    visitor.session_state["compare-baseline"] = "B"
    visitor.run()
    table = next(block.value for block in visitor.markdown if "| model |" in block.value)
    assert colored_difference(-gain, a.accuracy.mean(), True) in table
    found = compare(*map(idle.repository.run, reversed(runs)), names=(colored(1), colored(0)))
    assert verdict_texts(visitor)[0] == verdict(found)
    assert address(visitor)["baseline"] == "B"


@pytest.mark.usefixtures("learned")
def test_verdicts_correct_for_several_comparisons(idle: Services) -> None:
    runs = [_short(seeds="5", hidden=hidden) for hidden in ("2", "4", "8")]
    visitor = _open(idle, *runs)
    a, *others = map(idle.repository.run, runs)
    found = [
        compare(a, run, n_comparisons=2, names=(colored(0), colored(k)))
        for k, run in enumerate(others, 1)
    ]
    line, details = verdict_texts(visitor)
    assert line == " · ".join(f"**{one.headline}**" for one in found)
    assert "\n".join(f"- {verdict(one)}" for one in found) in details
    assert "2 comparisons with one baseline" in details


@pytest.mark.usefixtures("learned")
def test_refused_comparisons_do_not_count_in_the_correction(idle: Services) -> None:
    runs = [_short(seeds="5"), _short(seeds="5", hidden="4"), _short(seeds="5", noise="0.4")]
    visitor = _open(idle, *runs)
    found = compare(*map(idle.repository.run, runs[:2]), names=(colored(0), colored(1)))
    assert found.interval
    _, details = verdict_texts(visitor)
    first, refused = details.splitlines()[:2]
    assert first == f"- {verdict(found)}"
    assert "scored on different samples" in refused
    assert "comparisons with one baseline" not in details


def test_runs_with_different_numbers_of_folds_are_no_repetition(idle: Services) -> None:
    visitor = _open(idle, *(_short(resample="folds", seeds=n, seed=n) for n in ("4", "5")))
    assert "repeats" not in text_of(visitor.markdown)
    assert "No comparison" in verdict_texts(visitor)[0]
    visitor = _open(idle, *(_short(resample="folds", seed=n) for n in ("0", "4")))
    assert "repeats" in verdict_texts(visitor)[0]


def test_missing_verdict_names_the_reason(idle: Services) -> None:
    visitor = _open(idle, _short(), _short(hidden="8"))
    line, _ = verdict_texts(visitor)
    assert line.startswith("**No verdict**: on the 100 samples they were trained on, ")
    assert "4 pairs of networks are too few" in line


def test_runs_on_different_data_are_not_compared(idle: Services) -> None:
    visitor = _open(idle, _short(hidden="4"), _short(hidden="4", data="circles"))
    assert "different data" in text_of(visitor.warning)
    assert "scored on different samples" in verdict_texts(visitor)[0]
    (table,) = (block.value for block in visitor.markdown if "| model |" in block.value)
    assert "On the training samples." in table
    assert {"surface-0", "surface-1"} <= set(charts(visitor))


def test_table_names_the_split_if_models_differ_in_it(idle: Services) -> None:
    visitor = _open(idle, _short(hidden="4"), _short(hidden="4", test="0.3"))
    (table,) = (block.value for block in visitor.markdown if "| model |" in block.value)
    assert re.findall(r"\| (\w+ samples) \|", table) == ["training samples", "test samples"]
    assert ":gray[In parentheses on the training samples.]" in table


def test_same_samples_with_different_scaling_are_compared(idle: Services) -> None:
    visitor = _open(idle, _short(hidden="4"), _short(hidden="4", scaling="standard"))
    assert not visitor.warning
    assert "is ahead of" in verdict_texts(visitor)[0]


def test_runs_with_different_seeds_are_not_paired(idle: Services) -> None:
    visitor = _open(idle, _short(), _short(seed="4", hidden="4"))
    assert "A] has seeds 0–3 and " in verdict_texts(visitor)[0]
    visitor = _open(idle, _short(), _short(seed="4"))
    a, b = (
        evaluate(idle.repository.run(run), split="train").accuracy
        for run in (_short(), _short(seed="4"))
    )
    sentence = f"with different seeds: {with_spread(b)} instead of {with_spread(a)}"
    assert sentence in verdict_texts(visitor)[0]


def test_stopped_run_is_marked(idle: Services) -> None:
    long = _short(epochs="5000", batch="1")
    visitor = visit(PAGE, **write_comparison([long, _short()]))
    session = visitor.session_state["session_id"]
    wait_for(lambda: any(job.epoch > 2 for job in idle.queue.batch(session) or ()))
    visitor.button(key="compare-stop").click().run()
    settle(visitor, idle)
    n = idle.repository.run(long).n_epochs
    assert f"stopped by hand after epoch {n}" in text_of(visitor.markdown)
    assert "Stopped by hand" in text_of(visitor.warning)
    assert "A was stopped by hand, so whoever opens the link" in text_of(visitor.markdown)


def test_missing_run_can_be_trained_or_deselected(idle: Services) -> None:
    gone = _short(hidden="6")
    visitor = _open(idle, _short(), gone)
    idle.repository.delete(gone.digest)
    visitor.run()
    assert "1 selected run is missing: it never finished training or was deleted." in text_of(
        visitor.info
    )
    visitor.button(key="compare-train").click().run()
    settle(visitor, idle)
    assert len(heads(visitor)) == 2
    idle.repository.delete(gone.digest)
    visitor.run()
    visitor.button(key="compare-let-go").click().run()
    assert len(heads(visitor)) == 1
    assert read_comparison(address(visitor))[0] == (_short(),)


def test_stored_run_beyond_the_budget_opens_and_a_new_one_is_refused(
    idle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, other = _short(), _short(hidden="4", epochs="4")
    _open(idle, stored)
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1")
    visitor = _open(idle, stored)
    assert len(heads(visitor)) == 1
    visitor = visit(PAGE, **write_comparison([stored, other]))
    assert not visitor.exception
    assert "compute this server allows" in text_of(visitor.error)
    assert "selected run is missing" in text_of(visitor.info)
    assert len(heads(visitor)) == 1
    visitor.button(key="compare-train").click().run()
    assert not visitor.exception
    assert "compute this server allows" in text_of(visitor.error)
    assert idle.repository.run(other) is None


def test_runs_of_different_tasks_are_refused(idle: Services) -> None:
    visitor = _open(idle, _short(), _short(seed="1"))
    other = RunConfig.from_url("data=diabetes&epochs=2")
    idle.queue.submit([other], visitor.session_state["session_id"])
    settle(visitor, idle)
    _select(visitor, Item(_short()), Item(other))
    assert "Select runs of one task" in text_of(visitor.warning)
    assert not heads(visitor)


def test_letters_stay_when_another_run_is_deselected(idle: Services) -> None:
    runs = (_short(), _short(hidden="4"), _short(hidden="8"))
    visitor = _open(idle, *runs)
    _select(visitor, Item(runs[0]), Item(runs[2]))
    assert [head.title[0] for head in heads(visitor)] == ["A", "C"]
    curves = charts(visitor)["curves-loss"]["data"]
    assert {"A", "C"} == {trace.get("name") for trace in curves} & set("ABCDEF")


def test_epoch_slider_moves_all_models(idle: Services) -> None:
    runs = (_short(hidden="4"), _short(hidden="8"))
    visitor = _open(idle, *runs, epoch="1")
    shades = [np.array(charts(visitor)[f"surface-{i}"]["data"][0]["z"]) for i in (0, 1)]
    visitor = _open(idle, *runs)
    for i, before in enumerate(shades):
        after = np.array(charts(visitor)[f"surface-{i}"]["data"][0]["z"])
        assert not np.array_equal(before, after)


def test_curves_over_seconds_with_individual_networks(idle: Services) -> None:
    runs = (_short(hidden="4"), _short(hidden="8"))
    visitor = _open(idle, *runs, time="1", each="1")
    figure = charts(visitor)["curves-loss"]
    longest = max(idle.repository.run(run).epoch_seconds[-1] for run in runs)
    assert figure["layout"]["xaxis"]["range"][1] == pytest.approx(longest, rel=1e-3)
    assert (address(visitor)["over"], address(visitor)["each"]) == ("seconds", "1")


def test_table_lists_differences_from_the_default(idle: Services) -> None:
    visitor = _open(idle, _short(hidden="8"), _short(lr="0.01"))
    by_model = {row["Model"]: row for row in _table(visitor)}
    row = by_model["MLP 8, ReLU"]
    assert row["Data"] == "Moons"
    assert "samples 100" in row["Differs from default"]
    assert "hidden layers 8" in row["Differs from default"]
    assert row["Networks"] == 4
    score = evaluate(idle.repository.run(_short(hidden="8")), split="train").accuracy
    assert row["Accuracy"] == pytest.approx(score.mean())
    assert row["±"] == pytest.approx(score.std(ddof=1), rel=1e-3)


def test_filter_requires_all_words(idle: Services) -> None:
    visitor = _open(idle, _short(hidden="8"), _short(lr="0.01"))
    visitor.text_input(key="compare-filter").set_value("moons RELU").run()
    assert [row["Model"] for row in _table(visitor)] == ["MLP 8, ReLU"]
    assert len(heads(visitor)) == 2  # what is chosen stays
    # The filter finds used settings only.
    visitor.text_input(key="compare-filter").set_value("outliers").run()
    assert "No run matches all of these words." in text_of(visitor.info)
    visitor.text_input(key="compare-filter").set_value("nowhere").run()
    assert "No run matches" in text_of(visitor.info)


def test_toggle_lists_all_stored_runs(idle: Services) -> None:
    _open(idle, _short(hidden="8"), _short(lr="0.01"))
    visitor = visit(PAGE)  # another session, with the default runs only
    assert len(_table(visitor)) == 2
    visitor.toggle(key="compare-everything").set_value(True).run()
    assert len(_table(visitor)) == len(idle.repository.runs())
    assert len(_table(visitor)) >= 4


def test_selected_runs_stay_in_the_table(idle: Services) -> None:
    others = _short(hidden="8", lr="0.02"), _short(lr="0.02")
    _open(idle, *others)
    idle.repository.rename(others[0].digest, "of others")
    visitor = visit(PAGE)  # another session
    _select(visitor, *map(Item, others))
    assert {"of others"} <= {row["Name"] for row in _table(visitor)}
    assert "of others: MLP 8" in text_of(visitor.markdown)
    visitor.button(key="compare-none").click().run()
    assert not visitor.exception
    assert not heads(visitor)


@pytest.mark.parametrize(("changes", "n_differences"), [({"lr": "0.02"}, 2), ({"loss": "mse"}, 1)])
def test_different_losses_are_not_compared(
    idle: Services, changes: dict[str, str], n_differences: int
) -> None:
    visitor = _open(idle, _short(hidden="4"), _short(hidden="4", **changes))
    (results,) = (m.value for m in visitor.markdown if "| parameters |" in m.value)
    row = next(line for line in results.splitlines() if "[B]" in line)
    # One colored difference each for accuracy and loss.
    n_colored = len(re.findall(r":(?:green|red|gray)\[[+−±]", row))
    assert n_colored == n_differences
    assert ("Different losses" in all_html(visitor)) is (n_differences == 1)


def test_share_link_has_the_newest_view(idle: Services) -> None:
    visitor = _open(idle, _short(hidden="4"), _short(hidden="8"))
    visitor.toggle(key="compare-log").set_value(True).run()
    assert any("log=1" in block.value for block in visitor.code)
    assert "Anyone who opens this link sees the same results." in text_of(visitor.markdown)


@pytest.mark.parametrize("name", ["2026-01-01 00:00:00", "12", 'a "b"\\ {x}\n\u2028', "null"])
def test_table_shows_user_names_unchanged(idle: Services, name: str) -> None:
    named, other = _short(hidden="3"), _short(hidden="5", seeds="1")
    visitor = _open(idle, named, other)
    idle.repository.rename(named.digest, name)
    rows = {row["Name"]: row for row in _table(visitor.run())}
    assert set(rows) == {name, ""}
    assert rows[name]["Networks"] == 4
    assert np.isnan(rows[""]["±"])
    (info,) = idle.repository.runs([named.digest])
    assert rows[name]["Created"].to_pydatetime() == info.created


def test_run_is_named_pinned_and_deleted(idle: Services) -> None:
    gone, kept = _short(hidden="3"), _short(hidden="5")
    visitor = _open(idle, gone, kept)
    _select(visitor, Item(gone))
    visitor.text_input(key=f"compare-name-{gone.digest}").set_value("mine").run()
    visitor.button(key="compare-pin").click().run()
    (info,) = idle.repository.runs([gone.digest])
    assert (info.name, info.pinned) == ("mine", True)
    assert {row["Name"] for row in _table(visitor)} == {"mine", ""}
    visitor.button(key="compare-delete").click().run()
    assert not visitor.exception
    assert idle.repository.run(gone) is None
    assert idle.repository.runs([gone.digest]) == []
    assert [row["Model"] for row in _table(visitor)] == ["MLP 5, ReLU"]
    assert idle.repository.run(kept) is not None


def test_run_is_repeated_with_new_seeds_and_compared_with_the_linear_model(idle: Services) -> None:
    visitor = _open(idle, _short(hidden="4"), _short(hidden="8"))
    visitor.button(key="compare-seeds-1").click().run()
    settle(visitor, idle)
    assert idle.repository.run(_short(hidden="8", seed="4")) is not None
    visitor.button(key="compare-linear-0").click().run()
    settle(visitor, idle)
    assert len(heads(visitor)) == 4
    assert read_comparison(address(visitor))[0] == (
        _short(hidden="4"),
        _short(hidden="8"),
        _short(hidden="8", seed="4"),
        _short(),
    )


def test_run_is_sent_to_a_bench(idle: Services) -> None:
    run = _short(hidden="7", activation="tanh")
    visitor = _open(idle, run, _short())
    visitor.button(key="compare-use-B-0").click().run()
    visitor.switch_page("pages/logistic_vs_mlp.py").run()
    settle(visitor, idle)
    assert not visitor.exception
    assert address(visitor)["b.hidden"] == "7"
    assert address(visitor)["samples"] == "100"


def _upload(visitor: AppTest, name: str, data: bytes) -> AppTest:
    return visitor.file_uploader(key="compare-file").upload(name, data, "").run()


def test_run_file_loads_with_the_same_scores(idle: Services, binary_run: Run) -> None:
    visitor = _open(idle, _short(), _short(hidden="4"))
    _upload(visitor, "run.safetensors", binary_run.to_bytes())
    settle(visitor, idle)
    assert not visitor.exception
    assert f"{evaluate(binary_run).accuracy.mean():.3f}" in heads(visitor)[-1].value
    assert "from a file" in {row["Name"] for row in _table(visitor)}
    assert "C comes from a file, so whoever opens the link" in text_of(visitor.markdown)
    # A second upload adds no run.
    visitor.session_state["compare-failures"] = []
    _upload(visitor, "again.safetensors", binary_run.to_bytes())
    assert len(heads(visitor)) == 3
    # Other sessions do not see the run, because its content is untrusted.
    assert idle.repository.run(binary_run.config) is None
    assert "from a file" not in {row.get("Name") for row in _table(visit(PAGE))}


def test_link_names_all_runs_from_files(idle: Services, binary_run: Run) -> None:
    visitor = _open(idle, _short(), _short(hidden="4"))
    for file in (binary_run, replace(binary_run, message="another run of the same settings")):
        _upload(visitor, "run.safetensors", file.to_bytes())
        settle(visitor, idle)
    sentence = "C and D come from files, so whoever opens the link may have to train them again"
    assert sentence in text_of(visitor.markdown)


def test_settings_file_is_trained(idle: Services) -> None:
    config = _short(hidden="9")
    visitor = _open(idle, _short(), _short(hidden="4"))
    _upload(visitor, "run.json", config.model_dump_json(indent=2).encode())
    settle(visitor, idle)
    assert len(heads(visitor)) == 3
    assert idle.repository.run(config) is not None


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"{}" * 3, b'{"dataset": {"name": "nowhere"}}', b"\0" * 100],
    ids=["empty", "text", "no JSON", "no settings", "zeros"],
)
def test_invalid_file_is_refused_with_a_message(idle: Services, data: bytes) -> None:
    visitor = _open(idle, _short(), _short(hidden="4"))
    _upload(visitor, "x.json", data)
    assert not visitor.exception
    assert len(visitor.error) == 1
    assert "x.json" in visitor.error[0].value
    assert len(heads(visitor)) == 2  # nothing is lost
    assert len(data) < MAX_FILE_BYTES


def test_text_from_a_file_is_escaped(idle: Services) -> None:
    visitor = _open(idle, _short(), _short(hidden="4"))
    _upload(visitor, "x.json", b'{"model": {"![x](https://evil.example/a.png)": 1}}')
    assert len(visitor.error) == 1
    assert "![x](" not in visitor.error[0].value


def test_link_keeps_the_baseline(idle: Services) -> None:
    runs = (_short(), _short(hidden="4"), _short(hidden="8"))
    visitor = _open(idle, *runs)
    _select(visitor, Item(runs[1]), Item(runs[2]))
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

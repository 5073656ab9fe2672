"""Compare page: the table of runs."""

import numpy as np
import pytest

from annlab import RunConfig, evaluate
from annlab.datasets.split_names import Split
from annlab.ui.services import Services
from annlab.ui.state.session_runs import Item
from tests.pages.compare_page import PAGE, open_runs, runs_table, select, short_run
from tests.ui.visitor import heads, text_of, visit

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


def test_table_lists_differences_from_the_default(idle: Services) -> None:
    visitor = open_runs(idle, short_run(hidden="8"), short_run(lr="0.01"))
    by_model = {row["Model"]: row for row in runs_table(visitor)}
    row = by_model["MLP 8, ReLU"]
    assert row["Data"] == "Moons"
    assert "samples 100" in row["Differs from default"]
    assert "hidden layers 8" in row["Differs from default"]
    assert row["Networks"] == 4
    # Without held-out samples, the score stands in the column of the training samples.
    score = evaluate(idle.repository.run(short_run(hidden="8")), split="train").accuracy
    assert row["Training"] == pytest.approx(score.mean(), rel=1e-3)
    assert "Accuracy" not in row
    assert row["±"] == pytest.approx(score.std(ddof=1), rel=1e-3)


def test_scores_of_held_out_and_training_samples_stand_apart(idle: Services) -> None:
    runs: dict[Split, RunConfig] = {
        "train": short_run(hidden="3"),
        "validation": short_run(hidden="4", validation="0.2"),
        "test": short_run(hidden="5", validation="0.2", test="0.2"),
    }
    visitor = open_runs(idle, *runs.values())
    rows = {row["Model"]: row for row in runs_table(visitor)}
    for split, config in runs.items():
        row = rows[f"MLP {config.model.hidden_sizes[0]}, ReLU"]
        run = idle.repository.run(config)
        train = evaluate(run, split="train").accuracy.mean()
        assert row["Training"] == pytest.approx(train, rel=1e-3)
        if split == "train":
            assert np.isnan(row["Accuracy"])
        else:
            held_out = evaluate(run, split=split).accuracy.mean()
            assert row["Accuracy"] == pytest.approx(held_out)


def test_filter_requires_all_words(idle: Services) -> None:
    visitor = open_runs(idle, short_run(hidden="8"), short_run(lr="0.01"))
    visitor.text_input(key="compare-filter").set_value("moons RELU").run()
    assert [row["Model"] for row in runs_table(visitor)] == ["MLP 8, ReLU"]
    assert len(heads(visitor)) == 2  # what is chosen stays
    # The filter finds used settings only.
    visitor.text_input(key="compare-filter").set_value("outliers").run()
    assert "No run matches all of these words." in text_of(visitor.info)
    visitor.text_input(key="compare-filter").set_value("nowhere").run()
    assert "No run matches" in text_of(visitor.info)


def test_toggle_lists_all_stored_runs(idle: Services) -> None:
    open_runs(idle, short_run(hidden="8"), short_run(lr="0.01"))
    visitor = visit(PAGE)  # another session, with the default runs only
    assert len(runs_table(visitor)) == 2
    visitor.toggle(key="compare-everything").set_value(True).run()
    assert len(runs_table(visitor)) == len(idle.repository.runs())
    assert len(runs_table(visitor)) >= 4


def test_selected_runs_stay_in_the_table(idle: Services) -> None:
    others = short_run(hidden="8", lr="0.02"), short_run(lr="0.02")
    open_runs(idle, *others)
    idle.repository.rename(others[0].digest, "of others")
    visitor = visit(PAGE)  # another session
    select(visitor, *map(Item, others))
    assert {"of others"} <= {row["Name"] for row in runs_table(visitor)}
    assert "of others: MLP 8" in text_of(visitor.markdown)
    visitor.button(key="compare-none").click().run()
    assert not visitor.exception
    assert not heads(visitor)


@pytest.mark.parametrize("name", ["2026-01-01 00:00:00", "12", 'a "b"\\ {x}\n\u2028', "null"])
def test_table_shows_user_names_unchanged(idle: Services, name: str) -> None:
    named, other = short_run(hidden="3"), short_run(hidden="5", seeds="1")
    visitor = open_runs(idle, named, other)
    idle.repository.rename(named.digest, name)
    rows = {row["Name"]: row for row in runs_table(visitor.run())}
    assert set(rows) == {name, ""}
    assert rows[name]["Networks"] == 4
    assert np.isnan(rows[""]["±"])
    (info,) = idle.repository.runs([named.digest])
    assert rows[name]["Created"].to_pydatetime() == info.created


def test_run_is_named_pinned_and_deleted(idle: Services) -> None:
    gone, kept = short_run(hidden="3"), short_run(hidden="5")
    visitor = open_runs(idle, gone, kept)
    select(visitor, Item(gone))
    visitor.text_input(key=f"compare-name-{gone.digest}").set_value("mine").run()
    visitor.button(key="compare-pin").click().run()
    (info,) = idle.repository.runs([gone.digest])
    assert (info.name, info.pinned) == ("mine", True)
    assert {row["Name"] for row in runs_table(visitor)} == {"mine", ""}
    visitor.button(key="compare-delete").click().run()
    assert not visitor.exception
    assert idle.repository.run(gone) is None
    assert idle.repository.runs([gone.digest]) == []
    assert [row["Model"] for row in runs_table(visitor)] == ["MLP 5, ReLU"]
    assert idle.repository.run(kept) is not None

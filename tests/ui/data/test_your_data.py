"""Page of one's own data: a file from the drop to a bench, and the list of data sets."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from annlab import DatasetConfig
from annlab.datasets.own.drawing.drawn_table import drawn_table
from annlab.datasets.own.drawing.drawn_text import write_drawn
from annlab.store.own_data_store import OwnDataError
from annlab.ui.services import Services
from annlab.ui.text.own_data_text import KEPT, KEPT_BY_RUN
from tests.datasets.own.drawing.drawings import at_random
from tests.datasets.own.reading.test_description import FILE
from tests.store.own import ANNA, BEN, make_table
from tests.store.runs import make_run
from tests.ui.data.data_page import button, columns, select, visit_as, wait
from tests.ui.visitor import everything, text_of

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

DIGEST = hashlib.sha256(FILE).hexdigest()


@pytest.fixture
def brought(server: Services) -> Iterator[Services]:
    server.own_data.add_file(ANNA, FILE, "shapes.csv")
    yield server
    server.own_data.delete_all(ANNA)


def test_before_the_browser_answers_nothing_of_it_is_shown(brought: Services) -> None:
    visitor = visit_as(None, file=DIGEST)
    assert "shapes.csv" not in text_of(visitor.markdown) + text_of(visitor.subheader)
    assert not visitor.dataframe


def test_another_browser_sees_nothing_of_the_file(brought: Services) -> None:
    visitor = visit_as(BEN, file=DIGEST)
    assert not visitor.dataframe
    assert "This file was deleted. Load it again." in text_of(visitor.warning)
    assert "shapes.csv" not in text_of(visit_as(BEN).markdown)


def test_an_empty_page_takes_a_file_and_says_how_long_it_stays(server: Services) -> None:
    visitor = visit_as(ANNA)
    assert len(visitor.get("file_uploader")) == 1
    assert KEPT in text_of(visitor.caption)


def test_a_file_is_shown_as_understood(brought: Services) -> None:
    visitor = visit_as(ANNA, file=DIGEST)
    assert text_of(visitor.subheader) == "shapes.csv"
    assert "40 rows, 4 columns" in text_of(visitor.caption)
    rows = columns(visitor)
    assert {name: (row["Role"], row["Type"]) for name, row in rows.items()} == {
        "id": ("Ignored", "Number"),
        "size": ("Feature", "Number"),
        "color": ("Feature", "Category"),
        "kind": ("Target", "Category"),
    }
    assert rows["color"]["Inputs"] == 2
    assert select(visitor, "Target: the column to predict").value == "kind"
    assert "**kind** has two classes" in text_of(visitor.markdown)
    assert "2 feature columns → 3 inputs" in [entry.label for entry in visitor.expander]
    first = visitor.dataframe[-1].value
    assert first["Row"].tolist() == list(range(2, 12))


def test_numbers_as_a_target_can_be_read_as_values(brought: Services) -> None:
    visitor = visit_as(ANNA, file=DIGEST)
    wait(select(visitor, "Target type").select("number").run())
    assert "**kind** is a number" in text_of(visitor.markdown)
    assert button(visitor, "Use in Regression")
    wait(select(visitor, "Target: the column to predict").select("color").run())
    assert columns(visitor)["color"]["Role"] == "Target"
    assert columns(visitor)["kind"]["Role"] == "Feature"
    assert button(visitor, "Use in Logistic vs MLP")


def test_the_type_of_the_target_can_be_changed_back(brought: Services) -> None:
    visitor = visit_as(ANNA, file=DIGEST)
    for chosen in ("number", "category", "number"):
        wait(select(visitor, "Target type").select(chosen).run())
        assert select(visitor, "Target type").value == chosen
    # Words can be no numbers.
    wait(select(visitor, "Target: the column to predict").select("color").run())
    assert "Target type" not in [box.label for box in visitor.selectbox]


def test_a_change_holds_while_the_file_is_still_read_for_another(
    brought: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit_as(ANNA, file=DIGEST)
    # The page keeps the description of the file as it was read before both changes.
    monkeypatch.setattr("annlab.ui.data.file_tab.computed", lambda *args, **options: None)
    select(visitor, "Separator").select(";").run()
    select(visitor, "First row").select(False).run()
    assert not visitor.exception
    dialect = visitor.session_state[f"data-choices-{DIGEST}"].dialect
    assert (dialect.delimiter, dialect.has_header) == (";", False)


def test_how_the_file_is_read_can_be_changed(brought: Services) -> None:
    visitor = visit_as(ANNA, file=DIGEST)
    wait(select(visitor, "Separator").select(";").run())
    assert "No column is the target" in text_of(visitor.warning) + text_of(visitor.markdown)
    wait(select(visitor, "Separator").select(",").run())
    wait(select(visitor, "First row").select(False).run())
    assert "41 rows, 4 columns" in text_of(visitor.caption)


def test_a_click_opens_the_bench_on_the_data(brought: Services) -> None:
    visitor = visit_as(ANNA, file=DIGEST)
    button(visitor, "Use in Logistic vs MLP").click()
    wait(visitor.run())
    data = next(box for box in visitor.selectbox if box.label == "Data set")
    assert "shapes.csv" in data.options
    assert data.value.startswith("own:")
    (entry,) = [e for e in brought.own_data.entries(ANNA) if e.own]
    assert entry.title == "shapes.csv"
    assert data.options[-1] == "Your file …"


def test_after_a_reload_the_choices_of_the_last_data_set_hold(brought: Services) -> None:
    visitor = visit_as(ANNA, file=DIGEST)
    wait(select(visitor, "Target type").select("number").run())
    button(visitor, "Use in Regression").click()
    wait(visitor.run())
    assert select(visit_as(ANNA, file=DIGEST), "Target type").value == "number"


def test_data_sets_are_listed_pinned_and_deleted(brought: Services) -> None:
    visitor = visit_as(ANNA, file=DIGEST)
    button(visitor, "Use in Logistic vs MLP").click()
    wait(visitor.run())
    visitor = visit_as(ANNA)
    assert "**shapes.csv**" in text_of(visitor.markdown)
    assert "40 rows, 2 features, target kind (2 classes)" in text_of(visitor.caption)
    button(visitor, "Pin").click().run()
    assert all(entry.pinned for entry in brought.own_data.entries(ANNA))
    button(visitor, "Delete").click().run()
    assert not brought.own_data.entries(ANNA)
    assert "shapes.csv" not in text_of(visitor.markdown)


def test_data_under_a_pinned_run_say_so(brought: Services) -> None:
    table = make_table(file=FILE)
    brought.own_data.keep_table(ANNA, table.to_bytes(), "leaves")
    run = make_run()
    dataset = DatasetConfig(own=table.own)
    run = replace(run, config=run.config.model_copy(update={"dataset": dataset}))
    brought.repository.store.save(run)
    assert KEPT_BY_RUN not in text_of(visit_as(ANNA).caption)
    brought.repository.pin(run.config.digest, True)
    assert KEPT_BY_RUN in text_of(visit_as(ANNA).caption)


@pytest.mark.parametrize("tab", ["A file", "Draw points"])
def test_a_failed_action_is_told_above_the_tabs_until_the_next_one(
    brought: Services, monkeypatch: pytest.MonkeyPatch, tab: str
) -> None:
    visitor = visit_as(ANNA, tab=tab)
    with monkeypatch.context() as patch:
        for name in ("pin", "delete", "delete_all"):
            patch.setattr(brought.own_data, name, _fail)
        for label in ("Pin", "Delete", "Delete everything"):
            button(visitor, label).click().run()
            assert text_of(visitor.error) == "No room."
    button(visitor, "Pin").click().run()
    assert not visitor.error
    assert [entry.pinned for entry in brought.own_data.entries(ANNA)] == [True]


def _fail(*args: object) -> None:
    raise OwnDataError("No room.")


def test_drawn_points_of_a_link_are_listed_and_can_be_used(server: Services) -> None:
    drawn = drawn_table(at_random(60)).own
    assert server.own_data.may_see(ANNA, drawn)
    visitor = visit_as(ANNA)
    assert "**60 drawn points**" in text_of(visitor.markdown)
    assert "not used yet" not in text_of(visitor.caption)
    button(visitor, "Use").click()
    wait(visitor.run())
    data = next(box for box in visitor.selectbox if box.label == "Data set")
    assert data.value == f"own:{drawn.content}"
    server.own_data.delete_all(ANNA)


def test_used_points_are_kept_so_that_a_link_without_them_opens(server: Services) -> None:
    drawn = at_random(60)
    visitor = visit_as(ANNA, tab="Draw points", points=write_drawn(drawn))
    next(b for b in visitor.button if b.label.startswith("Use in")).click()
    wait(visitor.run())
    content = drawn_table(drawn).own.content
    assert server.repository.store.own_data.load(content) is not None
    server.own_data.delete_all(ANNA)


def test_everything_is_deleted_at_once(brought: Services) -> None:
    table = make_table(file=FILE)
    brought.own_data.keep_table(ANNA, table.to_bytes(), "leaves")
    run = make_run()
    dataset = DatasetConfig(own=table.own)
    run = replace(run, config=run.config.model_copy(update={"dataset": dataset}))
    brought.repository.keep_run(run, [0.5])
    brought.repository.rename(run.config.digest, "my best leaves")
    assert [info.name for info in brought.repository.runs(owner=ANNA)] == ["my best leaves"]
    visitor = visit_as(ANNA)
    assert "**leaves**" in text_of(visitor.markdown)
    button(visitor, "Delete everything").click().run()
    assert not visitor.exception
    assert not brought.own_data.entries(ANNA)
    assert not brought.repository.runs(owner=ANNA)
    assert "leaves" not in everything(visitor)
    assert "shapes.csv" not in everything(visitor)

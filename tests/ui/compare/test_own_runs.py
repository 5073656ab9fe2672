"""Runs on own data on the page Compare: shown only to the browser that brought the data."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.config.links import RUN, write_comparison
from annlab.datasets.own import tables
from annlab.datasets.serialize import bytes_for_display
from annlab.ui.browser import BROWSER_KEY
from annlab.ui.services import Services
from annlab.ui.state.session_runs import Item
from tests.store.own import ANNA, BEN, FILE, make_table
from tests.stored import keep
from tests.ui.visitor import ROOT, everything, serving, text_of, wait_for

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

TABLE = make_table()
# The page itself takes files of runs.
N_UPLOADERS = 1
OWN, BUILT_IN = (
    RunConfig(
        dataset=dataset, model=ModelConfig(hidden_sizes=()), training=TrainingConfig(max_epochs=2)
    )
    for dataset in (DatasetConfig(own=TABLE.own), DatasetConfig(name="moons", n_samples=100))
)


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, trained: Callable[[RunConfig], Run]
) -> Iterator[Services]:
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.sqlite'}"
    with serving(url) as made:
        made.own_data.keep_table(ANNA, TABLE.to_bytes(), "leaves")
        tables.provide(TABLE)
        keep([trained(run) for run in (OWN, BUILT_IN)], url)
        yield made


def visit_as(key: str | None, *runs: RunConfig) -> AppTest:
    """Open the page in a browser with a key; None before the browser has answered."""
    visitor = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    visitor.switch_page("pages/compare.py")
    for name, value in write_comparison(runs).items():
        visitor.query_params[name] = value
    if key:
        visitor.session_state[BROWSER_KEY] = key
    visitor.session_state["compare-everything"] = True
    visitor.run()
    assert not visitor.exception
    return visitor


def n_listed(visitor: AppTest) -> int:
    return len(visitor.dataframe[0].value)


def test_only_the_browser_that_brought_the_data_sees_the_run(server: Services) -> None:
    assert n_listed(visit_as(ANNA, BUILT_IN)) == 2
    assert n_listed(visit_as(BEN, BUILT_IN)) == 1
    assert n_listed(visit_as(None, BUILT_IN)) == 1


def test_a_link_opens_the_run_for_that_browser_alone(server: Services) -> None:
    mine = visit_as(ANNA, OWN)
    assert not mine.error
    assert mine.get("plotly_chart")
    n_started = server.queue.n_started
    other = visit_as(BEN, OWN)
    assert "the file **leaves.csv** (40 rows)" in text_of(other.info)
    assert "missing" not in text_of(other.info)
    assert len(other.get("file_uploader")) == 1 + N_UPLOADERS
    assert not other.get("plotly_chart")
    assert not other.error
    assert server.queue.n_started == n_started


def test_a_pin_that_would_keep_too_much_says_so(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annlab.store.own_data_store.PINNED_SHARE", 0.0)
    mine = visit_as(ANNA, OWN)
    (pin,) = (b for b in mine.button if b.label == "Pin")
    pin.click().run()
    assert "This server cannot pin more data." in text_of(mine.warning)
    assert not any(info.pinned for info in server.repository.runs(owner=ANNA))


def test_what_needs_no_own_data_is_trained_and_shown(server: Services) -> None:
    new = BUILT_IN.model_copy(update={"training": TrainingConfig(max_epochs=4)})
    visitor = visit_as(BEN, OWN, new)
    wait_for(lambda: server.queue.n_unfinished == 0)
    visitor.run()
    assert "the file **leaves.csv** (40 rows)" in text_of(visitor.info)
    assert "missing" not in text_of(visitor.info)
    assert server.repository.run(new) is not None
    assert visitor.get("plotly_chart")
    server.repository.delete(new.digest)


def test_a_run_waits_for_its_data_and_is_trained_with_them(server: Services) -> None:
    new = OWN.model_copy(update={"training": TrainingConfig(max_epochs=4)})
    visitor = visit_as(BEN, new)
    assert server.repository.run(new) is None
    server.own_data.add_file(BEN, FILE, "plants.csv")
    server.own_data.keep_table(BEN, TABLE.to_bytes(), "plants.csv")
    visitor.run()
    wait_for(lambda: server.queue.n_unfinished == 0)
    visitor.run()
    assert visitor.get("plotly_chart")
    server.own_data.delete_all(BEN)
    server.repository.delete(new.digest)


def test_a_deselected_run_is_not_trained_when_its_data_come(server: Services) -> None:
    new = OWN.model_copy(update={"training": TrainingConfig(max_epochs=5)})
    visitor = visit_as(BEN, BUILT_IN, new)
    next(b for b in visitor.button if b.label == "Deselect").click().run()
    n_started = server.queue.n_started
    server.own_data.keep_table(BEN, TABLE.to_bytes(), "plants.csv")
    visitor.run()
    visitor.run()
    assert server.queue.n_started == n_started
    assert server.repository.run(new) is None
    server.own_data.delete_all(BEN)


@pytest.mark.parametrize("is_stored", [True, False])
def test_a_loaded_file_shows_nothing_of_data_of_others(
    server: Services, trained: Callable[[RunConfig], Run], is_stored: bool
) -> None:
    dataset = OWN.dataset.model_copy(update={"split_seed": int(is_stored)})
    config = OWN.model_copy(update={"dataset": dataset})
    run = trained(config)
    visitor = visit_as(BEN, BUILT_IN)
    item = Item(config, run.fingerprint)
    visitor.session_state["session-files"] = {item.id: (run, datetime.now(UTC))}
    visitor.session_state["compare-selected"] = (item,)
    if is_stored:
        server.repository.keep_dataset(config, bytes_for_display(dataset))
    assert (server.repository.dataset(config) is not None) is is_stored
    visitor.run()
    assert not visitor.exception
    assert "the file **leaves.csv** (40 rows)" in text_of(visitor.info)
    assert not visitor.get("plotly_chart")
    rows = visitor.dataframe[0].value.set_index("Name")
    assert not {"Accuracy", "Training"} & set(rows.loc["from a file"].dropna().index)
    assert rows["Training"].notna().any()  # of the others


def test_a_run_in_the_table_has_the_name_of_the_reader_s_file(server: Services) -> None:
    server.own_data.keep_table(BEN, TABLE.to_bytes(), "plants.csv")
    visitor = visit_as(BEN, BUILT_IN)
    assert set(visitor.dataframe[0].value["Data"]) == {"plants.csv", "Moons"}
    assert "leaves" not in everything(visitor)
    server.own_data.delete_all(BEN)


def test_the_loss_around_an_own_run_is_drawn_for_its_owner(server: Services) -> None:
    def visit(key: str | None) -> AppTest:
        visitor = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
        visitor.switch_page("pages/gradient_descent.py")
        visitor.query_params["tab"] = "Your own run"
        visitor.query_params[RUN] = OWN.to_url()
        if key:
            visitor.session_state[BROWSER_KEY] = key
        visitor.run()
        assert not visitor.exception
        return visitor

    asking = visit(None)
    assert "browser-key" in everything(asking)
    assert "not stored" not in text_of(asking.info)
    assert "the file **leaves.csv** (40 rows)" in text_of(visit(BEN).info)
    assert "descent-landscape" in everything(visit(ANNA))


def test_a_link_waits_for_the_answer_of_the_browser(server: Services) -> None:
    visitor = visit_as(None, OWN)
    assert not visitor.get("plotly_chart")
    assert not visitor.error
    visitor.session_state[BROWSER_KEY] = ANNA
    visitor.run()
    assert visitor.get("plotly_chart")


def test_training_on_own_data_works_until_they_are_deleted(server: Services) -> None:
    longer = OWN.model_copy(update={"training": TrainingConfig(max_epochs=3)})
    visit_as(ANNA, longer)
    wait_for(lambda: server.queue.n_unfinished == 0)
    assert server.queue.failure(longer) == ""
    assert n_listed(visit_as(ANNA, BUILT_IN)) == 3
    server.own_data.delete_all(ANNA)
    assert n_listed(visit_as(ANNA, BUILT_IN)) == 1
    assert server.repository.run(longer) is None

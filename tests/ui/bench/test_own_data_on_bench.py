"""Own data on a bench: in the list of data sets, and asked for where a browser lacks them."""

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.config.links import write_bench
from annlab.datasets.own.own_data import OWN
from annlab.ui.browser import BROWSER_KEY
from annlab.ui.results import needed_file
from annlab.ui.services import Services
from annlab.ui.shell import PAGES
from annlab.ui.state.own_choice import YOUR_FILE, YOUR_FILE_LABEL, value_of_own
from annlab.ui.state.uploaded_files import UploadedFile
from tests.store.own import ANNA, BEN, FILE, make_table
from tests.ui.visitor import (
    LOGISTIC,
    ROOT,
    charts,
    everything,
    heads,
    open_tab,
    serving,
    text_of,
    wait_for,
)

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

TABLE = make_table()
RUNS = tuple(
    RunConfig(
        dataset=DatasetConfig(own=TABLE.own, test_fraction=0.25),
        model=ModelConfig(hidden_sizes=sizes),
        training=TrainingConfig(max_epochs=2, batch_size=8),
    )
    for sizes in ((), (3,))
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.sqlite'}"
    with serving(url) as made:
        made.own_data.add_file(ANNA, FILE, "leaves.csv")
        made.own_data.keep_table(ANNA, TABLE.to_bytes(), "leaves.csv")
        yield made


OTHERS = tuple(
    run.model_copy(update={"dataset": DatasetConfig(name="xor", n_samples=100)}) for run in RUNS
)

BENCHES = [name for name, page in PAGES.items() if page.bench]


def visit_as(
    key: str | None,
    runs: tuple[RunConfig, ...] = RUNS,
    page: str = LOGISTIC,
    unfolded: tuple[str, ...] = (),
) -> AppTest:
    visitor = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for name in unfolded:
        visitor.session_state[f"logistic-more-{name}"] = True
    visitor.switch_page(page)
    for name, value in write_bench(runs).items():
        visitor.query_params[name] = value
    if key:
        visitor.session_state[BROWSER_KEY] = key
    visitor.run()
    assert not visitor.exception
    return visitor


def _data_box(visitor: AppTest) -> Any:
    return next(box for box in visitor.selectbox if box.label == "Data set")


def _trained(visitor: AppTest, server: Services) -> AppTest:
    wait_for(lambda: server.queue.n_unfinished == 0)
    visitor.run()
    assert not visitor.exception
    return visitor


def test_who_brought_the_data_trains_on_them(server: Services) -> None:
    visitor = _trained(visit_as(ANNA), server)
    assert len(heads(visitor)) >= 2
    assert _data_box(visitor).value == value_of_own(TABLE.own)


def test_others_are_asked_for_the_file_and_see_no_result(server: Services) -> None:
    _trained(visit_as(ANNA), server)
    visitor = visit_as(BEN)
    assert "the file **leaves.csv** (40 rows)" in text_of(visitor.info)
    assert len(visitor.get("file_uploader")) == 1
    assert not heads(visitor)
    assert not visitor.get("plotly_chart")
    assert server.queue.n_unfinished == 0


def test_others_see_no_sample_in_the_unfolded_preview(server: Services) -> None:
    assert "logistic-preview" in charts(_trained(visit_as(ANNA, unfolded=("about",)), server))
    for key in (BEN, None):
        visitor = visit_as(key, unfolded=("about",))
        assert "40 rows, 2 feature columns" in text_of(visitor.sidebar.markdown)
        assert not visitor.get("plotly_chart")


def test_a_file_keeps_the_name_that_each_browser_gave_it(server: Services) -> None:
    _trained(visit_as(ANNA), server)
    server.own_data.add_file(BEN, FILE, "plants.csv")
    own = server.own_data.keep_table(BEN, TABLE.to_bytes(), "plants.csv")
    mine = tuple(
        run.model_copy(update={"dataset": run.dataset.model_copy(update={"own": own})})
        for run in RUNS
    )
    began = server.queue.n_started
    visitor = _trained(visit_as(BEN, mine), server)
    assert server.queue.n_started == began  # the run is the same one
    for tab in ("Data", "Report"):
        open_tab(visitor, "logistic", tab)
        assert "leaves" not in everything(visitor)
    assert "plants.csv" in everything(visitor)
    for info in server.repository.runs(owner=ANNA):
        assert info.config.dataset.own is None or info.config.dataset.own.title == ""
    server.own_data.delete_all(BEN)


def test_after_a_deletion_nothing_is_made_of_a_file_loaded_before(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    _trained(visit_as(ANNA), server)
    uploads = [UploadedFile("leaves.csv", FILE)]
    monkeypatch.setattr(needed_file, "take_upload", lambda key: uploads.pop() if uploads else None)
    # AppTest cannot upload: the callback runs as soon as the uploader is drawn.
    monkeypatch.setattr(needed_file, "run_once", lambda callback: callback())
    visitor = visit_as(BEN)
    assert not uploads
    visitor.run()
    assert heads(visitor)
    server.own_data.delete_all(BEN)
    visitor.run()
    assert not visitor.exception
    assert "the file **leaves.csv**" in text_of(visitor.info)
    assert not visitor.error


def test_before_the_browser_answers_nothing_is_shown_or_trained(server: Services) -> None:
    other = tuple(run.model_copy(update={"training": TrainingConfig(max_epochs=3)}) for run in RUNS)
    visitor = visit_as(None, other)
    assert not visitor.info
    assert not heads(visitor)
    assert server.queue.n_unfinished == 0


def test_own_data_stand_in_the_list_of_their_task(server: Services) -> None:
    visitor = _trained(visit_as(ANNA), server)
    assert list(_data_box(visitor).options)[-2:] == ["leaves.csv", YOUR_FILE_LABEL]
    labels = _data_box(visit_as(BEN, OTHERS)).options
    assert "leaves.csv" not in labels
    assert labels[-1] == YOUR_FILE_LABEL


def test_changing_to_built_in_data_and_back_loses_nothing(server: Services) -> None:
    visitor = _trained(visit_as(ANNA), server)
    before = visitor.session_state["logistic-settings"]
    assert before == RUNS
    _data_box(visitor).select("xor").run()
    assert visitor.session_state["logistic-settings"][0].dataset.name == "xor"
    _data_box(visitor).select(value_of_own(TABLE.own)).run()
    assert not visitor.exception
    after = visitor.session_state["logistic-settings"]
    assert [run.dataset for run in after] == [run.dataset for run in before]
    assert [run.model for run in after] == [run.model for run in before]
    assert after[0].dataset.name == OWN


def test_two_data_sets_of_one_name_are_not_confused(server: Services) -> None:
    other = make_table(seed=1, n_rows=60)
    server.own_data.keep_table(ANNA, other.to_bytes(), "leaves.csv")
    for table in (TABLE, other):
        dataset = DatasetConfig(own=table.own, test_fraction=0.25)
        runs = tuple(run.model_copy(update={"dataset": dataset}) for run in RUNS)
        visitor = _trained(visit_as(ANNA, runs), server)
        # A browser reports the label of the chosen entry.
        assert _data_box(visitor).value == value_of_own(table.own)
        shown = visitor.session_state["logistic-settings"][0].dataset.own
        assert shown.content == table.own.content
    labels = [label for label in _data_box(visitor).options if label.startswith("leaves.csv")]
    assert sorted(labels) == ["leaves.csv · 40 rows", "leaves.csv · 60 rows"]
    # Without the other one, the name is enough again, and the choice stays.
    server.own_data.delete(ANNA, TABLE.own.content)
    for _ in range(2):
        visitor.run()
        assert _data_box(visitor).value == value_of_own(other.own)
        assert "leaves.csv" in _data_box(visitor).options
    server.own_data.delete(ANNA, other.own.content)
    server.own_data.keep_table(ANNA, TABLE.to_bytes(), "leaves.csv")


@pytest.mark.parametrize("page", BENCHES)
def test_an_entry_of_every_bench_leads_to_the_page_of_own_data(page: str, server: Services) -> None:
    names = {"multiclass": "iris", "regression": "diabetes", "several_outputs": "linnerud"}
    data = {page: DatasetConfig(name=name) for page, name in names.items()}
    runs = tuple(run.model_copy(update={"dataset": data.get(page, run.dataset)}) for run in RUNS)
    visitor = visit_as(ANNA, runs, PAGES[page].file)
    assert list(_data_box(visitor).options)[-1] == YOUR_FILE_LABEL
    key = f"{PAGES[page].bench}-settings"
    before = visitor.session_state[key]
    _data_box(visitor).select(YOUR_FILE).run()
    assert not visitor.exception
    assert visitor.session_state["page_now"] == "data"
    assert visitor.session_state[key] == before
    assert {run.dataset for run in before} == {runs[0].dataset}


def test_deleted_data_are_asked_for_again(server: Services) -> None:
    visitor = _trained(visit_as(ANNA), server)
    server.own_data.delete_all(ANNA)
    visitor.run()
    assert not visitor.exception
    assert "the file **leaves.csv**" in text_of(visitor.info)
    assert not heads(visitor)
    server.own_data.add_file(ANNA, FILE, "leaves.csv")
    server.own_data.keep_table(ANNA, TABLE.to_bytes(), "leaves.csv")

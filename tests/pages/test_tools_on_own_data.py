"""Own data with a category and missing cells: every tab of a bench, and the page on searches."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import RunConfig
from annlab.config.links import write_bench
from annlab.datasets.own import tables
from annlab.search.run_search import search
from annlab.search.search_config import SearchConfig
from annlab.search.search_job import request_of
from annlab.search.space import SearchedSetting
from annlab.search.table import SearchTable
from annlab.ui.browser import BROWSER_KEY
from annlab.ui.results.panels import PANELS
from annlab.ui.services import Services
from tests.exports.own_files import own_file
from tests.store.own import ANNA, BEN, make_table
from tests.ui.visitor import ROOT, charts, heads, open_tab, serving, text_of, wait_for

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

MIXED, PLANE = own_file()[1], make_table()
DATA = {"test_fraction": 0.25, "validation_fraction": 0.25, "scaling": "standard"}
RUNS = tuple(
    RunConfig(
        dataset={**DATA, "own": MIXED.own},
        model={"hidden_sizes": sizes},
        training={"max_epochs": 3, "batch_size": 8, "n_seeds": 2},
    )
    for sizes in ((), (3,))
)
SQUARES = RunConfig(
    dataset={**DATA, "own": PLANE.own},
    model={"hidden_sizes": (3,), "features": ("x1", "x2", "x1_squared")},
    training={"max_epochs": 3, "batch_size": 8},
)
RATES = SearchedSetting(address="lr", low=0.01, high=0.1, n_levels=3)
# Those of pictures, of a plane, of values and of recorded gradients do not apply.
TABS = [
    panel.title
    for panel in PANELS
    if panel.title not in ("Pictures", "Pieces", "Residuals", "Gradients")
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.sqlite'}"
    with serving(url) as made:
        for table in (MIXED, PLANE):
            made.own_data.keep_table(ANNA, table.to_bytes(), table.own.title)
        yield made


def visit_as(key: str, page: str, query: dict[str, Any]) -> AppTest:
    visitor = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=90)
    visitor.switch_page(page)
    for name, value in query.items():
        visitor.query_params[name] = value
    visitor.session_state[BROWSER_KEY] = key
    visitor.run()
    assert not visitor.exception
    return visitor


def bench(server: Services) -> AppTest:
    visitor = visit_as(ANNA, "pages/multiclass.py", write_bench(RUNS))
    wait_for(lambda: server.queue.n_unfinished == 0)
    visitor.run()
    assert not visitor.exception
    assert len(heads(visitor)) == 2
    return visitor


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_drawn(tab: str, server: Services) -> None:
    visitor = open_tab(bench(server), "multiclass", tab)
    assert not visitor.error
    assert visitor.session_state["multiclass-panel"] == tab


def test_a_step_names_the_inputs_that_the_columns_became(server: Services) -> None:
    visitor = open_tab(bench(server), "multiclass", "Step by step")
    (view,) = (block for block in visitor.get("bidi_component") if "steps" in block.proto.id)
    data: Any = json.loads(json.loads(view.proto.json)["steps"])
    assert data["layers"][0]["names"] == [f"{name} (scaled)" for name in MIXED.own.input_names]


def test_inside_decides_about_the_classes_of_own_data(server: Services) -> None:
    visitor = open_tab(bench(server), "multiclass", "Inside")
    said = "training samples"
    wait_for(lambda: text_of(visitor.run().markdown).count(said) >= 2)
    assert "In the input" in text_of(visitor.markdown)


def test_a_range_test_runs_on_own_data(server: Services) -> None:
    visitor = open_tab(bench(server), "multiclass", "Range test")
    next(b for b in visitor.button if b.label == "Run the range test").click().run()
    wait_for(lambda: any("range" in key for key in charts(visitor.run())))
    assert not visitor.exception


@pytest.mark.parametrize("base", [RUNS[1], SQUARES], ids=["categories", "derived"])
def test_a_search_runs_on_own_data(base: RunConfig, server: Services) -> None:
    config = SearchConfig(base=base, space=(RATES,), n_seeds=2)
    before = server.repository.runs(owner=ANNA)
    visitor = visit_as(ANNA, "pages/search.py", dict(parse_qsl(config.to_url())))
    assert visitor.session_state["search-shown"] == config
    wait_for(lambda: server.computations.find("search", request_of(config)) is not None)
    visitor.run()
    assert not visitor.exception
    assert f"best of {config.n_planned} configs" in text_of(visitor.markdown)
    found = server.computations.find("search", request_of(config))
    assert found is not None
    for table in (MIXED, PLANE):
        tables.provide(table)
    np.testing.assert_array_equal(SearchTable.from_bytes(found).scores, search(config).scores)
    assert server.repository.runs(owner=ANNA) == before  # its networks are no runs


def test_another_browser_is_asked_for_the_file_of_a_search(server: Services) -> None:
    config = SearchConfig(base=RUNS[1], space=(RATES,), n_seeds=3)
    before = server.computations.n_watched
    visitor = visit_as(BEN, "pages/search.py", dict(parse_qsl(config.to_url())))
    assert "the file **mixed.csv**" in text_of(visitor.info)
    assert not charts(visitor)
    assert server.computations.n_watched == before
    assert server.computations.find("search", request_of(config)) is None

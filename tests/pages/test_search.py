"""The page on searches: from a preset to a result, wrong input, a stop, a link, the tabs."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import RunConfig
from annlab.formatting import number
from annlab.lessons.experiments import DEFAULTS
from annlab.runs.budget import LINK_WORK
from annlab.search import presets
from annlab.search.cost import work_of
from annlab.search.opened_test import opened_test_sentence
from annlab.search.presets import SearchPreset
from annlab.search.run_search import open_test, search
from annlab.search.search_config import SearchConfig
from annlab.search.search_job import request_of
from annlab.search.space import SearchedSetting
from annlab.search.starting import searchable
from annlab.search.table import SearchTable
from annlab.ui.services import Services
from tests.search.tables import LABELS, LINNERUD, MOONS, RATE, search_of
from tests.ui.visitor import (
    address,
    charts,
    runs_in_address,
    serving,
    text_of,
    visit,
    wait_for,
)

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

PAGE = "pages/search.py"
SMALL = search_of()
OTHER = search_of(space=(RATE,), strategy="halving", n_configs=6)
# Every layer size makes a stack of its own.
LONG = search_of(
    MOONS.model_copy(update={"training": MOONS.training.model_copy(update={"max_epochs": 90})}),
    space=(SearchedSetting(address="hidden", choices=tuple(f"{n}-{n}" for n in range(2, 14))),),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with (
        serving(f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.sqlite'}") as made,
        pytest.MonkeyPatch.context() as patch,
    ):
        small = SearchPreset("first", "Small", "A small search", SMALL)
        patch.setitem(presets.PRESETS, "first", small)
        other = SearchPreset("other", "Other", "Another search", OTHER)
        patch.setitem(presets.PRESETS, "other", other)
        patch.setattr("annlab.ui.search.search_state.DEFAULT", SMALL)
        yield made


def _open(config: SearchConfig | None = None, **query: Any) -> AppTest:
    found = dict(parse_qsl(config.to_url())) if config else {}
    visitor = visit(PAGE, **found, **query)
    assert not visitor.exception
    return visitor


def _finish(visitor: AppTest, server: Services) -> AppTest:
    shown = visitor.session_state["search-shown"]
    wait_for(lambda: server.computations.find("search", request_of(shown)) is not None)
    visitor.run()
    assert not visitor.exception
    return visitor


def _table(server: Services, config: SearchConfig = SMALL) -> SearchTable:
    found = server.computations.find("search", request_of(config))
    assert found is not None
    return SearchTable.from_bytes(found)


def _field(visitor: AppTest, name: str) -> str:
    """Key of a field; each loading of a search gives all of them new keys."""
    return f"search-{name.replace('*', str(visitor.session_state['search-edition']))}"


def _press(visitor: AppTest, key: str) -> AppTest:
    visitor.button(key=key).click().run()
    assert not visitor.exception
    return visitor


def test_first_opening_shows_a_finished_search(server: Services) -> None:
    visitor = _finish(_open(), server)
    assert [title.value for title in visitor.title] == [
        "Which settings are good, and how much of it is luck?"
    ]
    expected = search(SMALL)
    np.testing.assert_array_equal(_table(server).scores, expected.scores)
    assert server.repository.runs() == []  # its networks are no runs
    assert server.queue.n_started == 0
    text = text_of(visitor.markdown)
    assert f"best of {SMALL.n_planned} configs" in text
    assert f"{expected.mean_scores().max():.3f}" in text
    assert "Settings account for" in text
    drawn = charts(visitor)
    assert {"search-heatmap", "search-slices", "search-lines", "search-race"} <= set(drawn)
    (frame,) = visitor.dataframe
    assert len(frame.value) == SMALL.n_planned
    assert list(frame.value["Rank"]) == sorted(frame.value["Rank"])


def test_a_preset_is_loaded_and_searched_on_request(server: Services) -> None:
    visitor = _finish(_open(), server)
    began = visitor.session_state["search-shown"]
    visitor.selectbox(key=_field(visitor, "source-*")).set_value("other").run()
    assert not visitor.exception
    assert visitor.session_state["search-shown"] == began
    assert "before your changes" in text_of(visitor.caption)
    assert f"best of {SMALL.n_planned} configs" in text_of(visitor.markdown)
    _press(visitor, "search-start")
    assert visitor.session_state["search-shown"] == OTHER
    _finish(visitor, server)
    assert f"best of {OTHER.n_planned} configs" in text_of(visitor.markdown)
    assert "before your changes" not in text_of(visitor.caption)
    # One setting has no heat map, and halving is no table for replays.
    assert "search-heatmap" not in charts(visitor)
    assert "Search a grid first" in text_of(visitor.info)


def test_wrong_input_is_named_and_loses_nothing(server: Services) -> None:
    visitor = _finish(_open(), server)
    low = _field(visitor, "lr-*-from")
    visitor.text_input(key=low).set_value("fast").run()
    assert not visitor.exception
    assert "“fast” is not a number" in text_of(visitor.error)
    assert visitor.button(key="search-start").disabled
    assert visitor.text_input(key=low).value == "fast"
    assert "Settings account for" in text_of(visitor.markdown)
    visitor.text_input(key=low).set_value("0.5").run()
    assert not visitor.error
    assert not visitor.button(key="search-start").disabled
    visitor.multiselect(key=_field(visitor, "space-*")).set_value([]).run()
    assert "a search varies 1 to 4 settings" in text_of(visitor.error)


def test_a_change_extends_the_search(server: Services) -> None:
    visitor = _finish(_open(), server)
    visitor.number_input(key=_field(visitor, "seeds-*")).set_value(3).run()
    _finish(_press(visitor, "search-start"), server)
    more = SMALL.model_copy(update={"n_seeds": 3})
    assert visitor.session_state["search-shown"] == more
    first, found = _table(server), _table(server, more)
    np.testing.assert_array_equal(found.scores[:, :, :2], first.scores)
    np.testing.assert_allclose(found.scores, search(more).scores, rtol=1e-3, atol=1e-4)


def test_a_stop_keeps_what_there_is_and_goes_on(server: Services) -> None:
    visitor = _open(LONG)
    request = request_of(LONG)
    session = visitor.session_state["session_id"]
    running = server.computations.ask("search", request, session)
    wait_for(lambda: running.partial != b"")
    visitor.run()
    assert "search-live-slices" in charts(visitor)
    (stop,) = (b for b in visitor.button if b.label == "Stop")
    stop.click().run()
    wait_for(lambda: running.done)
    visitor.run()
    assert not visitor.exception
    assert f"of {LONG.n_planned} configs so far" in text_of(visitor.markdown)
    assert {"search-slices", "search-lines"} <= set(charts(visitor))
    assert "opened when the search is complete" in _tab(visitor, "Test split")
    kept = SearchTable.from_bytes(running.partial)
    (go_on,) = (b for b in visitor.button if b.label == "Continue")
    go_on.click().run()
    _finish(visitor, server)
    table = _table(server, LONG)
    assert table.is_complete
    done = kept.trained
    np.testing.assert_array_equal(table.scores[:, done], kept.scores[:, done])


def _tab(visitor: AppTest, name: str) -> str:
    """Open a tab; return its remarks."""
    visitor.session_state["search-tab"] = name
    visitor.run()
    assert not visitor.exception
    return text_of(visitor.info)


def test_a_link_shows_the_same_search_elsewhere(server: Services) -> None:
    visitor = _finish(_open(), server)
    began = server.computations.n_watched
    query: dict[str, Any] = address(visitor)
    assert SearchConfig.from_url(urlencode(query)) == SMALL
    other = _open(None, **query, row="3", guesses="1-2", utm_source="mail")
    assert server.computations.n_watched == began  # nothing is trained again
    assert not other.warning
    assert address(other)["row"] == "3"
    table = _table(server)
    chosen = next(block.value for block in other.markdown if "Chosen" in block.value)
    assert f"rank {table.ranks[3]}" in chosen
    assert "1. learning rate" in text_of(other.caption)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"space.lr": "5~1~3"}, "the lowest value must be below the highest"),
        ({"space.lr": "0.1~1~3", "validation": "0.3", "strategy": "magic"}, "must be one of grid"),
        ({"nonsense": "1"}, "Unknown settings"),
    ],
)
def test_a_wrong_link_is_told_and_the_default_shown(
    server: Services, query: dict[str, str], sentence: str
) -> None:
    visitor = _open(None, **query)
    assert sentence in text_of(visitor.warning).replace("\\", "")
    assert "Showing the default search" in text_of(visitor.warning)
    assert visitor.session_state["search-shown"] == SMALL


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("logistic.1", "logistic_vs_mlp"),
        ("activations.1", "activations"),
        ("several_outputs.1", "several_outputs"),
    ],
)
def test_the_model_of_a_bench_is_searched(source: str, page: str, server: Services) -> None:
    visitor = _finish(_open(), server)
    visitor.selectbox(key=_field(visitor, "source-*")).set_value(source).run()
    assert not visitor.exception
    run = DEFAULTS[page].runs[1]
    base = visitor.session_state["search-base"]
    assert base == searchable(run)[0]
    assert run.dataset.spec.label in text_of(visitor.caption)
    # The searched settings stay.
    assert visitor.multiselect(key=_field(visitor, "space-*")).value == ["lr", "l2"]


@pytest.mark.parametrize("link", [SMALL.base.to_url(), f"http://x/search?{SMALL.to_url()}"])
def test_a_link_is_opened_in_place(server: Services, link: str) -> None:
    visitor = _finish(_open(OTHER), server)
    visitor.text_input(key=_field(visitor, "link-*")).set_value(link).run()
    assert not visitor.exception
    assert visitor.session_state["search-base"] == SMALL.base
    visitor.text_input(key=_field(visitor, "link-*")).set_value("x=1").run()
    assert "Unknown settings" in text_of(visitor.error)


def test_the_test_split_is_opened_once(server: Services) -> None:
    visitor = _finish(_open(), server)
    _tab(visitor, "Test split")
    assert server.computations.find("search_test", request_of(SMALL)) is None
    _press(visitor, "search-open-test")
    wait_for(lambda: server.computations.find("search_test", request_of(SMALL)) is not None)
    visitor.run()
    opened = open_test(_table(server))
    assert opened_test_sentence(opened) in text_of(visitor.markdown)


def test_guesses_race_against_the_strategies(server: Services) -> None:
    visitor = _finish(_open(row="2"), server)
    _press(visitor, "search-guess")
    assert address(visitor)["guesses"] == "2"
    names = {trace.get("name") for trace in charts(visitor)["search-race"]["data"]}
    assert {"Grid", "Random", "Latin hypercube", "Halving", "Your guesses"} <= names
    assert visitor.button(key="search-guess").disabled  # this config is a guess already
    _press(visitor, "search-best")
    assert "row" not in address(visitor)
    _press(visitor, "search-guess")
    table = _table(server)
    assert address(visitor)["guesses"] == f"2-{table.winner}"
    rows = next(block.value for block in visitor.markdown if "Your guesses" in block.value)
    assert "Your guesses" in rows
    _press(visitor, "search-no-guess")
    assert "guesses" not in address(visitor)


def test_downloads_and_notebook_are_of_the_shown_search(server: Services) -> None:
    visitor = _finish(_open(), server)
    _tab(visitor, "Export")
    assert [button.proto.label for button in visitor.get("download_button")] == [
        "Table",
        "scikit-learn script",
        "Optuna script",
    ]
    (link, code) = (block.value for block in visitor.code)
    assert SearchConfig.from_url(link.replace("&tab=Export", "")) == SMALL
    names: dict[str, object] = {}
    exec(code.replace("table = search(", "config = ("), names)  # it is what the page tells to run
    assert names["config"] == SMALL


def test_the_chosen_config_opens_on_a_bench(server: Services) -> None:
    visitor = _finish(_open(row="3"), server)
    visitor.button(key="search-open-B").click().run()
    assert not visitor.exception
    table = _table(server)
    assert runs_in_address(visitor)[1] == SMALL.config_of(table.combinations[3])


def test_the_chosen_config_opens_in_compare_beside_the_best(server: Services) -> None:
    visitor = _finish(_open(row="3"), server)
    table = _table(server)
    assert table.winner not in (None, 3)
    visitor.button(key="search-open-compare").click().run()
    assert not visitor.exception
    expected = [table.config.config_of(table.combinations[k]) for k in (table.winner, 3)]
    selected = visitor.session_state["compare-selected"]
    assert [item.config for item in selected] == expected
    wait_for(lambda: all(server.repository.run(config) for config in expected))
    # Another one joins them; the best alone is sent alone.
    visitor.switch_page(PAGE).run()
    visitor.session_state["search-view"] = {}
    visitor.run()
    visitor.button(key="search-open-compare").click().run()
    assert not visitor.exception
    selected = visitor.session_state["compare-selected"]
    assert {item.config for item in selected} == set(expected)


@pytest.mark.parametrize(
    ("base", "score"), [(LABELS, "label accuracy"), (LINNERUD, "mean squared error")]
)
def test_several_outputs_are_searched_by_their_score(
    base: RunConfig, score: str, server: Services
) -> None:
    config = search_of(base, space=(RATE,), n_seeds=1)
    visitor = _open(config)
    visitor.button(key="search-start").click().run()
    _finish(visitor, server)
    table = _table(server, config)
    means = table.mean_scores()
    best = means.max() if base is LABELS else means.min()
    assert means[table.winner] == best
    assert f"validation {score}" in text_of(visitor.markdown).lower()
    assert number(float(best)) in text_of(visitor.markdown)
    assert address(visitor)["data"] == base.dataset.name


def test_large_search_of_a_link_waits_for_the_button(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = SMALL.model_copy(update={"n_seeds": 4})
    monkeypatch.setattr("annlab.ui.search.page.LINK_WORK", work_of(large) / 2)
    visitor = _open(large).run()
    held = "a large search, about 2.0 times as much as a page starts by itself"
    assert held in text_of(visitor.info)
    assert not server.computations.computes("search", request_of(large))
    visitor = _finish(_press(visitor, "search-start"), server)
    assert held not in text_of(visitor.info)
    assert "search-slices" in charts(visitor)
    assert held not in text_of(_open(large).info)  # its result is stored


def test_links_to_all_presets_start_by_themselves() -> None:
    assert max(work_of(preset.config) for preset in presets.PRESETS.values()) <= LINK_WORK

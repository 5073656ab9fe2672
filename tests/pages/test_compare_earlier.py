"""Compare page with stored runs of an earlier results version."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from annlab import RunConfig, evaluate
from annlab.config import RESULTS_VERSION
from annlab.config.links import read_comparison, write_comparison
from annlab.formatting import number
from annlab.ui.services import Services
from annlab.ui.state.session_runs import Item
from tests.store.earlier import DIGESTS, LINKS, RUN_FILE, config, read_run_file, restore
from tests.store.runs import sql
from tests.ui.visitor import address, heads, serving, settle, text_of, visit, wait_for

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

PAGE = "pages/compare.py"
NEW = RunConfig.from_url("data=moons&samples=100&epochs=2&seeds=2")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Server with a store written by results version 2."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.sqlite'}"
    restore(url)
    with serving(url) as made:
        yield made


@pytest.fixture
def earlier(server: Services) -> Services:
    """The server, reset to the runs of version 2."""
    url = str(server.repository.store._database._url)
    for info in server.repository.runs():
        server.repository.delete(info.digest)  # from memory too
    for table in ("annlab_runs", "annlab_deleted_runs"):
        sql(url, f"DELETE FROM {table}")
    restore(url)
    return server


def _earlier(name: str) -> Item:
    return Item(config(name), digest=DIGESTS[name])


def _table(visitor: AppTest) -> list[dict[Any, Any]]:
    return visitor.dataframe[0].value.to_dict("records")


def _select(visitor: AppTest, *items: Item) -> AppTest:
    """Select runs as clicks on their rows do."""
    visitor.session_state["compare-selected"] = items
    return visitor.run()


def _open(server: Services, *items: Item) -> AppTest:
    """Open the page and select stored runs."""
    visitor = visit(PAGE, **write_comparison([NEW]))
    settle(visitor, server)
    visitor.toggle(key="compare-everything").set_value(True).run()
    _select(visitor, *items)
    wait_for(lambda: all(server.repository.dataset(item.config) for item in items))
    visitor.run()
    assert not visitor.exception
    assert not visitor.error
    return visitor


def test_earlier_runs_are_listed_and_marked(earlier: Services) -> None:
    visitor = _open(earlier)
    rows = _table(visitor)
    assert len(rows) == len(DIGESTS) + 1
    assert Counter(row["Version"] for row in rows) == {"earlier version": len(DIGESTS), "": 1}
    visitor.text_input(key="compare-filter").set_value("earlier version iris").run()
    assert [row["Data"] for row in _table(visitor)] == ["Iris"]


@pytest.mark.parametrize("names", [("linear", "finished"), ("iris",), ("early",), ("diverged",)])
def test_earlier_runs_are_opened_and_compared_with_a_note(
    earlier: Services, names: tuple[str, ...]
) -> None:
    items = [_earlier(name) for name in names]
    visitor = _open(earlier, *items)
    assert not visitor.exception
    assert not visitor.error
    assert len(heads(visitor)) == len(names)
    assert "made by an earlier version of annlab" in text_of(visitor.info)
    for item, metric in zip(items, heads(visitor), strict=True):
        run = earlier.repository.load(item.digest)
        split = earlier.repository.dataset(item.config).scored_split
        assert metric.value.startswith(number(evaluate(run, split=split).headline.mean()))
    if len(names) == 2:
        (table,) = (block.value for block in visitor.markdown if "| model |" in block.value)
        assert table.count("(earlier version)") == 2
    assert "This link names settings, not results." in text_of(visitor.markdown)
    # A link names settings, so it asks for a run of the current version.
    assert read_comparison(address(visitor))[0] == tuple(item.config for item in items)
    assert all(earlier.repository.run(item.config) is None for item in items)


def test_earlier_run_is_trained_again_and_both_are_kept(earlier: Services) -> None:
    old = _earlier("finished")
    visitor = _open(earlier, old)
    visitor.button(key="compare-again-0").click().run()
    settle(visitor, earlier)
    assert not visitor.exception
    assert len(heads(visitor)) == 2
    assert {old, old.now()} == set(visitor.session_state["compare-selected"])
    new = earlier.repository.run(old.config)
    assert new is not None
    assert new.results_version == RESULTS_VERSION
    assert earlier.repository.load(old.digest).results_version == 2
    versions = [row["Version"] for row in _table(visitor) if row["Name"] == "named before"]
    assert versions == ["earlier version"]
    # The new run can be named and the old one deleted independently.
    _select(visitor, old.now())
    visitor.text_input(key=f"compare-name-{old.now().digest}").set_value("new").run()
    _select(visitor, old)
    visitor.button(key="compare-delete").click().run()
    assert not visitor.exception
    assert {info.name for info in earlier.repository.runs([old.digest, old.now().digest])} == {
        "new"
    }


def test_earlier_run_is_named_pinned_and_deleted(earlier: Services) -> None:
    old = _earlier("stopped")
    visitor = _open(earlier, old)
    visitor.text_input(key=f"compare-name-{old.digest}").set_value("mine").run()
    visitor.button(key="compare-pin").click().run()
    (info,) = earlier.repository.runs([old.digest])
    assert (info.name, info.pinned) == ("mine", True)
    assert "mine" in {row["Name"] for row in _table(visitor)}
    visitor.button(key="compare-delete").click().run()
    assert not visitor.exception
    assert earlier.repository.load(old.digest) is None
    assert len(_table(visitor)) == len(DIGESTS)
    assert not heads(visitor)


def test_deleted_earlier_run_is_replaced_by_a_new_training(earlier: Services) -> None:
    old = _earlier("finished")
    visitor = _open(earlier, old)
    earlier.repository.delete(old.digest)
    visitor.run()
    assert "is not trained yet, or its result was deleted." in text_of(visitor.info)
    visitor.button(key="compare-train").click().run()
    settle(visitor, earlier)
    assert visitor.session_state["compare-selected"] == (old.now(),)
    assert len(heads(visitor)) == 1


def test_earlier_link_trains_its_settings(earlier: Services) -> None:
    visitor = visit(PAGE, **LINKS["comparison"])
    settle(visitor, earlier)
    assert not visitor.exception
    assert not visitor.error
    configs, _ = read_comparison(LINKS["comparison"])
    assert [item.config for item in visitor.session_state["compare-selected"]] == list(configs)
    assert all(
        earlier.repository.run(config).results_version == RESULTS_VERSION for config in configs
    )


def test_earlier_run_file_opens_with_a_note(earlier: Services) -> None:
    visitor = _open(earlier)
    run = read_run_file()
    data = RUN_FILE.read_bytes()
    visitor.file_uploader(key="compare-file").upload("run.safetensors", data, "").run()
    assert visitor.session_state["compare-selected"] == (Item(run.config, run.fingerprint),)
    settle(visitor, earlier)
    assert not visitor.exception
    assert len(heads(visitor)) == 1
    assert "made by an earlier version of annlab" in text_of(visitor.info)
    assert "earlier version" in {row["Version"] for row in _table(visitor)}

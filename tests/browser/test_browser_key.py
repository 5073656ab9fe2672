"""The key of a browser: kept over a reload, another one in another browser, in no log."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.config.links import write_comparison
from annlab.datasets.own import tables
from annlab.datasets.serialize import bytes_for_display
from annlab.store.run_store import RunStore
from tests.browser.bench import CHART
from tests.browser.conftest import Server
from tests.store.own import make_table

KEY = "localStorage.getItem('annlab-browser-key')"
TABLE = make_table()
OWN = RunConfig(
    dataset=DatasetConfig(own=TABLE.own),
    model=ModelConfig(hidden_sizes=()),
    training=TrainingConfig(max_epochs=2),
)
NEEDED = "which this browser has not loaded"
QUERY = urlencode(write_comparison([OWN]), doseq=True)


def key_of(page: Page) -> str:
    page.wait_for_function(f"{KEY} !== null")
    return str(page.evaluate(KEY))


@pytest.fixture
def stored_run(server: Server, trained: Callable[[RunConfig], Run]) -> Callable[[str], None]:
    """Let a browser bring data, and a run on them, beside the server."""

    def store(owner: str) -> None:
        tables.provide(TABLE)
        store = RunStore(server.database_url)
        store.own_data.add(owner, TABLE.own.content, TABLE.to_bytes(), "leaves", TABLE.own)
        store.save(trained(OWN))
        data, content = bytes_for_display(OWN.dataset), TABLE.own.content
        store.save_dataset(OWN.dataset.digest, data, [content])

    return store


def test_a_browser_sees_its_own_runs_after_a_reload_and_others_do_not(
    server: Server, new_page: Callable[..., Page], stored_run: Callable[[str], None]
) -> None:
    link = f"{server.url}/compare?{QUERY}"
    page, other = new_page(), new_page()
    page.goto(f"{server.url}/compare")
    key = key_of(page)
    stored_run(key)
    for _ in range(2):  # the second time, the session and its memory are new
        page.goto(link)
        expect(page.locator(CHART).first).to_be_visible()
        assert key_of(page) == key
    other.goto(link)
    expect(other.get_by_text(NEEDED)).to_be_visible()
    assert key_of(other) != key
    assert key not in server.log.read_text()


def test_a_browser_that_keeps_nothing_works_too(
    server: Server, new_page: Callable[..., Page]
) -> None:
    page = new_page(again=False)
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked') }})"
    )
    page.goto(f"{server.url}/compare?{QUERY}")
    # It has a key of this session, which has brought nothing.
    expect(page.get_by_text(NEEDED)).to_be_visible()

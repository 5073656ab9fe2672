"""Compare page in a browser: compare, share, export and load runs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from annlab import Run, RunConfig
from annlab.config.links import write_comparison
from annlab.store.run_store import RunStore
from tests.browser.bench import CHART, RESULTS, SCORES, chart, metrics, quiet
from tests.browser.conftest import Server
from tests.store.earlier import DIGESTS, config, restore
from tests.stored import keep

pytestmark = pytest.mark.browser

ROW_HEIGHT = 35
SMALL = "data=moons&samples=200&noise=0.2&test=0.3&epochs=20&seeds=5&b.hidden=4"


@pytest.fixture(scope="module")
def other_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A second server with an empty store."""
    made = Server(tmp_path_factory.mktemp("other"))
    yield made
    made.close()


def _wait(page: Page) -> None:
    page.wait_for_selector(f"{RESULTS} {CHART}")
    quiet(page)


def _click_row(page: Page, row: int) -> None:
    """Click the checkbox of a row of the table."""
    page.wait_for_selector("[data-testid=stDataFrame] canvas")
    page.locator("[data-testid=stDataFrame]").scroll_into_view_if_needed()
    quiet(page)
    box = page.locator("[data-testid=stDataFrame] canvas").first.bounding_box()
    assert box
    page.mouse.click(box["x"] + 17, box["y"] + ROW_HEIGHT * (row + 1.5))
    quiet(page)


def _tables(page: Page) -> list[str]:
    """Cells and verdicts of the comparison, without the training times."""
    cells = page.locator("[data-testid=stMarkdown] td:not(:last-child)").all_inner_texts()
    sentences = page.locator("[data-testid=stMarkdown] li").all_inner_texts()
    return [*cells, *sentences]


def test_three_runs_of_two_pages_are_compared_and_shared(
    page: Page, new_page: Callable[..., Page], server: Server, other_server: Server
) -> None:
    page.goto(f"{server.url}/logistic_vs_mlp?{SMALL}")
    _wait(page)
    a, b = metrics(page)
    page.get_by_role("link", name="Activations").click()
    _wait(page)
    # The same data, so that all three runs can be compared.
    address = SMALL.replace("b.hidden=4", "hidden=4&a.activation=tanh&b.activation=sigmoid")
    page.goto(f"{server.url}/activations?{address}&models=2")
    _wait(page)
    tanh = metrics(page)[0]

    page.goto(f"{server.url}/compare?runs=3&{SMALL}&c.hidden=4&c.activation=tanh")
    _wait(page)
    assert metrics(page) == [a, b, tanh]
    expect(page.locator("[data-testid=stMarkdown] li").get_by_text("No verdict")).to_have_count(2)
    # The link names the other baseline.
    page.get_by_role("radio", name="B").click()
    quiet(page)
    assert "baseline=B" in page.url

    # Side by side on a desktop.
    assert len({page.locator(f".st-key-surface-{i}").bounding_box()["y"] for i in range(3)}) == 1

    there = new_page()
    there.goto(other_server.url + "/compare?" + urlsplit(page.url).query)
    _wait(there)
    assert metrics(there) == metrics(page)
    assert _tables(there) == _tables(page)
    for model in range(3):
        assert chart(there, f"surface-{model}")[0]["z"] == chart(page, f"surface-{model}")[0]["z"]
    assert chart(there, "curves-loss") == chart(page, "curves-loss")


def test_selected_run_is_deleted_everywhere(
    page: Page, new_page: Callable[..., Page], server: Server
) -> None:
    bench = f"{server.url}/logistic_vs_mlp?{SMALL.replace('noise=0.2', 'noise=0.234')}"
    page.goto(bench)
    _wait(page)
    page.get_by_role("link", name="Compare").click()
    _wait(page)
    assert len(metrics(page)) == 2
    _click_row(page, 0)
    expect(page.locator(SCORES)).to_have_count(1)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete 1 run").click()
    expect(page.get_by_text("1 of 1 runs")).to_be_visible()
    # The page that trained the run no longer shows it,
    page.get_by_role("link", name="Logistic vs MLP").click()
    expect(page.get_by_text("or its result was deleted")).to_be_visible()
    # and the table of all stored runs does not list it.
    other = new_page()
    other.goto(f"{server.url}/compare")
    _wait(other)
    other.get_by_text("All stored runs").click()
    quiet(other)
    other.get_by_role("textbox", name="Filter").fill("noise 0.234")
    other.get_by_role("textbox", name="Filter").press("Enter")
    expect(other.get_by_text("1 of ")).to_be_visible()


def test_earlier_runs_are_opened_compared_and_deleted(
    page: Page, tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    url = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    restore(url)
    new = config("linear")  # on the data of two of them
    keep([trained(new)], url)
    made = Server(tmp_path)
    try:
        page.goto(f"{made.url}/compare?{urlencode(write_comparison([new]), doseq=True)}")
        _wait(page)
        page.get_by_text("All stored runs").click()
        n = len(DIGESTS) + 1
        expect(page.get_by_text(f"{n} of {n} runs")).to_be_visible()
        # The newest run is first; the linear model and the MLP are last.
        for row in (0, n - 1, n - 2):
            _click_row(page, row)
        _wait(page)
        expect(page.get_by_text("were made by an earlier version of annlab")).to_be_visible()
        assert len(metrics(page)) == 2
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Delete 2 runs").click()
        expect(page.get_by_text(f"{n - 2} of {n - 2} runs")).to_be_visible()
        stored = {info.digest for info in RunStore(made.database_url).list_runs()}
        assert not {DIGESTS["linear"], DIGESTS["finished"]} & stored
    finally:
        made.close()


def test_run_is_downloaded_and_loaded_back(
    page: Page, new_page: Callable[..., Page], server: Server, other_server: Server, tmp_path: Path
) -> None:
    page.goto(f"{server.url}/multiclass?data=iris&test=0.2&epochs=4&b.hidden=4&seeds=2")
    _wait(page)
    page.get_by_role("tab", name="Export").click()
    files = []
    for label in ("Weights and history", "Settings"):
        with page.expect_download() as found:
            page.get_by_role("button", name=label, exact=True).nth(1).click()
        files.append(tmp_path / found.value.suggested_filename)
        found.value.save_as(files[-1])
    there = new_page()
    there.goto(f"{other_server.url}/compare")
    _wait(there)
    there.locator(".st-key-compare-none button").click()  # Streamlit has one of that name, too
    for file in files:
        there.get_by_role("button", name="Load a file").click()
        there.locator("input[type=file]").set_input_files(file)
        _wait(there)
        there.keyboard.press("Escape")
    # One run from its file, one trained from its settings.
    expect(there.locator(SCORES)).to_have_count(2)
    assert metrics(there) == [metrics(page)[1]] * 2


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_two_runs_are_side_by_side_on_a_phone(
    new_page: Callable[..., Page], server: Server, color_scheme: str
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, color_scheme=color_scheme)
    page.goto(f"{server.url}/compare?runs=3&{SMALL}&c.hidden=4&c.activation=tanh")
    _wait(page)
    overflow = "e => e.scrollWidth - e.clientWidth"
    assert page.locator("[data-testid=stMain]").evaluate(overflow) <= 0
    boxes = [page.locator(f".st-key-surface-{model}").bounding_box() for model in range(3)]
    assert all(box for box in boxes)
    assert boxes[0]["y"] == boxes[1]["y"] < boxes[2]["y"]

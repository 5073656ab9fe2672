"""Helpers for browser tests of a bench."""

import json
from typing import Any

from playwright.sync_api import Locator, Page

from annlab import RunConfig
from annlab.config.links import read_bench

CHART = ".js-plotly-plot"
RESULTS = ".st-key-curves-loss"
SCORES = "[data-film^=score-]"
# Of the film; it is there once the film has been loaded.
SLIDER = "[data-part=slider]:not([max='0'])"


def open_bench(page: Page, url: str) -> None:
    page.goto(url)
    wait_for_results(page)


def wait_for_results(page: Page, picture: str = "surface") -> None:
    for key in (f"{picture}-0", f"{picture}-1", "curves-loss"):
        page.wait_for_selector(f".st-key-{key} {CHART}")
    page.wait_for_selector(SLIDER)
    quiet(page)


def quiet(page: Page) -> None:
    """Wait until the script has ended and the browser has drawn its output."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(300)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def chart(page: Page, key: str) -> list[dict[str, Any]]:
    """Traces of a chart as Plotly draws them."""
    # Find and read in one step, because a live chart may disappear in between.
    traces = page.wait_for_function(
        """key => document.querySelector(`.st-key-${key} .js-plotly-plot`)?._fullData?.map(t => ({
            type: t.type, name: t.name,
            x: t.x ? Array.from(t.x) : null, y: t.y ? Array.from(t.y) : null,
            z: t.z ? Array.from(t.z, row => Array.from(row)) : null,
        }))""",
        arg=key,
    )
    return traces.json_value()


def runs_of_address(page: Page) -> tuple[RunConfig, ...]:
    """Runs of the settings in the page's address, which also names its open tab."""
    address = dict(part.split("=") for part in page.url.partition("?")[2].split("&"))
    address.pop("tab", None)
    runs, problems = read_bench(address, (RunConfig(), RunConfig()))
    assert problems == []
    return runs


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    quiet(page)


def wait_for_rest(page: Page) -> None:
    """Wait until the server has drawn the epoch at which the film rests."""
    page.wait_for_timeout(250)
    page.wait_for_function(
        """selector => {
            const slider = document.querySelector("[class*=st-key-][class*=-film]");
            const find = root => root.querySelector(selector) ?? [...root.querySelectorAll("*")]
                .map(e => e.shadowRoot && find(e.shadowRoot)).find(Boolean);
            const epoch = Number(find(document).getAttribute("aria-valuetext").split(" ")[1]);
            return [...document.querySelectorAll(".js-plotly-plot")]
                .filter(chart => chart._fullLayout?.meta?.epoch !== undefined)
                .every(chart => chart._fullLayout.meta.epoch === epoch);
        }""",
        arg="[data-part=slider]",
    )
    quiet(page)


def surface(page: Page, model: int) -> list[list[int]]:
    """Percentages of a model's decision surface."""
    return chart(page, f"surface-{model}")[0]["z"]


def wait_for_movement(page: Page, key: str, after: int = -1) -> int:
    """Wait until a live curve passes an epoch; return its last epoch."""
    last = """key => Math.max(-1, ...(document.querySelector(`.st-key-${key} .js-plotly-plot`)
        ?._fullData ?? []).flatMap(t => Array.from(t.x)))"""
    page.wait_for_function(f"([key, after]) => ({last})(key) > after", arg=[key, after])
    return int(page.evaluate(last, key))


def wait_for_change(page: Page, key: str, before: list[dict[str, Any]]) -> None:
    """Wait until the first trace of a chart has new values."""
    page.wait_for_function(
        """([key, z]) => {
            const chart = document.querySelector(`.st-key-${key} .js-plotly-plot`);
            const now = chart?._fullData?.[0]?.z;
            return now && JSON.stringify(Array.from(now, row => Array.from(row))) !== z;
        }""",
        arg=[key, json.dumps(before[0]["z"], separators=(",", ":"))],
    )


def metrics(page: Page) -> list[str]:
    """Scores of the models, such as "0.973 ± 0.004" for several networks."""
    found = page.locator(SCORES).all_inner_texts()
    return [text.replace("\u00a0", " ") for text in found]


def button(page: Page, name: str) -> Locator:
    """Find a button of the bench by key, because Streamlit sometimes shows its own "Stop".

    Only visible ones: Streamlit keeps a hidden twin of each button with a tooltip.
    """
    return page.locator(f".st-key-logistic-{name} button:visible")


def train(page: Page) -> None:
    """Click Train. A short training may end before the page shows it running."""
    button(page, "train").click()


def set_number(page: Page, label: str, value: int) -> None:
    box = page.get_by_label(label, exact=True)
    box.fill(str(value))
    box.press("Enter")
    quiet(page)


def move_epoch(page: Page, steps_back: int) -> None:
    """Move the epoch slider with the keyboard."""
    thumb = page.locator(SLIDER)
    thumb.focus()
    for _ in range(steps_back):
        thumb.press("ArrowLeft")
    wait_for_rest(page)

"""Benchmark of page reruns with stored results: time and payload.

The bare page for comparison has as many charts of each kind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.benchmarks.browser import Browser, Tab
from tests.benchmarks.goals import GOALS
from tests.benchmarks.server import APP, BARE_PAGE, Server
from tests.benchmarks.table import Row, Say

Step = Callable[[int], float]

SAME_AGAIN = ".st-key-again button"
OTHER_CHARTS = ".st-key-other button"


@dataclass(frozen=True)
class Page:
    """Page of the app with its default experiment.

    Attributes
    ----------
    address, bench : str
        URL path, and name of the page in widget keys.
    charts : dict of int
        Number of charts by kind of the bare page.
    toggle : str
        Widget clicked to rerun the whole page with the same results; empty: the number of epochs
        is typed.
    """

    address: str
    bench: str
    charts: dict[str, int]
    toggle: str = ""

    @property
    def n_charts(self) -> int:
        """Total number of charts."""
        return sum(self.charts.values())

    def change(self, tab: Tab, k: int) -> float:
        """Change a setting for the k-th time (epochs +1, −1); return the time of the event."""
        if self.toggle:
            return tab.click(self.toggle)
        epochs = f"[class*=st-key-{self.bench}-epochs] input"
        tab.write(epochs, str(int(tab.text_of(epochs)) + (-1 if k % 2 else 1)))
        return tab.press(epochs, "Enter")[0]

    @property
    def train(self) -> str:
        """Selector of the visible Train button; Streamlit hides a copy of buttons with tooltips."""
        return f".st-key-{self.bench}-train button:visible"

    @property
    def epoch(self) -> str:
        """Selector of the epoch slider."""
        return "[data-part=slider]"


ALL_STORED = ".st-key-compare-everything label"
LOGISTIC = Page("/logistic_vs_mlp", "logistic", {"surface": 2, "curves": 2})
PAGES = (
    Page(
        "/activations",
        "activations",
        {"functions": 2, "surface": 3, "curves": 2},
    ),
    LOGISTIC,
    Page("/multiclass", "multiclass", {"regions": 2, "curves": 2}),
    Page("/regression", "regression", {"fit": 2, "curves": 1}),
    Page(
        "/compare",
        "compare",
        {"surface": 2, "curves": 2},
        ALL_STORED,
    ),
)


def reruns(browser: Browser, stored: Path, repeats: int, say: Say) -> list[Row]:
    """Measure reruns and payload of each page."""
    rows, payloads = [], []
    with Server(APP, stored) as app, Server(BARE_PAGE, stored) as bare:
        for page in PAGES:
            say(f"training what {page.address} opens with, where it is not stored")
            _open(browser, app, page).close()
            mine, other = _open(browser, app, page), _open_bare(browser, bare, page)
            payloads.append(
                Row(
                    f"payload of {page.address}, complete with results",
                    [mine.megabytes()],
                    [other.megabytes()],
                    "MB",
                    GOALS["payload"],
                    "what the websocket brings, unpacked",
                )
            )
            rows.append(_settings(page, mine, other, repeats, say))
            if not page.toggle:
                rows.append(_scrubbing(page, mine, other, repeats, say))
            if page is LOGISTIC:
                rows.append(_pressing_train(mine, other, repeats, say))
            mine.close()
            other.close()
        memory = app.megabytes()["web"]
    after = "memory of the web process, all pages seen"
    return [*rows, *payloads, Row(after, memory, (), "MB", GOALS["web process"])]


def timed(tab: Tab, button: str, n_charts: int) -> float:
    """Seconds from a click to the end of the rerun."""
    clicked = tab.click(button)
    return tab.complete(n_charts) - clicked


def check(tab: Tab, page: Page) -> None:
    """Check that a page has as many charts as its bare page.

    Raises
    ------
    RuntimeError
        If the charts differ.
    """
    if tab.n_charts() != page.n_charts:
        raise RuntimeError(
            f"{tab.n_charts()} charts on {tab.page.url}, {page.n_charts} expected: bring PAGES "
            "and bare_page.py up to date with the app"
        )


def _open(browser: Browser, app: Server, page: Page) -> Tab:
    tab = browser.open(app.url + page.address)
    # During training a page may have as many charts but no results.
    tab.page.wait_for_selector(".st-key-curves-loss .js-plotly-plot")
    tab.complete(page.n_charts)
    check(tab, page)
    return tab


def _open_bare(browser: Browser, bare: Server, page: Page) -> Tab:
    tab = browser.open(f"{bare.url}/?{urlencode(page.charts)}")
    tab.complete(page.n_charts)
    check(tab, page)
    return tab


def _alternating(
    what: str, rounds: int, left_out: int, say: Say, *steps: Step
) -> list[list[float]]:
    """Seconds of alternating steps, without the first rounds.

    The first rounds include imports, first renderings and trainings.
    """
    taken: list[list[float]] = [[] for _ in steps]
    for k in range(rounds + left_out):
        say(f"{what}, {k} of {rounds + left_out - 1}")
        for seconds, step in zip(taken, steps, strict=True):
            seconds.append(step(k))
    return [seconds[left_out:] for seconds in taken]


def _settings(page: Page, mine: Tab, other: Tab, repeats: int, say: Say) -> Row:
    ours, bare = _alternating(
        f"{page.address}: reruns",
        repeats,
        1,
        say,
        lambda k: -page.change(mine, k) + mine.complete(page.n_charts),
        lambda k: timed(other, SAME_AGAIN, page.n_charts),
    )
    if repeats % 2 == 0:
        page.change(mine, 1)  # back to the shown settings
        mine.complete(page.n_charts)
    what = "all stored runs" if page.toggle else "a setting is changed"
    return Row(
        f"{page.address}: rerun, {what}, results stay",
        ours,
        bare,
        goal=GOALS["rerun"],
        remark="its rerun: the same charts again",
    )


def _scrubbing(page: Page, mine: Tab, other: Tab, repeats: int, say: Say) -> Row:
    waits = []

    def move(_: int) -> float:
        pressed, sent = mine.press(page.epoch, "ArrowLeft")
        waits.append(sent - pressed)
        return mine.complete(page.n_charts) - sent

    ours, bare = _alternating(
        f"{page.address}: another epoch",
        repeats,
        1,
        say,
        move,
        lambda _: timed(other, OTHER_CHARTS, page.n_charts),
    )
    return Row(
        f"{page.address}: another epoch",
        ours,
        bare,
        goal=GOALS["scrub"],
        remark="its rerun: other charts; from the browser's message, for which the film waits "
        f"{1000 * max(waits):.0f} ms after it has drawn the epoch itself",
    )


def _pressing_train(mine: Tab, other: Tab, repeats: int, say: Say) -> Row:
    def press(k: int) -> float:
        # Two alternating numbers of epochs, both stored after the first two rounds.
        LOGISTIC.change(mine, k)
        mine.complete(LOGISTIC.n_charts)
        return timed(mine, LOGISTIC.train, LOGISTIC.n_charts)

    ours, bare = _alternating(
        f"{LOGISTIC.address}: Train",
        repeats,
        2,
        say,
        press,
        lambda _: timed(other, OTHER_CHARTS, LOGISTIC.n_charts),
    )
    return Row(
        f"{LOGISTIC.address}: rerun, Train, results stored",
        ours,
        bare,
        goal=GOALS["train"],
        remark="its rerun: other charts",
    )

"""Chromium driven by Playwright, with a script in the page that records event times."""

from typing import Any, Self

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as BrowserTimeout

from tests.chromium import executable

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_TIMEOUT_SECONDS = 120
# A page counts as complete after this time without changes.
_QUIET_MILLISECONDS = 600

# Time limit from a click to its message to the server, and number of attempts: on a busy machine,
# a widget is sometimes rerendered at the moment of the click.
_SENT_SECONDS = 5
_CLICKS = 3

# The page records times itself, because polling from outside adds a round trip and slows down the
# page.
_WATCH = """
(() => {
  const watch = window.benchmarkWatch = {
    acted: 0, sent: 0, answered: 0, received: 0, drawn: 0, settled: 0, moved: 0, bytes: 0,
  };
  const chartOf = node => (node.nodeType === 1 ? node : node.parentElement)
    ?.closest('.js-plotly-plot');
  const hasMoved = chart => chart && (chart._fullData || []).some(
    trace => Array.from(trace.x || []).some(x => x > 0));
  new MutationObserver(records => {
    const now = Date.now();
    for (const record of records) {
      if (record.attributeName === 'data-test-script-state') watch.settled = now;
      else if (watch.drawn < now && chartOf(record.target)) watch.drawn = now;
    }
    if (watch.acted && !watch.moved
        && hasMoved(document.querySelector('[class*="-live-loss"] .js-plotly-plot')))
      watch.moved = now;
  }).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
  const act = () => {
    watch.acted = Date.now();
    watch.moved = 0;
  };
  document.addEventListener('click', act, true);
  document.addEventListener('keydown', act, true);
  window.WebSocket = class extends WebSocket {
    constructor(...all) {
      super(...all);
      this.addEventListener('message', event => {
        watch.received = Date.now();
        watch.answered ||= watch.received;
        watch.bytes += event.data.byteLength ?? event.data.size ?? event.data.length;
      });
    }
    send(data) {
      watch.sent = Date.now();
      watch.answered = 0;
      super.send(data);
    }
  };
})();
"""
# Messages, not the displayed script state, show that the server has answered: if a short run starts
# and ends while the browser is busy, React renders only the final state.
_COMPLETE = """
([n_charts, quiet]) => {
  const app = document.querySelector('[data-testid=stApp]');
  const charts = [...document.querySelectorAll('.js-plotly-plot')];
  const watch = window.benchmarkWatch;
  return app?.getAttribute('data-test-script-state') === 'notRunning'
    && !document.querySelector('[data-stale=true]')
    && charts.filter(chart => chart.querySelector('.main-svg')).length >= n_charts
    && watch.sent >= watch.acted && watch.answered
    && Date.now() - Math.max(watch.drawn, watch.settled, watch.received) > quiet;
}
"""


class Browser:
    """Context manager for a Chromium browser."""

    def __enter__(self) -> Self:
        self._playwright = sync_playwright().start()
        try:
            self._chromium: Chromium = self._playwright.chromium.launch(
                executable_path=executable(as_people_have_it=True), args=ARGUMENTS
            )
        except BaseException:
            self._playwright.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._chromium.close()
        finally:
            self._playwright.stop()

    @property
    def version(self) -> str:
        return f"Chromium {self._chromium.version}"

    def open(self, url: str) -> "Tab":
        """Open a URL in a new browser context without cache."""
        context = self._chromium.new_context(viewport={"width": 1400, "height": 1000})
        context.add_init_script(_WATCH)
        page = context.new_page()
        page.set_default_timeout(1000 * _TIMEOUT_SECONDS)
        page.goto(url, wait_until="commit")
        return Tab(page)


class Tab:
    """Page of one visitor; times are wall times in seconds."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def complete(self, n_charts: int) -> float:
        """Wait until all charts are drawn and the script has finished; return the time of that."""
        try:
            self.page.wait_for_function(_COMPLETE, arg=[n_charts, _QUIET_MILLISECONDS], polling=50)
        except BrowserTimeout as error:
            raise RuntimeError(f"the page never came to rest: {self._looks()}") from error
        watch = self._watch()
        return max(watch["drawn"], watch["settled"], watch["received"]) / 1000

    def charts_drawn(self, n_charts: int) -> float:
        """Wait as `complete` does; return the time of the last drawing of a chart."""
        self.complete(n_charts)
        return self._watch()["drawn"] / 1000

    def n_charts(self) -> int:
        return self.page.locator(".js-plotly-plot").count()

    def megabytes(self) -> float:
        """Uncompressed megabytes received over the websocket since the page was opened."""
        return self._watch()["bytes"] / 1e6

    def click(self, selector: str) -> float:
        """Click and return the time of the event."""
        for _ in range(_CLICKS):
            self.page.locator(selector).click()
            if self._has_sent():
                return self._watch()["acted"] / 1000
        raise RuntimeError(f"a click on {selector} does nothing: {self._looks()}")

    def text_of(self, selector: str) -> str:
        """Text in a field that is not empty; a new browser loads the code of fields late."""
        self.page.wait_for_function("css => document.querySelector(css)?.value", arg=selector)
        return self.page.locator(selector).input_value()

    def write(self, selector: str, text: str) -> None:
        """Write into a field without submitting."""
        self.page.locator(selector).fill(text)

    def press(self, selector: str, key: str) -> tuple[float, float]:
        """Press a key; return the times of the event and of the message to the server."""
        self.page.locator(selector).press(key)
        if not self._has_sent():
            raise RuntimeError(f"{key} on {selector} does nothing: {self._looks()}")
        watch = self._watch()
        return watch["acted"] / 1000, watch["sent"] / 1000

    def _has_sent(self) -> bool:
        sent = "benchmarkWatch.sent >= benchmarkWatch.acted"
        try:
            self.page.wait_for_function(sent, polling=20, timeout=1000 * _SENT_SECONDS)
        except BrowserTimeout:
            return False
        return True

    def moved(self) -> float:
        """Wait until a live curve passes epoch 0; return the time of that."""
        self.page.wait_for_function("window.benchmarkWatch.moved > 0", polling=50)
        return self._watch()["moved"] / 1000

    def close(self) -> None:
        self.page.context.close()

    def _looks(self) -> str:
        state = self.page.locator("[data-testid=stApp]").get_attribute("data-test-script-state")
        stale = self.page.locator("[data-stale=true]").count()
        said = " ".join(self.page.locator("[data-testid=stAlert], .stException").all_inner_texts())
        return f"script {state}, {self.n_charts()} charts, {stale} stale elements. {said[:300]}"

    def _watch(self) -> dict[str, Any]:
        return self.page.evaluate("window.benchmarkWatch")

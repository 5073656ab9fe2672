"""Chromium, driven by Playwright, and a watch inside the page that notes when things happen."""

import shutil
from typing import Any, Self

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as BrowserTimeout

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_TIMEOUT_SECONDS = 120
# Nothing may have moved for this long before we believe that all is drawn.
_QUIET_MILLISECONDS = 600

# So long a click may take to become a message to the server, and so often it is tried: on a busy
# machine what is clicked is sometimes drawn anew in the very moment.
_SENT_SECONDS = 5
_CLICKS = 3

# The page itself takes the times, as what changes in it changes: to ask it from outside would
# add the way there and back, and the polling would slow down what it measures.
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
# That the server has answered is seen by its messages, not by the state of the script that the
# page shows: when a short run begins and ends while the browser is busy, React draws only the
# end of it, and the state has never changed.
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
    """A Chromium for the block of a `with`."""

    def __enter__(self) -> Self:
        self._playwright = sync_playwright().start()
        try:
            self._chromium: Chromium = self._playwright.chromium.launch(
                executable_path=executable(), args=_ARGUMENTS
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
        """Open an address as a visitor who was never here: nothing is cached."""
        context = self._chromium.new_context(viewport={"width": 1400, "height": 1000})
        context.add_init_script(_WATCH)
        page = context.new_page()
        page.set_default_timeout(1000 * _TIMEOUT_SECONDS)
        page.goto(url, wait_until="commit")
        return Tab(page)


class Tab:
    """One visitor's page; times are seconds by the clock on the wall."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def complete(self, n_charts: int) -> float:
        """Wait until all charts are drawn and the script rests; says since when that is so."""
        try:
            self.page.wait_for_function(_COMPLETE, arg=[n_charts, _QUIET_MILLISECONDS], polling=50)
        except BrowserTimeout as error:
            raise RuntimeError(f"the page never came to rest: {self._looks()}") from error
        watch = self._watch()
        return max(watch["drawn"], watch["settled"], watch["received"]) / 1000

    def n_charts(self) -> int:
        return self.page.locator(".js-plotly-plot").count()

    def megabytes(self) -> float:
        """What the server has sent over the websocket since the page was opened, unpacked."""
        return self._watch()["bytes"] / 1e6

    def click(self, selector: str) -> float:
        """Click; says when the page felt it."""
        for _ in range(_CLICKS):
            self.page.locator(selector).click()
            if self._has_sent():
                return self._watch()["acted"] / 1000
        raise RuntimeError(f"a click on {selector} does nothing: {self._looks()}")

    def text_of(self, selector: str) -> str:
        """The text in a field."""
        return self.page.locator(selector).input_value()

    def write(self, selector: str, text: str) -> None:
        """Write into a field, before the server is told."""
        self.page.locator(selector).fill(text)

    def press(self, selector: str, key: str) -> tuple[float, float]:
        """Press a key; says when the page felt it, and when it told the server."""
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
        """Wait for a live curve that has got beyond its first epoch; says when it did."""
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


def executable() -> str | None:
    """Debian's Chromium; Playwright's own download is not to be had everywhere."""
    return shutil.which("chromium") or shutil.which("chromium-browser")

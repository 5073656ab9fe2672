"""Benchmark of the film: frames a second, latency of the slider, payload, layout shift."""

from pathlib import Path
from statistics import median

from playwright.sync_api import ViewportSize

from tests.benchmarks.browser import Browser, Tab
from tests.benchmarks.goals import GOALS
from tests.benchmarks.reruns import LOGISTIC
from tests.benchmarks.server import APP, Server
from tests.benchmarks.table import Row, Say

# As fast as the bar plays, over and over.
FASTEST = "8"
SLIDER = "[data-part=slider]"
SECONDS = 3
N_KEYS = 20
LAPTOP: ViewportSize = {"width": 1366, "height": 650}

_COUNT_FRAMES = """
async seconds => {
  const surface = document.querySelector('[class*="st-key-surface-1"] canvas.annlab-film');
  const context = surface.getContext('2d');
  const fill = context.fillRect.bind(context);
  let n = 0;
  context.fillRect = (...all) => { n += 1; return fill(...all); };  // once a frame
  const start = performance.now();
  await new Promise(resolve => setTimeout(resolve, 1000 * seconds));
  const taken = performance.now() - start;
  delete context.fillRect;
  return taken / n;
}
"""
# From the key to the end of the next frame, in which the browser shows what was drawn.
_TIME_KEYS = """
() => {
  window.latencies = [];
  document.addEventListener('keydown', () => {
    const start = performance.now();
    requestAnimationFrame(() => setTimeout(() => latencies.push(performance.now() - start), 0));
  }, true);
}
"""
_WATCH_SHIFTS = """
() => {
  window.shift = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
  }).observe({type: 'layout-shift'});
}
"""


def films(browser: Browser, stored: Path, repeats: int, say: Say) -> list[Row]:
    """Measure the film of two models with surfaces in the browser."""
    frames, latencies, shifts = [], [], []
    with Server(APP, stored) as app:
        tab = _open(browser, app, "")
        two = tab.megabytes()
        for k in range(repeats):
            say(f"the film, {k + 1} of {repeats}")
            frames.append(_milliseconds_a_frame(tab))
            latencies.append(_latency(tab))
        tab.close()
        tab = _open(browser, app, "?models=4&c.hidden=8&d.hidden=8-8")
        four = tab.megabytes()
        tab.close()
        for k in range(repeats):
            say(f"layout shift of a training, {k + 1} of {repeats}")
            shifts.append(_shift(browser, app, k))
    return [
        Row("film of two surfaces: a frame", frames, (), "ms", GOALS["frame"]),
        Row("slider: from a key to its frame", latencies, (), "ms", GOALS["slider"]),
        Row("payload with the film of two models", [two], (), "MB", GOALS["film of two"]),
        Row("payload with the film of four models", [four], (), "MB", GOALS["film of four"]),
        Row("layout shift from Train to the final charts", shifts, (), "", GOALS["shift"]),
    ]


def _open(browser: Browser, app: Server, query: str) -> Tab:
    tab = browser.open(app.url + LOGISTIC.address + query)
    tab.page.set_viewport_size(LAPTOP)
    tab.complete(LOGISTIC.n_charts)
    tab.page.wait_for_selector(f"{SLIDER}:not([max='0'])")
    return tab


def _milliseconds_a_frame(tab: Tab) -> float:
    tab.page.locator("[data-part=speed]").select_option(FASTEST)
    repeat = tab.page.locator("[data-part=repeat]")
    if repeat.get_attribute("aria-pressed") == "false":
        repeat.click()
    tab.page.locator("[data-part=play]").click()
    tab.page.wait_for_selector('[class*="st-key-surface-1"] canvas.annlab-film')
    taken: float = tab.page.evaluate(_COUNT_FRAMES, SECONDS)
    tab.page.locator("[data-part=play]").click()
    tab.complete(LOGISTIC.n_charts)
    return taken


def _latency(tab: Tab) -> float:
    slider = tab.page.locator(SLIDER)
    slider.focus()
    tab.page.evaluate(_TIME_KEYS)
    slider.press("End")
    for _ in range(N_KEYS):
        slider.press("ArrowLeft")
    tab.page.wait_for_function(f"latencies.length > {N_KEYS}")
    taken: list[float] = tab.page.evaluate("latencies")
    tab.complete(LOGISTIC.n_charts)
    return median(taken)


def _shift(browser: Browser, app: Server, k: int) -> float:
    tab = _open(browser, app, "")
    epochs = f"[class*=st-key-{LOGISTIC.bench}-epochs] input"
    tab.write(epochs, str(900 + 10 * k))  # not stored
    tab.press(epochs, "Enter")
    tab.complete(LOGISTIC.n_charts)
    tab.page.evaluate(_WATCH_SHIFTS)
    tab.click(LOGISTIC.train)
    tab.complete(LOGISTIC.n_charts)
    tab.page.wait_for_selector(f"{SLIDER}:not([max='0'])")
    tab.page.wait_for_timeout(500)
    moved: float = tab.page.evaluate("shift")
    tab.close()
    return moved

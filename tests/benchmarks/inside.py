"""Benchmark of the tab Inside: from an action to the frame that shows its result, and payload."""

from pathlib import Path
from statistics import median

from tests.benchmarks.browser import Browser, Tab
from tests.benchmarks.film import LAPTOP, SLIDER
from tests.benchmarks.goals import GOALS
from tests.benchmarks.reruns import LOGISTIC
from tests.benchmarks.server import APP, Server
from tests.benchmarks.table import Row, Say

N_ACTIONS = 12
TWO_SMALL = "?b.hidden=4-2&activation=tanh&data=moons&noise=0.2&lr=0.01&epochs=100"
LARGE = "?b.hidden=64-64-64&activation=relu&data=moons&noise=0.2&epochs=30"
UNITS = "section:last-of-type button.unit"

# From the event to the end of the next frame, in which the browser shows what was drawn.
_TIME_EVENTS = """
() => {
  window.latencies = [];
  for (const type of ['click', 'keydown', 'input']) {
    document.addEventListener(type, () => {
      const start = performance.now();
      requestAnimationFrame(() => setTimeout(() => latencies.push(performance.now() - start), 0));
    }, true);
  }
}
"""


def insides(browser: Browser, stored: Path, repeats: int, say: Say) -> list[Row]:
    """Measure the tab for two small networks, and for a large one beside a small one."""
    units, samples, epochs, large_units, large_epochs, payloads = [], [], [], [], [], []
    with Server(APP, stored) as app:
        for k in range(repeats):
            say(f"inside, {k + 1} of {repeats}")
            tab = _open(browser, app, TWO_SMALL)
            before = tab.megabytes()
            _open_inside(tab)
            payloads.append(tab.megabytes() - before)
            units.append(_choose_units(tab))
            samples.append(_mark_samples(tab))
            epochs.append(_move(tab))
            tab.close()
            tab = _open(browser, app, LARGE)
            _open_inside(tab)
            large_units.append(_choose_units(tab))
            large_epochs.append(_move(tab))
            tab.close()
    goal = GOALS["inside"]
    return [
        Row("inside of a 4-2 network: a unit is chosen", units, (), "ms", goal),
        Row("inside of a 4-2 network: a sample is marked", samples, (), "ms", goal),
        Row("inside of a 4-2 network: another epoch", epochs, (), "ms", goal),
        Row("inside of a 64-64-64 network: a unit is chosen", large_units, (), "ms", goal),
        Row("inside of a 64-64-64 network: another epoch", large_epochs, (), "ms", goal),
        Row("payload of the tab Inside", payloads, (), "MB", GOALS["payload of inside"]),
    ]


def _open(browser: Browser, app: Server, query: str) -> Tab:
    tab = browser.open(app.url + LOGISTIC.address + query)
    tab.page.set_viewport_size(LAPTOP)
    tab.complete(LOGISTIC.n_charts)
    tab.page.wait_for_selector(f"{SLIDER}:not([max='0'])")
    return tab


def _open_inside(tab: Tab) -> None:
    tab.page.get_by_role("tab", name="Inside").click()
    tab.page.wait_for_selector(UNITS)
    tab.complete(LOGISTIC.n_charts)
    tab.page.evaluate(_TIME_EVENTS)


def _median_of(tab: Tab) -> float:
    tab.page.wait_for_timeout(300)
    taken: list[float] = tab.page.evaluate("latencies.splice(0)")
    return median(taken)


def _choose_units(tab: Tab) -> float:
    units = tab.page.locator(UNITS)
    n = units.count()
    for k in range(N_ACTIONS):
        units.nth(k % n).click()
    return _median_of(tab)


def _mark_samples(tab: Tab) -> float:
    sample = tab.page.locator("[data-part=sample]")
    for k in range(N_ACTIONS):
        sample.fill(str(k + 1))
    taken = _median_of(tab)
    tab.complete(LOGISTIC.n_charts)
    return taken


def _move(tab: Tab) -> float:
    slider = tab.page.locator(SLIDER)
    slider.focus()
    tab.page.evaluate("latencies.splice(0)")
    for _ in range(N_ACTIONS):
        slider.press("ArrowLeft")
    taken = _median_of(tab)
    tab.complete(LOGISTIC.n_charts)
    return taken

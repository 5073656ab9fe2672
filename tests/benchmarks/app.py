"""The app as a visitor meets it, beside a bare Streamlit page with as many charts."""

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Error as BrowserError

from annlab import RunConfig
from annlab.links import write_comparison
from annlab.store import RunStore
from tests.benchmarks.browser import Browser, Tab, executable
from tests.benchmarks.server import APP, BARE_PAGE, Server
from tests.benchmarks.table import Goal, Row

PACKAGES = ("streamlit", "plotly", "distributed", "playwright")
# On the logistic page with results: points, two surfaces, two matrices, two learning curves.
N_CHARTS = 7
PAGE = "/logistic_vs_mlp"  # opens with E4
# Some seconds of training, so that there is something to watch.
LONGER = "?data=sine&b.hidden=64-64-64&b.activation=tanh&seeds=10&epochs=100"

FIRST_PAGE = Goal(1.4, "≤ 1.4 × bare page")
RERUN = Goal(2.0, "≤ 2 × its rerun")
# "About half a second": what rounds to it.
MOVEMENT = Goal(0.6, "about 0.5 s", of_ratio=False)
WEB_PROCESS = Goal(200, "< 200 MB", of_ratio=False)

MORE_EPOCHS = ".st-key-logistic-epochs [data-testid=stNumberInputStepUp]"
FEWER_EPOCHS = ".st-key-logistic-epochs [data-testid=stNumberInputStepDown]"
# Visible: Streamlit keeps a hidden twin of a button that has a tooltip, for narrow screens.
TRAIN = ".st-key-logistic-train button:visible"
SAME_AGAIN = ".st-key-again button"
OTHER_CHARTS = ".st-key-other button"

ALL_STORED = ".st-key-compare-everything label"
ALL_SETTINGS = ".st-key-compare-all-settings label"

N_STORED = 2_000
SIX = tuple(
    RunConfig.from_url(f"data=moons&hidden={sizes}&activation=tanh&lr=0.01&seeds=10&epochs=60")
    for sizes in ("2", "4", "4-2", "8", "8-8", "16")
)
# Of each a surface and a matrix; two learning curves.
N_SIX = 2 * len(SIX) + 2
HALF_A_SECOND = Goal(0.5, "≤ 0.5 s", of_ratio=False)

Say = Callable[[str], None]
Part = Callable[[Browser, Path, int, Say], list[Row]]


def measure(repeats: int, say: Say) -> tuple[list[Row], str]:
    """All rows of the app, and the browser's version."""
    if executable() is None:
        return [
            Row("the app", remark="not measured: there is no chromium on the path")
        ], "no browser"
    rows: list[Row] = []
    try:
        with tempfile.TemporaryDirectory(prefix="annlab-") as folder, Browser() as browser:
            stored = Path(folder) / "stored.sqlite"
            for part in (_first_pages, _reruns, _trainings, _comparisons):
                rows += _measured(part, browser, stored, repeats, say)
            return rows, browser.version
    except BrowserError as error:
        return [Row("the app", remark=f"not measured: {_first_line(error)}")], "no browser"


def _measured(part: Part, browser: Browser, stored: Path, repeats: int, say: Say) -> list[Row]:
    try:
        return part(browser, stored, repeats, say)
    except (BrowserError, RuntimeError) as error:
        # What else can be measured is still worth showing.
        name = part.__name__.strip("_").replace("_", " ")
        return [Row(name, remark=f"not measured: {_first_line(error)}")]


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _first_pages(browser: Browser, stored: Path, repeats: int, say: Say) -> list[Row]:
    """From starting a server to its first complete page."""
    say("storing results, and warming up")
    _first_page(browser, APP, PAGE, stored)
    _first_page(browser, BARE_PAGE, "/", stored)
    first: dict[str, list[tuple[float, float]]] = {"ours": [], "empty": [], "bare": []}
    for k in range(repeats):
        say(f"first complete page, {k + 1} of {repeats}")
        first["ours"].append(_first_page(browser, APP, PAGE, stored))
        first["bare"].append(_first_page(browser, BARE_PAGE, "/", stored))
        empty = stored.with_name(f"empty-{k}.sqlite")
        first["empty"].append(_first_page(browser, APP, PAGE, empty))
    answers, pages = (
        {name: [pair[i] for pair in pairs] for name, pairs in first.items()} for i in (0, 1)
    )
    return [
        Row("start → server answers", answers["ours"], answers["bare"]),
        Row(
            "start → first complete page, results stored",
            pages["ours"],
            pages["bare"],
            "s",
            FIRST_PAGE,
        ),
        Row(
            "start → first complete page, nothing stored",
            pages["empty"],
            pages["bare"],
            remark="starts the workers and trains E4",
        ),
    ]


def _first_page(browser: Browser, script: Path, path: str, database: Path) -> tuple[float, float]:
    """Seconds to the server's first answer, and to the complete page."""
    with Server(script, database) as server:
        tab = browser.open(server.url + path)
        done = tab.complete(N_CHARTS)
        _check(tab)
        tab.close()
        return server.answered - server.started, done - server.started


def _check(tab: Tab) -> None:
    if tab.n_charts() != N_CHARTS:
        raise RuntimeError(
            f"{tab.n_charts()} charts on {tab.page.url}, {N_CHARTS} expected: bring N_CHARTS and "
            "bare_page.py up to date with the logistic page"
        )


def _reruns(browser: Browser, stored: Path, repeats: int, say: Say) -> list[Row]:
    """From a click to the end of the rerun, with results that are stored."""
    ours: dict[str, list[float]] = {"setting": [], "train": []}
    bare: dict[str, list[float]] = {"same": [], "other": []}
    with Server(APP, stored) as app, Server(BARE_PAGE, stored) as page:
        mine, other = browser.open(app.url + PAGE), browser.open(page.url)
        mine.complete(N_CHARTS)
        other.complete(N_CHARTS)
        # The first round trains the experiment with other epochs and is not counted; from
        # then on each press of Train finds both models stored, and changes all results.
        for k in range(repeats + 1):
            say(f"reruns, {k} of {repeats}")
            setting = _timed(mine, FEWER_EPOCHS if k % 2 else MORE_EPOCHS)
            same = _timed(other, SAME_AGAIN)
            train = _timed(mine, TRAIN)
            changed = _timed(other, OTHER_CHARTS)
            if k:
                ours["setting"].append(setting)
                ours["train"].append(train)
                bare["same"].append(same)
                bare["other"].append(changed)
    return [
        Row(
            "rerun: a setting is changed, results stay",
            ours["setting"],
            bare["same"],
            goal=RERUN,
            remark="its rerun: the same charts again",
        ),
        Row(
            "rerun: Train, results stored",
            ours["train"],
            bare["other"],
            goal=RERUN,
            remark="its rerun: other charts",
        ),
    ]


def _trainings(browser: Browser, stored: Path, repeats: int, say: Say) -> list[Row]:
    """A training with warm workers: its first movement, its end, and the memory after it."""
    movements, endings = [], []
    with Server(APP, stored) as app:
        say("training once, so that the workers are warm")
        tab = browser.open(app.url + PAGE + LONGER)
        tab.complete(N_CHARTS)
        for k in range(repeats):
            say(f"a training watched, {k + 1} of {repeats}")
            tab.click(MORE_EPOCHS)  # a run that was never made
            tab.complete(N_CHARTS)
            clicked = tab.click(TRAIN)
            movements.append(tab.moved() - clicked)
            drawn = tab.complete(N_CHARTS)
            endings.append(drawn - _last_stored(stored))
        memory = app.megabytes()
    workers = memory["worker"]
    return [
        Row("click on Train → first moving curve", movements, goal=MOVEMENT),
        Row("end of training → final charts", endings),
        Row("memory of the web process", memory["web"], (), "MB", WEB_PROCESS),
        Row(
            "memory of a worker",
            workers,
            unit="MB",
            remark=f"{len(workers)} of them; their nanny {sum(memory['nanny']):.0f} MB",
        ),
    ]


def _comparisons(browser: Browser, stored: Path, repeats: int, say: Say) -> list[Row]:
    """The table of a full store, and six runs side by side."""
    say(f"storing {N_STORED:,} runs")
    database = stored.with_name("many.sqlite")
    _fill(database)
    address = "/compare?" + urlencode(write_comparison(SIX))
    opened, chosen = [], []
    with Server(APP, database) as app:
        tab = browser.open(app.url + address)
        tab.complete(N_SIX)  # trained, once
        for k in range(repeats + 1):
            say(f"the table and six runs, {k} of {repeats}")
            opening = _timed(tab, ALL_STORED, N_SIX)
            _timed(tab, ALL_STORED, N_SIX)
            rerun = _timed(tab, ALL_SETTINGS, N_SIX)
            if k:
                opened.append(opening)
                chosen.append(rerun)
    return [
        Row(f"table of {N_STORED:,} stored runs, beside six compared", opened, goal=HALF_A_SECOND),
        Row("six runs compared: a rerun", chosen, goal=HALF_A_SECOND),
    ]


def _timed(tab: Tab, button: str, n_charts: int = N_CHARTS) -> float:
    clicked = tab.click(button)
    return tab.complete(n_charts) - clicked


def _fill(database: Path) -> None:
    """Store a run again and again, as if it had been trained from other seeds."""
    from annlab import train

    run = train(SIX[0])
    store = RunStore(f"sqlite:///{database}")
    for seed in range(N_STORED):
        training = run.config.training.model_copy(update={"seed": 1000 + seed})
        config = run.config.model_copy(update={"training": training})
        store.save(replace(run, config=config), run.history["train_accuracy"][-1])


def _last_stored(database: Path) -> float:
    """When the newest run was stored, in seconds by the clock on the wall.

    That is our end of a training: the web process writes this time down as soon as a run has
    come back from its worker. The last progress event is earlier, but leaves no trace that can
    be read from outside.
    """
    uri = f"file:{database}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        (text,) = connection.execute("SELECT max(created) FROM annlab_runs").fetchone()
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()

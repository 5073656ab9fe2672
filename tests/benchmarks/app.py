"""Benchmark of the app in a browser, against a bare Streamlit page with as many charts."""

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Error as BrowserError

from tests.benchmarks.browser import Browser
from tests.benchmarks.comparisons import comparisons
from tests.benchmarks.film import films
from tests.benchmarks.goals import GOALS
from tests.benchmarks.inside import insides
from tests.benchmarks.reruns import LOGISTIC, check, reruns
from tests.benchmarks.server import APP, BARE_PAGE, Server
from tests.benchmarks.table import NOT_MEASURED, Row, Say
from tests.chromium import executable

PACKAGES = ("streamlit", "plotly", "distributed", "playwright")
N_CHARTS = LOGISTIC.n_charts
PAGE = LOGISTIC.address
# Enough epochs for some seconds of training to watch.
LONGER = "?data=sine&b.hidden=64-64-64&b.activation=tanh&seeds=10&epochs=100"

Part = Callable[[Browser, Path, int, Say], list[Row]]


def measure(repeats: int, say: Say) -> tuple[list[Row], str]:
    """Return all rows of the app, and the version of the browser."""
    if executable() is None:
        return [
            Row("the app", remark=f"{NOT_MEASURED}: there is no chromium on the path")
        ], "no browser"
    rows: list[Row] = []
    try:
        with tempfile.TemporaryDirectory(prefix="annlab-") as folder, Browser() as browser:
            stored = Path(folder) / "stored.sqlite"
            for part in (_first_pages, reruns, _trainings, films, insides, comparisons):
                rows += _measured(part, browser, stored, repeats, say)
            return rows, browser.version
    except BrowserError as error:
        return [Row("the app", remark=f"{NOT_MEASURED}: {_first_line(error)}")], "no browser"


def _measured(part: Part, browser: Browser, stored: Path, repeats: int, say: Say) -> list[Row]:
    try:
        return part(browser, stored, repeats, say)
    except (BrowserError, RuntimeError) as error:
        # Other parts can still be measured.
        name = part.__name__.strip("_").replace("_", " ")
        return [Row(name, remark=f"{NOT_MEASURED}: {_first_line(error)}")]


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _first_pages(browser: Browser, stored: Path, repeats: int, say: Say) -> list[Row]:
    """Time from the start of a server to the first complete page."""
    say("storing results, and warming up")
    _first_page(browser, APP, PAGE, stored)
    _first_page(browser, BARE_PAGE, "/", stored)
    first: dict[str, list[tuple[float, float]]] = {name: [] for name in ("ours", "new", "bare")}
    for k in range(repeats):
        say(f"first complete page, {k + 1} of {repeats}")
        first["ours"].append(_first_page(browser, APP, PAGE, stored))
        first["bare"].append(_first_page(browser, BARE_PAGE, "/", stored))
        new = stored.with_name(f"new-{k}.sqlite")
        first["new"].append(_first_page(browser, APP, PAGE, new, shipped_runs=True))
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
            GOALS["first page"],
        ),
        Row(
            "start → first complete page, nothing stored",
            pages["new"],
            pages["bare"],
            "s",
            GOALS["new server"],
        ),
    ]


def _first_page(
    browser: Browser, script: Path, path: str, database: Path, shipped_runs: bool = False
) -> tuple[float, float]:
    """Seconds to the server's first answer, and to the complete page."""
    with Server(script, database, shipped_runs) as server:
        tab = browser.open(server.url + path)
        done = tab.complete(N_CHARTS)
        check(tab, LOGISTIC)
        tab.close()
        return server.answered - server.started, done - server.started


def _trainings(browser: Browser, stored: Path, repeats: int, say: Say) -> list[Row]:
    """Training with warm workers: first moving curve, final charts, memory afterwards."""
    movements, endings = [], []
    with Server(APP, stored) as app:
        say("training once, so that the workers are warm")
        tab = browser.open(app.url + PAGE + LONGER)
        tab.complete(N_CHARTS)
        for k in range(repeats):
            say(f"a training watched, {k + 1} of {repeats}")
            LOGISTIC.change(tab, 0)  # a new run
            tab.complete(N_CHARTS)
            clicked = tab.click(LOGISTIC.train)
            movements.append(tab.moved() - clicked)
            drawn = tab.charts_drawn(N_CHARTS)  # the film comes after them
            endings.append(drawn - _last_stored(stored))
        memory = app.megabytes()
    workers = memory["worker"]
    return [
        Row("click on Train → first moving curve", movements, goal=GOALS["movement"]),
        Row("end of training → final charts", endings, goal=GOALS["final charts"]),
        Row(
            "memory of the web process, after trainings",
            memory["web"],
            (),
            "MB",
            GOALS["web process"],
        ),
        Row(
            "memory of a worker",
            workers,
            unit="MB",
            remark=f"{len(workers)} of them; their parent {sum(memory['parent']):.0f} MB",
        ),
    ]


def _last_stored(database: Path) -> float:
    """Wall time at which the newest run was stored, in seconds.

    This time defines the end of a training: the web process records it when a scored run has
    arrived from the worker. The last progress event is some hundredths of a second earlier, but
    cannot be observed from outside.
    """
    uri = f"file:{database}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        (text,) = connection.execute("SELECT max(created) FROM annlab_runs").fetchone()
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()

"""Streamlit server and Chromium for browser tests."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from annlab import Run, RunConfig
from annlab.datasets import forget_datasets
from annlab.lessons.experiments import EXPERIMENTS
from tests.chromium import executable
from tests.stored import keep

ROOT = Path(__file__).resolve().parents[2]
# Optional folders with real data beside the repository.
DATASETS = ROOT.parent / "shared" / "datasets"
FOLDERS = {
    "SCIKIT_LEARN_DATA": str(DATASETS / "scikit_learn_data"),
    "ANNLAB_DATA_DIR": str(DATASETS / "fashion-mnist-sample"),
}
# Experiments on those data sets.
ON_REAL_DATA = ("E10", "E11", "wide_and_deep")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--font-render-hinting=none",  # letters are as wide as in a browser with windows
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_USUAL = (
    "You can now view",
    "URL:",
    "auto detect external IP",
    "debugging hints",
    # Where both cores are busy, a component's last message may come after its page has been left.
    "Couldn't find fragment with id",
)
# Streamlit closes a connection that the browser has just closed.
_CLOSED_TWICE = re.compile(
    r"^(?:ERROR: +)?Exception in ASGI application\n(?:(?!^\S*Exception in ).*\n)*?"
    r"starlette\.websockets\.WebSocketDisconnected: Cannot call \"send\" once a close .*\n",
    re.MULTILINE,
)
# Time and level of a line in annlab's log.
_TELLS = re.compile(r"[\d-]{10} [\d:,]{12} INFO ")
# Above what the workers of a second server take to start while both cores are busy.
TIMEOUT_MS = 150_000
# For what a page says at once; Playwright sets no limit to reading it.
_ANSWER_MS = 10_000
# What a browser keeps of annlab, beside the files that it has loaded.
_KEPT = "local_storage,indexeddb,cache_storage,service_workers"
# Pages that wait for the next test: each keeps hundreds of megabytes.
_MAX_IDLE = 3
_FAILED = pytest.StashKey[bool]()
# `expect` waits only five seconds by default.
expect.set_options(timeout=TIMEOUT_MS)


class Server:
    """`streamlit run` on a free port, with an empty store."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "server.log"
        self.database_url = f"sqlite:///{folder / 'runs.sqlite'}"
        environment = {
            **os.environ,
            **FOLDERS,
            "ANNLAB_DATABASE_URL": self.database_url,
            "ANNLAB_WORKERS": "2",
            "PYTHONWARNINGS": "default",
        }
        environment.pop("ANNLAB_SCHEDULER", None)
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
        command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
        command += ["--server.headless", "true"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + 120
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def complaints(self) -> list[str]:
        """Lines of the server log, without the greeting and what only tells what happened."""
        lines = _CLOSED_TWICE.sub("", self.log.read_text()).splitlines()
        return [
            line
            for line in lines
            if line.strip() and not any(g in line for g in _USUAL) and not _TELLS.match(line)
        ]

    def close(self) -> None:
        workers = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            for process in (*workers, self.process):
                process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("server"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def stored_experiments(server: Server, trained: Callable[[RunConfig], Run]) -> None:
    """Store every experiment on the server, so that no page trains it again."""
    with pytest.MonkeyPatch.context() as patch:
        for name, folder in FOLDERS.items():
            patch.setenv(name, folder)
        for entry in EXPERIMENTS.values():
            if entry.name not in ON_REAL_DATA or DATASETS.is_dir():
                keep([trained(run) for run in entry.runs], server.database_url)
    # Drop cached data sets, because other tests use other folders.
    forget_datasets()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = executable()
    if path is None:
        if os.environ.get("TESTS_REQUIRE_BROWSER"):
            pytest.fail("There is no Chromium, and TESTS_REQUIRE_BROWSER is set")
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield made
        made.close()


def shown_text(page: Page) -> str:
    """What a page shows; empty if it does not answer."""
    with suppress(PlaywrightError):
        return page.locator("body").inner_text(timeout=_ANSWER_MS)
    return ""


class _Pages:
    """Pages in separate browser contexts, which one test after another gets as if they were new.

    Chromium keeps what it has compiled for a page, which then shows annlab in half the time. Not
    forgotten are a test's scripts and listeners, pressed buttons and the stack of addresses: a
    test that leaves any of these asks for a page that no other gets.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: list[tuple[str, Page]] = []
        self.errors: list[str] = []

    def take(
        self,
        *,
        viewport: ViewportSize | None = None,
        color_scheme: Literal["light", "dark"] = "light",
        reduced_motion: Literal["reduce", "no-preference"] = "reduce",  # no film plays by itself
        **options: Any,
    ) -> tuple[str, Page]:
        """Get a page that no other test has, and its kind: options that a page cannot change."""
        kind = repr(sorted(options.items()))
        entry = next((entry for entry in self._idle if entry[0] == kind), None)
        if entry is None:
            context = self._browser.new_context(**options)
            context.set_default_timeout(TIMEOUT_MS)
            entry = kind, context.new_page()
            entry[1].on("pageerror", lambda error: self.errors.append(str(error)))
        else:
            self._idle.remove(entry)
        _, page = entry
        page.set_viewport_size(viewport or {"width": 1440, "height": 900})
        page.emulate_media(media="null", color_scheme=color_scheme, reduced_motion=reduced_motion)
        return entry

    def note_errors(self, page: Page) -> None:
        """Note the exceptions that a page and its other tabs show."""
        script = """() => Array.from(
            document.querySelectorAll("[data-testid=stException]"), e => e.innerText)"""
        for one in page.context.pages:
            try:
                self.errors += one.wait_for_function(script, timeout=_ANSWER_MS).json_value()
            except PlaywrightError:
                self.errors.append(f"{one.url} does not answer")

    def give_back(self, kind: str, page: Page, *, again: bool) -> None:
        """Close a page, or let it forget all and keep it for a test."""
        if not again or page.is_closed():
            page.context.close()
            return
        try:
            self._forget(page)
        except PlaywrightError:  # it does not answer
            page.context.close()
            return
        self._idle.append((kind, page))
        if len(self._idle) > _MAX_IDLE:
            self._idle.pop(0)[1].context.close()

    def _forget(self, page: Page) -> None:
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.mouse.move(0, 0)
        address = page.url
        if address.startswith("http"):
            page.evaluate("sessionStorage.clear()")
        page.goto("about:blank")
        if address.startswith("http"):
            parts = urlsplit(address)
            kept = {"origin": f"{parts.scheme}://{parts.netloc}", "storageTypes": _KEPT}
            session = page.context.new_cdp_session(page)
            session.send("Storage.clearDataForOrigin", kept)
            session.detach()
        page.context.clear_cookies()


@pytest.fixture(scope="session")
def pages(browser: Browser) -> _Pages:
    return _Pages(browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, Any]:
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture
def new_page(pages: _Pages, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open pages in separate browser contexts; fail the test if a page reports an error.

    With `again=False`, no other test gets the page: for what a page never forgets. Nor does one
    get the pages of a test that has failed.
    """
    request.node.stash[_FAILED] = False  # a second try of a test has the first one's
    taken: list[tuple[str, Page, bool]] = []

    def make(*, again: bool = True, **options: Any) -> Page:
        kind, page = pages.take(**options)
        taken.append((kind, page, again))
        return page

    yield make
    has_failed = request.node.stash[_FAILED]
    for _, page, _ in taken:
        if has_failed:
            print(f"--- {page.url}\n{shown_text(page)[:4_000]}")
        else:
            pages.note_errors(page)
    errors, pages.errors = pages.errors, []
    for kind, page, again in taken:
        pages.give_back(kind, page, again=again and not has_failed and not errors)
    assert errors == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture(autouse=True)
def clean_log(server: Server) -> Iterator[None]:
    before = len(server.complaints())
    yield
    assert server.complaints()[before:] == []
